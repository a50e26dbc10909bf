package transcript

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// cueTimes is the line of a cue in WebVTT and SRT: 00:01:02.345 --> 00:01:04.000.
var cueTimes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`)
})

// maxCue bounds the text of a cue, in bytes. Captions have some hundred.
const maxCue = 8 << 10

// parseCaptions reads WebVTT and SRT. Voice tags and labels of speakers are no words, and
// say nothing of channels.
func parseCaptions(text []byte) (*Transcript, error) {
	t := &Transcript{Maker: "srt"}
	body := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\r", "\n")
	if header, rest, _ := strings.Cut(body, "\n"); header == "WEBVTT" || strings.HasPrefix(header, "WEBVTT ") || strings.HasPrefix(header, "WEBVTT\t") {
		t.Maker, body = "webvtt", rest
		if name, value, ok := strings.Cut(strings.SplitN(rest, "\n", 2)[0], ":"); ok && strings.EqualFold(name, "language") {
			t.Language = strings.TrimSpace(value)
		}
	}
	cues := 0
	var cue *Turn
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if at := cueTimes().FindStringSubmatch(line); at != nil {
			cues++
			t.Turns = append(t.Turns, Turn{Channel: Unknown, Timed: true, Start: seconds(at[1:5]), End: seconds(at[5:9])})
			cue = &t.Turns[len(t.Turns)-1]
			continue
		}
		switch {
		case line == "":
			cue = nil
		case cue != nil && len(cue.Text) < maxCue:
			cue.Text = strings.TrimSpace(cue.Text + " " + line)
		}
		if len(t.Turns) > maxTurns {
			break
		}
	}
	if cues == 0 && t.Maker != "webvtt" {
		return parsePocketsphinx(body)
	}
	return t, nil
}

// seconds reads hours, minutes, seconds and a fraction, all digits or nothing.
func seconds(parts []string) float64 {
	var sum float64
	for i, unit := range []float64{3600, 60, 1} {
		n, _ := strconv.Atoi(parts[i]) // at most three digits, or none
		sum += float64(n) * unit
	}
	fraction, _ := strconv.ParseFloat("0."+parts[3], 64)
	return sum + fraction
}
