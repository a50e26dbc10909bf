package report

import "github.com/otoscope/otoscope/verify"

// talk compares Flex Insights' talk measures as declared with those as heard:
// what a swap costs. Where they agree, or where nobody knows which is right,
// there is nothing to tell, unless all is asked for.
func (p *page) talk(v verify.Verdict, all bool) {
	if v.Outcome == verify.Undecided && !all {
		return
	}
	if titles, rows := talkTable(v, all); len(rows) > 0 {
		p.heading("Talk measures as Flex Insights would report them")
		p.table(titles, rows)
	}
}

// talkTable returns the measures, those that agree only where all are wanted.
func talkTable(v verify.Verdict, all bool) ([]string, []row) {
	if v.Measures == nil {
		return nil, nil
	}
	declared, heard := v.Measures.AsDeclared, v.Measures.AsHeard
	var titles []string
	var rows []row
	switch {
	case declared != nil && heard != nil:
		titles, rows = []string{"As declared", "As heard"}, talkRows(*declared, *heard, all)
	case all && declared != nil:
		titles, rows = []string{"As declared"}, talkRows(*declared, *declared, true)
	case all && heard != nil:
		titles, rows = []string{"As heard"}, talkRows(*heard, *heard, true)
	}
	for i := range rows {
		rows[i].cells = rows[i].cells[:len(titles)]
	}
	return titles, rows
}

// talkRows returns the measures of both readings, those that agree only where
// all are wanted.
func talkRows(declared, heard verify.TalkMeasures, all bool) []row {
	var rows []row
	add := func(name string, d, h float64) {
		if r := (row{name, []string{span(d), span(h)}}); all || r.cells[0] != r.cells[1] {
			rows = append(rows, r)
		}
	}
	add("agent talk", declared.AgentTalkS, heard.AgentTalkS)
	add("customer talk", declared.CustomerTalkS, heard.CustomerTalkS)
	add("longest talk by agent", declared.LongestTalkByAgentS, heard.LongestTalkByAgentS)
	add("longest talk by customer", declared.LongestTalkByCustomerS, heard.LongestTalkByCustomerS)
	add("longest silence before agent", declared.LongestSilenceBeforeAgentS, heard.LongestSilenceBeforeAgentS)
	add("longest silence before customer", declared.LongestSilenceBeforeCustomerS, heard.LongestSilenceBeforeCustomerS)
	add("talk", declared.TalkS, heard.TalkS)
	add("crosstalk", declared.CrosstalkS, heard.CrosstalkS)
	add("silence", declared.SilenceS, heard.SilenceS)
	return rows
}
