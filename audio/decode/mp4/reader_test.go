package mp4

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/hint"
)

// boxOf is a box; long ones say their size in 64 bits.
func boxOf(kind string, long bool, bodies ...[]byte) []byte {
	body := slices.Concat(bodies...)
	if long {
		b := append([]byte{0, 0, 0, 1}, kind...)
		return append(binary.BigEndian.AppendUint64(b, uint64(16+len(body))), body...)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(b, kind...), body...)
}

// tableOf is a table of places.
func tableOf(kind string, places []uint64) []byte {
	body := binary.BigEndian.AppendUint32(make([]byte, 4), uint32(len(places)))
	for _, p := range places {
		if kind == "co64" {
			body = binary.BigEndian.AppendUint64(body, p)
		} else {
			body = binary.BigEndian.AppendUint32(body, uint32(p))
		}
	}
	return boxOf(kind, false, body)
}

// indexOf is a moov whose places stand where they do in a real one, next to what is no place.
func indexOf(long bool, tables ...[]byte) []byte {
	all := [][]byte{boxOf("mvhd", false, make([]byte, 20))}
	for _, table := range tables {
		stbl := boxOf("stbl", long, boxOf("stsz", false, []byte("stco")), table)
		all = append(all, boxOf("trak", false, boxOf("tkhd", false, nil), boxOf("mdia", long, boxOf("minf", false, stbl))))
	}
	return boxOf("moov", long, append(all, boxOf("udta", false, []byte("free text")))...)
}

func readAll(t testing.TB, file []byte) ([]byte, error) {
	t.Helper()
	r := NewReader(t.Context(), iotest.HalfReader(bytes.NewReader(file)), t.TempDir())
	defer r.Close()
	return io.ReadAll(r)
}

// Whatever stands before, between and behind, the index comes first, every byte is there once, and what a
// place names is the same byte as before.
func TestTheIndexComesFirstAndNamesTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string, least int, kinds ...string) []byte {
			var all []byte
			for range rapid.IntRange(least, 3).Draw(t, name) {
				all = append(all, boxOf(rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.Bool().Draw(t, "long"),
					rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "body"))...)
			}
			return all
		}
		lead := append(boxOf("ftyp", false, []byte("M4A ")), some("lead", 0, "free", "wide", "uuid")...)
		kept := append(boxOf("mdat", rapid.Bool().Draw(t, "long sound"), rapid.SliceOfN(rapid.Byte(), 1, 500).Draw(t, "sound")),
			some("kept", 0, "mdat", "free", "uuid")...)
		trail := some("trail", 0, "free", "mfra", "udta", "mdat")
		long := rapid.Bool().Draw(t, "long index")
		kind := rapid.SampledFrom([]string{"stco", "co64"}).Draw(t, "table")
		count := rapid.IntRange(1, 3).Draw(t, "tables")
		tables := make([][]uint64, count)
		length := len(indexOf(long, make([][]byte, count)...)) // without the tables
		for i := range tables {
			tables[i] = make([]uint64, rapid.IntRange(0, 4).Draw(t, "places"))
			length += len(tableOf(kind, tables[i]))
		}
		before := len(lead) + len(kept)
		moved := func(at uint64) uint64 {
			if at >= uint64(len(lead)) && at < uint64(before) {
				return at + uint64(length)
			}
			return at
		}
		var from, to [][]byte
		var all []uint64
		for _, places := range tables {
			after := make([]uint64, len(places))
			for i := range places {
				places[i] = rapid.Uint64Range(0, uint64(before-1)).Draw(t, "place")
				if len(trail) > 0 && rapid.Bool().Draw(t, "behind") {
					places[i] = uint64(before + length + rapid.IntRange(0, len(trail)-1).Draw(t, "place behind"))
				}
				after[i] = moved(places[i])
			}
			all = append(all, places...)
			from, to = append(from, tableOf(kind, places)), append(to, tableOf(kind, after))
		}
		file := slices.Concat(lead, kept, indexOf(long, from...), trail)
		want := slices.Concat(lead, indexOf(long, to...), kept, trail)
		r := NewReader(context.Background(), iotest.HalfReader(bytes.NewReader(file)), dir)
		defer r.Close()
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v\nfile %q\n got %q\nwant %q", err, file, got, want)
		}
		for _, at := range all {
			if got[moved(at)] != file[at] {
				t.Fatalf("byte %d is %d, and byte %d is %d", at, file[at], moved(at), got[moved(at)])
			}
		}
	})
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left on disk: %v, %v", names, err)
	}
}

// What needs no order, and what is no MP4 file, passes through while it arrives and touches no disk.
func TestOtherFilesPassThrough(t *testing.T) {
	sound := boxOf("mdat", false, []byte("sound"))
	for name, file := range map[string][]byte{
		"nothing":              nil,
		"half a head":          []byte("\x00\x00\x00"),
		"half a long head":     []byte("\x00\x00\x00\x01ftyp\x00"),
		"the index in front":   slices.Concat(boxOf("ftyp", false, nil), indexOf(false, tableOf("stco", []uint64{3})), sound),
		"fragments":            slices.Concat(boxOf("ftyp", false, nil), boxOf("moof", false, nil), sound),
		"a box too short":      append([]byte("\x00\x00\x00\x04ftyp"), sound...),
		"a box of any length":  append([]byte("\x00\x00\x00\x00free"), sound...),
		"a box longer than it": boxOf("ftyp", true, []byte("x"))[:17],
		"a negative length":    []byte("\x00\x00\x00\x01ftyp\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFmore"),
	} {
		r := NewReader(t.Context(), bytes.NewReader(file), "/a folder that is not there")
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		r.Close()
	}
}

