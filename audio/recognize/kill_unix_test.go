//go:build unix

package recognize

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
)

// A command that takes too long is killed with all that it started, and so is one whose user has
// gone.
func TestACommandThatHangsIsKilled(t *testing.T) {
	hangs := func(t *testing.T) (child string) {
		child = filepath.Join(t.TempDir(), "child")
		script(t, whisperWord, "sleep 1000 &\necho $! >"+child+".new\nmv "+child+".new "+child+"\nwait\n")
		return child
	}
	gone := func(t *testing.T, child string) {
		t.Helper()
		text, err := os.ReadFile(child)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			if syscall.Kill(pid, 0) != nil || zombie(pid) {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("process %d still runs", pid)
	}
	t.Run("by the time-out", func(t *testing.T) {
		child := hangs(t)
		engine, err := New(whisperWord, Options{Model: model(t), Timeout: 300 * time.Millisecond, Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = engine.Recognize(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "did not end within 300ms") || hint.Of(err) == "" {
			t.Errorf("%v (%s)", err, hint.Of(err))
		}
		gone(t, child)
	})
	t.Run("by the user", func(t *testing.T) {
		child := hangs(t)
		engine, err := New(whisperWord, Options{Model: model(t), Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for {
				if _, err := os.Stat(child); err == nil || ctx.Err() != nil {
					cancel()
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}()
		if _, err = engine.Recognize(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		gone(t, child)
	})
}

// zombie reports whether a process has ended and nobody has asked for its status.
func zombie(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(text), ") Z ")
}
