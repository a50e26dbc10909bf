package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/internal/object"
)

// ProfileSchema is the version of the profile file format.
const ProfileSchema = 1

// maxProfileBytes bounds the size of a profile file; a profile has some 2 KB.
const maxProfileBytes = 1 << 20

// Provenance records the source of a profile's weights.
type Provenance struct {
	Fitted   string `json:"fitted"`           // the day, 2026-11-24
	Otoscope string `json:"otoscope"`         // the version that fitted it
	BasedOn  string `json:"based_on"`         // the profile towards which it was regularised
	Calls    int    `json:"calls"`            // independent calls that it was fitted on
	Agents   int    `json:"agents"`           // different agents among them; 0 if the labels name none
	Sources  int    `json:"sources,omitzero"` // among them, if the labels name them; three and more are left out in turn
	Cuts     int    `json:"cuts"`             // hard cases cut from these calls
	Metadata bool   `json:"metadata"`         // directions and join times were used as evidence
	Folds    int    `json:"folds"`            // of the cross-validation that the figures come from
	// MaxConfidence is the highest confidence that the profile claims from fitted weights,
	// given the number of its calls.
	MaxConfidence float64 `json:"max_confidence"`
	// HeldOut are the figures over the calls, each judged by weights fitted without it.
	HeldOut HeldOut `json:"held_out"`
}

// HeldOut are figures of a cross-validation.
type HeldOut struct {
	Right        int     `json:"right"`         // calls whose evidence points the right way
	Decided      int     `json:"decided"`       // at the default confidence
	WrongDecided int     `json:"wrong_decided"` // of these
	Cllr         float64 `json:"cllr"`          // in bits, 0 to 1 for a useful profile
	CutsDecided  int     `json:"cuts_decided"`
	CutsWrong    int     `json:"cuts_wrong_decided"`
	CutsCllr     float64 `json:"cuts_cllr"`
}

// profileFile is the JSON form.
type profileFile struct {
	Schema     int             `json:"schema"`
	Name       string          `json:"name"`
	Weights    json.RawMessage `json:"weights"`
	Provenance *Provenance     `json:"provenance"`
}

const fitAgain = "fit the profile again with this version: otoscope calibrate LABELS --out FILE"

func badProfile(advice, format string, args ...any) error {
	return &hint.Error{Message: fmt.Sprintf(format, args...), Advice: advice}
}

// OpenProfile reads the profile in a file. Its errors are sentences, with a hint.
func OpenProfile(path string) (Profile, Provenance, error) {
	f, err := os.Open(path)
	if err != nil {
		return Profile{}, Provenance{}, &hint.Error{
			Message: fmt.Sprintf("the profile cannot be opened: %s", err), Cause: err,
			Advice: "give the file that otoscope calibrate LABELS --out FILE wrote",
		}
	}
	defer f.Close()
	return ReadProfile(f)
}

// ReadProfile reads a profile. Every weight must be present, known and within bounds. The
// profile may claim no more than the calls that it was fitted on support.
func ReadProfile(r io.Reader) (Profile, Provenance, error) {
	p, from, err := readProfile(r)
	if err != nil {
		return Profile{}, Provenance{}, err
	}
	return p, from, nil
}

func readProfile(r io.Reader) (p Profile, from Provenance, err error) {
	text, err := io.ReadAll(io.LimitReader(r, maxProfileBytes+1))
	switch {
	case err != nil:
		return p, from, &hint.Error{Message: fmt.Sprintf("the profile cannot be read: %s", err), Cause: err}
	case len(text) > maxProfileBytes:
		return p, from, badProfile("give the file that otoscope calibrate wrote", "this is no profile: it is larger than %d bytes", maxProfileBytes)
	}
	if err := once(text); err != nil {
		return p, from, err
	}
	var file profileFile
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&file); err != nil {
		return p, from, jsonError(err)
	}
	switch {
	case file.Schema != ProfileSchema:
		return p, from, badProfile(fitAgain, "the profile is of schema %d, and this version reads schema %d", file.Schema, ProfileSchema)
	case file.Provenance == nil:
		return p, from, badProfile(fitAgain, "the profile has no provenance, so that nobody knows what its weights rest on")
	case len(file.Weights) == 0:
		return p, from, badProfile(fitAgain, "the profile has no weights")
	}
	if err := checkName(file.Name); err != nil {
		return p, from, err
	}
	p.Name, from = file.Name, *file.Provenance
	if err := p.setWeights(file.Weights); err != nil {
		return p, from, err
	}
	if from.Calls < 1 {
		return p, from, badProfile(fitAgain, "the profile's provenance names %d calls, and weights without calls claim nothing", from.Calls)
	}
	if supported := math.Log10(float64(from.Calls) + 1); p.TimingCap > supported+0.005 {
		return p, from, badProfile(fitAgain, "the profile claims odds of %.0f to 1 (timing_cap %.2f), but %d calls support %d to 1 at the most (%.2f)",
			math.Pow(10, p.TimingCap), p.TimingCap, from.Calls, from.Calls+1, supported)
	}
	return p, from, nil
}

