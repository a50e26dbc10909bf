package codec

import "testing"

func TestFormatString(t *testing.T) {
	for want, f := range map[string]Format{
		"WAVE PCM 16-bit, 8000 Hz, 2 channels":       {Container: "WAVE", Encoding: PCM, Channels: 2, SampleRate: 8000, Bits: 16, ContainerBits: 16},
		"RIFX PCM 24-bit in 32, 48000 Hz, 1 channel": {Container: "RIFX", Encoding: PCM, Channels: 1, SampleRate: 48000, Bits: 24, ContainerBits: 32},
		"RF64 mu-law 8-bit, 8000 Hz, 3 channels":     {Container: "RF64", Encoding: MuLaw, Channels: 3, SampleRate: 8000, Bits: 8, ContainerBits: 8},
		"WAVE float 64-bit, 8000 Hz, 65535 channels": {Container: "WAVE", Encoding: Float, Channels: 65535, SampleRate: 8000, Bits: 64, ContainerBits: 64},
		"MP3, 32 kb/s, joint stereo, 22050 Hz, 2 channels": {Container: "MP3", Encoding: MP3, Channels: 2, SampleRate: 22050,
			Lossy: true, BitRate: 32_000, Stereo: JointStereo},
		"Ogg Opus, 24 kb/s, 48000 Hz, 2 channels": {Container: "Ogg", Encoding: Opus, Channels: 2, SampleRate: 48000, Lossy: true, BitRate: 23_801},
		"FLAC 16-bit, 8000 Hz, 2 channels":        {Container: "FLAC", Encoding: FLAC, Channels: 2, SampleRate: 8000, Bits: 16, ContainerBits: 16},
		"Ogg FLAC 20-bit, 8000 Hz, 2 channels":    {Container: "Ogg", Encoding: FLAC, Channels: 2, SampleRate: 8000, Bits: 20, ContainerBits: 20},
	} {
		if got := f.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Only what a codec does by itself is taken for the codec's.
func TestWhatACodecDoesByItself(t *testing.T) {
	for _, c := range []struct {
		f              Format
		floor, spreadS float64
	}{
		{Format{Encoding: PCM, SampleRate: 8000}, 0, 0},
		{Format{Encoding: FLAC, SampleRate: 8000}, 0, 0},
		{Format{Encoding: Opus, SampleRate: 16000, Lossy: true}, -86, 0},
		{Format{Encoding: MP3, SampleRate: 8000, Lossy: true}, -86, 0.144},
		{Format{Encoding: MP3, SampleRate: 16000, Lossy: true}, -86, 0.072},
		{Format{Encoding: MP3, Lossy: true}, -86, 0},
	} {
		if c.f.FloorDB() != c.floor || c.f.SpreadS() != c.spreadS {
			t.Errorf("%+v: floor %v dB, spread %v s", c.f, c.f.FloorDB(), c.f.SpreadS())
		}
	}
}
