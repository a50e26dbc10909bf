package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// source is one way to name a recording.
type source struct {
	name string
	// make makes content available and says how to name it and with what options.
	make func(t *testing.T, content []byte) (string, Options)
}

func sources() []source {
	return []source{
		{"path", func(t *testing.T, content []byte) (string, Options) {
			path := filepath.Join(t.TempDir(), "r.wav")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			return path, Options{}
		}},
		{"stdin", func(t *testing.T, content []byte) (string, Options) {
			return "-", Options{Stdin: bytes.NewReader(content)}
		}},
		{"https", func(t *testing.T, content []byte) (string, Options) {
			s := serve(t, true, serveFile(content))
			return s.URL + "/r.wav", hasty(s)
		}},
		{"https, cut and resumed", func(t *testing.T, content []byte) (string, Options) {
			s := serve(t, true, cutting([]int{len(content) / 2}, serveFile(content)))
			return s.URL + "/r.wav", hasty(s)
		}},
		{"HTTP/2, chunked", func(t *testing.T, content []byte) (string, Options) {
			s := serve2(t, func(w http.ResponseWriter, r *http.Request) {
				w.(http.Flusher).Flush()
				w.Write(content)
			})
			return s.URL + "/r.wav", hasty(s)
		}},
		{"Twilio SID", func(t *testing.T, content []byte) (string, Options) {
			s := twilio(t, content, false)
			return sid, atTwilio(t, s)
		}},
	}
}

// Every source keeps the same promises.
func TestConformance(t *testing.T) {
	for _, source := range sources() {
		t.Run(source.name, func(t *testing.T) {
			for _, size := range []int{0, 1, 511, 512, 513, 65_536, 300_001} {
				t.Run(fmt.Sprintf("%d bytes", size), func(t *testing.T) {
					want := recording(size)
					reference, o := source.make(t, want)
					g, result, err := get(t, o, reference)
					fetched(t, g, result, err, want)
				})
			}
			t.Run("the sink leaves some", func(t *testing.T) {
				want := recording(200_000)
				reference, o := source.make(t, want)
				result, err := newClient(t, o).Get(context.Background(), mustParse(t, reference), func(r io.Reader) error {
					_, err := io.ReadFull(r, make([]byte, 100))
					return err
				})
				if err != nil || result.Bytes != int64(len(want)) {
					t.Errorf("%d bytes, %v", result.Bytes, err)
				}
			})
			t.Run("the sink fails", func(t *testing.T) {
				reference, o := source.make(t, recording(200_000))
				own := errors.New("own words")
				result, err := newClient(t, o).Get(context.Background(), mustParse(t, reference), func(r io.Reader) error {
					io.ReadFull(r, make([]byte, 100))
					return own
				})
				var sinkErr *SinkError
				if !errors.Is(err, own) || !errors.As(err, &sinkErr) || err.Error() != "own words" || result.Bytes != 0 {
					t.Errorf("%v, %v", result, err)
				}
			})
			t.Run("the cap", func(t *testing.T) {
				reference, o := source.make(t, recording(100_001))
				o.MaxBytes = 100_000
				g, _, err := get(t, o, reference)
				failed(t, err, "larger than the 100000 bytes allowed")
				if len(g.last()) > 100_000 {
					t.Errorf("the sink got %d bytes", len(g.last()))
				}
				reference, o = source.make(t, recording(100_000))
				o.MaxBytes = 100_000
				g, result, err := get(t, o, reference)
				fetched(t, g, result, err, recording(100_000))
			})
			t.Run("cancelled before", func(t *testing.T) {
				reference, o := source.make(t, recording(1_000))
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				_, err := newClient(t, o).Get(ctx, mustParse(t, reference), func(io.Reader) error {
					t.Error("the sink was called")
					return nil
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
			})
			t.Run("cancelled within", func(t *testing.T) {
				reference, o := source.make(t, recording(5_000_000))
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				var after int64
				_, err := newClient(t, o).Get(ctx, mustParse(t, reference), func(r io.Reader) error {
					io.ReadFull(r, make([]byte, 1_000))
					cancel()
					var err error
					after, err = io.Copy(io.Discard, r)
					return err
				})
				if !errors.Is(err, context.Canceled) || after > 200_000 {
					t.Errorf("%d bytes after the end: %v", after, err)
				}
			})
		})
	}
}