// WriteProfile writes a profile in the form that ReadProfile reads.
func WriteProfile(w io.Writer, p Profile, from Provenance) error {
	weights, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("writing profile %s: %w", p.Name, err)
	}
	text, err := json.MarshalIndent(profileFile{Schema: ProfileSchema, Name: p.Name, Weights: weights, Provenance: &from}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing profile %s: %w", p.Name, err)
	}
	if _, _, err := ReadProfile(bytes.NewReader(text)); err != nil {
		return fmt.Errorf("writing profile %s: %w", p.Name, err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// CheckProfileName refuses names that would not identify a result's profile.
func CheckProfileName(name string) error { return checkName(name) }

func checkName(name string) error {
	const hint = "name it in up to 100 characters, for example acme-2026-11"
	switch {
	case strings.TrimSpace(name) == "":
		return badProfile(hint, "the profile has no name")
	case utf8.RuneCountInString(name) > 100:
		return badProfile(hint, "the profile's name has more than 100 characters")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return badProfile(hint, "the profile's name %q has characters that cannot be printed", name)
	case strings.HasPrefix(name, "builtin"):
		return badProfile(hint, "a profile must not be named %q: results could not be told from those of a built-in one", name)
	}
	return nil
}

// setWeights reads all weights from nested objects.
func (p *Profile) setWeights(text []byte) error {
	values := map[string]float64{}
	if err := flatten(json.NewDecoder(bytes.NewReader(text)), "", values); err != nil {
		return err
	}
	for name := range values {
		if strings.HasPrefix(name, "rates.") { // a missing rate keeps its built-in value
			p.Rates = Builtin().Rates
		}
	}
	for _, w := range p.Weights() {
		v, given := values[w.Name]
		switch {
		case !given && (w.Rate || w.Optional):
			continue
		case !given:
			return badProfile(fitAgain, "the profile gives no weight %s", w.Name)
		case w.Cap && !(v > 0 && v <= MaxWeight):
			return badProfile("", "the profile's %s is %v; a cap lies above 0 and up to %v", w.Name, v, MaxWeight)
		case w.Rate && !(v > 0 && v <= 1):
			return badProfile("", "the profile's %s is %v; a rate lies above 0 and up to 1", w.Name, v)
		case !(math.Abs(v) <= MaxWeight):
			return badProfile("", "the profile's %s is %v; a weight lies from -%v to %v", w.Name, v, MaxWeight, MaxWeight)
		}
		*w.Value = v
		delete(values, w.Name)
	}
	if len(values) > 0 {
		unknown := slices.Sorted(maps.Keys(values))[0]
		return badProfile(fitAgain, "the profile gives a weight %q, which this version does not know", unknown)
	}
	return nil
}

// flatten collects the numbers of nested objects under their joined names.
func flatten(d *json.Decoder, prefix string, into map[string]float64) error {
	if t, err := d.Token(); err != nil {
		return jsonError(err)
	} else if t != json.Delim('{') {
		return badProfile("", "the profile's %s is no object with weights", strings.TrimSuffix("weights."+prefix, "."))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return jsonError(err)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return jsonError(err)
		}
		name := prefix + key.(string)
		if raw[0] == '{' {
			if strings.Count(name, ".") >= 3 {
				return badProfile("", "the profile's weights.%s is nested too deep", name)
			}
			if err := flatten(json.NewDecoder(bytes.NewReader(raw)), name+".", into); err != nil {
				return err
			}
			continue
		}
		var number *float64
		if err := json.Unmarshal(raw, &number); err != nil || number == nil {
			return badProfile("", "the profile's %s is not a number", name)
		}
		into[name] = *number
	}
	_, err := d.Token()
	return jsonError(err)
}

// once refuses text that is not a single JSON object, and duplicate keys in one object,
// since either value could be the intended one.
func once(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	var whole json.RawMessage
	if err := d.Decode(&whole); err != nil {
		return jsonError(err)
	}
	if err := onceIn(whole, 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badProfile("give the file that otoscope calibrate wrote", "the profile goes on after its end, at byte %d", d.InputOffset())
	}
	return nil
}

func onceIn(value json.RawMessage, depth int) error {
	isObject := value[0] == '{'
	switch {
	case !isObject && depth == 0, value[0] == '[':
		return badProfile("give the file that otoscope calibrate wrote", "this is no profile: a profile is a JSON object of objects and values, without lists")
	case !isObject:
		return nil
	case depth > 8:
		return badProfile("give the file that otoscope calibrate wrote", "this is no profile: it is nested too deep")
	}
	seen := map[string]bool{}
	for _, m := range object.Members(value) {
		// encoding/json ignores the case of keys.
		name := strings.ToLower(m.Key)
		if seen[name] {
			return badProfile("take one of them away", "the profile has %q twice", m.Key)
		}
		seen[name] = true
		if err := onceIn(m.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// jsonError turns an error of encoding/json into a sentence.
func jsonError(err error) error {
	if err == nil {
		return nil
	}
	e := &hint.Error{Message: fmt.Sprintf("the profile is not JSON: %s", err), Advice: "give the file that otoscope calibrate wrote", Cause: err}
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax):
		e.Message = fmt.Sprintf("the profile is not JSON, at byte %d: %s", syntax.Offset, syntax)
	case errors.As(err, &kind) && kind.Field == "":
		e.Message = fmt.Sprintf("this is no profile: it holds a JSON %s where it cannot", kind.Value)
	case errors.As(err, &kind):
		e.Message = fmt.Sprintf("the profile's %s is a JSON %s, which cannot be", kind.Field, kind.Value)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the profile ends too early to be one"
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		e.Message = fmt.Sprintf("the profile has a key %s, which this version does not know", strings.TrimPrefix(err.Error(), "json: unknown field "))
		e.Advice = fitAgain
	}
	return e
}
