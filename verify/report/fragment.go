package report

import (
	"html/template"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// Fragment shows one recording inside another page: the verdict, the picture with its marks, the
// evidence, the words and the findings. It does not name the recording. A blind one shows only
// what a person could hear as well: waveforms, speech in no party's colour, tones, music and
// silence; see [Blind].
func Fragment(v verify.Verdict, facts declare.Facts, blind bool) (template.HTML, error) {
	if blind {
		v, facts = Blind(v), declare.Facts{}
	}
	page := RecordingPage(v, facts, nil)
	page.Name, page.Call.Title = "the recording", "Who speaks when"
	if blind {
		page.Sentence, page.Call.Description = "", ""
		page.Legend = "Speech is in colour, and has a bar below it; other sound is grey."
	}
	return page.Fragment()
}

// Blind is a verdict without any opinion on who is on which channel: measurements alone, and of
// these not where known audio is heard, whose name may tell.
func Blind(v verify.Verdict) verify.Verdict {
	blind := verify.Verdict{Schema: v.Schema, DurationS: v.DurationS, Left: v.Left, Right: v.Right}
	if v.Measurements != nil && !misread(v) {
		m := *v.Measurements
		m.Left.Known, m.Right.Known = nil, nil
		blind.Measurements = &m
	}
	return blind
}
