package codec

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Options says how to read a recording.
type Options struct {
	// Pick is the channels, counted from 1, to take as left and right.
	// The zero value takes what there is, and there may be 1 or 2.
	Pick [2]int
	// Alone is the one channel, counted from 1, to take of any number; 0: as Pick says.
	Alone int
	// Raw says how the samples are stored, where no header does, or a wrong one. A WAV header that
	// is there still says where they are. nil: the header says it.
	Raw *Raw
	// NoQuote keeps what the bytes say out of notes and errors, for a file that may be anything,
	// such as one that an untrusted manifest names: its first line may be a secret.
	NoQuote bool
	// Decoder reads what no reader here reads; nil: that is an error. It counts for decode.Open alone.
	Decoder Decoder
}

// A Decoder decodes formats that have no reader here.
type Decoder interface {
	// Open reads up to the first sample. format is the short name of what it is. The reader is valid until
	// it is closed or ctx ends. Its errors are those of a format's reader.
	Open(ctx context.Context, r io.Reader, format string, o Options) (ReadCloser, error)
}

// ParseWords reads options from words with blanks between: two channel numbers for Pick, "1,3", and
// three things with colons for Raw, "mulaw:8000:2". Its error is an *Error.
func ParseWords(s string) (Options, error) {
	var o Options
	var err error
	for _, word := range strings.Fields(s) {
		if strings.Contains(word, ":") {
			o.Raw, err = ParseRaw(word)
		} else {
			o.Pick, err = ParsePick(word)
		}
		if err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

// Words are what ParseWords reads; "" where nothing but NoQuote is said.
func (o Options) Words() string {
	var words []string
	if o.Pick != [2]int{} {
		words = append(words, fmt.Sprintf("%d,%d", o.Pick[0], o.Pick[1]))
	}
	if o.Raw != nil {
		words = append(words, o.Raw.String())
	}
	return strings.Join(words, " ")
}

// ParsePick reads two channel numbers, "1,3": the left one first, counted from 1. Its error is an *Error.
func ParsePick(s string) ([2]int, error) {
	const advice = "Write two channel numbers, the left one first, for example --pick 1,2."
	first, second, found := strings.Cut(s, ",")
	left, errLeft := strconv.Atoi(strings.TrimSpace(first))
	right, errRight := strconv.Atoi(strings.TrimSpace(second))
	if !found || errLeft != nil || errRight != nil {
		return [2]int{}, NewError(fmt.Sprintf("%.40q is not two channel numbers", s), advice)
	}
	if left < 1 || right < 1 {
		return [2]int{}, NewError(fmt.Sprintf("channels are counted from 1, so %d,%d names none", left, right), advice)
	}
	return [2]int{left, right}, nil
}

// TwoPicked refuses one channel picked twice: right where the channels are those of one recording, not
// of a file a party. Its error is an *Error.
func TwoPicked(pick [2]int) error {
	if pick[0] == pick[1] && pick[0] != 0 {
		return samePickError(pick[0])
	}
	return nil
}

// Picked says which of a recording's channels, counted from 0, become left and right.
// It returns one channel for a recording that has one. Its error is an *Error.
func (o Options) Picked(channels int) ([]int, error) {
	if o.Pick == [2]int{} && o.Alone == 0 {
		switch channels {
		case 1:
			return []int{0}, nil
		case 2:
			return []int{0, 1}, nil
		}
		e := NewError(fmt.Sprintf("the recording has %d channels, and only two can be left and right", channels),
			"Choose two with --pick LEFT,RIGHT, counted from 1, for example --pick 1,2.")
		e.Channels = channels
		return nil, e
	}
	picked := o.Pick[:]
	if o.Alone != 0 {
		picked = []int{o.Alone}
	}
	for _, c := range picked {
		if c < 1 || c > channels {
			return nil, NewError(fmt.Sprintf("channel %d was picked, but the recording has %s", c, Count(channels, "channel")),
				pickAdvice(channels))
		}
	}
	if len(picked) == 1 {
		return []int{o.Alone - 1}, nil
	}
	if err := TwoPicked(o.Pick); err != nil {
		return nil, err
	}
	return []int{o.Pick[0] - 1, o.Pick[1] - 1}, nil
}

func pickAdvice(channels int) string {
	if channels < 2 {
		return "Leave out --pick: a recording of one channel has nothing to choose from."
	}
	return fmt.Sprintf("Give two different numbers from 1 to %d, for example --pick 1,2.", channels)
}

func samePickError(channel int) error {
	return NewError(fmt.Sprintf("channel %d was picked as left and as right, and one channel twice has no sides", channel),
		"Pick two different channels, for example --pick 1,2.")
}
