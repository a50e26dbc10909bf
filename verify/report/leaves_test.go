package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLeavesOf(t *testing.T) {
	type piece struct {
		Kind  string  `json:"kind,omitempty"`
		Start float64 `json:"start_s"`
		End   float64 `json:"end_s"`
		Count int     `json:"count,omitempty"`
	}
	type inner struct {
		Z float64 `json:"z"`
		A *int    `json:"a"`
	}
	got, err := leavesOf(struct {
		Name   string            `json:"name"`
		Yes    bool              `json:"yes"`
		Inner  inner             `json:"inner"`
		Pieces []piece           `json:"pieces"`
		None   []int             `json:"none"`
		Plain  []float64         `json:"plain"`
		Named  []map[string]int  `json:"named"`
		Empty  struct{}          `json:"empty"`
		Words  map[string]string `json:"words"`
	}{
		Name: "call", Yes: true, Inner: inner{Z: -0.0000121},
		Pieces: []piece{{Start: 1, End: 62.25}, {Kind: "busy", Start: 0, End: 0.5, Count: 3}},
		None:   []int{}, Plain: []float64{1, 2.5, 1e15, 0}, Named: []map[string]int{{"a": 1}}, Words: map[string]string{"k": "v"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []leaf{
		{path: "name", text: "call"},
		{path: "yes", text: "true"},
		{path: "inner.z", text: "−0.000012"},
		{path: "inner.a", text: "–"},
		{path: "pieces", text: "0:01.0–1:02.3 0:00.0–0:00.5(kind=busy,count=3)", list: true},
		{path: "none", list: true},
		{path: "plain", text: "1 2.5 1000000000000000 0", list: true},
		{path: "named", text: "a=1", list: true},
		{path: "words.k", text: "v"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(leaf{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLeavesOfWhatCannotBeMarshalled(t *testing.T) {
	if _, err := leavesOf(func() {}); err == nil {
		t.Error("a function was listed")
	}
}
