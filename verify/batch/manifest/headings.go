package manifest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/declare"
)

// A Mapping names the heading under which a table has one of the columns.
type Mapping struct{ Column, Heading string }

// A heading is a system's name for a column of ours.
type heading struct{ name, column string }

// headings lists the names of our columns in the exports of known systems, by vendor. If a
// table has several, the first one here counts. Names that describe a call rather than its
// recording, such as the start time of the call, are left out.
func headings() []heading {
	return []heading{
		// Twilio: recordingStatusCallback of TwiML <Recording> and <Dial>; Recording
		// resource; the console's table of recordings.
		{"RecordingUrl", columnRecording},
		{"Recording SID", columnRecording},
		{"media_url", columnRecording},
		{"RecordingStartTime", "started"},
		// Talkdesk, Calls Report (Explore API): recording_url is as Twilio's.
		{"handling_user_name", "agent"},
		{"user_name", "agent"},
		{"call_type", "direction"},
		// Genesys Cloud, recording resource and analytics conversation details.
		{"mediaUri", columnRecording},
		{"recordingId", columnID},
		{"originatingDirection", "direction"},
		// NICE CXone, Media Playback API.
		{"fileToPlayUrl", columnRecording},
		// Amazon Connect, contact record data model.
		{"InitiationMethod", "direction"},
		{"ContactId", columnID},
		// Bright Pattern, Recordings Details Format.
		{"Agent loginId", "agent"},
		// Names in tables that people made.
		{"agent_name", "agent"}, // Five9's reports too
		{"recording_link", columnRecording},
		{"recording_file", columnRecording},
		{"recording_path", columnRecording},
		{"audio_url", columnRecording},
		{"audio_file", columnRecording},
		{"file_path", columnRecording},
		{"filename", columnRecording},
		{"file", columnRecording},
		{"path", columnRecording},
		{"url", columnRecording},
		{"SID", columnRecording}, // of Twilio's Recording resource; of a call's table it is the call's
		{"call_direction", "direction"},
		{"agent_username", "agent"},
		{"agent_email", "agent"},
		{"recording_started_at", "started"},
	}
}

// columnsOf maps headings to columns.
type columnsOf struct {
	mapped map[string]string // by the heading as it stands
	own    map[string]string // by the folded name
	known  map[string]rank   // by the folded heading of a known system
}

// rank is a column and how well its heading names it; lower is better.
type rank struct {
	column string
	rank   int
}

// The ranks of headings that precede those of known systems.
const (
	rankMapped = iota
	rankOwn
	rankKnown
)

func newColumns(mappings []Mapping) (*columnsOf, error) {
	c := &columnsOf{mapped: map[string]string{}, own: map[string]string{}, known: map[string]rank{}}
	names := []string{columnRecording, columnID}
	for _, f := range declare.Table() {
		names = append(names, f.Name)
	}
	for _, name := range names {
		c.own[declare.Fold(name)] = name
	}
	for i, h := range headings() {
		if _, has := c.known[declare.Fold(h.name)]; !has {
			c.known[declare.Fold(h.name)] = rank{h.column, rankKnown + i}
		}
	}
	for _, m := range mappings {
		column, ok := c.ownName(m.Column)
		if !ok {
			e := &Error{words{Message: fmt.Sprintf("there is no column %s to map a heading to", escape.Quote(m.Column, shownHeading)), Advice: "columns are " + strings.Join(names, ", ") + ", group.NAME"}}
			if near := nearestName(m.Column, names); near != "" {
				e.Advice = fmt.Sprintf("did you mean %s? Otherwise, %s", near, e.Advice)
			}
			return nil, e
		}
		c.mapped[strings.TrimSpace(m.Heading)] = column
	}
	return c, nil
}

// ownName finds a column of ours by its name.
func (c *columnsOf) ownName(name string) (string, bool) {
	name = strings.TrimSpace(name)
	if len(name) > len(GroupPrefix) && strings.EqualFold(name[:len(GroupPrefix)], GroupPrefix) {
		return GroupPrefix + name[len(GroupPrefix):], true
	}
	column, ok := c.own[declare.Fold(name)]
	return column, ok
}

// find returns the column that a heading names.
func (c *columnsOf) find(name string) (rank, bool) {
	name = strings.TrimSpace(name)
	if column, ok := c.mapped[name]; ok {
		return rank{column, rankMapped}, true
	}
	if column, ok := c.ownName(name); ok {
		return rank{column, rankOwn}, true
	}
	r, ok := c.known[declare.Fold(name)]
	return r, ok
}

// A choice is the columns that the headings name.
type choice struct {
	columns []string // of each heading, "" if it names none
	unused  []string // headings that name none, or one that another names better
}

