package evaluate

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// FaultOptions selects the faults, and controls how the results are judged.
type FaultOptions struct {
	Sources
	Kinds   []string // of FaultKinds; none: all
	Per     int      // at most so many recordings a kind, strength and party; 0: all
	Seed    uint64   // of all that is drawn
	Workers int      // recordings at once; 0: as many as there are processors
	Judge   JudgeOptions
	// Progress receives the number of finished recordings. It may be nil. Several goroutines
	// call it.
	Progress func(done, total int)
	// Made, which may be nil, receives each recording with a fault in it before it is judged, and
	// those with NoFault; not the ones with exchanged channels. Several goroutines
	// call it. An error counts like one of making.
	Made func(MadeFault) error
}

// A MadeFault is a recording that a fault was made in.
type MadeFault struct {
	Label      Label   // of the recording without the fault
	Kind       string  // of FaultKinds, or NoFault
	Strength   float64 // in the kind's unit
	Party      declare.Role
	Left       string       // who is on the left: customer, agent or mixed, where no side is one party's
	SampleRate int          // Hz
	Channels   [2][]float32 // left and right, of 16 bits, -1 to 1; read only, until Made returns
}

// JudgeFaults adds faults to clean recordings whose sides are known, and counts the verdicts
// on the results. It judges every result as it is and with its channels exchanged. It writes
// nothing to disk. Each worker holds one recording, another one that some faults need, and
// the recordings made from them, each of 15 minutes at most. The error is that of ctx.
func JudgeFaults(ctx context.Context, labels []Label, o FaultOptions) (*FaultReport, error) {
	whole, err := Listen(ctx, labels, ListenOptions{Sources: o.Sources, Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	b := bench{FaultOptions: o, whole: whole, counts: map[faultRow]*FaultCounts{}}
	report := b.report()
	for i := range whole {
		r := &whole[i]
		if r.Err != nil {
			report.Unreadable = append(report.Unreadable, unreadable(r))
		} else if cuttable(r) {
			b.clean = append(b.clean, r)
		}
	}
	report.Recordings = len(b.clean)
	b.plan()
	var done atomic.Int64
	var failed sync.Mutex
	err = each(ctx, len(b.clean), o.Workers, func(ctx context.Context, i int) {
		if err := b.makeAll(ctx, i); err != nil && ctx.Err() == nil {
			failed.Lock()
			report.Unreadable = append(report.Unreadable, unreadable(&Recording{Label: b.clean[i].Label, Err: err}))
			failed.Unlock()
		}
		if o.Progress != nil {
			o.Progress(int(done.Add(1)), len(b.clean))
		}
	})
	if err != nil {
		return nil, err
	}
	b.summarise(report)
	return report, nil
}

// A bench adds faults and counts the verdicts.
type bench struct {
	FaultOptions
	whole []Recording
	clean []*Recording // of whole
	// chosen holds the recordings for each kind, strength and party.
	chosen map[faultRow]map[int]bool

	mu     sync.Mutex
	counts map[faultRow]*FaultCounts
}

// A faultRow is a row of the table.
type faultRow struct {
	kind     string
	strength float64
	party    declare.Role // on whose channel; empty: on both
}

// makers returns the requested kinds, and NoFault for comparison.
func (b *bench) makers() []faultMaker {
	return slices.DeleteFunc(faultMakers(), func(k faultMaker) bool {
		return k.name != NoFault && len(b.Kinds) > 0 && !slices.Contains(b.Kinds, k.name)
	})
}

// rows lists the strengths and parties of a kind.
func (k *faultMaker) rows() []faultRow {
	var out []faultRow
	for _, strength := range k.strengths {
		if k.both {
			out = append(out, faultRow{k.name, strength, ""})
			continue
		}
		out = append(out, faultRow{k.name, strength, declare.Customer}, faultRow{k.name, strength, declare.Agent})
	}
	return out
}

// plan draws the recordings for each row.
func (b *bench) plan() {
	b.chosen = map[faultRow]map[int]bool{}
	for _, k := range b.makers() {
		for _, row := range k.rows() {
			order := b.rng("plan", row).Perm(len(b.clean))
			if b.Per > 0 && k.name != NoFault {
				order = order[:min(b.Per, len(order))]
			}
			b.chosen[row] = map[int]bool{}
			for _, i := range order {
				b.chosen[row][i] = true
			}
		}
	}
}

// rng returns the same random numbers for the same recording and row, whatever else is made.
func (b *bench) rng(of string, row faultRow) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(of + "\x00" + row.kind + "\x00" + string(row.party))) // has no error
	return rand.New(rand.NewPCG(b.Seed, h.Sum64()^math.Float64bits(row.strength)))
}

