package verify

import (
	"fmt"
	"math"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// A codecEffect is what the encoding of a recording can do to its channels by itself. What it can do
// is no evidence of a fault of the recorder.
type codecEffect struct {
	leakDB float64 // the gain up to which it makes one channel heard on the other
	merges bool    // it makes one signal of two channels
	parts  bool    // it does so for parts of a recording
	name   string  // of the encoding, with its bit rate
}

// codec is what the recording's encoding can do.
func (r *Recording) codec() codecEffect {
	f := r.Format
	e := codecEffect{leakDB: f.LeakDB(), name: f.Name()}
	if f.BitRate > 0 {
		e.name = fmt.Sprintf("%s at %d kb/s", e.name, (f.BitRate+500)/1000)
	}
	e.merges = e.leakDB >= 0 || slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == finding.Downmixed })
	e.parts = e.merges || f.Encoding == decode.Opus && f.Channels == 2 && f.BitRate > 0 && f.BitRate < opusMergesBelow
	return e
}

// opusMergesBelow is the bit rate below which libopus puts one signal on both channels for parts of a
// recording, though its packets say that there are two. Asked for 24 kb/s, it does so in 25 of 124
// calls, at 17 to 21 kb/s on average, most of them with 16,000 samples a second; asked for 32, in none.
const opusMergesBelow = 24000

// codecLagS is the lag up to which a sound may be on both channels by the codec: there it is at
// once, to the precision of the measurement.
const codecLagS = 0.001

// makes reports whether the codec alone can put this sound of one channel on the other.
func (e codecEffect) makes(p measurement.EchoPath) bool {
	return math.Abs(p.LagS) <= codecLagS && p.GainDB <= e.leakDB
}

// oneSignal gives a finding of one signal on both channels the name of what made it. What was
// recorded is not known then, but nobody can tell the channels apart.
func (e codecEffect) oneSignal(f finding.Finding) finding.Finding { return e.named(f, e.merges) }

// oneSignalInParts does the same if there is one signal in parts of the recording.
func (e codecEffect) oneSignalInParts(f finding.Finding) finding.Finding { return e.named(f, e.parts) }

func (e codecEffect) named(f finding.Finding, byCodec bool) finding.Finding {
	if !byCodec || f.Code != finding.DualMono {
		return f
	}
	f.Code = finding.Downmixed
	f.Detail += " " + e.name + " makes one signal of two channels by itself."
	return f
}
