package codec

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/audio/note"
)

// Damage collects the stretches of a recording that cannot be decoded. Its memory is bounded. The
// zero value is ready.
type Damage struct {
	Instead string // what stands in their place; "" for silence

	stretches []stretch
	count     int   // of all stretches
	frames    int64 // samples in them, of one channel
}

// stretch is a part of a recording in sample frames, counted from its start.
type stretch struct{ from, to int64 }

// What is kept and what is said of a recording that is damaged all over.
const (
	maxStretches = 32
	maxToldOf    = 4
)

// Add takes a stretch of n sample frames that begins at one. Stretches are added in their order;
// one that begins where the last one ends continues it. n is 0 where a frame was passed over
// without a gap in the sound.
func (d *Damage) Add(at, n int64) {
	d.frames += n
	if last := len(d.stretches) - 1; last >= 0 && d.count == len(d.stretches) && d.stretches[last].to >= at {
		d.stretches[last].to = max(d.stretches[last].to, at+n)
		return
	}
	d.count++
	if len(d.stretches) < maxStretches {
		d.stretches = append(d.stretches, stretch{at, at + n})
	}
}

// Remark notes where the recording is damaged; nothing where it is not. rate is in Hz.
func (d *Damage) Remark(n *Notes, rate int) {
	if d.count == 0 {
		return
	}
	seconds := func(frames int64) float64 { return float64(frames) / float64(rate) }
	var told []string
	var places []note.Span
	for i, s := range d.stretches {
		places = append(places, note.Span{FromS: seconds(s.from), ToS: seconds(s.to)})
		if i < maxToldOf {
			told = append(told, fmt.Sprintf("%s (%.2f s)", measurement.Clock(seconds(s.from)), seconds(s.to-s.from)))
		}
	}
	if rest := d.count - len(told); rest > 0 {
		told = append(told, Count(rest, "more place"))
	}
	instead := d.Instead
	if instead == "" {
		instead = "silent"
	}
	n.list = append(n.list, Note{
		Code:   note.DamagedFrames,
		Detail: fmt.Sprintf("%.2f s of the recording are damaged or missing, and %s: at %s.", seconds(d.frames), instead, strings.Join(told, ", ")),
		Places: places,
	})
}
