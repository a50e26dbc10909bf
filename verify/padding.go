package verify

import (
	"fmt"
	"strings"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
)

// Files of one call that both hold it whole differ by the time in which two streams are set up and taken
// down. Beyond apartS it is not known which end the difference is at, unless that was told.
const apartS = 2.0

// filledS is the least silence around a file that is worth a word.
const filledS = 0.1

// ends are when the sound of either side ends: with the recording, or with its own file.
func (r Recording) ends() [2]float64 {
	ends := [2]float64{r.Measurements.DurationS, r.Measurements.DurationS}
	for i, f := range r.Files {
		ends[i] = f.end()
	}
	return ends
}

// unfilled gives the measurements without the silence that stands for what a file does not hold. It is
// no silence of the line: nothing is cut off or lost where a file ends. The silence before a file that
// began later stays, as that of a leg that joins.
func (r Recording) unfilled() *measurement.Measurements {
	m := r.Measurements
	for i, f := range r.Files {
		c := m.Side(i == 1)
		before, after := f.StartS, m.DurationS-f.end()
		if before >= filledS || after >= filledS {
			c.Blanks = own(c.Blanks, f)
		}
		if before >= filledS {
			c.Edges.Count = max(0, c.Edges.Count-1)
		}
		if after >= filledS {
			c.Edges.Count = max(0, c.Edges.Count-1)
			c.Timing.DigitalSilenceS = max(c.Timing.LeadingDigitalSilenceS, c.Timing.DigitalSilenceS-after)
		}
	}
	return &m
}

// own gives the digital silence that is a file's own. What it begins with stays joined to the silence
// before it, as that of a leg that joins later.
func own(blanks []measurement.Blank, f File) []measurement.Blank {
	var out []measurement.Blank
	for _, b := range blanks {
		b.End = min(b.End, f.end())
		if b.End-max(b.Start, f.StartS) >= atEdgeS {
			out = append(out, b)
		}
	}
	return out
}

// filled says how the files of a recording differ in time, and what silence stands for.
func (r Recording) filled() []finding.Finding {
	if len(r.Files) != 2 {
		return nil
	}
	left, right := r.Files[0], r.Files[1]
	names := FileNames(left.Party != "")
	first, later := 0, right.StartS-left.StartS // the file that began first
	if later < 0 {
		first, later = 1, -later
	}
	short, longer := 1, left.end()-right.end() // the file that ended first
	if longer < 0 {
		short, longer = 0, -longer
	}
	if later < filledS && longer < filledS {
		return nil
	}
	if told := left.Told || right.Told; told && later >= r.Files[first].end() {
		return []finding.Finding{{Code: finding.Padded, Severity: finding.Fatal, Detail: fmt.Sprintf(
			"%s begins %.1f s after the end of %s, as was told: they have no time in common.",
			upper(names[1-first]), later-r.Files[first].end(), names[first])}}
	} else if !told && longer >= apartS {
		f := finding.New(finding.Padded, fmt.Sprintf(
			"%s is %.1f s shorter than %s, and when each began was not told. Both are taken to begin at once. If they did not, times between the sides are wrong.",
			upper(names[short]), longer, names[1-short]))
		f.Severity = finding.Warning
		return []finding.Finding{r.fill(f, short, longer)}
	}
	var what []string
	if later >= filledS {
		what = append(what, fmt.Sprintf("%s begins %.2f s after %s, as was told.", upper(names[1-first]), later, names[first]))
	}
	if longer >= filledS {
		what = append(what, fmt.Sprintf("%s ends %.2f s before %s.", upper(names[short]), longer, names[1-short]))
	}
	return []finding.Finding{r.fill(finding.New(finding.Padded, strings.Join(what, " ")), short, longer)}
}

// upper begins a sentence.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// fill adds what is said on one side behind the end of the other one's file.
func (r Recording) fill(f finding.Finding, short int, longer float64) finding.Finding {
	if longer < filledS {
		return f
	}
	rest := measurement.Segment{Start: r.Files[short].end(), End: r.Measurements.DurationS}
	f = f.At(r.Files[short].Side, rest.Start, rest.End)
	talk := measurement.Overlap([]measurement.Segment{rest}, r.Measurements.Side(short == 0).Segments, 0)
	if talk >= goneTalkS {
		f.Severity = finding.Warning
		f.Detail += fmt.Sprintf(" The other side talks for %.0f s after its end: that party may be missing there.", talk)
	}
	return f
}

// unaligned adds to a finding about the time between the sides what mends it: to say when each file began.
func (r Recording) unaligned(f finding.Finding) finding.Finding {
	if len(r.Files) == 2 && !r.Files[0].Told && (f.Code == finding.ChannelOffset || f.Code == finding.UnrelatedLegs) {
		f.Detail += " The files are taken to begin at once: say when each began if they did not."
	}
	return f
}
