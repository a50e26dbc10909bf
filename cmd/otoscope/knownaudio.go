package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
)

// knownAudio is the contents of the files.
type knownAudio struct {
	references      []*fingerprint.Print
	agent, customer []string // their identities
}

// readKnownAudio reads the files that a call names, each once. Its errors are about
// the command line.
func readKnownAudio(ctx context.Context, call declare.Call, d decode.Decoder) (knownAudio, error) {
	var k knownAudio
	for _, side := range []struct {
		flag       string
		files      []string
		own, other *[]string
	}{
		{"agent-audio", call.AgentAudio, &k.agent, &k.customer},
		{"customer-audio", call.CustomerAudio, &k.customer, &k.agent},
	} {
		for _, file := range side.files {
			r, err := readKnown(ctx, file, d)
			if err != nil {
				return knownAudio{}, &usageError{sentence{Message: fmt.Sprintf("--%s %s: %v", side.flag, file, bare(err)), Advice: knownHint(err)}}
			}
			id := r.SHA256()
			if slices.Contains(*side.other, id) {
				return knownAudio{}, &usageError{sentence{
					Message: fmt.Sprintf("--%s %s: the same audio is given as the other side's", side.flag, file),
					Advice:  "What both sides play does not tell them apart; give it once or not at all",
				}}
			}
			if !slices.Contains(*side.own, id) {
				*side.own = append(*side.own, id)
				k.references = append(k.references, r)
			}
		}
	}
	return k, nil
}

func readKnown(ctx context.Context, file string, d decode.Decoder) (*fingerprint.Print, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := fingerprint.Plain(ctx, f, d)
	if err != nil {
		return nil, err
	}
	return fingerprint.Read(filepath.Base(file), plain)
}

// bare removes the file's name from an error that is printed after it.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func knownHint(err error) string {
	return cmp.Or(hint.Of(err), "Give a WAV file with one channel that holds the announcement alone")
}
