package batch

import "context"

// A slot is a running row's share of the process's Workers. While a server keeps a row
// waiting, the row lends its slot out, so that slow servers do not hold back the rows of
// quick ones.
type slot struct {
	e      *engine
	ctx    context.Context // of the row: once it has ended, no slot is waited for
	absent bool            // the row ended, and its slot was not its own again
}

// asideRows is how many rows may wait aside. Each keeps its connection and measurements
// open, and perhaps a chunk that others could take.
func asideRows(workers int) int { return min(4*workers, 8) }

type slotKey struct{}

// inSlot works on a row that has a slot, and then frees the slot.
func (e *engine) inSlot(ctx context.Context, work func(ctx context.Context)) {
	s := &slot{e: e, ctx: ctx}
	work(context.WithValue(ctx, slotKey{}, s))
	if !s.absent {
		e.slots.Release(1)
	}
}

// stepAside lends out the slot of the row that ctx belongs to, until the returned function
// is called.
func stepAside(ctx context.Context) (back func()) {
	s, _ := ctx.Value(slotKey{}).(*slot)
	if s == nil || s.absent || !s.e.aside.TryAcquire(1) {
		return func() {}
	}
	s.e.slots.Release(1)
	return func() {
		s.absent = s.e.slots.Acquire(s.ctx, 1) != nil
		s.e.aside.Release(1)
	}
}
