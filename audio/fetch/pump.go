package fetch

import (
	"context"
	"io"
	"sync"
)

// pump reads, in a separate goroutine, from a reader that may block for ever. So the consumer can
// leave when ctx ends. It uses two buffers: while the consumer has one, the other is being filled.
type pump struct {
	ctx     context.Context
	chunks  chan chunk
	stopped chan struct{}
	once    sync.Once
	now     chunk
}

type chunk struct {
	data []byte
	err  error
}

func newPump(ctx context.Context, r io.Reader) *pump {
	p := &pump{ctx: ctx, chunks: make(chan chunk), stopped: make(chan struct{})}
	go func() {
		var buffers [2][]byte
		for i := range buffers {
			buffers[i] = make([]byte, 64<<10)
		}
		for i := 0; ; i ^= 1 {
			n, err := r.Read(buffers[i])
			select {
			case p.chunks <- chunk{buffers[i][:n], err}:
			case <-p.stopped:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

func (p *pump) Read(b []byte) (int, error) {
	for len(p.now.data) == 0 {
		if p.now.err != nil {
			return 0, p.now.err
		}
		select {
		case p.now = <-p.chunks:
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		}
	}
	n := copy(b, p.now.data)
	p.now.data = p.now.data[n:]
	return n, nil
}

// stop lets the goroutine end, as soon as its read does.
func (p *pump) stop() { p.once.Do(func() { close(p.stopped) }) }
