package wave

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

func TestReadsSixteenBitStereo(t *testing.T) {
	var file bytes.Buffer
	file.Write(canonicalHeader(Format{Channels: 2, SampleRate: 8000, ContainerBits: 16}, 4*100))
	for i := range 100 {
		binary.Write(&file, binary.LittleEndian, []int16{int16(100 * i), int16(-i)})
	}
	r, err := NewReader(&file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.Format().String(), "WAVE PCM 16-bit, 8000 Hz, 2 channels"; got != want {
		t.Errorf("format %q, want %q", got, want)
	}
	left, right := make([]float32, 7), make([]float32, 7)
	at := 0
	for {
		n, err := r.Read(left, right)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if left[i] != float32(100*at)/32768 || right[i] != float32(-at)/32768 {
				t.Fatalf("frame %d is %v, %v", at, left[i], right[i])
			}
			at++
		}
	}
	if at != 100 || len(r.Notes()) != 0 {
		t.Errorf("%d frames, notes %v", at, r.Notes())
	}
}
