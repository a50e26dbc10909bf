package acquire_test

import (
	"bytes"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// known is a case that the beginning of the long call decides: the join times are known.
func known() verify.Case {
	c := verify.Case{Reference: "x", Declaration: declare.Default()}
	agent, customer := 4*time.Second, time.Duration(0)
	c.Facts = declare.Facts{Direction: declare.Inbound, Joined: declare.Joined{Agent: &agent, Customer: &customer}}
	return c
}

// long is a call of four minutes.
func long(t testing.TB) []byte {
	return decodetest.Lengthened(t, "../../testdata/call-straight.wav", 10, 9)
}

// exchanged has left and right exchanged from a share of the recording on; it is 16-bit PCM.
func exchanged(file []byte, from float64) []byte {
	out := bytes.Clone(file)
	begin := bytes.Index(out, []byte("data")) + 8
	first := begin + int(from*float64(len(out)-begin))/4*4
	for i := first; i+4 <= len(out); i += 4 {
		out[i], out[i+1], out[i+2], out[i+3] = out[i+2], out[i+3], out[i], out[i+1]
	}
	return out
}

// quick judges a recording from no more than it takes.
func quick(t testing.TB, reference string, o fetch.Options, c verify.Case) (verify.Verdict, fetch.Result) {
	t.Helper()
	o.AllowPaths = true
	client, err := fetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ref, err := fetch.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	rec, result, err := acquire.Measure(t.Context(), acquire.Job{Client: client, Reference: ref,
		Quick: func(part verify.Recording) verify.Hearing { return verify.Suffices(part, c) }})
	if err != nil {
		t.Fatal(err)
	}
	return verify.Judge(rec, c), result
}

func onDisk(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.wav")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// asFLAC is the same recording in FLAC, whose blocks differ in their bytes.
func asFLAC(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := decode.NewReader(bytes.NewReader(file), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	info := &meta.StreamInfo{BlockSizeMin: 4096, BlockSizeMax: 4096, SampleRate: uint32(r.Format().SampleRate), NChannels: 2, BitsPerSample: 16}
	span, _ := r.(decode.Windowed).Span(int64(len(file)))
	info.NSamples = uint64(span.Frames)
	e, err := flac.NewEncoder(&out, info)
	if err != nil {
		t.Fatal(err)
	}
	left, right := make([]float32, info.BlockSizeMin), make([]float32, info.BlockSizeMin)
	for at := int64(0); at < span.Frames; {
		n := 0
		for n < len(left) && at+int64(n) < span.Frames {
			m, err := r.Read(left[n:], right[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += m
		}
		f := &frame.Frame{Header: frame.Header{HasFixedBlockSize: true, BlockSize: uint16(n), SampleRate: info.SampleRate,
			Channels: frame.ChannelsLR, BitsPerSample: 16}}
		for _, side := range [][]float32{left[:n], right[:n]} {
			sub := &frame.Subframe{SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, NSamples: n}
			for _, v := range side {
				sub.Samples = append(sub.Samples, int32(math.Round(float64(v)*(1<<15))))
			}
			f.Subframes = append(f.Subframes, sub)
		}
		if err := e.WriteFrame(f); err != nil {
			t.Fatal(err)
		}
		at += int64(n)
	}
	return out.Bytes()
}

// FLAC is decided from a part as WAV is.
func TestLongFLACIsDecidedFromAPart(t *testing.T) {
	file := asFLAC(t, long(t))
	for _, side := range []struct {
		outcome verify.Outcome
		file    []byte
	}{{verify.Match, file}, {verify.Swapped, asFLAC(t, exchanged(long(t), 0))}} {
		v, result := quick(t, onDisk(t, side.file), fetch.Options{}, known())
		if v.Outcome != side.outcome || v.Part == nil || v.Part.Share == nil || len(v.Part.Spans) < 2 {
			t.Fatalf("%s from %+v", v.Outcome, v.Part)
		}
		if *v.Part.Share > 0.3 || float64(result.Fetched) > 0.3*float64(len(side.file)) {
			t.Errorf("%d of %d bytes were read: %+v", result.Fetched, len(side.file), v.Part)
		}
	}
	for name, damaged := range map[string][]byte{
		"cut off": file[:len(file)-200_000], "followed by another": append(bytes.Clone(file), file...),
	} {
		if v, result := quick(t, onDisk(t, damaged), fetch.Options{}, known()); v.Part != nil || result.Fetched != int64(len(damaged)) {
			t.Errorf("%s: %s from %+v of %d bytes", name, v.Outcome, v.Part, result.Fetched)
		}
	}
}

// A verdict on a part says so, has no hash, and says nothing of the whole.
func TestLongCallIsDecidedFromAPart(t *testing.T) {
	file := long(t)
	v, result := quick(t, onDisk(t, file), fetch.Options{}, known())
	if v.Outcome != verify.Match || v.Part == nil || v.Part.Share == nil {
		t.Fatalf("%s from %+v", v.Outcome, v.Part)
	}
	if *v.Part.Share > 0.3 || result.Fetched != v.Part.BytesRead || float64(result.Fetched) > 0.3*float64(len(file)) {
		t.Errorf("%d of %d bytes were read: %+v", result.Fetched, len(file), v.Part)
	}
	if v.SHA256 != "" || v.Measures != nil || v.Bytes != int64(len(file)) {
		t.Errorf("hash %q, measures %v, %d bytes", v.SHA256, v.Measures, v.Bytes)
	}
	if v.Findings[0].Code != finding.PartlyHeard || !strings.Contains(v.Findings[0].Detail, "not excluded") {
		t.Errorf("findings %+v", v.Findings)
	}
	last := v.Part.Spans[len(v.Part.Spans)-1]
	if v.DurationS < 200 || last.End < v.DurationS-0.1 {
		t.Errorf("of %.1f s the last that was heard is %+v", v.DurationS, last)
	}
	if end := v.Measurements.Left.Timing.LastSpeech; float64(end) < last.Start {
		t.Errorf("the last speech is at %v, and is in %+v", end, last)
	}
}

// The same holds for a server that counts its bytes, and without ranges as far as it has sent.
func TestServerSendsNoMoreThanIsHeard(t *testing.T) {
	file := long(t)
	for _, ranged := range []bool{true, false} {
		var sent atomic.Int64
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if !ranged {
				r.Header.Del("Range")
			}
			http.ServeContent(&counting{w, &sent}, r, "x.wav", time.Time{}, bytes.NewReader(file))
		}))
		o := fetch.Options{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		v, result := quick(t, server.URL+"/x.wav", o, known())
		server.Close()
		if v.Outcome != verify.Match || v.Part == nil || *v.Part.Share > 0.3 {
			t.Fatalf("ranges %v: %s from %+v", ranged, v.Outcome, v.Part)
		}
		if ranged && sent.Load() != result.Fetched || float64(result.Fetched) > 0.3*float64(len(file)) {
			t.Errorf("ranges %v: %d bytes were sent, %d fetched", ranged, sent.Load(), result.Fetched)
		}
		if spans := len(v.Part.Spans); ranged != (spans > 1) {
			t.Errorf("ranges %v: heard %+v", ranged, v.Part.Spans)
		}
	}
}

type counting struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

func TestStandardInputIsLeftOnceDecided(t *testing.T) {
	v, result := quick(t, "-", fetch.Options{Stdin: bytes.NewReader(long(t))}, known())
	if v.Outcome != verify.Match || v.Part == nil || v.Part.Share != nil || len(v.Part.Spans) != 1 {
		t.Fatalf("%s from %+v", v.Outcome, v.Part)
	}
	if result.Fetched > 2<<20 || !strings.HasPrefix(v.Findings[0].Detail, "Decided from the first 0:4") {
		t.Errorf("%d bytes were read: %s", result.Fetched, v.Findings[0].Detail)
	}
}

// What a part does not decide, or where it shows a fault, is what the whole says, byte by byte.
func TestWhatAPartDoesNotDecideIsReadWhole(t *testing.T) {
	straight, err := os.ReadFile("../../testdata/call-straight.wav")
	if err != nil {
		t.Fatal(err)
	}
	surest := known()
	surest.MinConfidence = 0.9999999
	excerpt := verify.Case{Reference: "x", Declaration: declare.Default(), Facts: declare.Facts{Excerpt: declare.IsExcerpt}}
	nobody := known()
	nobody.Declaration.Sides = nil
	cut := long(t)
	for name, tt := range map[string]struct {
		file []byte
		c    verify.Case
	}{
		"short":                    {straight, known()},
		"nothing known":            {long(t), excerpt},
		"more asked than there is": {long(t), surest},
		"nothing declared":         {long(t), nobody},
		"sides that change":        {exchanged(long(t), 0.5), known()},
		"cut off":                  {cut[:len(cut)-100_000], known()},
		"followed by another":      {append(long(t), long(t)...), known()},
		"dual mono":                {decodetest.Lengthened(t, "../../testdata/call-dual-mono.wav", 1, 12), known()},
		"mono":                     {decodetest.Lengthened(t, "../../testdata/call-mono.wav", 1, 12), known()},
		"no recording":             {bytes.Repeat([]byte("no recording"), 10_000), known()},
	} {
		t.Run(name, func(t *testing.T) {
			client := client(t)
			ref := parse(t, onDisk(t, tt.file))
			want, _, wantErr := acquire.Measure(t.Context(), acquire.Job{Client: client, Reference: ref})
			got, result, err := acquire.Measure(t.Context(), acquire.Job{Client: client, Reference: ref,
				Quick: func(part verify.Recording) verify.Hearing { return verify.Suffices(part, tt.c) }})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if wantErr != nil {
				if err == nil || err.Error() != wantErr.Error() {
					t.Errorf("error %v, want %v", err, wantErr)
				}
			} else if result.Fetched != int64(len(tt.file)) {
				t.Errorf("%d of %d bytes were read", result.Fetched, len(tt.file))
			}
		})
	}
}

// Exchanging the channels exchanges what is heard, and nothing else: the same bytes are read.
func TestQuickVerdictIsMirrored(t *testing.T) {
	file := long(t)
	v, result := quick(t, onDisk(t, file), fetch.Options{}, known())
	mirror, mirrored := quick(t, onDisk(t, exchanged(file, 0)), fetch.Options{}, known())
	if mirror.Outcome != verify.Swapped || mirror.Log10LR != -v.Log10LR || *mirror.Confidence != *v.Confidence {
		t.Errorf("%s %v and %s %v", v.Outcome, v.Log10LR, mirror.Outcome, mirror.Log10LR)
	}
	if diff := cmp.Diff(v.Part, mirror.Part); diff != "" || result.Fetched != mirrored.Fetched {
		t.Error(diff)
	}
}

// Windows that touch, overlap or stand apart are measured as the sound that they are.
func TestWindowsAreMeasuredAsOneSound(t *testing.T) {
	file := long(t)
	header, err := decode.NewReader(bytes.NewReader(file), decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	span, _ := header.(decode.Windowed).Span(int64(len(file)))
	rapid.Check(t, func(t *rapid.T) {
		const frames = 80_000
		cut := rapid.Int64Range(4000, frames-4000).Draw(t, "cut")
		back := rapid.Int64Range(0, cut).Draw(t, "overlap")
		window := func(from, to int64) verify.Window {
			r, first, err := header.(decode.Windowed).Window(span.Begin+4*from, file[span.Begin+4*from:span.Begin+4*to])
			if err != nil {
				t.Fatal(err)
			}
			return verify.Window{Reader: r, First: first}
		}
		one, err := verify.MeasureWindows(t.Context(), []verify.Window{window(0, frames)}, span.Frames, verify.MeasureOptions{})
		if err != nil {
			t.Fatal(err)
		}
		two, err := verify.MeasureWindows(t.Context(), []verify.Window{window(0, cut), window(cut-back, frames)}, span.Frames, verify.MeasureOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Fatal(diff)
		}
	})
}
