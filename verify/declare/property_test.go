package declare_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/verify/declare"
)

// Names the other way round declare the sides the other way round, in a
// person's words as in attributes, and both read the same.
func TestExchangedNamesExchangeTheSides(t *testing.T) {
	names := []string{"customer", "others", "agent", "external", "internal", "worker", "end_user", "caller", "callee", "called", "user"}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(names).Draw(t, "a"), rapid.SampledFrom(names).Draw(t, "b")
		direction := rapid.SampledFrom([]declare.Direction{declare.Inbound, declare.Outbound}).Draw(t, "direction")
		read := func(left, right string) (typed, attributes *declare.Sides) {
			if d, err := declare.ParseChannels(left + "," + right); err == nil {
				d, _ = d.Resolve(declare.Facts{Direction: direction})
				typed = d.Sides
			}
			d, err := declare.ParseAttributes(fmt.Appendf(nil, `{"type":"VoiceRecording","channels":[%q,%q]}`, left, right))
			if err != nil {
				t.Fatal(err)
			}
			d, _ = d.Resolve(declare.Facts{Direction: direction})
			return typed, d.Sides
		}
		typed, attributes := read(a, b)
		flipped, _ := read(b, a)
		if (typed == nil) != (flipped == nil) || typed != nil && typed.Flip() != *flipped {
			t.Errorf("%s,%s is %v, %s,%s is %v", a, b, typed, b, a, flipped)
		}
		if (typed == nil) != (attributes == nil) || typed != nil && *typed != *attributes {
			t.Errorf("%s,%s is %v typed and %v in attributes", a, b, typed, attributes)
		}
	})
}

// An offset reads the same as a duration, in plain seconds and as a point in time.
func TestJoinedFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := (48*time.Hour - time.Second).Milliseconds() // RFC 2822 drops up to a second
		want := time.Duration(rapid.Int64Range(-limit, limit).Draw(t, "offset, ms")) * time.Millisecond
		start := time.UnixMilli(rapid.Int64Range(1.3e12, 4e12).Draw(t, "start, ms")).UTC()
		at := start.Add(want)
		zone := time.FixedZone("", 900*rapid.IntRange(-48, 56).Draw(t, "zone, quarter hours"))
		for _, form := range []string{
			want.String(),
			fmt.Sprintf("%.3f", want.Seconds()),
			at.Format(time.RFC3339Nano),
			at.In(zone).Format(time.RFC3339Nano),
			fmt.Sprint(at.UnixMilli()),
			fmt.Sprintf("%.3f", float64(at.UnixMilli())/1000),
		} {
			joined, err := declare.ParseJoined("agent="+form, start)
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if *joined.Agent != want {
				t.Errorf("%s is %v, want %v", form, *joined.Agent, want)
			}
		}
		mail := at.Truncate(time.Second)
		joined, err := declare.ParseJoined("customer="+mail.In(zone).Format(time.RFC1123Z), start)
		if err != nil {
			t.Fatal(err)
		}
		if *joined.Customer != mail.Sub(start) {
			t.Errorf("%v is %v, want %v", mail, *joined.Customer, mail.Sub(start))
		}
	})
}
