package verify_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/finding"
)

// repeated is a call followed by itself, so that parts of it have enough speech on each side.
func repeated(t *testing.T, name string, times int) recording {
	r := readAll(t, name)
	for side := range r.side {
		r.side[side] = slices.Repeat(r.side[side], times)
	}
	return r
}

// exchanged exchanges the channels between two times in seconds.
func (r recording) exchanged(from, to float64) {
	for i := int(from * float64(r.rate)); i < min(len(r.side[0]), int(to*float64(r.rate))); i++ {
		r.side[0][i], r.side[1][i] = r.side[1][i], r.side[0][i]
	}
}

func (r recording) mirrored() recording {
	return recording{rate: r.rate, side: [2][]float32{r.side[1], r.side[0]}}
}

func (r recording) seconds() float64 { return float64(len(r.side[0])) / float64(r.rate) }

// mirroredPair is what is measured of who is on a side with the channels exchanged.
func mirroredPair(p measurement.Pair) (exchanges []measurement.Exchange, breaks []measurement.Break) {
	for _, e := range p.Exchanges {
		e.LeftGain, e.RightGain = e.RightGain, e.LeftGain
		exchanges = append(exchanges, e)
	}
	for _, b := range p.Breaks {
		b.Left, b.Right = b.Right, b.Left
		breaks = append(breaks, b)
	}
	return exchanges, breaks
}

// Sides that change places in some parts of a call are found in as many parts, with from and
// to. Exchanging the channels gives the same parts, mirrored.
func TestEachExchangeOfTheSidesIsNamed(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav"} {
		whole := repeated(t, name, 6).seconds()
		for _, parts := range [][][2]float64{
			{{0.3, 0.6}},
			{{0, 0.2}},
			{{0.85, 1}},
			{{0.2, 0.35}, {0.6, 0.75}},
			{{0.1, 0.2}, {0.4, 0.5}, {0.7, 0.8}},
			{{0.1, 0.2}, {0.3, 0.4}, {0.6, 0.7}, {0.9, 1}},
		} {
			r := repeated(t, name, 6)
			for _, p := range parts {
				r.exchanged(p[0]*whole, p[1]*whole)
			}
			v := r.judge(t, same)
			found := v.Measurements.Pair.Exchanges
			right := len(found) == len(parts)
			for i := 0; right && i < len(parts); i++ {
				right = math.Abs(found[i].Start-parts[i][0]*whole) <= 6 && math.Abs(found[i].End-parts[i][1]*whole) <= 6
			}
			if !right {
				t.Errorf("%s exchanged in %v of %.0f s: heard %+v", name, parts, whole, found)
			}
			f, named := findingOf(v, finding.OrientationChanges)
			if !named || f.Severity != finding.Fatal || strings.Count(f.Detail, "bout ") < len(parts) || len(f.Places) != len(parts) {
				t.Errorf("%s exchanged in %v: %v", name, parts, v.Findings)
			}
			exchanges, breaks := mirroredPair(v.Measurements.Pair)
			mirror := r.mirrored().judge(t, same).Measurements.Pair
			if diff := cmp.Diff(exchanges, mirror.Exchanges); diff != "" {
				t.Errorf("%s exchanged in %v, mirrored (-want +got):\n%s", name, parts, diff)
			}
			if diff := cmp.Diff(breaks, mirror.Breaks); diff != "" {
				t.Errorf("%s exchanged in %v, mirrored (-want +got):\n%s", name, parts, diff)
			}
		}
	}
}

// Sides that stay are not said to change, however often the call goes on, and however loud one
// of them is.
func TestSidesThatStayAreNotSaidToChange(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav", "call-outbound.wav", "call-mulaw.wav"} {
		for _, times := range []int{1, 2, 6} {
			r := repeated(t, name, times)
			for i := len(r.side[1]) / 2; i < len(r.side[1]); i++ {
				r.side[1][i] *= 0.3
			}
			v := r.judge(t, same)
			for _, code := range []finding.Code{finding.OrientationChanges, finding.AnotherCall} {
				if f, named := findingOf(v, code); named {
					t.Errorf("%s, %d times: %v", name, times, f)
				}
			}
		}
	}
}

// A noise gate chops words by their level. That is no change of the speakers, on either side.
func TestAGateIsNoChangeOfSpeakers(t *testing.T) {
	for _, name := range []string{"call-straight.wav", "call-swapped.wav"} {
		for side := range 2 {
			for _, below := range []float64{12, 20, 30} {
				r := repeated(t, name, 3)
				gate(below)(r, side)
				v := r.judge(t, same)
				for _, code := range []finding.Code{finding.OrientationChanges, finding.AnotherCall} {
					if f, named := findingOf(v, code); named {
						t.Errorf("%s, gate at −%.0f dB on side %d: %v", name, below, side, f)
					}
				}
			}
		}
	}
}

// Another call, before or after, is named with from or to, whichever way round it is.
func TestAnotherCallIsNamed(t *testing.T) {
	// The lines of these calls are as faint as dither, and say nothing: voices alone place the break.
	const placedWithinS = 7
	for _, tt := range []struct {
		call, other string
		times       int // the other call's
	}{
		{"call-straight.wav", "call-swapped.wav", 1},
		{"call-swapped.wav", "call-outbound.wav", 2},
		{"call-outbound.wav", "call-swapped.wav", 1},
	} {
		for _, before := range []bool{false, true} {
			for _, mirrored := range []bool{false, true} {
				call, other := repeated(t, tt.call, 4), repeated(t, tt.other, tt.times)
				if mirrored {
					other = other.mirrored()
				}
				joined, at := recording{rate: call.rate}, call.seconds()
				for side := range joined.side {
					joined.side[side] = slices.Concat(call.side[side], other.side[side])
					if before {
						joined.side[side] = slices.Concat(other.side[side], call.side[side])
						at = other.seconds()
					}
				}
				what := fmt.Sprintf("%s, and %s (before: %v, mirrored: %v)", tt.call, tt.other, before, mirrored)
				v := joined.judge(t, same)
				f, named := findingOf(v, finding.AnotherCall)
				if !named {
					f, named = findingOf(v, finding.OrientationChanges) // a voice that comes back on the other side
				}
				if !named || v.Outcome != verify.Unusable {
					t.Errorf("%s: %v, %+v", what, v.Findings, v.Measurements.Pair.Breaks)
					continue
				}
				if f.Code == finding.AnotherCall && !slices.ContainsFunc(v.Measurements.Pair.Breaks, func(b measurement.Break) bool {
					return math.Abs(float64(b.At)-at) <= placedWithinS
				}) {
					t.Errorf("%s at %.0f s: %s, %+v", what, at, f.Detail, v.Measurements.Pair.Breaks)
				}
				_, breaks := mirroredPair(v.Measurements.Pair)
				if diff := cmp.Diff(breaks, joined.mirrored().judge(t, same).Measurements.Pair.Breaks); diff != "" {
					t.Errorf("%s, mirrored (-want +got):\n%s", what, diff)
				}
			}
		}
	}
}
