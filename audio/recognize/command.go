package recognize

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/child"
)

// maxDocument bounds what a recogniser writes: some words for each of two minutes of speech.
const maxDocument = 16 << 20

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
		return nil, c.failed("has no place for temporary files: "+child.Plain(err), "make room, or name another folder in TMPDIR", err)
	}
	defer remove()
	sound := filepath.Join(dir, "call.wav")
	if err := os.WriteFile(sound, wav, 0o600); err != nil {
		return nil, c.failed("has no place for its sound: "+child.Plain(err), "make room, or name another folder in TMPDIR", err)
	}
	words, err := args(sound)
	if err != nil {
		return nil, c.failed("has no place for its model: "+child.Plain(err), "make room, or name another folder in TMPDIR", err)
	}
	printed, err := c.run(ctx, dir, words)
	if err != nil {
		return nil, err
	}
	document, err := result(printed, dir)
	if err != nil {
		return nil, c.failed("wrote nothing that can be read: "+child.Plain(err), "run it by hand to see what is wrong", err)
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
	printed, complaint := &child.Bounded{Limit: maxDocument, Full: cancel}, &child.Bounded{Limit: 64 << 10}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, child.Environment(os.Environ()), printed, complaint, child.KillDelay
	err := child.Run(cmd, nil)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case printed.Over:
		return nil, c.failed("printed more than words", "run it by hand to see what is wrong", nil)
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return nil, c.failed(fmt.Sprintf("did not end within %s", c.timeout), "allow it more time with --recognizer-timeout, or use a smaller model", limited.Err())
	case err != nil:
		return nil, c.failed("failed: "+child.Plain(err)+child.Complaint(complaint.Bytes()), "run it by hand to see what is wrong", err)
	}
	return printed.Bytes(), nil
}
