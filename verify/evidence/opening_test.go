package evidence_test

import (
	"math"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// weighed is one kind of evidence in a call.
func weighed(m *measurement.Measurements, facts declare.Facts, kind string) evidence.Item {
	for _, i := range evidence.Weigh(m, facts, nil, evidence.Builtin()) {
		if i.Name == kind {
			return i
		}
	}
	return evidence.Item{}
}

// What is known of a call makes an opening claim more or less, in this order.
func TestFactsOrderTheClaimsOfAnOpening(t *testing.T) {
	customer, agent := answers()
	m := call(customer, agent, 0, 0)
	before := math.Inf(-1)
	for _, facts := range []declare.Facts{
		{Excerpt: declare.IsExcerpt, Direction: declare.Inbound},
		{Direction: declare.Outbound},
		{},
		{Direction: declare.Inbound},
		{Direction: declare.Inbound, Excerpt: declare.IsWhole},
	} {
		got := weighed(m, facts, "opening").Log10LR
		if got <= before {
			t.Errorf("%+v: %v after %v", facts, got, before)
		}
		before = got
	}
}

// A call that may be outbound, and a recording that may begin within the call, are named as
// what else explains an opening.
func TestOpeningNamesWhatElseExplainsIt(t *testing.T) {
	customer, agent := answers()
	atOnce := call(shifted(customer, -1), shifted(agent, -1), 0, 0)
	if got := weighed(atOnce, declare.Facts{Direction: declare.Inbound}, "opening").Detail; !strings.Contains(got, "begins within the call") {
		t.Error(got)
	}
	joined := call(shifted(customer, 10), shifted(agent, 10), 0, 10)
	if got := weighed(joined, declare.Facts{}, "opening").Detail; !strings.Contains(got, "outbound") {
		t.Error(got)
	}
}

// A recording that begins in the agent's first word is decided, if the rest agrees.
func TestAnsweredCallIsDecided(t *testing.T) {
	customer, agent := answers()
	for _, facts := range []declare.Facts{{Direction: declare.Inbound}, {Direction: declare.Inbound, Excerpt: declare.IsWhole}} {
		if got, why := claim(call(shifted(customer, -1), shifted(agent, -1), 0, 0), facts); got < decided {
			t.Errorf("%+v: %.2f\n%s", facts, got, why)
		}
	}
}
