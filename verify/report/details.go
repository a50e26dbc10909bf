package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/verify"
)

// details writes every measurement there is, under the names that JSON has for
// them: what a meter comes to measure is told here without further ado. Those of a
// recording that was misread are noise; JSON alone has them.
func (p *page) details(v verify.Verdict) error {
	if m := v.Measurements; m != nil && !misread(v) {
		all, err := leavesOf(m)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].text = safe(all[i].text, p.ascii)
		}
		p.measurements(all, v.Right != nil)
		p.lists(all, v.Right != nil)
	}
	p.provenance(v)
	return nil
}

// measurements writes the figures of the channels side by side, then the others.
func (p *page) measurements(all []leaf, stereo bool) {
	var channels, rest []row
	for _, l := range all {
		name, left := strings.CutPrefix(l.path, "left.")
		_, right := strings.CutPrefix(l.path, "right.")
		switch {
		case l.list:
		case left && stereo:
			other := slices.IndexFunc(all, func(o leaf) bool { return o.path == "right."+name })
			cells := []string{l.text, "–"}
			if other >= 0 {
				cells[1] = all[other].text
			}
			channels = append(channels, row{name, cells})
		case left:
			channels = append(channels, row{name, []string{l.text}})
		case right && stereo:
			missing := !slices.ContainsFunc(all, func(o leaf) bool { return o.path == "left."+l.path[len("right."):] })
			if missing {
				channels = append(channels, row{l.path[len("right."):], []string{"–", l.text}})
			}
		case !right && (stereo || !strings.HasPrefix(l.path, "pair.")):
			rest = append(rest, row{l.path, []string{l.text}})
		}
	}
	titles := []string{"Left", "Right"}
	if !stereo {
		titles = []string{"Mono"}
	}
	p.heading("All measurements")
	p.table(titles, channels)
	p.line("")
	p.table([]string{"Recording"}, rest)
}

// lists writes what is measured by the piece, such as the segments of speech.
func (p *page) lists(all []leaf, stereo bool) {
	for _, l := range all {
		channel, name, _ := strings.Cut(l.path, ".")
		if !l.list || channel == "right" && !stereo {
			continue
		}
		p.heading(fmt.Sprintf("%s, %s", name, channel))
		for _, line := range wrap(or(l.text, "none"), p.width-gap) {
			p.line(strings.Repeat(" ", gap) + line)
		}
	}
}

// provenance says what gave this result.
func (p *page) provenance(v verify.Verdict) {
	p.heading("Provenance")
	add := func(name, value string) {
		if value != "" {
			p.paragraph("  "+pad(name, len("otoscope"))+"  ", value)
		}
	}
	add("sha256", v.SHA256)
	if v.Bytes > 0 {
		add("bytes", fmt.Sprint(v.Bytes))
	}
	add("otoscope", v.Version)
	add("profile", v.Profile)
}
