package batch

import "sync"

// noticedAfter is how many recordings, the first of all, have to fail for one reason
// for that to be told at once, and not in the summary alone.
const noticedAfter = 20

// firstRows watches how the first recordings come out.
type firstRows struct {
	mu     sync.Mutex
	n      int
	reason string
	over   bool
}

// good notes a recording that was heard: what fails then is not all.
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
