package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
)

// A leaf is a value somewhere in a JSON object, ready to be read.
type leaf struct {
	path string // "left.energy.dc"
	text string
	list bool // text has the elements of an array, apart by spaces
}

// leavesOf lists the values of what marshals to a JSON object, in its order.
func leavesOf(x any) ([]leaf, error) {
	b, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("listing the measurements: %w", err)
	}
	return appendLeaves(nil, "", b)
}

func appendLeaves(all []leaf, path string, raw json.RawMessage) ([]leaf, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("{")):
		fields, err := fieldsOf(raw)
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			if all, err = appendLeaves(all, strings.TrimPrefix(path+"."+f.name, "."), f.value); err != nil {
				return nil, err
			}
		}
		return all, nil
	case bytes.HasPrefix(raw, []byte("[")):
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return nil, fmt.Errorf("listing %s: %w", path, err)
		}
		var texts []string
		for _, e := range elements {
			text, err := elementText(e)
			if err != nil {
				return nil, fmt.Errorf("listing %s: %w", path, err)
			}
			texts = append(texts, text)
		}
		return append(all, leaf{path, strings.Join(texts, " "), true}), nil
	default:
		return append(all, leaf{path: path, text: valueText(raw)}), nil
	}
}

// A field is a key and a value of a JSON object.
type field struct {
	name  string
	value json.RawMessage
}

// fieldsOf takes an object apart without losing its order.
func fieldsOf(object json.RawMessage) ([]field, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil { // the brace
		return nil, err
	}
	var all []field
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		f := field{name: fmt.Sprint(name)}
		if err := d.Decode(&f.value); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// elementText writes one element of a list. What has a start and an end is
// written as a stretch of time, with what else is known of it in parentheses.
func elementText(raw json.RawMessage) (string, error) {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return valueText(raw), nil
	}
	var stretch struct {
		Start *float64 `json:"start_s"`
		End   *float64 `json:"end_s"`
	}
	if err := json.Unmarshal(raw, &stretch); err != nil {
		return "", err
	}
	fields, err := fieldsOf(raw)
	if err != nil {
		return "", err
	}
	timed := stretch.Start != nil && stretch.End != nil
	var words []string
	for _, f := range fields {
		if timed && (f.name == "start_s" || f.name == "end_s") {
			continue
		}
		words = append(words, f.name+"="+valueText(f.value))
	}
	text := strings.Join(words, ",")
	if !timed {
		return text, nil
	}
	span := fmt.Sprintf("%s–%s", measurement.Clock(*stretch.Start), measurement.Clock(*stretch.End))
	if text != "" {
		span += "(" + text + ")"
	}
	return span, nil
}

// valueText writes a value: strings without their quotes, null as a dash, and
// numbers with as many digits as anybody reads.
func valueText(raw json.RawMessage) string {
	var x any
	if err := json.Unmarshal(raw, &x); err != nil {
		return string(raw)
	}
	switch x := x.(type) {
	case nil:
		return "–"
	case string:
		return x
	case float64:
		return strings.TrimSuffix(strings.TrimRight(signed("%.6f", x), "0"), ".")
	default:
		return string(raw)
	}
}
