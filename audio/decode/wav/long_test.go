package wav

import (
	"encoding/binary"
	"io"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// TestMoreThanFourGiB reads RF64 of 4.3 GB, and a stream of unknown size that is as long. The samples are made as they are read. 65,535 channels make
// it quick: two of them are converted and the others only read. Each frame carries its own number.
func TestMoreThanFourGiB(t *testing.T) {
	const channels = 65535
	frames := uint32(1<<32/channels + 1000)
	for _, long := range []uint64{uint64(frames) * channels, 0} {
		w := newFile(codec.Format{Container: "RF64", Encoding: codec.PCM, Channels: channels, SampleRate: 8000, Bits: 8, ContainerBits: 8})
		w.size, w.sizeSet = 0xFFFFFFFF, true
		binary.LittleEndian.PutUint64(w.ds64[8:], long)
		numbered := &numberedFrames{frame: make([]byte, channels), left: frames}
		r, err := NewReader(io.MultiReader(&endless{head: w.bytes()}, numbered), codec.Options{Pick: [2]int{1, 4}})
		if err != nil {
			t.Fatal(err)
		}
		left, right := make([]float32, 64), make([]float32, 64)
		at := uint32(0)
		for {
			n, err := r.Read(left, right)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if l, x := float32(int(byte(at))-128)/128, float32(int(byte(at>>8))-128)/128; left[i] != l || right[i] != x {
					t.Fatalf("frame %d is %v, %v", at, left[i], right[i])
				}
				at++
			}
		}
		if at != frames {
			t.Errorf("%d frames, want %d", at, frames)
		}
		if unknown := len(r.Notes()) == 1 && r.Notes()[0].Code == note.SizeUnknown; unknown != (long == 0) || !unknown && len(r.Notes()) > 0 {
			t.Errorf("size %d: notes %v", long, r.Notes())
		}
	}
}

// numberedFrames makes frames whose first and fourth octet are the low and the high half of their number.
type numberedFrames struct {
	frame []byte
	at    int // bytes of frame given
	next  uint32
	left  uint32
}

func (f *numberedFrames) Read(p []byte) (int, error) {
	if f.at == 0 {
		if f.left == 0 {
			return 0, io.EOF
		}
		f.frame[0], f.frame[3] = byte(f.next), byte(f.next>>8)
		f.next++
		f.left--
	}
	n := copy(p, f.frame[f.at:])
	f.at = (f.at + n) % len(f.frame)
	return n, nil
}
