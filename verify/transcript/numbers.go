package transcript

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A number is a JSON number in any of the forms that makers write: 1.2, "1.2", "1.200s",
// {"seconds": "1", "nanos": 200000000}. Anything else is not known.
type number struct {
	value float64
	known bool
}

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{}
	text := string(b)
	switch {
	case b[0] == '"':
		if json.Unmarshal(b, &text) != nil {
			return nil
		}
	case b[0] == '{':
		var d struct{ Seconds, Nanos number }
		if json.Unmarshal(b, &d) == nil && (d.Seconds.known || d.Nanos.known) {
			*n = number{d.Seconds.value + d.Nanos.value*1e-9, true}
		}
		return nil
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), "s"), 64)
	if err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		*n = number{v, true}
	}
	return nil
}

// scaled multiplies a number that is known.
func (n number) scaled(by float64) number { return number{n.value * by, n.known} }

// wholeNumber is the number where it is a whole one, or else -1.
func (n number) wholeNumber() int {
	if !n.known || n.value != math.Trunc(n.value) || math.Abs(n.value) > 1000 {
		return -1
	}
	return int(n.value)
}

// times sets the times of a turn if both are known.
func (t Turn) times(start, end number) Turn {
	if start.known && end.known {
		t.Timed, t.Start, t.End = true, start.value, end.value
	}
	return t
}
