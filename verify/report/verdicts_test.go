package report_test

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
)

// matching returns a verdict on an inbound call whose agent joins after nine seconds.
func matching() verify.Verdict {
	confidence := 0.9968
	customerLeft := declare.Sides{Left: declare.Customer, Right: declare.Agent}
	m := call()
	talk := verify.TalkMeasures{
		AgentTalkS: 29.2, CustomerTalkS: 14.9, TalkS: 43.2, CrosstalkS: 0.9, SilenceS: 20.8,
		LongestTalkByAgentS: 9.8, LongestTalkByCustomerS: 6.1,
		LongestSilenceBeforeAgentS: 1.2, LongestSilenceBeforeCustomerS: 0.9,
	}
	return verify.Verdict{
		Schema: verify.Schema, Recording: "call.wav", Outcome: verify.Match,
		Declared: &customerLeft, Heard: &customerLeft,
		Log10LR: 2.4934, Prior: 0.5, Confidence: &confidence,
		Evidence: []evidence.Item{
			{Name: "first_long_turn", Log10LR: 1.7, Detail: "The first turn of 1.5 s or more is on the right channel (4.8 s, from 0:09.3): agents greet at length."},
			{Name: "first_speech", Log10LR: 0.85, Detail: "The right channel speaks first, at 0:09.3; of an inbound call that is the agent in most cases."},
			{Name: "talk_share", Log10LR: -0.0566, Detail: "The left channel speaks 34 % of the time that somebody speaks."},
		},
		Findings: []finding.Finding{
			{Code: finding.UpgradedToHTTPS, Severity: finding.Info, Detail: "The URL began with http and was fetched over https."},
		},
		Left:     &verify.Side{Levels: m.Left.Levels, Timing: m.Left.Timing, Line: m.Left.Line},
		Right:    &verify.Side{Levels: m.Right.Levels, Timing: m.Right.Timing, Line: m.Right.Line},
		Measures: &verify.Measures{AsDeclared: &talk, AsHeard: &talk},
		SHA256:   "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Bytes:    2048044, DurationS: 64, Format: "WAVE PCM 16-bit, 8000 Hz, 2 channels",
		Version: "v0.1.0", Profile: "base-1",
		Measurements: &m,
	}
}

// call returns what the meters make of a call of 64 seconds.
func call() measurement.Measurements {
	return measurement.Measurements{
		Schema: measurement.Schema, SampleRate: 8000, Channels: 2, Frames: 512000, DurationS: 64,
		Left: measurement.Channel{
			Levels: measurement.Levels{ActiveSpeechLevel: -26.31, ActivityFactor: 0.24, RMS: -32.5, Peak: -6.2, NoiseFloor: -64.8, DC: -0.0000121},
			Timing: measurement.Timing{FirstSound: 0, FirstSpeech: 14.6, LastSpeech: 63.1, TalkS: 14.9, Turns: 5, MeanTurnS: 2.98, LongestTurnS: 6.1},
			Line:   measurement.Line{BandHighHz: 3380, G711: "mu"},
			Segments: []measurement.Segment{
				{Start: 14.6, End: 16.1}, {Start: 22.5, End: 24.9}, {Start: 35.4, End: 41.5}, {Start: 52, End: 54.2}, {Start: 60.4, End: 63.1},
			},
		},
		Right: measurement.Channel{
			Levels: measurement.Levels{ActiveSpeechLevel: -22.05, ActivityFactor: 0.46, RMS: -26.2, Peak: -3.1, NoiseFloor: -70.2, DC: 0.0000034, ClippedSamples: 12, ClipLevel: -3.1},
			Timing: measurement.Timing{FirstSound: 8.9, FirstSpeech: 9.3, LastSpeech: 61.2, TalkS: 29.2, Turns: 5, MeanTurnS: 5.84, LongestTurnS: 9.8, LeadingDigitalSilenceS: 8.9, DigitalSilenceS: 11.4},
			Line:   measurement.Line{BandHighHz: 3900},
			Segments: []measurement.Segment{
				{Start: 9.3, End: 14.1}, {Start: 16.9, End: 22.8}, {Start: 25.6, End: 35.4}, {Start: 41.1, End: 47.8}, {Start: 56.8, End: 61.2},
			},
		},
		Pair: measurement.Pair{
			DoubleTalkS: 0.9, MutualSilenceS: 20.8,
			LeftResponse:  measurement.ResponseLatency{Count: 3, MedianS: 0.5, MeanS: 0.52},
			RightResponse: measurement.ResponseLatency{Count: 4, MedianS: 0.8, MeanS: 0.92},
			Duplicate:     measurement.Duplicate{Correlation: 0.0021},
		},
	}
}

