package fetch

import (
	"io"
	"sync"
)

// aheadBytes is how far one of two recordings may be ahead of the other: nine minutes of a telephone
// call at 8 bits. Beyond that its download waits, and its server may end the connection, which then is
// resumed.
const aheadBytes = 4 << 20

// chunkBytes is how much is read at a time.
const chunkBytes = 64 << 10

// An ahead passes bytes from a download to a reader that may be slower, up to aheadBytes ahead of it.
type ahead struct {
	mu      sync.Mutex
	changed sync.Cond
	chunks  [][]byte // written, not yet read
	free    [][]byte // to be used again
	held    int      // bytes in chunks
	err     error    // what ended the download, io.EOF included
	dropped bool     // nobody reads any more: all that comes is dropped
}

func newAhead() *ahead {
	a := &ahead{}
	a.changed.L = &a.mu
	return a
}

// fill reads r to its end, and returns the error that ended it, nil for io.EOF.
func (a *ahead) fill(r io.Reader) error {
	for {
		b := a.room()
		n, err := r.Read(b)
		a.mu.Lock()
		if n > 0 && !a.dropped {
			a.chunks, a.held = append(a.chunks, b[:n]), a.held+n
		}
		a.err = err
		a.changed.Broadcast()
		a.mu.Unlock()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// room waits until more may be read, and gives the place for it.
func (a *ahead) room() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.held >= aheadBytes && !a.dropped {
		a.changed.Wait()
	}
	if n := len(a.free); n > 0 {
		b := a.free[n-1]
		a.free = a.free[:n-1]
		return b
	}
	return make([]byte, chunkBytes)
}

// Read gives the next bytes, and the download's error behind the last.
func (a *ahead) Read(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.chunks) == 0 && a.err == nil {
		a.changed.Wait()
	}
	if len(a.chunks) == 0 {
		return 0, a.err
	}
	first := a.chunks[0]
	n := copy(p, first)
	a.held -= n
	if n == len(first) {
		a.chunks = a.chunks[1:]
		if len(a.free) < 2 {
			a.free = append(a.free, first[:cap(first)])
		}
	} else {
		a.chunks[0] = first[n:]
	}
	a.changed.Broadcast()
	return n, nil
}

// drop says that nobody reads any more.
func (a *ahead) drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dropped, a.chunks, a.held = true, nil, 0
	a.changed.Broadcast()
}
