package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"
)

// fault is what goes wrong with one answer.
type fault struct {
	status  int  // instead of an answer, if not 0
	cut     int  // after this many bytes of the body; none if negative
	changed bool // from this answer on the server has another version
	deaf    bool // the answer ignores Range
	moved   bool // the answer comes from the other server
}

func drawFault(t *rapid.T) fault {
	return fault{
		status:  rapid.SampledFrom([]int{0, 0, 0, 0, 429, 503}).Draw(t, "status"),
		cut:     rapid.SampledFrom([]int{-1, 0, 1, 511, 512, 513, 3_000, 20_000, 29_999, 30_000}).Draw(t, "cut"),
		changed: rapid.IntRange(0, 5).Draw(t, "changed") == 0,
		deaf:    rapid.IntRange(0, 3).Draw(t, "deaf") == 0,
		moved:   rapid.Bool().Draw(t, "moved"),
	}
}

// play follows a schedule of faults, and answers without faults after its end.
type play struct {
	mu      sync.Mutex
	faults  []fault
	version int
	moving  fault // what the other server is to do
}

func (p *play) next() fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := fault{cut: -1}
	if len(p.faults) > 0 {
		f, p.faults = p.faults[0], p.faults[1:]
	}
	if f.changed {
		p.version++
	}
	return f
}

func (p *play) content() ([]byte, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return recording(30_000 + p.version), fmt.Sprintf(`"v%d"`, p.version)
}

func (p *play) answer(w http.ResponseWriter, r *http.Request, f fault) {
	content, tag := p.content()
	if f.cut >= 0 {
		w = &cutWriter{w, f.cut}
	}
	w.Header().Set("ETag", tag)
	if f.deaf {
		w.Write(content)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// Whatever the schedule of cuts, refusals, changes and moves: the last call of the sink gets one
// version of the recording, whole, and only the credential's server sees the credential.
func TestAnyScheduleOfFaults(t *testing.T) {
	var p *play
	other := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		f := p.moving
		p.mu.Unlock()
		p.answer(w, r, f)
	})
	home := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		f := p.next()
		switch {
		case r.Header.Get("Authorization") != "Bearer hunter2":
			w.WriteHeader(401)
		case f.status != 0:
			w.WriteHeader(f.status)
		case f.moved:
			p.mu.Lock()
			p.moving = f
			p.mu.Unlock()
			http.Redirect(w, r, other.URL, http.StatusFound)
		default:
			p.answer(w, r, f)
		}
	})
	o := hasty(home)
	o.AllowPrivate = true
	o.MaxAttempts = 20
	o.BackoffMin, o.BackoffMax = time.Microsecond, 2*time.Microsecond
	o.Credentials = credentials(t, hostPort(home.URL), "OTOSCOPE_BEARER", "hunter2")
	c := newClient(t, o)
	ref := mustParse(t, home.URL)
	rapid.Check(t, func(t *rapid.T) {
		p = &play{faults: rapid.SliceOfN(rapid.Custom(drawFault), 0, 8).Draw(t, "faults")}
		small := rapid.Bool().Draw(t, "small reads")
		g := &got{}
		result, err := c.Get(context.Background(), ref, func(r io.Reader) error {
			if small {
				r = iotest.HalfReader(r)
			}
			return g.sink(r)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(g.last()); result.Bytes != int64(n) || !bytes.Equal(g.last(), recording(n)) {
			t.Fatalf("%d bytes that are no version of the recording, Result.Bytes = %d", n, result.Bytes)
		}
		for i, call := range g.calls[:len(g.calls)-1] {
			if len(call) > 0 && !bytes.Equal(call, recordingThatBegins(call)) {
				t.Fatalf("call %d was given bytes of two versions", i)
			}
		}
	})
	for _, r := range other.all() {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Fatalf("the other server saw %v", r.Header)
		}
	}
}

// recordingThatBegins finds the version that b is the beginning of, cut to b's length.
func recordingThatBegins(b []byte) []byte {
	for version := range 10 {
		if r := recording(30_000 + version); len(b) <= len(r) && bytes.Equal(b, r[:len(b)]) {
			return r[:len(b)]
		}
	}
	return nil
}
