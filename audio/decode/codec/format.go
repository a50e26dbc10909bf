package codec

import "fmt"

// Encoding says what the bits of a stored sample mean.
type Encoding string

// The supported encodings.
const (
	PCM   Encoding = "PCM"    // linear integers: 8-bit unsigned, wider ones signed
	Float Encoding = "float"  // IEEE 754, full scale at 1.0
	ALaw  Encoding = "A-law"  // ITU-T G.711
	MuLaw Encoding = "mu-law" // ITU-T G.711
)

// Format is how a recording is stored. Batches keep it as JSON under these keys.
type Format struct {
	Container     string   `json:"Container"`     // "WAVE", "RF64", "BW64" or "RIFX"; "raw" where nothing or no header says it
	Encoding      Encoding `json:"Encoding"`      // what the bits of a sample mean
	Channels      int      `json:"Channels"`      // in the file, so 3 where two of three were picked
	SampleRate    int      `json:"SampleRate"`    // sample frames a second
	Bits          int      `json:"Bits"`          // valid bits of a sample
	ContainerBits int      `json:"ContainerBits"` // bits a sample occupies, a multiple of 8
	Extensible    bool     `json:"Extensible"`    // described by WAVEFORMATEXTENSIBLE
}

// String describes the format for a person: "WAVE PCM 16-bit, 8000 Hz, 2 channels".
func (f Format) String() string {
	width := fmt.Sprintf("%d-bit", f.Bits)
	if f.Bits != f.ContainerBits {
		width = fmt.Sprintf("%d-bit in %d", f.Bits, f.ContainerBits)
	}
	return fmt.Sprintf("%s %s %s, %d Hz, %s", f.Container, f.Encoding, width, f.SampleRate, Count(f.Channels, "channel"))
}

// SampleBytes is the size of one sample of one channel.
func (f Format) SampleBytes() int { return f.ContainerBits / 8 }

// FrameBytes is the size of one sample frame: one sample of every channel.
func (f Format) FrameBytes() int { return f.Channels * f.SampleBytes() }

// Count puts a number before its noun.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Duration says how long a number of bytes lasts.
func (f Format) Duration(bytes int64) string {
	seconds := float64(bytes) / float64(f.FrameBytes()) / float64(f.SampleRate)
	switch {
	case seconds < 120:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds < 2*3600:
		return fmt.Sprintf("%.1f min", seconds/60)
	}
	return fmt.Sprintf("%.1f h", seconds/3600)
}
