package main

import (
	"context"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/term"
)

// The rules of the terminal:
//
//   - Standard output carries only verdicts; progress and errors go to standard error.
//   - Colour and the terminal's width apply only if standard output is a terminal.
//     NO_COLOR (not empty) and TERM=dumb turn colour off. If it is not a terminal,
//     COLUMNS sets the width; the default is 80 columns.
//   - Progress is drawn if standard error is a terminal, and removed before any other
//     output.
//   - If the locale (the first of LC_ALL, LC_CTYPE, LANG that is set) is not UTF-8, the
//     text is ASCII. JSON is always UTF-8.
//   - otoscope never asks questions: it runs unattended.

// environment is the outside world as a command sees it.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

func systemEnvironment() environment {
	return environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv}
}

// interruptible is a reader whose reads end when ctx does, even if those of the reader
// underneath do not. A terminal without input, or a pipe without a writer, must not block an
// interrupted command. It reads nothing before it is asked: the rest belongs to others, such
// as the shell's loop.
type interruptible struct {
	ctx   context.Context
	under io.Reader
	once  sync.Once
	read  *io.PipeReader
	write *io.PipeWriter
}

func (r *interruptible) Read(b []byte) (int, error) {
	r.once.Do(func() {
		r.read, r.write = io.Pipe()
		context.AfterFunc(r.ctx, func() { r.CloseWithError(r.ctx.Err()) })
		go func() {
			_, err := io.Copy(r.write, r.under)
			r.write.CloseWithError(err)
		}()
	})
	return r.read.Read(b)
}

// CloseWithError ends reads, after the first one, with an error.
func (r *interruptible) CloseWithError(err error) error { return r.write.CloseWithError(err) }

// openInput opens the input that an argument names, for one read from start to end: "-" is
// standard input. Reading a pipe, such as the shell's <(...), ends with ctx.
func openInput(ctx context.Context, path string, stdin io.Reader) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(stdin), nil
	}
	if isPipe(path) {
		return io.NopCloser(&interruptible{ctx: ctx, under: &pipe{path: path}}), nil
	}
	return os.Open(path)
}

// isPipe reports whether reading a path may block.
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice) != 0
}

// pipe is a file that is opened on the first read, since opening also waits for a writer.
type pipe struct {
	path string
	file *os.File
}

func (p *pipe) Read(b []byte) (int, error) {
	if p.file == nil {
		f, err := os.Open(p.path)
		if err != nil {
			return 0, err
		}
		p.file = f
	}
	n, err := p.file.Read(b)
	if err != nil {
		p.file.Close()
	}
	return n, err
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// color reports whether the text on standard output may be coloured.
func (e environment) color() bool {
	return isTerminal(e.stdout) && e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb"
}

// width returns the columns of standard output, 0 if unknown.
func (e environment) width() int {
	if f, ok := e.stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	width, err := strconv.Atoi(e.getenv("COLUMNS"))
	if err != nil || width < 0 {
		return 0
	}
	return width
}

// ascii reports whether text must be ASCII only.
func (e environment) ascii() bool {
	if runtime.GOOS == "windows" { // has no locale variables, and consoles take UTF-8
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(e.getenv(name)); locale != "" {
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return true // POSIX: nothing set is the C locale
}