// choose finds the column of each heading. Its error names two headings for the same column;
// the first of them then counts.
func (c *columnsOf) choose(names []string) (choice, error) {
	var twice error
	out := choice{columns: make([]string, len(names))}
	best := map[string]int{} // index of the heading, by column
	ranks := make([]rank, len(names))
	for i, name := range names {
		r, ok := c.find(name)
		if !ok {
			continue
		}
		ranks[i] = r
		other, taken := best[r.column]
		switch {
		case !taken || r.rank < ranks[other].rank:
			best[r.column] = i
		case r.rank == ranks[other].rank && r.rank < rankKnown:
			twice = cmp.Or(twice, error(&sameColumn{r.column, names[other], name}))
		}
	}
	for i, name := range names {
		if at, ok := best[ranks[i].column]; ok && at == i && ranks[i].column != "" {
			out.columns[i] = ranks[i].column
		} else if strings.TrimSpace(name) != "" {
			out.unused = append(out.unused, name)
		}
	}
	return out, twice
}

// sameColumn is two headings that name one column.
type sameColumn struct{ column, first, second string }

func (e *sameColumn) Error() string {
	return fmt.Sprintf("%s and %s are the same column", escape.Quote(e.first, shownHeading), escape.Quote(e.second, shownHeading))
}

// shownHeading bounds the length of a heading in a message, in characters.
const shownHeading = 60

// nearest guesses the intended column of a heading with one wrong letter.
func (c *columnsOf) nearest(name string) string {
	var names []string
	for _, own := range c.own {
		names = append(names, own)
	}
	slices.Sort(names)
	return nearestName(name, names)
}

func nearestName(name string, names []string) string {
	for _, n := range names {
		if len(n) > 3 && declare.Alike(name, n) {
			return n
		}
	}
	return ""
}

// likeliest guesses which heading names the recordings, from its words and from the first
// row's cell under it; "" if none fits.
func likeliest(names, first []string) string {
	best, most := "", 0
	for i, name := range names {
		points := 0
		for _, word := range []string{"record", "audio", "media", "url", "uri", "link", "file", "path", "wav", "sid"} {
			if strings.Contains(declare.Fold(name), word) {
				points++
			}
		}
		if i < len(first) {
			value := strings.ToLower(strings.TrimSpace(first[i]))
			if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") || decode.HasEnding(value) || decode.HasOtherEnding(value) ||
				len(value) == 34 && strings.HasPrefix(value, "re") {
				points += 10
			}
		}
		if points > most {
			best, most = name, points
		}
	}
	return best
}

// absent returns a heading that a mapping names and a table does not have; "" if there is none.
func (c *columnsOf) absent(names []string) string {
	has := map[string]bool{}
	for _, name := range names {
		has[strings.TrimSpace(name)] = true
	}
	for _, heading := range slices.Sorted(maps.Keys(c.mapped)) {
		if !has[heading] {
			return heading
		}
	}
	return ""
}

// noHeading is the error for a table without a heading that a mapping names.
func noHeading(absent string, names []string) *Error {
	e := &Error{words{
		Message: fmt.Sprintf("the manifest has no column %s, which --map names; its headings are %s", escape.Quote(absent, shownHeading), listed(names)),
		Advice:  "write the heading as the manifest has it, capitals and blanks included",
	}}
	for _, name := range names {
		if declare.Fold(name) == declare.Fold(absent) || declare.Alike(declare.Fold(name), declare.Fold(absent)) {
			e.Advice = fmt.Sprintf("did you mean %s?", escape.Quote(name, shownHeading))
			break
		}
	}
	return e
}

// noRecording is the error for a table without a column that names the recordings.
func noRecording(names, first []string) *Error {
	e := &Error{words{
		Message: "the manifest has no column \"recording\" (nor \"attributes\"); its headings are " + listed(names),
		Advice:  "name the column with the recordings: --map recording=\"HEADING\"",
	}}
	if likely := likeliest(names, first); likely != "" {
		e.Advice = fmt.Sprintf("if %s names the recordings: --map recording=%[1]s", escape.Quote(likely, shownHeading))
	}
	return e
}

// listed lists headings for a message, up to 20 of them.
func listed(names []string) string {
	var shown []string
	for _, n := range names {
		if strings.TrimSpace(n) != "" {
			shown = append(shown, escape.Quote(n, shownHeading))
		}
	}
	const most = 20
	if len(shown) > most {
		shown = append(shown[:most], fmt.Sprintf("%d more", len(shown)-most))
	}
	return strings.Join(shown, ", ")
}