// What cannot be put in order is a sentence with a way out and the byte that is to blame.
func TestWhatCannotBePutInOrderIsASentence(t *testing.T) {
	sound := boxOf("mdat", false, []byte("sound"))
	nested := tableOf("stco", nil)
	for range 100 {
		nested = boxOf("trak", false, nested)
	}
	far := tableOf("stco", []uint64{2})
	long := bytes.Replace(indexOf(false, far), []byte("\x00\x00\x00\x01\x00\x00\x00\x02"), []byte("\x00\x00\x00\xFF\x00\x00\x00\x02"), 1)
	for name, c := range map[string]struct {
		file []byte
		want string
		at   int64
	}{
		"no index":                  {sound, "ends without an index", 0},
		"cut within the sound":      {sound[:10], "ends without an index", 0},
		"sound of any length":       {append([]byte("\x00\x00\x00\x00mdat"), indexOf(false)...), "ends without an index", 0},
		"cut within the index":      {slices.Concat(sound, indexOf(false)[:20]), "ends within its index", 13},
		"an index of lies":          {slices.Concat(sound, []byte("\x00\x00\x00\x01moov\x00\x00\x7F\x00\x00\x00\x00\x00")), "at most are read", 13},
		"sound beyond the bound":    {append([]byte("\x00\x00\x00\x01mdat\x00\x00\x7F\x00\x00\x00\x00\x00"), sound...), "stands more than 4294967296 bytes behind", 0},
		"boxes too deep":            {slices.Concat(sound, boxOf("moov", false, nested)), "too deep", 13 + 9*8},
		"a box longer than its own": {slices.Concat(sound, boxOf("moov", false, []byte("\x00\x00\x00\xFFstco"))), "longer than what it stands in", 21},
		"a table longer than it is": {slices.Concat(sound, long), "a table is longer than its box", -1},
		"a table without a count":   {slices.Concat(sound, boxOf("moov", false, boxOf("stco", false, nil))), "a table is longer than its box", 21},
		"a compressed index":        {slices.Concat(sound, boxOf("moov", false, boxOf("cmov", false, nil))), "compressed", 21},
	} {
		_, err := readAll(t, c.file)
		var refused *codec.Error
		if !errors.As(err, &refused) || refused.Hint() == "" || !strings.Contains(err.Error(), c.want) || c.at >= 0 && refused.Offset != c.at {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if _, err := (shift{from: 0, to: 1 << 32, by: 1}).box(boxOf("moov", false, tableOf("stco", []uint64{1<<32 - 1})), 8, 0); !errors.Is(err, errFar) {
		t.Errorf("a place that does not fit: %v", err)
	}
}

// The bound counts what stands before the index, and no more than that is written.
func TestNoMoreIsKeptThanAllowed(t *testing.T) {
	file := slices.Concat(boxOf("mdat", false, make([]byte, 92)), boxOf("free", false, make([]byte, 92)), indexOf(false))
	for most, ok := range map[int64]bool{200: true, 199: false, 100: false, 99: false} {
		r := NewReader(t.Context(), bytes.NewReader(file), t.TempDir())
		r.mostKept = most
		_, err := io.ReadAll(r)
		info, failed := r.kept.Stat()
		if failed != nil || (err == nil) != ok || info.Size() > most {
			t.Errorf("%d bytes allowed: %v, %d kept", most, err, info.Size())
		}
		r.Close()
	}
}

// Errors of the reader, of the disk and of the context come out as they are.
func TestErrorsOfOthers(t *testing.T) {
	broken := errors.New("broken")
	file := slices.Concat(boxOf("mdat", false, []byte("sound")), indexOf(false))
	for n := range file {
		r := NewReader(t.Context(), io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)), t.TempDir())
		if _, err := io.ReadAll(r); !errors.Is(err, broken) {
			t.Errorf("broken at byte %d: %v", n, err)
		}
		r.Close()
	}
	r := NewReader(t.Context(), bytes.NewReader(file), "/a folder that is not there")
	if _, err := io.ReadAll(r); !errors.Is(err, os.ErrNotExist) || !strings.Contains(hint.Of(err), "TMPDIR") || strings.Contains(err.Error(), "there/") {
		t.Errorf("without a folder: %v (%s)", err, hint.Of(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := io.ReadAll(NewReader(ctx, bytes.NewReader(file), "")); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: %v", err)
	}
}

// No bytes make it panic, lose any, or give more than there were.
func FuzzReader(f *testing.F) {
	for _, seed := range [][]byte{
		nil,
		slices.Concat(boxOf("ftyp", false, nil), boxOf("mdat", false, []byte("sound")), indexOf(false, tableOf("stco", []uint64{16}))),
		slices.Concat(boxOf("mdat", true, []byte("sound")), boxOf("free", false, nil), indexOf(true, tableOf("co64", []uint64{0, 9}))),
		slices.Concat(indexOf(false, tableOf("stco", []uint64{16})), boxOf("mdat", false, []byte("sound"))),
		[]byte("\x00\x00\x00\x00mdat"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r := NewReader(t.Context(), bytes.NewReader(file), "")
		defer r.Close()
		r.mostKept = 1 << 20
		got, err := io.ReadAll(r)
		var refused *codec.Error
		switch {
		case err == nil && len(got) != len(file):
			t.Errorf("%d bytes of %d", len(got), len(file))
		case err != nil && !errors.As(err, &refused):
			t.Error(err)
		}
	})
}
