package fetch

import (
	"context"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// Limits limits the requests to each host, over all the clients that share it.
type Limits struct {
	requests  rate.Limit // a second; 0 means no limit
	bandwidth rate.Limit // bytes a second; 0 means no limit

	mu    sync.Mutex
	hosts map[string]*hostLimits
}

type hostLimits struct {
	requests, bytes *rate.Limiter
	waiting         atomic.Int64 // requests
}

// NewLimits limits the requests a second and the bytes a second of each host. 0 means no limit.
func NewLimits(requests, bytes float64) *Limits {
	return &Limits{requests: rate.Limit(requests), bandwidth: rate.Limit(bytes), hosts: map[string]*hostLimits{}}
}

// maxHosts limits how many hosts are remembered. A manifest with more hosts starts over with full
// allowances. With so many hosts, that burdens none of them.
const maxHosts = 10_000

func (l *Limits) host(name string) *hostLimits {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hosts[name]
	if h == nil {
		if len(l.hosts) >= maxHosts {
			clear(l.hosts)
		}
		h = &hostLimits{
			// A second's worth may come at once, and one request always can.
			requests: rate.NewLimiter(l.requests, int(max(1, math.Ceil(float64(l.requests))))),
			bytes:    rate.NewLimiter(l.bandwidth, int(max(1, float64(l.bandwidth)))),
		}
		l.hosts[name] = h
	}
	return h
}

// admit waits until one more request may go to a host.
func (l *Limits) admit(ctx context.Context, host string) error {
	if l.requests == 0 {
		return nil
	}
	h := l.host(host)
	h.waiting.Add(1)
	defer h.waiting.Add(-1)
	return h.requests.Wait(ctx)
}

// Waits returns the host for which most requests wait, and the number of those requests.
func (l *Limits) Waits() (n int, host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, h := range l.hosts {
		if w := int(h.waiting.Load()); w > n {
			n, host = w, name
		}
	}
	return n, host
}

// body limits the speed at which a host's bytes are read.
func (l *Limits) body(ctx context.Context, host string, body io.ReadCloser) io.ReadCloser {
	if l.bandwidth == 0 {
		return body
	}
	return &slowBody{body, ctx, l.host(host).bytes}
}

type slowBody struct {
	io.ReadCloser
	ctx   context.Context
	limit *rate.Limiter
}

// Read waits after it has read, so it never requests more than the host may give.
func (s *slowBody) Read(p []byte) (int, error) {
	if burst := s.limit.Burst(); len(p) > burst {
		p = p[:burst]
	}
	n, err := s.ReadCloser.Read(p)
	if n > 0 {
		if waitErr := s.limit.WaitN(s.ctx, n); waitErr != nil {
			return n, waitErr
		}
	}
	return n, err
}
