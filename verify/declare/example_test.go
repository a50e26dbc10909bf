package declare_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/declare"
)

func ExampleParseChannels() {
	d, err := declare.ParseChannels("customer,others")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", d.Sides.Left, "right:", d.Sides.Right)
	// Output: left: customer right: agent
}

func ExampleParseChannels_error() {
	_, err := declare.ParseChannels("custmer,agent")
	fmt.Println(err)
	way, _, _ := strings.Cut(hint.Of(err), "?")
	fmt.Println(way)
	// Output:
	// "custmer", for the left channel, is not a name that says who is on it
	// did you mean "customer"
}

func ExampleConvention() {
	d, err := declare.Convention("verint")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", d.Sides.Left, "right:", d.Sides.Right)
	// Output: left: agent right: customer
}

func ExampleParseAttributes() {
	d, err := declare.ParseAttributes([]byte(`{
		"conversations": {"media": [{
			"url": "https://api.twilio.com/2010-04-01/Accounts/AC01/Recordings/RE01",
			"type": "VoiceRecording",
			"start_time": "Mon, 23 Nov 2026 10:00:00 +0000",
			"channels": ["Customer", "others"]
		}]}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", d.Sides.Left, "right:", d.Sides.Right)
	for _, f := range d.Findings {
		fmt.Println(f.Severity, f.Code)
	}
	// Output:
	// left: customer right: agent
	// info start_time_form
	// warning start_time_undocumented
	// warning role_spelling
}

// FreeSWITCH records a leg. Who the customer is depends on whose leg that is.
func ExampleDeclaration_Resolve() {
	d, err := declare.Convention("freeswitch")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = d.Resolve(declare.Facts{})
	fmt.Println(err)
	d, err = d.Resolve(declare.Facts{RecordedBy: declare.AgentLeg})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left:", d.Sides.Left, "right:", d.Sides.Right)
	// Output:
	// convention freeswitch goes by the leg that was recorded, and which one that is was not said
	// left: agent right: customer
}

func ExampleParseJoined() {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	joined, err := declare.ParseJoined("customer=0s,agent=2026-11-23T10:00:12.4Z", start)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("customer:", *joined.Customer, "agent:", *joined.Agent)
	// Output: customer: 0s agent: 12.4s
}
