package decode

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/sniff"
)

// Every reader belongs to a format that is known by its beginning.
func TestEveryReaderHasItsFormat(t *testing.T) {
	if len(formats()) != len(openers()) {
		t.Errorf("%d of %d readers have a name that sniff.Formats knows", len(formats()), len(openers()))
	}
	if !slices.Contains(Endings(), "wav") || slices.ContainsFunc(Endings(), func(e string) bool { return e != strings.ToLower(e) || strings.Contains(e, ".") }) {
		t.Errorf("the endings are %v", Endings())
	}
	for _, e := range []string{"m4a", "amr", "wma"} {
		if slices.Contains(Endings(), e) || !slices.Contains(OtherEndings(), e) {
			t.Errorf("%q is not among the other endings %v", e, OtherEndings())
		}
	}
	if slices.ContainsFunc(OtherEndings(), func(e string) bool { return slices.Contains(Endings(), e) }) {
		t.Errorf("the other endings are %v", OtherEndings())
	}
	for name, want := range map[string]bool{"a.wav": true, "b.WAV": true, "wav": false, "c.wav.txt": false, "": false} {
		if HasEnding(name) != want {
			t.Errorf("%q is named like a recording: %v", name, !want)
		}
	}
}

// An ID3 tag before a recording is passed over, however large; behind it may be any format.
func TestATagOfAnySizeIsPassedOver(t *testing.T) {
	for _, size := range []int{0, 4, sniff.Bytes - 10, sniff.Bytes, 100_000} {
		tag := append([]byte("ID3\x03\x00\x00"), byte(size>>21), byte(size>>14&127), byte(size>>7&127), byte(size&127))
		tag = append(tag, bytes.Repeat([]byte("RIFF"), size/4)...)
		tag = append(tag, make([]byte, size%4)...)
		wav := slices.Concat([]byte("RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x40\x1f\x00\x00\x00\x7d\x00\x00\x04\x00\x10\x00data\x04\x00\x00\x00"),
			[]byte{1, 2, 3, 4})
		r, err := NewReader(bytes.NewReader(slices.Concat(tag, wav)), Options{})
		if err != nil || len(r.Notes()) != 1 {
			t.Errorf("a tag of %d bytes: %v", size, err)
			continue
		}
		_, err = NewReader(bytes.NewReader(slices.Concat(tag, []byte("AMR is not what this is."))), Options{})
		var refusal *codec.Error
		if !errors.As(err, &refusal) {
			t.Errorf("a tag of %d bytes before no recording: %v", size, err)
		}
	}
}
