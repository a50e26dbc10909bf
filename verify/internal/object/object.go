// Package object reads JSON objects with all their keys, in order. encoding/json
// keeps the last of several members with one key without a word.
package object

import (
	"bytes"
	"encoding/json"
)

// A Member is one key of a JSON object with its value, not yet read.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Members reads one level of an object: keys in order, values as they stand. It
// is given valid JSON only; a value that is not an object has no members.
func Members(b json.RawMessage) []Member {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var all []Member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return all
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return all
		}
		all = append(all, Member{Key: name, Value: value})
	}
	return all
}
