package decode

import (
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode/codec"
	"github.com/otoscope/otoscope/audio/decode/flac"
	"github.com/otoscope/otoscope/audio/decode/mp3"
	"github.com/otoscope/otoscope/audio/decode/opus"
	"github.com/otoscope/otoscope/audio/decode/wav"
	"github.com/otoscope/otoscope/audio/sniff"
)

// openers are the formats that are read, by their names in sniff.Formats, which says how each
// begins and what its files are called.
func openers() map[string]opening {
	return map[string]opening{
		"WAV":           openWAV,
		"FLAC":          opener(flac.Open),
		"Ogg FLAC":      opener(inOrder(flac.OpenOgg)),
		"MP3":           opener(constant(mp3.Open)),
		"Ogg Opus":      opener(opus.OpenOgg),
		"WebM Opus":     opener(opus.OpenWebM),
		"Matroska Opus": opener(opus.OpenMatroska),
	}
}

// opening reads a source up to its first sample. The notes may already hold remarks on its beginning.
type opening = func(*codec.Source, *codec.Notes, Options) (Reader, error)

// openWAV opens a WAV file, whose samples may be MP3.
func openWAV(src *codec.Source, notes *codec.Notes, o Options) (Reader, error) {
	at, size, ok := wav.HoldsMP3(src)
	if !ok {
		return opener(wav.Open)(src, notes, o)
	}
	if _, err := src.Discard(at); err != nil {
		return nil, err
	}
	return opener(constant(func(src *codec.Source, notes *codec.Notes, o Options) (*mp3.Reader, error) {
		return mp3.OpenIn("WAVE", size, src, notes, o)
	}))(src, notes, o)
}

// opener adapts a format's open function: after an error the Reader is nil.
func opener[R Reader](open opens[R]) opening {
	return func(src *codec.Source, notes *codec.Notes, o Options) (Reader, error) {
		r, err := open(src, notes, o)
		if err != nil {
			return nil, err
		}
		return r, nil
	}
}

// opens is a format's open function.
type opens[R Reader] = func(*codec.Source, *codec.Notes, Options) (R, error)

// inOrder hides that a format's reader can be read from any position: in this container it cannot.
func inOrder[R Reader](open opens[R]) opens[Reader] {
	return func(src *codec.Source, notes *codec.Notes, o Options) (Reader, error) {
		r, err := open(src, notes, o)
		return struct{ Reader }{r}, err
	}
}

// constant is inOrder for MP3 that is not of one bit rate.
func constant(open opens[*mp3.Reader]) opens[Reader] {
	return func(src *codec.Source, notes *codec.Notes, o Options) (Reader, error) {
		r, err := open(src, notes, o)
		if err == nil && !r.Constant() {
			return struct{ Reader }{r}, nil
		}
		return r, err
	}
}

// format is a format that is read, with its reader.
type format struct {
	sniff.Format
	open opening
}

func formats() []format {
	opens := openers()
	var all []format
	for _, f := range sniff.Formats() {
		if open := opens[f.Name]; open != nil {
			all = append(all, format{f, open})
		}
	}
	return all
}

// readable is the format that head begins like, where it is one that is read. What begins like
// several is the first of them, whether or not that one is read.
func readable(head []byte) (format, bool) {
	for _, f := range sniff.Formats() {
		if f.Begins(head) {
			open := openers()[f.Name]
			return format{f, open}, open != nil
		}
	}
	return format{}, false
}

// Formats are the formats that are read.
func Formats() []sniff.Format {
	var all []sniff.Format
	for _, f := range formats() {
		all = append(all, f.Format)
	}
	return all
}

// Endings are the endings of the file names of the formats that are read, in lower case and without
// the dot, each once.
func Endings() []string { return endingsOf(Formats()) }

// OtherEndings are those of the formats that only a Decoder reads.
func OtherEndings() []string {
	read := Endings()
	return slices.DeleteFunc(endingsOf(sniff.Formats()), func(e string) bool { return slices.Contains(read, e) })
}

// AllEndings are both.
func AllEndings() []string { return slices.Concat(Endings(), OtherEndings()) }

func endingsOf(formats []sniff.Format) []string {
	var all []string
	for _, f := range formats {
		for _, e := range f.Endings {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// HasEnding reports whether a file is named like a recording that is read.
func HasEnding(name string) bool { return endsIn(name, Endings()) }

// HasOtherEnding reports whether a file is named like a recording that only a Decoder reads.
func HasOtherEnding(name string) bool { return endsIn(name, OtherEndings()) }

func endsIn(name string, endings []string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return hasSuffixFold(name, "."+e) })
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
