package measurement_test

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
)

// fill puts a figure into every number of v, one element into every list.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		lowest := -4000.0
		if v.Type() == reflect.TypeFor[measurement.Time]() {
			lowest = 0
		}
		v.SetFloat(rapid.Float64Range(lowest, 4000).Draw(t, v.Type().Name()))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(1, 99).Draw(t, "count"))
	case reflect.Uint8:
		v.SetUint(7)
	case reflect.String:
		v.SetString("word")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	default:
		t.Fatalf("a %s is no part of a stored form", v.Kind())
	}
}

// Rounded measurements go through JSON unchanged, no figure in it has more than six
// decimals, and rounding them again changes nothing.
func TestRoundedMeasurementsAreWhatIsStored(t *testing.T) {
	long := regexp.MustCompile(`[0-9]\.[0-9]{7,}|[0-9][eE]`)
	rapid.Check(t, func(t *rapid.T) {
		var m measurement.Measurements
		fill(t, reflect.ValueOf(&m).Elem())
		for _, at := range []*measurement.Time{&m.Left.Timing.FirstSound, &m.Pair.SideSwap.At} {
			*at = measurement.Never
		}
		m.Round()
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if found := long.Find(text); found != nil {
			t.Fatalf("%s in %s", found, text)
		}
		var back measurement.Measurements
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again := m
		again.Round()
		if d := cmp.Diff(m, back); d != "" {
			t.Fatalf("(-rounded +read)\n%s", d)
		}
		if d := cmp.Diff(m, again); d != "" {
			t.Fatalf("(-once +twice)\n%s", d)
		}
	})
}

// Silence and what did not happen survive rounding, and rounding is the same on
// both sides of zero.
func TestRoundingKeepsWhatIsMissing(t *testing.T) {
	var m measurement.Measurements
	m.Left.Levels.RMS, m.Left.Levels.SNR, m.Left.Timing.FirstSpeech = measurement.Silence(), measurement.Ratio(math.Inf(-1)), measurement.Never
	m.Round()
	if !math.IsInf(float64(m.Left.Levels.RMS), -1) || !math.IsInf(float64(m.Left.Levels.SNR), -1) || m.Left.Timing.FirstSpeech.Happened() {
		t.Errorf("%v, %v, %v", m.Left.Levels.RMS, m.Left.Levels.SNR, m.Left.Timing.FirstSpeech)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		if a, b := measurement.Rounded(v, 4), measurement.Rounded(-v, 4); a != -b {
			t.Fatalf("%v and %v", a, b)
		}
	})
}
