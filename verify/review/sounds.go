package review

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch"
)

// A Listener fetches the recording of a result again, and measures it. A batch.Fetcher is one.
type Listener interface {
	Listen(context.Context, batch.Place, verify.Keeper) (verify.Recording, error)
}

// sounds keeps recordings in memory as WAV files: those that people listen to, and those that come
// next.
type sounds struct {
	ctx      context.Context // ends with the desk
	listener Listener
	limit    int64 // bytes in all
	ahead    chan struct{}

	mu   sync.Mutex
	all  map[int64]*sound
	size int64
	tick int64
	work sync.WaitGroup
}

// A sound is a recording that is there, on its way, or not to be had.
type sound struct {
	ready chan struct{} // closed when the rest is set
	wav   []byte
	rec   verify.Recording
	whole bool // all of it is kept
	err   error
	since time.Time

	wanted chan struct{} // closed when somebody waits for it
	urgent bool          // wanted is closed
	used   int64         // the higher, the later
}

func newSounds(ctx context.Context, l Listener, limit int64) *sounds {
	return &sounds{ctx: ctx, listener: l, limit: limit, ahead: make(chan struct{}, 1), all: map[int64]*sound{}}
}

// retryAfter is how long a failure is told again, before the recording is tried again.
const retryAfter = 10 * time.Second

// get returns the recording of a row, and begins to fetch it if that has not begun. ahead says that
// nobody waits for it: such recordings are fetched one after the other.
func (s *sounds) get(row int64, place batch.Place, ahead bool) *sound {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick++
	x := s.all[row]
	if x != nil {
		select {
		case <-x.ready:
			if x.err != nil && time.Since(x.since) > retryAfter {
				x = nil
			}
		default:
		}
	}
	if x == nil {
		x = &sound{ready: make(chan struct{}), wanted: make(chan struct{})}
		s.all[row] = x
		s.work.Go(func() { s.fetch(row, x, place) })
	}
	if !ahead && !x.urgent {
		x.urgent = true
		close(x.wanted)
	}
	x.used = s.tick
	return x
}

// again lets a recording that could not be fetched be fetched again at once.
func (s *sounds) again(row int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.all[row]; x != nil {
		select {
		case <-x.ready:
			if x.err != nil {
				delete(s.all, row)
			}
		default:
		}
	}
}

func (s *sounds) fetch(row int64, x *sound, place batch.Place) {
	defer close(x.ready)
	select {
	case <-x.wanted:
	case s.ahead <- struct{}{}:
		defer func() { <-s.ahead }()
	case <-s.ctx.Done():
		x.err = s.ctx.Err()
		return
	}
	k := &keeper{limit: s.limit / 2}
	rec, err := s.listener.Listen(s.ctx, place, k)
	x.since = time.Now()
	if err != nil {
		x.err = err
		return
	}
	x.rec, x.wav, x.whole = rec, k.file(), !k.full
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += int64(len(x.wav))
	s.forget(row)
}

// forget drops what was used longest ago, until the rest is within the limit. It leaves the row that has just
// come, and what is on its way.
func (s *sounds) forget(just int64) {
	for s.size > s.limit {
		oldest, when := int64(0), int64(0)
		for row, x := range s.all {
			if row == just || len(x.wav) == 0 || oldest != 0 && x.used > when {
				continue
			}
			oldest, when = row, x.used
		}
		if oldest == 0 {
			return
		}
		s.size -= int64(len(s.all[oldest].wav))
		delete(s.all, oldest)
	}
}

// there is a recording that is there; nil if it is not.
func (s *sounds) there(row int64) *sound {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.all[row]; x != nil {
		select {
		case <-x.ready:
			if x.err == nil {
				return x
			}
		default:
		}
	}
	return nil
}

// changed reports whether a recording that is there is not the one of a result. The result of a part of a recording
// tells that by the number of bytes alone.
func (x *sound) changed(c batch.Case) bool {
	v := c.Verdict
	if v.SHA256 == "" {
		return v.Part != nil && v.Bytes > 0 && v.Bytes != x.rec.Bytes
	}
	return v.SHA256 != x.rec.SHA256
}

// wait waits until a recording is there or cannot be had.
func (x *sound) wait(ctx context.Context) error {
	select {
	case <-x.ready:
		return x.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keeper keeps samples as a WAV file of two channels of 16-bit PCM, which every browser plays.
// Of a recording with one channel both have the same. Beyond the limit, it keeps no more.
type keeper struct {
	limit int64
	rate  int
	bytes []byte // after room for the header
	full  bool
}

const bytesPerFrame = 4

// Begin drops what is kept.
func (k *keeper) Begin(rate, _ int) {
	k.rate, k.bytes, k.full = rate, append(k.bytes[:0], make([]byte, wav.HeaderBytes)...), false
}

// Add keeps a block.
func (k *keeper) Add(left, right []float32) {
	if right == nil {
		right = left
	}
	if int64(len(k.bytes)+len(left)*bytesPerFrame) > k.limit {
		k.full = true
	}
	if k.full {
		return
	}
	for i := range left {
		k.bytes = binary.LittleEndian.AppendUint16(k.bytes, uint16(wav.Int16(left[i])))
		k.bytes = binary.LittleEndian.AppendUint16(k.bytes, uint16(wav.Int16(right[i])))
	}
}

// file is the WAV file; nil if there is no sound.
func (k *keeper) file() []byte {
	if len(k.bytes) <= wav.HeaderBytes {
		return nil
	}
	copy(k.bytes, wav.Header(k.rate, 2, len(k.bytes)-wav.HeaderBytes))
	return k.bytes
}
