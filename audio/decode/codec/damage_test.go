package codec

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/note"
)

// Damage is told by its places; neighbouring stretches are one.
func TestDamageSaysWhere(t *testing.T) {
	var d Damage
	var n Notes
	d.Remark(&n, 8000)
	if len(n.All()) != 0 {
		t.Fatalf("nothing is damaged: %v", n.All())
	}
	d.Add(8000, 800)
	d.Add(8800, 800)
	d.Add(80000, 400)
	d.Remark(&n, 8000)
	want := []Note{{Code: note.DamagedFrames, Detail: "0.25 s of the recording are damaged or missing, and silent: at 0:01.0 (0.20 s), 0:10.0 (0.05 s).",
		Places: []note.Span{{FromS: 1, ToS: 1.2}, {FromS: 10, ToS: 10.05}}}}
	if diff := cmp.Diff(want, n.All()); diff != "" {
		t.Error(diff)
	}
}

// A recording that is damaged all over takes no more room than any other.
func TestDamageIsBounded(t *testing.T) {
	var d Damage
	var n Notes
	for i := range int64(100_000) {
		d.Add(i*100, 10)
	}
	d.Remark(&n, 8000)
	all := n.All()
	if len(all) != 1 || len(all[0].Places) != maxStretches {
		t.Fatalf("%d notes, %d places", len(all), len(all[0].Places))
	}
	const want = "125.00 s of the recording are damaged or missing, and silent: at 0:00.0 (0.00 s), 0:00.0 (0.00 s), 0:00.0 (0.00 s), 0:00.0 (0.00 s), 99996 more places."
	if all[0].Detail != want {
		t.Errorf("%s", all[0].Detail)
	}
}

// The length by the header and the length heard are compared; what a frame adds does not count.
func TestLengthsAreCompared(t *testing.T) {
	for _, c := range []struct {
		stated, heard int64
		want          note.Code
	}{
		{80000, 80000, ""}, {80000, 79000, ""}, {80000, 81152, ""}, {80000, 70000, note.Truncated}, {80000, 90000, note.LengthDiffers},
	} {
		var n Notes
		n.Length(c.stated, c.heard, 8000)
		var got note.Code
		for _, one := range n.All() {
			got = one.Code
		}
		if got != c.want {
			t.Errorf("%d stated, %d heard: %q, not %q", c.stated, c.heard, got, c.want)
		}
	}
}
