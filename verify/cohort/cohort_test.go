package cohort

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/cohort/rates"
	"github.com/otoscope/otoscope/verify/declare"
)

// A centre simulates recordings: their traces and what each says by itself.
type centre struct {
	r          *rand.Rand
	recordings []Recording
	traces     [][2]*fingerprint.Trace
	left       []declare.Role // who really is on the left
}

func newCentre(seed uint64) *centre { return &centre{r: rand.New(rand.NewPCG(seed, 1))} }

func (c *centre) Len() int { return len(c.traces) }

func (c *centre) Recordings(context.Context) ([]Recording, error) { return c.recordings, nil }

func (c *centre) Voices(context.Context) ([]Voices, error) {
	return make([]Voices, len(c.recordings)), nil
}

func (c *centre) Traces(_ context.Context, numbers []int, each func(int, *fingerprint.Trace, *fingerprint.Trace) error) error {
	for _, n := range numbers {
		if err := each(n, c.traces[n][0], c.traces[n][1]); err != nil {
			return err
		}
	}
	return nil
}

// speech is a stretch of sound of so many seconds.
func (c *centre) speech(seconds float64) []uint32 {
	bits := make([]uint32, int(seconds*fingerprint.TraceFramesPerS))
	for i := range bits {
		bits[i] = c.r.Uint32()
	}
	return bits
}

// heardAgain is a sound as another line gives it: a fifth of its bits differ.
func (c *centre) heardAgain(sound []uint32) []uint32 {
	out := make([]uint32, len(sound))
	for i, x := range sound {
		for b := range 32 {
			if c.r.Float64() < 0.2 {
				x ^= 1 << b
			}
		}
		out[i] = x
	}
	return out
}

// side is a channel that begins with some sounds, and goes on with others of its own.
func (c *centre) side(sounds ...[]uint32) *fingerprint.Trace {
	at := c.r.IntN(40)
	var bits []uint32
	for _, s := range sounds {
		bits = append(bits, c.heardAgain(s)...)
	}
	return &fingerprint.Trace{Runs: []fingerprint.TraceRun{{Start: at, Bits: append(bits, c.speech(6)...)}}}
}

// add adds a recording with a customer's and an agent's channel. Who is on the left is drawn; own is
// what the recording says of its sides by itself, positive where it is right.
func (c *centre) add(customer, agent *fingerprint.Trace, own float64, d declare.Direction, groups map[string]string) {
	left, traces, lr := declare.Customer, [2]*fingerprint.Trace{customer, agent}, own
	if c.r.IntN(2) == 0 {
		left, traces, lr = declare.Agent, [2]*fingerprint.Trace{agent, customer}, -own
	}
	n := len(c.recordings)
	c.recordings = append(c.recordings, Recording{
		ID: fmt.Sprint(n), Outcome: verify.Undecided, Log10LR: lr, Left: declare.Customer, Direction: d, Groups: groups,
		At: time.Unix(int64(n)*3600, 0),
	})
	c.traces, c.left = append(c.traces, traces), append(c.left, left)
}

