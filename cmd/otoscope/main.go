// Otoscope checks whether the customer and the agent are on their declared channels of a
// contact-centre recording. It gives its reasons and its confidence.
//
// Each file of this package is one command, or one part that commands share. A command turns
// its flags into an options struct, makes one call, and prints in one way.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

func main() {
	// Writing to a closed pipe must fail like any other write, so that downloads stop and
	// temporary files are removed.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills at once
	os.Exit(run(ctx, os.Args[1:], systemEnvironment()))
}

// The exit statuses, the same for every command that judges recordings.
const (
	statusOK          = 0
	statusRefuted     = 1 // at least one recording is swapped or unusable
	statusFailed      = 2 // usage, or something could not be checked
	statusUndecided   = 3
	statusInterrupted = 130 // 128 + SIGINT
)

// A statusError ends the command with a status after all messages have been printed.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// A loggedError has already been written as a log record.
type loggedError struct{ error }

func (e loggedError) Unwrap() error { return e.error }

// A usageError is an invalid command line.
type usageError struct{ sentence }

// A sentence is a message with the command to type instead.
type sentence = hint.Error

// run executes one command line and returns its exit status.
func run(ctx context.Context, args []string, env environment) int {
	env.stdin = &interruptible{ctx: ctx, under: env.stdin}
	root := newRootCommand(env)
	root.SetArgs(args)
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	command, err := root.ExecuteContextC(ctx)
	logged := errors.As(err, new(loggedError))
	if ctx.Err() != nil {
		err = ctx.Err()
	}

	var status statusError
	var nothing *unmended
	switch {
	case err == nil:
		return statusOK
	case logged && errors.Is(err, context.Canceled):
		return statusInterrupted
	case logged:
		return statusFailed
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(env.stderr, "otoscope: interrupted")
		return statusInterrupted
	case errors.As(err, &nothing):
		printError(env.stderr, command.CommandPath(), err)
		return int(nothing.status)
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, syscall.EPIPE):
		return statusFailed // who reads the output has enough of it
	default:
		printError(env.stderr, command.CommandPath(), err)
		return statusFailed
	}
}

// printError writes an error and the advice about it.
func printError(w io.Writer, command string, err error) {
	fmt.Fprintf(w, "%s: %s\n", command, escape.Text(err.Error()))
	if advice := hint.Of(err); advice != "" {
		fmt.Fprintf(w, "%s\n", escape.Text(capitalised(advice)))
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(w, "Try: %s --help\n", command)
	}
}

func capitalised(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}
