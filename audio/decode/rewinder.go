package decode

import (
	"bytes"
	"io"
	"sync"
)

// maxKept is how much of a beginning is kept to be read again. A header that says that a recording
// cannot be read as it was tried is short.
const maxKept = 1 << 20

// A Rewinder is a reader whose first bytes can be read once more. Forget may be called while another
// goroutine reads.
type Rewinder struct {
	r io.Reader

	mu      sync.Mutex // of what follows
	kept    bytes.Buffer
	tooLong bool
	done    bool
}

// NewRewinder keeps what is read from r until Forget.
func NewRewinder(r io.Reader) *Rewinder { return &Rewinder{r: r} }

func (r *Rewinder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done && n > 0 && n <= len(p) {
		if r.tooLong = r.tooLong || r.kept.Len()+n > maxKept; !r.tooLong {
			r.kept.Write(p[:n])
		}
	}
	return n, err
}

// Again gives a reader from the first byte on; ok is false if too much was read for that. Nobody may
// read the Rewinder any more.
func (r *Rewinder) Again() (whole io.Reader, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	return io.MultiReader(&r.kept, r.r), !r.tooLong
}

// Forget frees what was kept.
func (r *Rewinder) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done, r.kept = true, bytes.Buffer{}
}
