package transcript

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// A Source names where a transcript is. The zero Source names none.
type Source struct {
	File  string `json:"file,omitempty"` // of both channels
	Left  string `json:"left,omitempty"` // one file a channel: both are named or neither
	Right string `json:"right,omitempty"`
	SID   string `json:"twilio,omitempty"` // of a transcript of Twilio's Conversational Intelligence
}

var (
	twilioSID = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^GT[0-9a-fA-F]{32}$`)
	})
	aSide = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|,)\s*(left|right)=`)
	})
)

// ErrText is why a text does not name a transcript: it is one. Tables of other systems have such
// columns.
var ErrText = errors.New("the text of a transcript")

// isText reports whether a word is what was said rather than where that is written.
func isText(s string) bool {
	const longestPath, mostBlanks = 1024, 8
	return len(s) > longestPath || strings.ContainsAny(s, "\n\r") || strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") ||
		strings.Count(s, " ") > mostBlanks && filepath.Ext(s) == "" || strings.Count(s, " ") > 3*mostBlanks
}

// ParseSource reads where a transcript is: the path of a file, left=FILE,right=FILE, or the
// SID of a transcript at Twilio (GT and 32 hexadecimal digits). The error is [ErrText] for the
// words themselves, and does not repeat them.
func ParseSource(s string) (Source, error) {
	const advice = "name a file, or left=FILE,right=FILE, or a Twilio transcript (GT and 32 hexadecimal digits)"
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return Source{}, &hint.Error{Message: "no transcript is named", Advice: advice}
	case isText(s):
		return Source{}, &hint.Error{Message: "it holds what was said, not where that is written", Advice: "write it to a file, and " + advice, Cause: ErrText}
	case strings.ContainsRune(s, 0):
		return Source{}, &hint.Error{Message: "the path of the transcript contains a zero byte, which no file name can", Advice: advice}
	case twilioSID().MatchString(s):
		return Source{SID: s}, nil
	}
	at := aSide().FindAllStringSubmatchIndex(s, -1)
	if len(at) == 0 || at[0][0] != 0 {
		return Source{File: s}, nil
	}
	var source Source
	for i, a := range at {
		end := len(s)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		to := &source.Left
		if s[a[2]:a[3]] == "right" {
			to = &source.Right
		}
		if *to != "" || a[1] >= end {
			return Source{}, &hint.Error{Message: fmt.Sprintf("%s does not name one file for each channel", escape.Quote(s, 60)), Advice: advice}
		}
		*to = s[a[1]:end]
	}
	if source.Left == "" || source.Right == "" {
		return Source{}, &hint.Error{Message: fmt.Sprintf("%s names the transcript of one channel alone", escape.Quote(s, 60)), Advice: advice}
	}
	return source, nil
}

// Resolve returns the source with its paths followed.
func (s Source) Resolve(follow func(path string) (string, error)) (Source, error) {
	for _, path := range []*string{&s.File, &s.Left, &s.Right} {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = follow(*path); err != nil {
			return Source{}, err
		}
	}
	return s, nil
}

// Files are the paths that the source names.
func (s Source) Files() []string {
	var all []string
	for _, path := range []string{s.File, s.Left, s.Right} {
		if path != "" {
			all = append(all, path)
		}
	}
	return all
}

// Read reads a transcript from its files. The function read gives the content of a path, of
// which it may leave out what comes after [MaxBytes]. A source at Twilio is not for Read.
func (s Source) Read(read func(path string) ([]byte, error)) (*Transcript, error) {
	if s.File != "" {
		return s.parse(s.File, read)
	}
	left, err := s.parse(s.Left, read)
	if err != nil {
		return nil, fmt.Errorf("of the left channel: %w", err)
	}
	right, err := s.parse(s.Right, read)
	if err != nil {
		return nil, fmt.Errorf("of the right channel: %w", err)
	}
	return Join(left, right)
}

func (s Source) parse(path string, read func(string) ([]byte, error)) (*Transcript, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// ReadFile reads at most [MaxBytes] and one byte of a file, for [Source.Read].
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxBytes+1))
}
