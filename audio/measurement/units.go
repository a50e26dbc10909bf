package measurement

import (
	"encoding/json"
	"math"
)

// Level is a level in dBov: decibels relative to a full-scale square wave
// (ITU-T G.100.1), so that a full-scale sine is at −3.01. Silence is −Inf
// and marshals as JSON null.
type Level float64

// Silence is the level of a signal that has no energy at all.
func Silence() Level { return Level(math.Inf(-1)) }

// MarshalJSON writes null for a level that is not finite.
func (l Level) MarshalJSON() ([]byte, error) { return marshalFinite(float64(l)) }

// UnmarshalJSON reads null as −Inf.
func (l *Level) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*l = Silence()
		return nil
	}
	return json.Unmarshal(b, (*float64)(l))
}

// DBFS is a level relative to full scale, of single samples and of what is
// counted by them: a sample of full scale is at 0. Silence is −Inf and marshals
// as JSON null.
type DBFS float64

// MarshalJSON writes null for a level that is not finite.
func (l DBFS) MarshalJSON() ([]byte, error) { return Level(l).MarshalJSON() }

// UnmarshalJSON reads null as −Inf.
func (l *DBFS) UnmarshalJSON(b []byte) error { return (*Level)(l).UnmarshalJSON(b) }

// Ratio is the difference of two levels in dB, −Inf where one of them is
// missing. That marshals as JSON null.
type Ratio float64

// MarshalJSON writes null for a ratio that is not finite.
func (r Ratio) MarshalJSON() ([]byte, error) { return Level(r).MarshalJSON() }

// UnmarshalJSON reads null as −Inf.
func (r *Ratio) UnmarshalJSON(b []byte) error { return (*Level)(r).UnmarshalJSON(b) }

// Over is how far a level lies over another, −Inf where either is Silence.
func (l Level) Over(other Level) Ratio {
	if math.IsInf(float64(l), 0) || math.IsInf(float64(other), 0) {
		return Ratio(Silence())
	}
	return Ratio(l - other)
}

// Time is a point in the recording in seconds from its first sample, or Never.
type Time float64

// Never is the time of something that did not happen. It marshals as null.
const Never Time = -1

// Happened reports whether the time is one.
func (t Time) Happened() bool { return t >= 0 }

// MarshalJSON writes null for Never.
func (t Time) MarshalJSON() ([]byte, error) {
	if !t.Happened() {
		return []byte("null"), nil
	}
	return marshalFinite(float64(t))
}

// UnmarshalJSON reads null as Never.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Never
		return nil
	}
	return json.Unmarshal(b, (*float64)(t))
}

// marshalFinite writes v, or null where it is not finite.
func marshalFinite(v float64) ([]byte, error) {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return []byte("null"), nil
	}
	return json.Marshal(v)
}
