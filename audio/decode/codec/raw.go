package codec

import (
	"fmt"
	"strconv"
	"strings"
)

// Raw is how samples are stored that have no header, or a wrong one.
type Raw struct {
	Encoding   Encoding
	Bits       int  // of a sample, a multiple of 8
	BigEndian  bool // the most significant byte of a sample comes first
	SampleRate int  // sample frames a second
	Channels   int
}

// Rates outside of these bounds are a mistake, not a recording.
const (
	MinSampleRate = 1000
	MaxSampleRate = 768000
)

const maxRawChannels = 64

// rawStorage are the encodings by the names that ffmpeg gives them.
var rawStorage = []struct {
	name string
	raw  Raw
}{
	{"mulaw", Raw{Encoding: MuLaw, Bits: 8}},
	{"alaw", Raw{Encoding: ALaw, Bits: 8}},
	{"u8", Raw{Encoding: PCM, Bits: 8}},
	{"s16le", Raw{Encoding: PCM, Bits: 16}},
	{"s16be", Raw{Encoding: PCM, Bits: 16, BigEndian: true}},
	{"s24le", Raw{Encoding: PCM, Bits: 24}},
	{"s24be", Raw{Encoding: PCM, Bits: 24, BigEndian: true}},
	{"s32le", Raw{Encoding: PCM, Bits: 32}},
	{"s32be", Raw{Encoding: PCM, Bits: 32, BigEndian: true}},
	{"f32le", Raw{Encoding: Float, Bits: 32}},
	{"f32be", Raw{Encoding: Float, Bits: 32, BigEndian: true}},
}

// RawEncodings are the encodings that ParseRaw knows, as it wants them.
func RawEncodings() []string {
	var names []string
	for _, s := range rawStorage {
		names = append(names, s.name)
	}
	return names
}

// ParseRaw reads how samples are stored, "mulaw:8000:2": encoding, rate in Hz and channels.
// Its error is an *Error.
func ParseRaw(s string) (*Raw, error) {
	refuse := func(format string, args ...any) (*Raw, error) {
		return nil, NewError(fmt.Sprintf(format, args...),
			"Write encoding, rate and channels, for example --raw mulaw:8000:2. Encodings: "+strings.Join(RawEncodings(), ", ")+".")
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return refuse("%.40q is not encoding, rate and channels", s)
	}
	var raw Raw
	for _, storage := range rawStorage {
		if storage.name == strings.ToLower(strings.TrimSpace(parts[0])) {
			raw = storage.raw
		}
	}
	if raw.Encoding == "" {
		return refuse("unknown encoding %.40q", parts[0])
	}
	var err error
	if raw.SampleRate, err = strconv.Atoi(strings.TrimSpace(parts[1])); err != nil || raw.SampleRate < MinSampleRate || raw.SampleRate > MaxSampleRate {
		return refuse("%.40q is not a sample rate from %d to %d Hz", parts[1], MinSampleRate, MaxSampleRate)
	}
	if raw.Channels, err = strconv.Atoi(strings.TrimSpace(parts[2])); err != nil || raw.Channels < 1 || raw.Channels > maxRawChannels {
		return refuse("%.40q is not a number of channels from 1 to %d", parts[2], maxRawChannels)
	}
	return &raw, nil
}

// String is what ParseRaw reads.
func (r Raw) String() string {
	for _, s := range rawStorage {
		if s.raw.Encoding == r.Encoding && s.raw.Bits == r.Bits && s.raw.BigEndian == r.BigEndian {
			return fmt.Sprintf("%s:%d:%d", s.name, r.SampleRate, r.Channels)
		}
	}
	return fmt.Sprintf("%s %d-bit:%d:%d", r.Encoding, r.Bits, r.SampleRate, r.Channels)
}

// Format is how the samples are stored.
func (r Raw) Format() Format {
	return Format{Container: "raw", Encoding: r.Encoding, Channels: r.Channels, SampleRate: r.SampleRate, Bits: r.Bits, ContainerBits: r.Bits}
}
