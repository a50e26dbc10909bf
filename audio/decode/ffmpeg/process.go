package ffmpeg

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/otoscope/otoscope/audio/internal/child"
)

// process is one child on one recording.
type process struct {
	ctx        context.Context // the caller's
	cancel     context.CancelFunc
	standstill time.Duration
	out        *watched // the child's standard output
	said       *said

	exited chan struct{}
	exit   error // once exited is closed
	pumped chan struct{}
	source error // what ended reading the recording, once pumped is closed; nil: its end, or the child's
	clock  *time.Timer
	still  atomic.Bool
}

// start starts ffmpeg and a goroutine that feeds it with r, and closes r then.
func (d *Decoder) start(ctx context.Context, r io.ReadCloser) (*process, error) {
	in, feed, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting ffmpeg: %w", err)
	}
	out, give, err := os.Pipe()
	if err != nil {
		in.Close()
		feed.Close()
		return nil, fmt.Errorf("starting ffmpeg: %w", err)
	}
	limited, cancel := context.WithCancel(ctx)
	p := &process{
		ctx: ctx, cancel: cancel, standstill: d.standstill, said: newSaid(),
		exited: make(chan struct{}), pumped: make(chan struct{}),
	}
	p.out = &watched{p: p, f: out}
	p.clock = time.AfterFunc(time.Hour, func() {
		p.still.Store(true)
		cancel()
	})
	p.clock.Stop()
	cmd := exec.CommandContext(limited, d.path, arguments()...)
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = os.TempDir(), environ(), in, give, p.said, child.KillDelay
	ready := make(chan error, 1)
	go func() {
		defer close(p.exited)
		p.exit = child.Run(cmd, func(pid int) {
			ready <- child.Limit(pid, child.Limits{MemoryBytes: memoryBytes, CPU: cpuTime})
		})
		p.said.end()
		ready <- nil
	}()
	limits := <-ready
	in.Close()
	give.Close()
	go p.pump(feed, r, limits)
	return p, nil
}

// pump feeds the child. Nothing of the recording reaches a child without limits.
func (p *process) pump(feed *os.File, r io.ReadCloser, limits error) {
	defer close(p.pumped)
	defer r.Close()
	defer feed.Close()
	if limits != nil {
		p.source = fmt.Errorf("limiting ffmpeg: %w", limits)
		p.cancel()
		return
	}
	room := make([]byte, 64<<10)
	for {
		n, err := r.Read(room)
		p.clock.Reset(p.standstill)
		if n > 0 {
			if _, err := feed.Write(room[:n]); err != nil {
				return // the child has ended, or has enough
			}
		}
		if err == io.EOF {
			return // the clock runs on until the child ends
		}
		if err != nil {
			p.source = err
			p.cancel()
			return
		}
		p.clock.Stop() // while it waits for the recording
	}
}

// watched is the child's output. Each read sets the clock back.
type watched struct {
	p *process
	f *os.File
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.f.Read(b)
	select {
	case <-w.p.pumped:
		w.p.clock.Reset(w.p.standstill)
	default:
	}
	return n, err
}

// wait waits for the end of a child whose output has ended, and gives its error.
func (p *process) wait() error {
	grace := time.AfterFunc(child.KillDelay, p.cancel)
	defer grace.Stop()
	<-p.exited
	p.clock.Stop()
	<-p.pumped
	p.clock.Stop()
	return p.exit
}

// stood reports whether the child was killed because it stood still.
func (p *process) stood() bool { return p.still.Load() }

// kill ends the child, if it still runs, and waits until nothing reads the recording for it any more,
// so that its owner may read on. Where the recording gives nothing, it does not wait for long.
func (p *process) kill() {
	p.cancel()
	<-p.exited
	p.clock.Stop()
	p.out.f.Close()
	select {
	case <-p.pumped:
	case <-p.ctx.Done():
	case <-time.After(child.KillDelay):
	}
}
