package child

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
)

// KillDelay is how long a killed command may keep its pipes open.
const KillDelay = 3 * time.Second

// Limits bound what a process may use. It may write no files.
type Limits struct {
	MemoryBytes int64
	CPU         time.Duration // whole seconds
}

func startAndWait(cmd *exec.Cmd, started func(pid int)) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	if started != nil {
		started(cmd.Process.Pid)
	}
	return cmd.Wait()
}

// Environment are the variables of the environment that a child gets. Credentials are not among
// them.
func Environment(all []string) []string {
	var kept []string
	for _, v := range all {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case strings.HasPrefix(name, "LC_"), strings.HasPrefix(name, "OMP_"), strings.HasPrefix(name, "GGML_"),
			strings.HasPrefix(name, "CUDA_"), strings.HasPrefix(name, "HIP_"), strings.HasPrefix(name, "ROCR_"):
			kept = append(kept, v)
		}
		switch name {
		case "PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "PATHEXT":
			kept = append(kept, v)
		}
	}
	return kept
}

// Complaint is what a program said of an error, in a few words; "" if it did not say "error".
// Other lines may hold words of the call.
func Complaint(text []byte) string {
	for line := range bytes.Lines(text) {
		if Complains(line) {
			return ", " + escape.Quote(strings.TrimSpace(string(line)), 120)
		}
	}
	return ""
}

// Complains reports whether a line tells of an error.
func Complains(line []byte) bool {
	lower := bytes.ToLower(line)
	return bytes.Contains(lower, []byte("error")) || bytes.Contains(lower, []byte("fatal"))
}

// Plain is an error without the paths of temporary files.
func Plain(err error) string {
	var file *os.PathError
	if errors.As(err, &file) {
		return file.Err.Error()
	}
	return err.Error()
}

// Bounded keeps what is written up to a limit.
type Bounded struct {
	Limit int
	Over  bool
	Full  func() // called beyond the limit; nil: the rest is dropped
	kept  bytes.Buffer
}

// Bytes are what is kept.
func (b *Bounded) Bytes() []byte { return b.kept.Bytes() }

// Write takes all of p, and never fails.
func (b *Bounded) Write(p []byte) (int, error) {
	if room := b.Limit - b.kept.Len(); len(p) > room {
		b.kept.Write(p[:max(0, room)])
		if b.Over = true; b.Full != nil {
			b.Full()
		}
		return len(p), nil
	}
	return b.kept.Write(p)
}
