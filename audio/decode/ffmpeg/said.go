package ffmpeg

import (
	"bytes"
	"context"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/otoscope/otoscope/audio/internal/child"
)

// maxLine bounds a line of what ffmpeg says. The rest of a longer one is dropped.
const maxLine = 4 << 10

// patience is how long the description of the sound is waited for once there is sound.
const patience = 2 * time.Second

// inputStream is ffmpeg's line about a stream of sound: its codec, and its bit rate.
var inputStream = regexp.MustCompile(`^\s*Stream #0:\d+[^:]*: Audio: ([a-z0-9_]{1,24})\b(?:.*, (\d{1,7}) kb/s)?`)

// said reads what ffmpeg says: what the recording is, and what is wrong with it.
type said struct {
	mu        sync.Mutex
	line      []byte
	output    bool // the lines are about its output
	described chan struct{}
	once      sync.Once

	encoding string
	bitRate  int
	// Complete once the child has ended.
	streams    int
	complaints int
	complaint  string // the first one
	cutShort   bool
}

func newSaid() *said { return &said{described: make(chan struct{})} }

// Write takes all of p, and never fails.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		s.line = append(s.line, line[:min(len(line), maxLine-len(s.line))]...)
		if whole {
			s.take(s.line)
			s.line = s.line[:0]
		}
		rest = after
	}
	return len(p), nil
}

func (s *said) take(line []byte) {
	switch m := inputStream.FindSubmatch(line); {
	case bytes.HasPrefix(line, []byte("Output #0")):
		s.output = true
		s.once.Do(func() { close(s.described) })
	case m != nil && !s.output:
		if s.streams++; s.streams == 1 {
			s.encoding = string(m[1])
			kilobits, _ := strconv.Atoi(string(m[2]))
			s.bitRate = 1000 * kilobits
		}
	case bytes.Contains(line, []byte(": partial file")):
		s.cutShort = true
	case child.Complains(line) || bytes.Contains(line, []byte("Invalid data found")):
		if s.complaints++; s.complaints == 1 {
			s.complaint = string(line)
		}
	}
}

// end says that nothing more comes.
func (s *said) end() { s.once.Do(func() { close(s.described) }) }

// awaitDescription waits until ffmpeg has said what it decodes.
func (s *said) awaitDescription(ctx context.Context) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-s.described:
	case <-ctx.Done():
	case <-limit.C:
	}
}

// codec is the codec by ffmpeg's name and its bits a second; 0: not known.
func (s *said) codec() (name string, bitRate int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.encoding, s.bitRate
}
