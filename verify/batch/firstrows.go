package batch

import "sync"

// noticedAfter is how many recordings must fail for one reason, from the first one on, to be
// reported at once and not only in the summary.
const noticedAfter = 20

// firstRows watches the results of the first recordings.
type firstRows struct {
	mu     sync.Mutex
	n      int
	reason string
	over   bool
}

// good notes a recording that was heard: later failures do not affect all of them.
func (f *firstRows) good() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
}

// failed notes an error, and reports, once, whether all of the first had that reason.
func (f *firstRows) failed(reason string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || f.n > 0 && f.reason != reason {
		f.over = true
		return false
	}
	f.reason = reason
	f.n++
	f.over = f.n == noticedAfter
	return f.over
}
