package consumer_test

import (
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/consumer"
	"github.com/otoscope/otoscope/verify/declare"
)

// The defaults of the consumers are those of the conventions with their names.
func TestDefaultsAreThoseOfTheConventions(t *testing.T) {
	for name, convention := range map[string]string{
		"flex-insights": "flex-insights", "conversational-intelligence": "conversational-intelligence", "contact-lens": "amazon-connect",
	} {
		c, ok := consumer.ByName(name)
		d, err := declare.Convention(convention)
		if !ok || err != nil || d.Sides.Left != c.Default {
			t.Errorf("%s expects %q on the left, the convention %s says %+v (%v)", name, c.Default, convention, d.Sides, err)
		}
	}
}

// Exchanged parties exchange what every consumer expects rightly, and every setting.
func TestExchangedPartiesExchangeTheReadings(t *testing.T) {
	a, b := consumer.Read(declare.Customer, nil), consumer.Read(declare.Agent, nil)
	for i := range a {
		switch {
		case a[i].Expects == "" && (a[i].Reads != consumer.MustTell || b[i].Reads != consumer.MustTell):
			t.Errorf("%s assumes nothing, yet reads %s and %s", a[i].Consumer, a[i].Reads, b[i].Reads)
		case a[i].Expects != "" && (a[i].Reads == consumer.Rightly) == (b[i].Reads == consumer.Rightly):
			t.Errorf("%s reads both orders %s", a[i].Consumer, a[i].Reads)
		case a[i].Setting != "" && a[i].Setting == b[i].Setting:
			t.Errorf("%s: one setting for both orders: %s", a[i].Consumer, a[i].Setting)
		case a[i].Setting == "" && b[i].Setting == "" && (a[i].Reads == consumer.Wrongly) != (a[i].Note != ""):
			t.Errorf("%s cannot be set and says nothing: %+v", a[i].Consumer, a[i])
		}
	}
}

// A declaration counts for who reads it, and for nobody else.
func TestADeclarationCountsForFlexInsights(t *testing.T) {
	for i, r := range consumer.Read(declare.Agent, &declare.Sides{Left: declare.Agent, Right: declare.Customer}) {
		without := consumer.Read(declare.Agent, nil)[i]
		if flex := r.Consumer == "flex-insights"; flex != (r.Reads == consumer.Rightly && without.Reads == consumer.Wrongly) {
			t.Errorf("%s reads it %s, without the declaration %s", r.Consumer, r.Reads, without.Reads)
		}
	}
	for _, r := range consumer.Read("", nil) {
		if r.Reads != consumer.Unknown || r.Setting != "" {
			t.Errorf("nothing is known, yet %+v", r)
		}
	}
	for _, c := range consumer.All() {
		if c.Source == "" || c.Line != nil && strings.Contains(c.Line(declare.Customer), "%!") {
			t.Errorf("%s: source %q", c.Name, c.Source)
		}
	}
}
