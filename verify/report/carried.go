package report

import (
	"fmt"
	"io"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify"
)

// channelsText lists what every channel of a recording carries, for a person.
func channelsText(w io.Writer, c verify.Channels, o Options) error {
	p := &sheet{}
	p.line("%s: %s · %s\n", escape.Text(c.Recording), span(c.DurationS), c.Format)
	p.table(func(row func(cells ...string)) {
		row("channel", "talk", "speech level", "first speech", "carries")
		for _, x := range c.Channels {
			talk, loud, first := "none", "–", "–"
			if x.TalkS > 0 {
				talk, loud, first = span(x.TalkS), level(x.Level, "dBov"), when(x.FirstSpeech)
			}
			row(fmt.Sprint(x.Channel), talk, loud, first, carries(x))
		}
	})
	p.line("")
	switch {
	case c.Pick != nil && len(c.Channels) == 2:
		p.line("Both channels carry speech.")
	case c.Pick != nil:
		p.line("To verify the two that most likely carry one party each: --pick %d,%d", c.Pick[0], c.Pick[1])
	default:
		p.line("No two channels carry one party each.")
	}
	return p.write(w, o)
}

// carries says in words what a channel carries.
func carries(x verify.Carried) string {
	switch {
	case x.Silent:
		return "nothing"
	case x.SameAs > 0:
		return fmt.Sprintf("the same as channel %d", x.SameAs)
	case x.Mix:
		return "a mix of others"
	case x.TalkS > 0:
		return "speech"
	}
	return "sound without speech"
}
