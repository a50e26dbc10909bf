package evidence

import (
	"reflect"
	"strings"
)

// MaxWeight bounds every number of a profile: odds of a million to one.
const MaxWeight = 6.0

// A Weight is one number of a profile.
type Weight struct {
	Name  string   // as in a profile's file, "opening.complete"
	Value *float64 // in the profile
	// Cap says that the number bounds a sum of other weights, and is not a weight itself. It
	// is above 0; a weight may be negative.
	Cap bool
	// Rate says that the number is how often something happens, above 0 and up to 1. It is
	// stated, not fitted, and has a default if a profile does not name it.
	Rate bool
	// Optional says that older profiles lack the weight and that 0 means what they meant.
	Optional bool
}

// Fitted reports whether the weight comes from a fit: it is neither a bound nor a rate.
func (w Weight) Fitted() bool { return !w.Cap && !w.Rate }

// Weights gives access to all numbers of a profile, in the order of their declaration. Code
// that reads, writes or fits profiles need not name any of them.
func (p *Profile) Weights() []Weight { return weightsOf(reflect.ValueOf(p).Elem(), "") }

func weightsOf(v reflect.Value, prefix string) []Weight {
	var all []Weight
	for i := range v.NumField() {
		key, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		name := prefix + key
		switch field := v.Field(i); field.Kind() {
		case reflect.Float64:
			bounds := key == "cap" || strings.HasSuffix(key, "_cap")
			rate := strings.HasPrefix(name, "rates.")
			all = append(all, Weight{Name: name, Value: field.Addr().Interface().(*float64), Cap: bounds, Rate: rate, Optional: options == "omitzero"})
		case reflect.Struct:
			all = append(all, weightsOf(field, name+".")...)
		}
	}
	return all
}
