package decode_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/note"
)

// expectation is a line of an expect.jsonl in testdata/vectors, or in a folder there for each format
// but WAV: what a file must give, by the door.
type expectation struct {
	File   string      `json:"file"`
	What   string      `json:"what"`             // what is special about the file
	Pick   [2]int      `json:"pick,omitzero"`    // the channels to take
	Raw    string      `json:"raw,omitempty"`    // how samples are stored, as --raw has it
	Format string      `json:"format,omitempty"` // how the file says that it is stored
	Frames int         `json:"frames,omitempty"` // frames that are delivered
	Left   []float32   `json:"left,omitempty"`   // the first samples of the left channel
	Right  []float32   `json:"right,omitempty"`
	Notes  []note.Code `json:"notes,omitempty"` // in order
	Error  string      `json:"error,omitempty"` // part of the error, where the file is refused
	Hint   string      `json:"hint,omitempty"`  // part of what is advised then
}

var vectors = filepath.Join("..", "..", "testdata", "vectors")

// Each vector gives what its line says. Other programs may use the vectors as well.
func TestVectorsGiveWhatIsExpected(t *testing.T) {
	for _, want := range expectations(t) {
		t.Run(want.File, func(t *testing.T) {
			got, err := reading(t, want)
			if want.Error != "" {
				var refusal *decode.Error
				if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want.Error) || !strings.Contains(refusal.Hint(), want.Hint) || refusal.Hint() == "" {
					t.Fatalf("the error is %v (%+v), not %q with a hint of %q", err, refusal, want.Error, want.Hint)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every file among the vectors has its line, and every line its file.
func TestVectorsAreComplete(t *testing.T) {
	listed := map[string]bool{}
	for _, e := range expectations(t) {
		if listed[e.File] {
			t.Errorf("%s has two lines", e.File)
		}
		listed[e.File] = true
		if _, err := os.Stat(filepath.Join(vectors, e.File)); err != nil {
			t.Error(err)
		}
	}
	total := int64(0)
	err := filepath.WalkDir(vectors, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(vectors, path)
		if !listed[filepath.ToSlash(name)] && d.Name() != "expect.jsonl" {
			t.Errorf("%s has no line", name)
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 3<<20 {
		t.Errorf("the vectors have %d bytes, more than 3 MiB", total)
	}
}

func expectations(t *testing.T) []expectation {
	t.Helper()
	below, err := filepath.Glob(filepath.Join(vectors, "*", "expect.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []expectation
	for _, list := range append(below, filepath.Join(vectors, "expect.jsonl")) {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		folder, _ := filepath.Rel(vectors, filepath.Dir(list))
		for line := range bytes.Lines(text) {
			d := json.NewDecoder(bytes.NewReader(line))
			d.DisallowUnknownFields()
			var e expectation
			if err := d.Decode(&e); err != nil {
				t.Fatalf("%s: %q: %v", list, line, err)
			}
			e.File = filepath.ToSlash(filepath.Join(folder, e.File))
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		t.Fatal("no expectations")
	}
	return all
}

// reading is what a vector gives, with as many samples as are expected.
func reading(t *testing.T, want expectation) (expectation, error) {
	t.Helper()
	got := expectation{File: want.File, What: want.What, Pick: want.Pick, Raw: want.Raw}
	f, err := os.Open(filepath.Join(vectors, want.File))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := decode.Options{Pick: want.Pick}
	if want.Raw != "" {
		if o.Raw, err = decode.ParseRaw(want.Raw); err != nil {
			t.Fatal(err)
		}
	}
	r, err := decode.NewReader(f, o)
	if err != nil {
		return got, err
	}
	left, right := make([]float32, 64), make([]float32, 64)
	for {
		n, err := r.Read(left, right)
		if err == io.EOF {
			break
		}
		if err != nil {
			return got, err
		}
		for i := range n {
			if got.Frames+i < len(want.Left) {
				got.Left = append(got.Left, left[i])
			}
			if r.Channels() == 2 && got.Frames+i < len(want.Right) {
				got.Right = append(got.Right, right[i])
			}
		}
		got.Frames += n
	}
	got.Format = r.Format().String() // a bit rate may be known at the end only
	for _, n := range r.Notes() {
		got.Notes = append(got.Notes, n.Code)
	}
	return got, nil
}
