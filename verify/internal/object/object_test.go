package object_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/verify/internal/object"
)

func TestEveryMemberIsThereInOrder(t *testing.T) {
	for text, want := range map[string][]object.Member{
		`{"b": 1, "a": {"x": [2]}, "b": null}`: {{"b", json.RawMessage("1")}, {"a", json.RawMessage(`{"x": [2]}`)}, {"b", json.RawMessage("null")}},
		`{}`:                                   nil, `[1]`: nil, `"x"`: nil, `17`: nil, `null`: nil,
	} {
		if diff := cmp.Diff(want, object.Members(json.RawMessage(text))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", text, diff)
		}
	}
}
