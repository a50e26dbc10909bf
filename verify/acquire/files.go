package acquire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/note"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// Files are the two files of a recording that has one a party.
type Files struct {
	Left, Right fetch.Reference
	// Called are what results call the files, where not as they are named here.
	Called [2]string
	// Files says what they are to each other. Its names are not used.
	declare.Files
}

// Shown names both files for a person, secrets removed.
func (f Files) Shown() string { return f.called(0) + verify.BetweenFiles + f.called(1) }

// called is what results call a file.
func (f Files) called(i int) string {
	return cmp.Or(f.Called[i], [2]fetch.Reference{f.Left, f.Right}[i].String())
}

// ParseFiles reads the references of both files, with fetch.Parse or fetch.ParseUntrusted.
func ParseFiles(f declare.Files, parse func(string) (fetch.Reference, error)) (Files, error) {
	out := Files{Files: f}
	for i, name := range []string{f.Left, f.Right} {
		ref, err := parse(name)
		if err != nil {
			return out, Files{Files: f}.named(i == 1, err)
		}
		if i == 0 {
			out.Left = ref
		} else {
			out.Right = ref
		}
	}
	if out.Left.Abs(".").Identity() == out.Right.Abs(".").Identity() {
		return out, &hint.Error{Message: "both parties are said to be in one file", Advice: "name the two files, or give the one recording that holds both parties"}
	}
	return out, nil
}

// pairing is what the measuring of both needs to know of them.
func (f Files) pairing() verify.Pairing {
	return verify.Pairing{
		Files: f.Files, Shown: [2]string{f.called(0), f.called(1)}, NoQuote: [2]bool{f.Left.NoQuote(), f.Right.NoQuote()},
	}
}

// named says which file an error is of.
func (f Files) named(second bool, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", verify.FileNames(f.ByRole)[index(second)], err)
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// Get fetches both files side by side and passes their bytes to a sink, as fetch.Client.GetBoth does.
// Its error is an *Error unless ctx has ended.
func (f Files) Get(ctx context.Context, client *fetch.Client, validators [2]string, sink func([2]io.Reader) error) ([2]fetch.Result, error) {
	results, err := client.GetBoth(ctx, [2]fetch.Reference{f.Left, f.Right}, validators, sink)
	if err == nil {
		return results, nil
	}
	var one *fetch.BothError
	if errors.As(err, &one) {
		err = f.named(one.Second, one.Err)
	}
	return results, failure(ctx, err)
}

// Join decodes both files as one recording, which the caller closes.
func (f Files) Join(ctx context.Context, files [2]io.Reader, o decode.Options) (*decode.Joined, error) {
	return verify.Join(ctx, files, o, f.pairing())
}

// validatorBreak stands between the validators of two files, neither of which holds one.
const validatorBreak = "\n"

// measureFiles is Measure for a recording of two files. No platform is asked about them.
func (j Job) measureFiles(ctx context.Context) (verify.Recording, fetch.Result, error) {
	var validators [2]string
	if left, right, both := strings.Cut(j.Validator, validatorBreak); both {
		validators = [2]string{left, right}
	}
	var rec verify.Recording
	results, err := j.Files.Get(ctx, j.Client, validators, func(files [2]io.Reader) error {
		var err error
		rec, err = verify.MeasureFiles(ctx, files, j.Options, j.Files.pairing())
		return err
	})
	if err != nil {
		return verify.Recording{}, fetch.Result{}, err
	}
	whole := fetch.Result{Bytes: results[0].Bytes + results[1].Bytes, Unchanged: results[0].Unchanged && results[1].Unchanged}
	if l, r := results[0].Validator, results[1].Validator; l != "" && r != "" {
		whole.Validator = l + validatorBreak + r
	}
	for i, r := range results {
		for _, n := range r.Notes {
			if n.Code == note.MonoFallback {
				continue // a party's recording has one channel
			}
			n.Detail = fmt.Sprintf("Of %s: %s", verify.FileNames(j.Files.ByRole)[i], n.Detail)
			if f := finding.FromNote(n); !slices.ContainsFunc(rec.Fetched, func(g finding.Finding) bool { return g.Detail == f.Detail }) {
				rec.Fetched = append(rec.Fetched, f)
			}
		}
	}
	return rec, whole, nil
}
