package measurement

import (
	"math"
	"reflect"
	"strconv"
)

// The decimals of the units. A plain float64 names its own in a tag: digits:"4".
const (
	levelDigits = 2 // Level, DBFS, Ratio: dB
	timeDigits  = 4 // Time: s
)

// Round rounds every figure to what it means, once, where the measurements are
// finished. The digits beyond depend on the order in which a processor adds up:
// rounded, a recording measures the same on every machine, and what is stored is
// what was judged. It rounds half away from zero, the same on both sides of it.
func (m *Measurements) Round() { round(reflect.ValueOf(m).Elem(), -1) }

// round rounds v to so many decimals, or to those that its type and tags name.
func round(v reflect.Value, digits int) {
	switch v.Kind() {
	case reflect.Float64:
		if d, ok := digitsOf(v.Type()); ok {
			digits = d
		}
		if digits >= 0 {
			v.SetFloat(Rounded(v.Float(), digits))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			digits := -1
			if d, err := strconv.Atoi(v.Type().Field(i).Tag.Get("digits")); err == nil {
				digits = d
			}
			round(v.Field(i), digits)
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k != reflect.Struct && k != reflect.Float64 {
			return
		}
		for i := range v.Len() {
			round(v.Index(i), digits)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			round(v.Elem(), digits)
		}
	}
}

// digitsOf gives the decimals of a unit.
func digitsOf(t reflect.Type) (int, bool) {
	switch t {
	case reflect.TypeFor[Level](), reflect.TypeFor[DBFS](), reflect.TypeFor[Ratio]():
		return levelDigits, true
	case reflect.TypeFor[Time]():
		return timeDigits, true
	}
	return 0, false
}

// Rounded rounds to so many decimals. NaN and infinities stay as they are.
func Rounded(v float64, digits int) float64 {
	scale := math.Pow10(digits)
	if r := math.Round(v * scale); !math.IsInf(r, 0) {
		return r/scale + 0 // no −0
	}
	return v
}

// RoundSeconds rounds a sum or a difference of seconds to the decimals of [Time].
func RoundSeconds(seconds float64) float64 { return Rounded(seconds, timeDigits) }
