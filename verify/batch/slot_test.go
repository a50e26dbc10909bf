package batch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify"
)

// More slow servers than there are workers, and all quick rows get their results
// while none of the slow ones has sent its recording.
func TestSlowServersDoNotHoldBackQuickRows(t *testing.T) {
	const slow, quick = 6, 200
	call, err := os.ReadFile("../../testdata/call-short.wav")
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/slow") {
			w.Header().Set("Content-Length", fmt.Sprint(len(call)))
			w.Write(call[:100])
			w.(http.Flusher).Flush()
			select {
			case <-released:
			case <-r.Context().Done():
				return
			}
			w.Write(call[100:])
			return
		}
		w.Write(call)
	}))
	defer server.Close()
	source, err := NewFetcher(fetch.Options{AllowPrivate: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var b strings.Builder
	b.WriteString("id,recording\n")
	for i := range slow {
		fmt.Fprintf(&b, "s%d,%s/slow/%d.wav\n", i, server.URL, i)
	}
	for i := range quick {
		fmt.Fprintf(&b, "q%d,%s/quick/%d.wav\n", i, server.URL, i)
	}
	s := open(t, freshSQLite(t))
	o := fast(source)
	o.Workers = 2
	var once sync.Once
	o.Progress = func(st Status) {
		if st.Done >= quick {
			once.Do(func() { close(released) })
		}
	}
	report := run(t, s, manifestOf(t, "calls.csv", b.String()), ReadOptions{AllowPrivate: true}, o)
	exactlyOne(t, s, slow+quick)
	if n := report.Outcomes[verify.Errored]; n != 0 {
		t.Errorf("%d slow rows were given up before the quick ones were done", n)
	}
}
