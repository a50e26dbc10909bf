package opus

import (
	"slices"
	"strings"
	"testing"
)

// header makes a header without a mapping.
func header(version, channels byte, preSkip, inputRate, gain int, family byte, rest ...byte) []byte {
	b := append([]byte(headMark), version, channels, byte(preSkip), byte(preSkip>>8))
	b = append(b, byte(inputRate), byte(inputRate>>8), byte(inputRate>>16), byte(inputRate>>24), byte(gain), byte(gain>>8), family)
	return append(b, rest...)
}

func TestHeaders(t *testing.T) {
	plain := header(1, 2, 312, 8000, 0, 0)
	for name, c := range map[string]struct {
		b        []byte
		rate     int
		gain     float32
		streams  int
		coupled  int
		channels int
		problem  string
	}{
		"stereo":                       {b: plain, rate: 8000, gain: 1, streams: 1, coupled: 1, channels: 2},
		"mono":                         {b: header(1, 1, 312, 48000, 0, 0), rate: 16000, gain: 1, streams: 1, channels: 1},
		"of an unknown rate":           {b: header(1, 1, 0, 0, 0, 0), rate: 16000, gain: 1, streams: 1, channels: 1},
		"of another minor version":     {b: header(15, 1, 0, 0, 0, 0), rate: 16000, gain: 1, streams: 1, channels: 1},
		"with a gain":                  {b: header(1, 1, 0, 0, -5120, 0), rate: 16000, gain: 0.1, streams: 1, channels: 1},
		"with more behind it":          {b: append(slices.Clone(plain), "more"...), rate: 8000, gain: 1, streams: 1, coupled: 1, channels: 2},
		"six channels":                 {b: header(1, 6, 0, 0, 0, 1, 4, 2, 0, 4, 1, 2, 3, 5), rate: 16000, gain: 1, streams: 4, coupled: 2, channels: 6},
		"three apart":                  {b: header(1, 3, 0, 0, 0, 255, 3, 0, 0, 255, 2), rate: 16000, gain: 1, streams: 3, channels: 3},
		"of another version":           {b: header(16, 1, 0, 0, 0, 0), problem: "version 16"},
		"without channels":             {b: header(1, 0, 0, 0, 0, 0), problem: "no channels"},
		"three in a mapping of two":    {b: header(1, 3, 0, 0, 0, 0), problem: "3 channels"},
		"ambisonics":                   {b: header(1, 4, 0, 0, 0, 3, 4, 0), problem: "mapping family 3"},
		"without its mapping":          {b: header(1, 6, 0, 0, 0, 1), problem: "cut off in its channel mapping"},
		"cut in its mapping":           {b: header(1, 6, 0, 0, 0, 1, 4, 2, 0, 4, 1, 2, 3), problem: "cut off in its channel mapping"},
		"without streams":              {b: header(1, 1, 0, 0, 0, 1, 0, 0, 255), problem: "not there"},
		"with a stream that is not":    {b: header(1, 1, 0, 0, 0, 1, 1, 0, 1), problem: "not there"},
		"with more pairs than streams": {b: header(1, 1, 0, 0, 0, 1, 1, 2, 0), problem: "not there"},
		"cut off":                      {b: plain[:18], problem: "cut off or damaged"},
		"another packet":               {b: []byte("OpusTags and so on and on"), problem: "cut off or damaged"},
	} {
		h, err := parseHead(c.b, 77)
		if c.problem != "" {
			if refusal := refused(t, err); !strings.Contains(refusal.Error(), c.problem) || refusal.Offset != 77 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || h.rate() != c.rate || h.streams != c.streams || h.coupled != c.coupled || h.channels != c.channels ||
			h.gain-c.gain > 1e-6 || c.gain-h.gain > 1e-6 || len(h.mapping) != h.channels {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

// RFC 6716, table 2 and section 3.2.
func TestDurations(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   int
	}{
		{[]byte{0 << 3}, 480}, {[]byte{3 << 3}, 2880}, {[]byte{9 << 3}, 960}, {[]byte{11<<3 | 1}, 5760},
		{[]byte{12 << 3}, 480}, {[]byte{15<<3 | 2}, 1920}, {[]byte{16 << 3}, 120}, {[]byte{17 << 3}, 240}, {[]byte{31<<3 | 1}, 1920},
		{[]byte{16<<3 | 3, 48}, 5760}, {[]byte{16<<3 | 3, 0x80 | 48}, 5760}, {[]byte{16<<3 | 3, 49}, 0},
		{[]byte{11<<3 | 3, 2}, 5760}, {[]byte{11<<3 | 3, 3}, 0}, {[]byte{3}, 0}, {[]byte{3, 0}, 0}, {nil, 0},
	} {
		if got := duration(c.packet); got != c.want {
			t.Errorf("% x lasts %d, not %d", c.packet, got, c.want)
		}
	}
}