// told counts the opinions that are right, wrong, and none.
func (c *centre) told(t *testing.T) (r *Report, right, wrong, none int) {
	t.Helper()
	r, opinions, err := Judge(t.Context(), c, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range opinions {
		heard := declare.Customer
		if o.Log10LR < 0 {
			heard = declare.Agent
		}
		switch {
		case o.Outcome != verify.Match && o.Outcome != verify.Swapped:
			none++
		case heard == c.left[i]:
			right++
		default:
			wrong++
		}
	}
	return r, right, wrong, none
}

// A greeting in all calls tells the sides of all of them, which say nothing by themselves.
func TestAGreetingTellsTheSides(t *testing.T) {
	c := newCentre(1)
	greeting := c.speech(4)
	for range 24 {
		c.add(c.side(), c.side(greeting), 0.2*c.r.NormFloat64()+0.1, "", nil)
	}
	r, right, wrong, none := c.told(t)
	if right < 22 || wrong > 0 {
		t.Errorf("right %d, wrong %d, none %d", right, wrong, none)
	}
	if len(r.Sounds) != 1 || r.Sounds[0].Owner != declare.Agent || r.Sounds[0].Recordings != 24 {
		t.Errorf("%+v", r.Sounds)
	}
	if r.Own[verify.Undecided] != 24 || r.Cohort[verify.Undecided] != none {
		t.Errorf("by themselves %v, together %v", r.Own, r.Cohort)
	}
}

// Each of twenty agents has recorded a greeting, which one call in twenty has.
func TestTheGreetingOfEachAgentIsFound(t *testing.T) {
	c := newCentre(7)
	var greetings [20][]uint32
	for i := range greetings {
		greetings[i] = c.speech(3)
	}
	for i := range 400 {
		agent := i % len(greetings)
		c.add(c.side(c.speech(3)), c.side(greetings[agent]), 1, declare.Inbound, map[string]string{AgentGroup: fmt.Sprint(agent)})
	}
	r, right, wrong, none := c.told(t)
	if len(r.Sounds) != 20 || r.Sounds[0].Agent == "" || right < 300 || wrong > 0 {
		t.Errorf("%d sounds, %d right, %d wrong, %d without an opinion", len(r.Sounds), right, wrong, none)
	}
	// A customer whom one agent alone serves, and who plays a recording, tells nothing where
	// callers are known.
	c = newCentre(8)
	played := c.speech(3)
	for i := range 200 {
		agent, caller, sound := i%20, fmt.Sprint(i), c.speech(3)
		if agent == 3 {
			caller, sound = "robot", played
		}
		c.add(c.side(sound), c.side(c.speech(3)), 0, declare.Inbound, map[string]string{AgentGroup: fmt.Sprint(agent), "caller": caller})
	}
	if r, right, wrong, _ := c.told(t); wrong > 0 || right > 0 || len(r.Sounds) != 1 {
		t.Errorf("a caller's recording: %d right, %d wrong: %+v", right, wrong, r.Sounds)
	}
}

// Exchanging the channels of one recording negates its opinion, and leaves the others alone.
func TestExchangedChannelsNegateTheOpinion(t *testing.T) {
	c := newCentre(2)
	greeting := c.speech(4)
	for range 20 {
		c.add(c.side(), c.side(greeting), 0.1, "", nil)
	}
	_, before, err := Judge(t.Context(), c, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	const one = 7
	c.traces[one][0], c.traces[one][1] = c.traces[one][1], c.traces[one][0]
	c.recordings[one].Log10LR = -c.recordings[one].Log10LR
	_, after, err := Judge(t.Context(), c, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		want := before[i].Log10LR
		if i == one {
			want = -want
		}
		if after[i].Log10LR != want {
			t.Errorf("recording %d: %g, want %g", i, after[i].Log10LR, want)
		}
	}
}

// Sound that may be a caller's tells nothing, or is outweighed.
func TestSoundOfCallersTellsNothing(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(c *centre)
		why  string
	}{
		{"the same audio on both sides of all calls", func(c *centre) {
			greeting, caller := c.speech(4), c.speech(5)
			for range 24 {
				c.add(c.side(caller), c.side(greeting), 0.2, "", nil)
			}
		}, "one of the two is the callers'"},
		{"one caller's calls only, named by the manifest", func(c *centre) {
			caller := c.speech(4)
			for i := range 24 {
				if i%2 == 0 {
					c.add(c.side(caller), c.side(), 0.1, "", map[string]string{"caller": "+15550100"})
				} else {
					c.add(c.side(), c.side(), 0.1, "", map[string]string{"caller": fmt.Sprint(i)})
				}
			}
		}, "calls of one caller"},
		{"a test caller in most calls, against what they say themselves", func(c *centre) {
			caller := c.speech(4)
			for range 24 {
				c.add(c.side(caller), c.side(), 0.8, "", nil)
			}
		}, "the recordings' own evidence"},
		{"a carrier's mailbox in some calls that go out", func(c *centre) {
			mailbox := c.speech(4)
			for i := range 24 {
				if i%3 == 0 {
					c.add(c.side(mailbox), c.side(), 0, declare.Outbound, nil)
				} else {
					c.add(c.side(), c.side(), 0.3, declare.Outbound, nil)
				}
			}
		}, "recordings"},
		{"heard in four recordings", func(c *centre) {
			prompt := c.speech(4)
			for i := range 12 {
				if i < 4 {
					c.add(c.side(prompt), c.side(), 0.1, "", nil)
				} else {
					c.add(c.side(), c.side(), 0.1, "", nil)
				}
			}
		}, "too few to say"},
		{"the same sound on both channels", func(c *centre) {
			music := c.speech(6)
			for range 20 {
				c.add(c.side(music), c.side(music), 0.1, "", nil)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCentre(3)
			tt.make(c)
			r, right, wrong, none := c.told(t)
			if wrong > 0 {
				t.Errorf("right %d, wrong %d, none %d", right, wrong, none)
			}
			for _, s := range r.Sounds {
				if tt.why != "" && !strings.Contains(s.Why, tt.why) {
					t.Errorf("%q does not say %q", s.Why, tt.why)
				}
			}
			if tt.why != "" && len(r.Sounds) == 0 {
				t.Error("nothing recurs")
			}
		})
	}
}

// A greeting in all calls keeps its claim where some calls are of one test caller.
func TestAGreetingOutweighsATestCallerInSomeCalls(t *testing.T) {
	c := newCentre(4)
	greeting, caller := c.speech(4), c.speech(5)
	for i := range 24 {
		if i%4 == 0 {
			c.add(c.side(caller), c.side(greeting), 0.1, "", nil)
		} else {
			c.add(c.side(), c.side(greeting), 0.1, "", nil)
		}
	}
	if _, right, wrong, none := c.told(t); right < 20 || wrong > 0 {
		t.Errorf("right %d, wrong %d, none %d", right, wrong, none)
	}
}

// A part of another call is told, a prompt is not.
func TestAPartOfAnotherCallIsTold(t *testing.T) {
	c := newCentre(5)
	greeting, shared := c.speech(5), c.speech(12)
	for range 20 {
		c.add(c.side(), c.side(greeting), 0.1, "", nil)
	}
	for range 2 {
		t := &fingerprint.Trace{Runs: []fingerprint.TraceRun{{Start: c.r.IntN(100), Bits: shared}}}
		c.add(t, c.side(greeting), 0.1, "", nil)
	}
	_, opinions, err := Judge(t.Context(), c, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range opinions {
		if told := strings.Contains(o.Detail, "a part of another call"); told != (i >= len(opinions)-2) {
			t.Errorf("recording %d: %q", i, o.Detail)
		}
	}
	r, _, _, _ := c.told(t)
	if len(r.Copies) != 1 || r.Copies[0].A.ID != "20" || r.Copies[0].B.ID != "21" {
		t.Errorf("%+v", r.Copies)
	}
}

// Groups are estimated, the swapped one is named, and what it costs is told.
func TestGroupsAreTold(t *testing.T) {
	c := newCentre(6)
	for i := range 80 {
		agent := fmt.Sprint("agent-", i%4)
		c.add(c.side(), c.side(), 2.6, "", map[string]string{AgentGroup: agent})
		r := &c.recordings[i]
		r.Measures = &verify.Measures{AsDeclared: &verify.TalkMeasures{AgentTalkS: 30, CustomerTalkS: 10, TalkS: 40, SilenceS: 20}}
		swapped := i%4 == 2
		r.Outcome, r.Log10LR, c.left[i] = verify.Match, 2.6, declare.Customer
		if swapped {
			r.Outcome, r.Log10LR, c.left[i] = verify.Swapped, -2.6, declare.Agent
			r.Measures.AsDeclared.AgentTalkS, r.Measures.AsDeclared.CustomerTalkS = 10, 30
		}
	}
	r, _, wrong, _ := c.told(t)
	if wrong > 0 {
		t.Errorf("%d wrong", wrong)
	}
	if g := r.Groups[0]; g.Value != "agent-2" || g.Word != rates.Swapped || g.Cost == nil || float64(g.Cost.AgentShareDeclared.Mean) != 0.25 || float64(g.Cost.AgentShareHeard.Mean) != 0.75 {
		t.Errorf("%+v", g)
	}
	for _, g := range r.Groups[1:] {
		if g.Word == rates.Swapped || g.Word == rates.Partly {
			t.Errorf("%s: %s", g.Value, g.Word)
		}
	}
}

func TestNothingToSay(t *testing.T) {
	c := newCentre(7)
	if r, _, _, _ := c.told(t); r.Recordings != 0 || len(r.Sounds) != 0 {
		t.Errorf("%+v", r)
	}
	c.add(&fingerprint.Trace{}, &fingerprint.Trace{}, 0, "", nil)
	if r, _, _, none := c.told(t); r.Traced != 0 || none != 1 {
		t.Errorf("%+v", r)
	}
}
