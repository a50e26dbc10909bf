package wav

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/note"
)

// TestSpecimens decodes every format and every malformation, and checks the messages to the user.
func TestSpecimens(t *testing.T) {
	for _, s := range specimens() {
		t.Run(s.name, func(t *testing.T) {
			left, notes, err := decodeSpecimen(s)
			if s.problem != "" {
				checkRefusal(t, s, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(left) != s.frames {
				t.Errorf("%d frames, want %d", len(left), s.frames)
			}
			var codes []note.Code
			var details []string
			for _, n := range notes {
				codes = append(codes, n.Code)
				details = append(details, n.Detail)
			}
			if diff := cmp.Diff(s.notes, codes); diff != "" {
				t.Errorf("notes (-want +got):\n%s%s", diff, strings.Join(details, "\n"))
			}
			if said := strings.Join(details, "\n"); !strings.Contains(said, s.says) {
				t.Errorf("the notes say %q, not %q", said, s.says)
			}
		})
	}
}

func decodeSpecimen(s specimen) ([]float32, []codec.Note, error) {
	r, err := NewReader(bytes.NewReader(s.file), codec.Options{Pick: s.pick})
	if err != nil {
		return nil, nil, err
	}
	left, _, err := drain(r, always(64))
	return left, r.Notes(), err
}

func checkRefusal(t *testing.T, s specimen, err error) {
	t.Helper()
	var refusal *codec.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("the error is %v, which is no *codec.Error", err)
	}
	if !strings.Contains(err.Error(), s.problem) {
		t.Errorf("the error is %q, not %q", err, s.problem)
	}
	if refusal.Hint() == "" || !strings.Contains(refusal.Hint(), s.hint) {
		t.Errorf("the hint is %q, not %q", refusal.Hint(), s.hint)
	}
	if i := strings.IndexFunc(err.Error()+refusal.Hint(), unicode.IsControl); i >= 0 {
		t.Errorf("a control character reaches the user: %q", err.Error())
	}
}

// TestEveryCutOfAFile cuts a file at each of its bytes. A cut header is refused with a sentence,
// and cut samples are delivered with a note.
func TestEveryCutOfAFile(t *testing.T) {
	w := stereo16Bit()
	w.before = chunk(w.order, "LIST", []byte("INFOISFT\x06\x00\x00\x00test\x00\x00"))
	file := w.bytes()
	first := len(file) - len(w.samples)
	for cut := range len(file) {
		left, notes, err := decodeSpecimen(specimen{file: file[:cut]})
		if cut < first {
			var refusal *codec.Error
			if !errors.As(err, &refusal) || refusal.Hint() == "" {
				t.Errorf("cut at byte %d: %v", cut, err)
			}
			continue
		}
		if cut < first+4 {
			if err == nil || !strings.Contains(err.Error(), "has a header but no samples") {
				t.Errorf("cut at byte %d: %v", cut, err)
			}
			continue
		}
		if want := (cut - first) / 4; err != nil || len(left) != want || len(notes) == 0 || notes[0].Code != note.Truncated {
			t.Errorf("cut at byte %d: %d frames, want %d; notes %v, error %v", cut, len(left), want, notes, err)
		}
	}
}

// TestErrorsOfTheReaderPass distinguishes a broken connection from a file that ends: the data
// before it is delivered, and then the error, which the caller can recognise and which gives the
// place.
func TestErrorsOfTheReaderPass(t *testing.T) {
	for name, file := range map[string][]byte{
		"a size":          stereo16Bit().bytes(),
		"size 0":          sized(0),
		"size FFFFFFFF":   sized(0xFFFFFFFF),
		"size 0 in RF64":  rf64(0, 0xFFFFFFFF),
		"size 40 in RF64": rf64(40, 0xFFFFFFFF),
	} {
		first := len(file) - 40
		for _, broken := range []error{errors.New("connection reset"), io.ErrUnexpectedEOF} {
			for cut := range len(file) {
				for _, together := range []bool{false, true} {
					r, err := NewReader(&breakingReader{data: file[:cut], err: broken, together: together}, codec.Options{})
					var left []float32
					if err == nil {
						left, _, err = drain(r, always(3))
					}
					if !errors.Is(err, broken) || !strings.Contains(err.Error(), "reading ") || !strings.Contains(err.Error(), " at byte ") {
						t.Fatalf("%s, broken at byte %d: the error is %v", name, cut, err)
					}
					if want := max(0, cut-first) / 4; len(left) != want {
						t.Fatalf("%s, broken at byte %d: %d frames were delivered, want %d", name, cut, len(left), want)
					}
				}
			}
		}
	}
}

// TestErrorsBehindTheSamplesDoNotMatter: nothing is missing if a connection breaks after the last
// sample.
func TestErrorsBehindTheSamplesDoNotMatter(t *testing.T) {
	for _, together := range []bool{false, true} {
		r, err := NewReader(&breakingReader{data: stereo16Bit().bytes(), err: io.ErrUnexpectedEOF, together: together}, codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if left, _, err := drain(r, always(3)); err != nil || len(left) != 10 || len(r.Notes()) != 0 {
			t.Errorf("%d frames, notes %v, %v", len(left), r.Notes(), err)
		}
	}
}

// TestRoomForSamples shows what happens with empty slices or slices of different lengths.
func TestRoomForSamples(t *testing.T) {
	r, err := NewReader(bytes.NewReader(stereo16Bit().bytes()), codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range [][2][]float32{{}, {make([]float32, 1), nil}, {nil, make([]float32, 1)}} {
		if n, err := r.Read(room[0], room[1]); n != 0 || err != io.ErrShortBuffer {
			t.Errorf("room for %d and %d: %d, %v", len(room[0]), len(room[1]), n, err)
		}
	}
	if n, err := r.Read(make([]float32, 9), make([]float32, 4)); n != 4 || err != nil {
		t.Errorf("room for 9 and 4: %d, %v", n, err)
	}
	if left, _, err := drain(r, always(64)); len(left) != 6 || err != nil {
		t.Errorf("%d frames are left, %v", len(left), err)
	}
}

// breakingReader gives its data and then its error, or both at once.
type breakingReader struct {
	data     []byte
	err      error
	together bool
}

func (b *breakingReader) Read(p []byte) (int, error) {
	n := copy(p, b.data)
	b.data = b.data[n:]
	if n == 0 || b.together && len(b.data) == 0 {
		return n, b.err
	}
	return n, nil
}

// TestReadersThatDoNotBehave never hang and never panic.
func TestReadersThatDoNotBehave(t *testing.T) {
	file := stereo16Bit().bytes()
	for name, in := range map[string]io.Reader{
		"nothing for ever":             &unevenReader{data: file, sizes: []int{0}},
		"nothing for ever in the data": io.MultiReader(bytes.NewReader(file[:50]), &unevenReader{data: file, sizes: []int{0}}),
		"a negative count":             miscountingReader(-1),
		"too great a count":            miscountingReader(1 << 20),
	} {
		r, err := NewReader(in, codec.Options{})
		if err == nil {
			_, _, err = drain(r, always(10))
		}
		if !errors.Is(err, io.ErrNoProgress) && !errors.Is(err, codec.ErrImpossibleCount) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnErrorIsTheEnd: nothing is read after an error, because samples could be missing in
// between.
func TestAnErrorIsTheEnd(t *testing.T) {
	file := stereo16Bit().bytes()
	broken := errors.New("connection reset")
	in := &onceBroken{first: file[:60], rest: file[64:], err: broken}
	r, err := NewReader(in, codec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		left, _, err := drain(r, always(64))
		if !errors.Is(err, broken) {
			t.Fatalf("%d frames, %v", len(left), err)
		}
	}
	if len(in.rest) != len(file)-64 {
		t.Error("it was read on after the error")
	}
}

// onceBroken gives some data together with an error, and then more data as if nothing had
// happened.
type onceBroken struct {
	first, rest []byte
	err         error
}

func (o *onceBroken) Read(p []byte) (int, error) {
	if len(o.first) > 0 {
		n := copy(p, o.first)
		o.first = o.first[n:]
		return n, o.err
	}
	n := copy(p, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

// TestNoNumberIsCountedTwice whatever the sizes of the reads.
func TestNoNumberIsCountedTwice(t *testing.T) {
	w := newFile(codec.Format{Container: "WAVE", Encoding: codec.Float, Channels: 1, SampleRate: 8000, Bits: 32, ContainerBits: 32})
	w.samples = make([]byte, 4*300)
	copy(w.samples[4:], "\x00\x00\xC0\x7F")
	for _, block := range []int{2, 3, 64, 100} {
		r, err := NewReader(bytes.NewReader(w.bytes()), codec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		turn := 0
		next := func() int { turn++; return block - (turn+1)%2 } // the longer block first
		for range 2 {
			if _, _, err := drain(r, next); err != nil {
				t.Fatal(err)
			}
		}
		if n := r.Notes(); len(n) != 1 || !strings.HasPrefix(n[0].Detail, "1 sample was not a number") {
			t.Errorf("blocks of %d: notes %v", block, n)
		}
	}
}

type miscountingReader int

func (m miscountingReader) Read([]byte) (int, error) { return int(m), nil }

// TestLittleIsAllocated checks the limit on memory: whatever a file claims, at most 1 MiB beyond
// the block.
func TestLittleIsAllocated(t *testing.T) {
	const bound = 1<<20 + blockBytes
	for _, s := range append(specimens(), specimen{name: "64 MiB of chunks"}, specimen{name: "64 MiB of one chunk"}, specimen{name: "64 MiB of tiny odd chunks"}) {
		var in io.Reader = bytes.NewReader(s.file)
		switch s.name {
		case "64 MiB of chunks":
			in = &endless{pattern: rawChunk("JUNK", 8, "12345678"), head: riffOf()}
		case "64 MiB of tiny odd chunks":
			in = &endless{pattern: rawChunk("LIST", 1, "x"), head: riffOf()}
		case "64 MiB of one chunk":
			in = &endless{pattern: make([]byte, 4096), head: riffOf(rawChunk("LIST", headerLimit-1000, ""))}
		}
		left, right := make([]float32, 64), make([]float32, 64)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := NewReader(in, codec.Options{Pick: s.pick})
		for err == nil {
			_, err = r.Read(left, right)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > bound {
			t.Errorf("%s: %d bytes allocated, more than %d", s.name, used, bound)
		}
	}
}

// endless gives a head and then a pattern, if it has one, over and over.
type endless struct {
	head, pattern []byte
	at            int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.head) > 0 {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	if len(e.pattern) == 0 {
		return 0, io.EOF
	}
	n := copy(p, e.pattern[e.at:])
	e.at = (e.at + n) % len(e.pattern)
	return n, nil
}

// TestReadAllocatesNothing checks the steady state: Read allocates no memory.
func TestReadAllocatesNothing(t *testing.T) {
	for _, f := range storages {
		f.Container, f.Channels, f.SampleRate = "RIFX", 3, 8000
		w := newFile(f)
		w.samples = make([]byte, 400*1000*f.FrameBytes())
		r, err := NewReader(bytes.NewReader(w.bytes()), codec.Options{Pick: [2]int{3, 1}})
		if err != nil {
			t.Fatal(err)
		}
		left, right := make([]float32, 1000), make([]float32, 1000)
		if n := testing.AllocsPerRun(300, func() {
			if _, err := r.Read(left, right); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a Read", f, n)
		}
	}
}
