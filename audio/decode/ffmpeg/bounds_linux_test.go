package ffmpeg

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// standIn is a program in ffmpeg's place.
func standIn(t *testing.T, script string) *Decoder {
	t.Helper()
	path := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return &Decoder{path: path, standstill: standstill}
}

// A child that stands still is killed with what it started, and the error says so.
func TestAChildThatStandsStillIsKilled(t *testing.T) {
	d := standIn(t, "cat >/dev/null\nsleep 1000 &\nwait\n")
	d.standstill = 200 * time.Millisecond
	_, _, err := read(d.Open(t.Context(), bytes.NewReader(make([]byte, 1000)), "X", codec.Options{}))
	var refused *codec.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "ffmpeg stood still for 200ms") {
		t.Errorf("the error is %v", err)
	}
}

// The child's memory, its time and the files that it may write are limited, and it gets no credentials.
func TestAChildIsLimited(t *testing.T) {
	t.Setenv("TWILIO_AUTH_TOKEN", "s3cret")
	d := standIn(t, "head -c 1 >/dev/null\necho \"error: $(ulimit -v) $(ulimit -t) $(ulimit -c) $(ulimit -f) token=$TWILIO_AUTH_TOKEN\" >&2\nexit 3\n")
	_, _, err := read(d.Open(t.Context(), bytes.NewReader(make([]byte, 1000)), "X", codec.Options{}))
	if err == nil || !strings.Contains(err.Error(), `exit status 3, "error: 2097152 900 0 0 token="`) {
		t.Errorf("the error is %v", err)
	}
}

// A child that takes no bytes and ends is no reason to wait for the recording.
func TestAChildThatTakesNothing(t *testing.T) {
	d := standIn(t, "exit 0\n")
	_, _, err := read(d.Open(t.Context(), bytes.NewReader(make([]byte, 10<<20)), "X", codec.Options{}))
	var refused *codec.Error
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "ffmpeg found no sound in this X") {
		t.Errorf("the error is %v", err)
	}
}
