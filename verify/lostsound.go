package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// lostSound finds speech that was spoken but not recorded, given when either side's recording ends.
func lostSound(m *measurement.Measurements, ends [2]float64) []finding.Finding {
	var out []finding.Finding
	sides := [2]sideOf{{&m.Left, finding.Left, ends[0]}, {&m.Right, finding.Right, ends[1]}}
	for i, s := range sides {
		packets, lost := lostPackets(s)
		gate, chopped := gated(s)
		switch {
		case lost && !(chopped && likelierGate(s)):
			out = append(out, packets)
		case chopped:
			out = append(out, gate)
		}
		if f, ok := cutOff(s); ok {
			out = append(out, f)
		}
		if f, ok := partyLost(s, sides[1-i]); ok {
			out = append(out, f)
		}
	}
	if f, ok := faintSide(sides); ok {
		out = append(out, f)
	}
	return append(out, blanked(sides)...)
}

// A sideOf is a channel with its name, and how long its recording is.
type sideOf struct {
	*measurement.Channel
	name      finding.Side
	durationS float64
}

// Thresholds for lost packets. Of 108 clean recordings of five makers, 106 lack at most 0.4 %
// of a side's talk, one 1.0 % and one 2.3 %, in gaps that most likely are lost packets. None
// has a repeated packet. Of packets that are lost in speech, about seven in ten are found.
const (
	packetS        = 0.02 // of speech that a repeated packet replaces
	lostLeast      = 5    // packets, …
	burstsLeast    = 2    // or bursts of packets, of burstS on average, and …
	burstS         = 0.1
	lostWarnShare  = 0.015
	repeatedShare  = 0.008 // of repeated packets
	lostFatalShare = lostTalkShare
)

func lostPackets(s sideOf) (finding.Finding, bool) {
	d := s.Line.Dropouts
	repeated := packetS * float64(d.Repeats)
	lost := d.GapS + repeated
	share := lost / max(s.Timing.TalkS, lost)
	enough := d.Gaps+d.Repeats >= lostLeast || d.Gaps >= burstsLeast && inBursts(d)
	manyRepeats := d.Repeats >= lostLeast && repeated >= repeatedShare*s.Timing.TalkS
	if !(enough && share >= lostWarnShare) && !manyRepeats {
		return finding.Finding{}, false
	}
	from, to := float64(d.Times[0]), max(d.UntilS, float64(d.Times[len(d.Times)-1]))
	f := finding.New(finding.LostPackets, fmt.Sprintf(
		"The %s channel lost %.1f s of speech (%.0f %% of its talk) from %s to %s: %d gaps of %.0f ms on average, and %d repeated packets.",
		s.name, lost, 100*share, measurement.Clock(from), measurement.Clock(to), d.Gaps, 1000*d.GapS/float64(max(1, d.Gaps)), d.Repeats)).
		At(s.name, from, to)
	if share >= lostFatalShare {
		f.Severity = finding.Fatal
	}
	return f, true
}

// inBursts reports whether gaps are several packets long.
func inBursts(d measurement.Dropouts) bool { return d.GapS >= burstS*float64(d.Gaps) }

// A gate chops words: the sound falls to digital silence and returns again and again, and the
// cut sound is as loud as speech. On 108 sound recordings, no side with as many edges, also
// per second of talk, has a median within 32 dB of the speech level.
const (
	gatedEdges     = 12
	gatedEdgesPerS = 1.0 // of talk
	gatedBelowDB   = 30.5
)

func gated(s sideOf) (finding.Finding, bool) {
	below := float64(s.Levels.ActiveSpeechLevel) - float64(s.Edges.Median)
	if !silenceTells(s) || s.Edges.Count < gatedEdges || float64(s.Edges.Count) < gatedEdgesPerS*s.Timing.TalkS ||
		!(below <= gatedBelowDB) || !fine(s) || len(s.Segments) == 0 {
		return finding.Finding{}, false
	}
	from, to := s.Segments[0].Start, s.Segments[len(s.Segments)-1].End
	return finding.New(finding.Gated, fmt.Sprintf(
		"A noise gate chops the %s channel from %s to %s: %d times its sound starts from or stops in digital silence, %.0f dB below the speech level in the median.",
		s.name, measurement.Clock(from), measurement.Clock(to), s.Edges.Count, below)).At(s.name, from, to), true
}

// likelierGate reports whether the gaps in the speech of a channel with many edges are those
// of a gate: longer than lost packets, or few beside those where it ends each word. Of faults
// made in the clean recordings, 20 gates and 36 losses have both marks; 18 of these gates and
// all of these losses are told right.
func likelierGate(s sideOf) bool {
	d := s.Line.Dropouts
	long := d.GapS >= gateGapS*float64(d.Gaps) && d.GapS < gateLongShare*s.Timing.TalkS
	few := gateEdges*d.Gaps < s.Edges.Count && d.GapS < gateGapShare*s.Timing.TalkS
	return d.Gaps > 0 && !inBursts(d) && (long || few)
}

const (
	gateGapS      = 0.045 // on average, and less than burstS; 20 ms packets give 42 ms if every second is lost
	gateLongShare = 0.12  // of the talk; between words a gate takes 5 % at most
	gateEdges     = 4     // for each gap
	gateGapShare  = 0.06  // of the talk
)

// fineDBov is the speech level from which 16 bits show the noise of a line. Below it, the
// steps of the samples make digital silence of sound that is merely faint.
const fineDBov = -45.0

// silenceTells reports whether digital silence shows where nothing was recorded. A lossy codec
// makes it of a line's noise here and there: of 124 sound calls as MP3 and Opus at 24 to 64 kb/s,
// seven had the marks of a gate, of a muted side or of a lost party by the codec alone.
func silenceTells(s sideOf) bool { return !s.Line.Lossy }

func fine(s sideOf) bool { return float64(s.Levels.ActiveSpeechLevel) >= fineDBov }

// faintDB is how far one party's speech must be below the other's to be hard to hear. On 108
// clean recordings the largest difference is 18 dB.
const faintDB = 25.0

// faintSide finds a party that is hardly heard beside the other.
func faintSide(sides [2]sideOf) (finding.Finding, bool) {
	for i, s := range sides {
		level, other := s.Levels.ActiveSpeechLevel, sides[1-i].Levels.ActiveSpeechLevel
		if s.Timing.TalkS == 0 || sides[1-i].Timing.TalkS == 0 || !(float64(other-level) >= faintDB) {
			continue
		}
		return finding.New(finding.Faint, fmt.Sprintf(
			"Speech on the %s channel is at %.0f dBov, %.0f dB below the %s one's. %.0f s of it are heard, but few listeners will understand it.",
			s.name, float64(level), float64(other-level), sides[1-i].name, s.Timing.TalkS)), true
	}
	return finding.Finding{}, false
}
