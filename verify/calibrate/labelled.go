package calibrate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/evaluate"
	"github.com/otoscope/otoscope/verify/transcript"
)

// Labelled reads the transcripts of labelled recordings as dialogues. Their source is the
// label's source, or else its agent. Recordings with a fault, and those without a
// transcript, are left out; of several recordings of one call the first one counts. Files
// are named relative to dir.
func Labelled(labels []evaluate.Label, dir string) ([]Dialogue, error) {
	var out []Dialogue
	var unread []string
	seen := map[string]bool{}
	for i := range labels {
		l := &labels[i]
		if !l.Clean() || l.Call != "" && seen[l.Call] {
			continue
		}
		t, err := l.ReadTranscript(dir)
		if err != nil {
			unread = append(unread, fmt.Sprintf("%s: %s", l.File, err))
			continue
		}
		if t == nil {
			continue
		}
		seen[l.Call] = true
		out = append(out, dialogueOf(l, t))
	}
	switch {
	case len(unread) > 0:
		return nil, &hint.Error{
			Message: fmt.Sprintf("%d of the transcripts could not be read: %s", len(unread), strings.Join(unread[:min(3, len(unread))], "; ")),
			Advice:  "take their labels out, or give their folder with --dir DIR",
		}
	case len(out) == 0:
		return nil, &hint.Error{
			Message: "none of the labels names a transcript",
			Advice:  `name it in the label: {"file": "call.wav", "left": "customer", "transcript": "call.json"}`,
		}
	}
	return out, nil
}

func dialogueOf(l *evaluate.Label, t *transcript.Transcript) Dialogue {
	d := Dialogue{Source: cmp.Or(l.Source, l.Agent, "labels"), ID: l.File}
	turns := slices.Clone(t.Turns)
	slices.SortStableFunc(turns, func(a, b transcript.Turn) int { return cmp.Compare(a.Start, b.Start) })
	for _, turn := range turns {
		if turn.Channel == transcript.Unknown {
			continue
		}
		onLeft := turn.Channel == 0
		d.Lines = append(d.Lines, Line{Agent: onLeft == (l.Left == evaluate.Agent), Text: turn.Text})
	}
	return d
}