// makeAll makes all faults of one recording.
func (b *bench) makeAll(ctx context.Context, i int) error {
	r := b.clean[i]
	base, err := readStereo(ctx, b.of(r.Label), r.lossy())
	if err != nil {
		return err
	}
	before := r.judge(b.Judge)
	partner := b.partner(i)
	var other *stereo
	for _, k := range b.makers() {
		if k.pair && partner == nil {
			continue
		}
		if k.pair && other == nil {
			if other, err = readStereo(ctx, b.of(partner.Label), partner.lossy()); err != nil {
				return err
			}
			if partner.Left != r.Left {
				other = other.exchanged()
			}
		}
		for _, row := range k.rows() {
			if !b.chosen[row][i] {
				continue
			}
			s := b.scene(r, row, base)
			if k.pair {
				s.other, s.otherM = other, &partner.Result.Measurements
				if partner.Left != r.Left {
					s.otherM = exchangedSpeech(s.otherM)
				}
			}
			if !k.make(s) {
				continue
			}
			s.level()
			s.store()
			if err := b.try(ctx, row, r, &before, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// scene prepares a recording for a fault.
func (b *bench) scene(r *Recording, row faultRow, base *stereo) *scene {
	s := &scene{
		stereo: base.clone(), m: &r.Result.Measurements, strength: row.strength, left: r.Left,
		customer: r.channelOf(declare.Customer), rng: b.rng(r.Label.File, row),
	}
	s.side = s.customer
	if row.party == declare.Agent {
		s.side = s.agent()
	}
	return s
}

// exchangedSpeech is who speaks when with the channels exchanged.
func exchangedSpeech(m *measurement.Measurements) *measurement.Measurements {
	out := *m
	out.Left, out.Right = m.Right, m.Left
	return &out
}

// partner finds another call at the same rate. If the labels name the agents, it is by
// another agent; it is never the same call.
func (b *bench) partner(i int) *Recording {
	r := b.clean[i]
	start := 1
	if n := len(b.clean); n > 2 {
		start += b.rng("partner "+r.Label.File, faultRow{}).IntN(n - 1)
	}
	var found *Recording
	for k := range b.clean {
		other := b.clean[(i+start+k)%len(b.clean)]
		same := other == r || r.Label.Call != "" && other.Label.Call == r.Label.Call
		if same || other.Result.Measurements.SampleRate != r.Result.Measurements.SampleRate {
			continue
		}
		if r.Label.Agent == "" || other.Label.Agent != r.Label.Agent {
			return other
		}
		found = other
	}
	return found
}

// try judges the result, straight and exchanged, and counts.
func (b *bench) try(ctx context.Context, row faultRow, r *Recording, before *verify.Verdict, s *scene) error {
	if b.Made != nil {
		made := MadeFault{*r.Label, row.kind, row.strength, row.party, s.left, s.rate, s.ch}
		if err := b.Made(made); err != nil {
			return fmt.Errorf("passing on %s with %s: %w", r.Label.File, row.kind, err)
		}
	}
	var straight float64
	for _, exchanged := range []bool{false, true} {
		made, left := s.stereo, s.left
		if exchanged {
			made, left = made.exchanged(), opposite(left)
		}
		rec := Recording{Label: r.Label, Left: left, Facts: r.Facts}
		rec.Facts.Joined = declare.Joined{} // the fault may change when each party's sound begins
		rec.Result, rec.Err = made.measure(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t := Trial{Recording: &rec}
		if rec.Err == nil {
			t.Verdict = rec.judge(b.Judge)
		} else {
			t.Verdict.Outcome = verify.Errored
		}
		broken := exchanged && t.Verdict.Log10LR != -straight
		straight = t.Verdict.Log10LR
		b.count(row, &t, before, exchanged, broken)
	}
	return nil
}

// news returns the findings of a verdict that were absent without the fault.
func news(v, before *verify.Verdict) []finding.Code {
	var out []finding.Code
	for _, f := range v.Findings {
		told := slices.ContainsFunc(before.Findings, func(g finding.Finding) bool {
			return g.Code == f.Code && g.Severity == f.Severity
		})
		if !told && f.Severity != finding.Info && !slices.Contains(out, f.Code) {
			out = append(out, f.Code)
		}
	}
	return out
}

func (b *bench) count(row faultRow, t *Trial, before *verify.Verdict, exchanged, broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.counts[row]
	if c == nil {
		c = &FaultCounts{NamedBy: map[finding.Code]int{}}
		b.counts[row] = c
	}
	c.Made++
	switch {
	case t.Wrong():
		c.Wrong++
		c.WrongFiles = append(c.WrongFiles, WrongFault{
			File: t.Label.File, Exchanged: exchanged, Left: t.Left,
			Heard: string(t.Verdict.Heard.Left), Log10LR: t.Verdict.Log10LR, Evidence: t.Verdict.Evidence,
		})
	case t.Decided():
		c.Right++
	case t.Verdict.Outcome == verify.Undecided:
		c.Undecided++
	default:
		c.Refused++
	}
	codes := news(&t.Verdict, before)
	for _, code := range codes {
		c.NamedBy[code]++
	}
	switch {
	case len(codes) > 0:
		c.Named++
	case t.Decided():
		c.Silent++
	}
	if broken {
		c.MirrorBroken = append(c.MirrorBroken, t.Label.File)
	}
}
