package recognize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// maxDocument bounds what a recogniser writes: some words for each of two minutes of speech.
const maxDocument = 16 << 20

// killDelay is how long a killed command may keep its pipes open.
const killDelay = 3 * time.Second

// A command is a recogniser that is a program on this machine.
type command struct {
	name, path string
	timeout    time.Duration
	dir        string // for temporary files
}

// look finds a program.
func look(name, install string, o Options) (command, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path) // it runs in another folder
	}
	if err != nil {
		return command{}, &hint.Error{Message: "the command " + name + " is not installed", Advice: install, Cause: err}
	}
	return command{name, path, o.Timeout, o.Dir}, nil
}

// recognize runs the program in a private folder that holds the sound as call.wav. args are made
// of the path of that file. result gives the document, from what the program printed or from the
// folder.
func (c command) recognize(ctx context.Context, wav []byte, args func(wav string) ([]string, error), result func(printed []byte, dir string) ([]byte, error)) ([]byte, error) {
	dir, remove, err := private(c.dir)
	if err != nil {
		return nil, c.failed("has no place for temporary files: "+plain(err), "make room, or name another folder in TMPDIR", err)
	}
	defer remove()
	sound := filepath.Join(dir, "call.wav")
	if err := os.WriteFile(sound, wav, 0o600); err != nil {
		return nil, c.failed("has no place for its sound: "+plain(err), "make room, or name another folder in TMPDIR", err)
	}
	words, err := args(sound)
	if err != nil {
		return nil, c.failed("has no place for its model: "+plain(err), "make room, or name another folder in TMPDIR", err)
	}
	printed, err := c.run(ctx, dir, words)
	if err != nil {
		return nil, err
	}
	document, err := result(printed, dir)
	if err != nil {
		return nil, c.failed("wrote nothing that can be read: "+plain(err), "run it by hand to see what is wrong", err)
	}
	return document, nil
}

func (c command) failed(what, advice string, cause error) error {
	return &hint.Error{Message: c.name + " " + what, Advice: advice, Cause: cause}
}

// run runs the program and gives what it printed. When ctx ends, or after the time-out, it and
// all that it started are killed.
func (c command) run(ctx context.Context, dir string, args []string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, c.path, args...)
	printed, complaint := &bounded{limit: maxDocument, full: cancel}, &bounded{limit: 64 << 10}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, environment(os.Environ()), printed, complaint, killDelay
	err := runGroup(cmd)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case printed.over:
		return nil, c.failed("printed more than words", "run it by hand to see what is wrong", nil)
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return nil, c.failed(fmt.Sprintf("did not end within %s", c.timeout), "allow it more time with --recognizer-timeout, or use a smaller model", limited.Err())
	case err != nil:
		return nil, c.failed("failed: "+plain(err)+complained(complaint.b.Bytes()), "run it by hand to see what is wrong", err)
	}
	return printed.b.Bytes(), nil
}

// passed are the variables of the environment that a recogniser gets. Credentials are not among
// them.
func environment(all []string) []string {
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

// complained is what a program said of an error, in a few words; "" if it did not say "error".
// Other lines may hold words of the call.
func complained(text []byte) string {
	for line := range bytes.Lines(text) {
		lower := bytes.ToLower(line)
		if bytes.Contains(lower, []byte("error")) || bytes.Contains(lower, []byte("fatal")) {
			return ", " + escape.Quote(strings.TrimSpace(string(line)), 120)
		}
	}
	return ""
}

// plain is an error without the paths of temporary files.
func plain(err error) string {
	var file *os.PathError
	if errors.As(err, &file) {
		return file.Err.Error()
	}
	return err.Error()
}

// bounded keeps what is written up to a limit.
type bounded struct {
	b     bytes.Buffer
	limit int
	over  bool
	full  func() // called beyond the limit; nil: the rest is dropped
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.b.Len(); len(p) > room {
		b.b.Write(p[:max(0, room)])
		if b.over = true; b.full != nil {
			b.full()
		}
		return len(p), nil
	}
	return b.b.Write(p)
}
