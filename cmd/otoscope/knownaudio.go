package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/hint"
)

// knownOptions name files with audio that is known to be one side's.
type knownOptions struct {
	agent, customer []string
}

// add makes flags of them.
func (o *knownOptions) add(f *pflag.FlagSet) {
	f.StringArrayVar(&o.agent, "agent-audio", nil, "look for the audio in `FILE`, which the agent's side plays, such as a recording notice or a greeting; may be given again")
	f.StringArrayVar(&o.customer, "customer-audio", nil, "look for the audio in `FILE`, which the customer's side plays, such as the announcement of a mailbox; may be given again")
}

func (o *knownOptions) complete(c *cobra.Command) {
	completeFiles(c, "agent-audio", "wav", "WAV")
	completeFiles(c, "customer-audio", "wav", "WAV")
}

// knownAudio is what was read of the files.
type knownAudio struct {
	references      []*fingerprint.Print
	agent, customer []string // their identities
}

// read reads the files, each once. Its errors are about the command line.
func (o *knownOptions) read() (knownAudio, error) {
	var k knownAudio
	for _, side := range []struct {
		flag       string
		files      []string
		own, other *[]string
	}{
		{"agent-audio", o.agent, &k.agent, &k.customer},
		{"customer-audio", o.customer, &k.customer, &k.agent},
	} {
		for _, file := range side.files {
			r, err := readKnown(file)
			if err != nil {
				return knownAudio{}, &usageError{message: fmt.Sprintf("--%s %s: %v", side.flag, file, bare(err)), hint: knownHint(err)}
			}
			id := r.SHA256()
			if slices.Contains(*side.other, id) {
				return knownAudio{}, &usageError{
					message: fmt.Sprintf("--%s %s: the same audio is given as the other side's", side.flag, file),
					hint:    "What both sides play does not tell them apart; give it once or not at all",
				}
			}
			if !slices.Contains(*side.own, id) {
				*side.own = append(*side.own, id)
				k.references = append(k.references, r)
			}
		}
	}
	return k, nil
}

func readKnown(file string) (*fingerprint.Print, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return fingerprint.Read(filepath.Base(file), f)
}

// bare takes the file's name off an error that is told behind it.
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