// swapped returns the same call declared the other way round.
func swapped() verify.Verdict {
	v := matching()
	v.Outcome = verify.Swapped
	v.Log10LR = -v.Log10LR
	items := v.Evidence
	v.Evidence = nil
	for _, e := range items {
		e.Log10LR = -e.Log10LR
		v.Evidence = append(v.Evidence, e)
	}
	heard := v.Declared.Flip()
	v.Heard = &heard
	d := *v.Measures.AsDeclared
	h := d
	h.AgentTalkS, h.CustomerTalkS = d.CustomerTalkS, d.AgentTalkS
	h.LongestTalkByAgentS, h.LongestTalkByCustomerS = d.LongestTalkByCustomerS, d.LongestTalkByAgentS
	h.LongestSilenceBeforeAgentS, h.LongestSilenceBeforeCustomerS = d.LongestSilenceBeforeCustomerS, d.LongestSilenceBeforeAgentS
	v.Measures = &verify.Measures{AsDeclared: &d, AsHeard: &h}
	v.Findings = nil
	v.Agent, v.Groups = "Kim", map[string]string{"queue": "billing", "plugin": "2.4"}
	return v
}

// undecided returns the call with too little evidence.
func undecided() verify.Verdict {
	v := matching()
	confidence := 0.712
	v.Outcome, v.Confidence, v.Log10LR = verify.Undecided, &confidence, 0.393
	v.Evidence = v.Evidence[2:]
	v.Findings = nil
	return v
}

// nothingHeard returns a verdict with no evidence at all.
func nothingHeard() verify.Verdict {
	v := undecided()
	v.Heard, v.Confidence, v.Log10LR, v.Evidence = nil, nil, 0, nil
	v.Measures = &verify.Measures{AsDeclared: v.Measures.AsDeclared}
	v.Recording = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000000/Recordings/RE00000000000000000000000000000000"
	return v
}

// mono returns a verdict on a file with one channel.
func mono() verify.Verdict {
	v := matching()
	m := call()
	m.Channels, m.Right, m.Pair = 1, measurement.Channel{}, measurement.Pair{}
	v.Outcome, v.Heard, v.Confidence, v.Log10LR, v.Evidence = verify.Unusable, nil, nil, 0, nil
	v.Right, v.Measures, v.Measurements = nil, nil, &m
	v.Format = "WAVE PCM 16-bit, 8000 Hz, 1 channel"
	v.Findings = []finding.Finding{{Code: finding.MonoFile, Severity: finding.Fatal, Detail: "The recording has one channel: customer and agent cannot be told apart in it."}}
	return v
}

// failed returns a verdict on a recording that could not be had.
func failed() verify.Verdict {
	return verify.Verdict{
		Schema: verify.Schema, Recording: "https://rec.example.com/calls/17.wav", Outcome: verify.Errored, Prior: 0.5,
		Version: "v0.1.0", Profile: "base-1",
		Error: &verify.Error{
			Stage:   verify.StageFetch,
			Message: "rec.example.com wants credentials for /calls/17.wav (401 Unauthorized)",
			Hint:    "Set OTOSCOPE_USER and OTOSCOPE_PASSWORD and add --auth-host rec.example.com, or put the host into your netrc file.",
		},
	}
}
