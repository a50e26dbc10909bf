package opus

import (
	"io"
	"runtime"
	"testing"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/ogg/oggtest"
)

// endless is an Ogg stream of pages that all hold the same packets.
type endless struct {
	s       oggtest.Stream
	packets [][]byte
	at, per int64
	pages   int
	ready   []byte
}

func (e *endless) Read(b []byte) (int, error) {
	if len(e.ready) == 0 {
		if e.pages == 0 {
			return 0, io.EOF
		}
		e.pages--
		e.at += e.per
		e.ready = e.s.Page(0, e.at, e.packets...)
	}
	n := copy(b, e.ready)
	e.ready = e.ready[n:]
	return n, nil
}

// Memory does not grow with the length of a recording: ten hours are decoded in what one minute takes.
func TestTenHoursTakeNoMoreMemoryThanAMinute(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	// A pause as an encoder with DTX writes it, in packets of 120 ms.
	pause := []byte{11<<3 | 1}
	const perPage, hours = 100, 10
	e := &endless{s: oggtest.Stream{Serial: 1}, per: perPage * maxPacket, pages: hours * 3600 * 1000 / 120 / perPage}
	for range perPage {
		e.packets = append(e.packets, pause)
	}
	e.ready = e.s.Page(oggtest.First, 0, header(1, 1, 0, 8000, 0, 0))
	r, err := OpenOgg(codec.NewSource(e), &codec.Notes{}, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	block := make([]float32, 4096)
	var heap func() uint64 = func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	frames, early := 0, uint64(0)
	for {
		n, err := r.Read(block, nil)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if frames < 60*telephoneRate && frames+n >= 60*telephoneRate {
			early = heap()
		}
		frames += n
	}
	if late := heap(); late > early+1<<20 || frames != hours*3600*telephoneRate {
		t.Errorf("%d frames; %d bytes after a minute, %d at the end", frames, early, late)
	}
	runtime.KeepAlive(r)
}
