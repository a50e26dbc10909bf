package verify

import (
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/words"
)

// Schema is the number of the verdict's JSON form.
const Schema = 1

// Outcome is the result of verifying one recording.
type Outcome string

// The outcomes. Swapped and Unusable refute the declaration.
const (
	Match     Outcome = "match"
	Swapped   Outcome = "swapped"
	Unusable  Outcome = "unusable"
	Undecided Outcome = "undecided"
	Errored   Outcome = "error"
)

// Outcomes lists the outcomes in the order of the counts.
func Outcomes() []Outcome { return []Outcome{Match, Swapped, Unusable, Undecided, Errored} }

// Verdict is the result for one recording. It marshals to the JSON object that users'
// programs read, so its keys must not change.
type Verdict struct {
	Schema     int               `json:"schema"`
	Recording  string            `json:"recording"` // the reference, secrets removed
	Outcome    Outcome           `json:"outcome"`
	Declared   *declare.Sides    `json:"declared"` // null if the declaration names no role
	Heard      *declare.Sides    `json:"heard"`    // null if nothing was heard
	Log10LR    float64           `json:"log10_lr"` // positive = left is the customer
	Prior      float64           `json:"prior"`    // probability, before listening, that left is the customer
	Confidence *float64          `json:"confidence"`
	Evidence   []evidence.Item   `json:"evidence"` // strongest first
	Findings   []finding.Finding `json:"findings"`
	Left       *Side             `json:"left"`  // null if nothing was measured
	Right      *Side             `json:"right"` // null for mono too
	Measures   *Measures         `json:"measures"`
	Words      *words.Heard      `json:"words,omitempty"`  // what the words show, without the text
	SHA256     string            `json:"sha256,omitempty"` // of two files, that of their sums; see SumOfFiles
	Files      []File            `json:"files,omitempty"`  // the left and the right file of a recording that has one a party
	Bytes      int64             `json:"bytes"`
	Part       *Part             `json:"part,omitempty"` // what was heard; omitted if that is the whole
	DurationS  float64           `json:"duration_s"`
	Format     string            `json:"format,omitempty"` // "WAVE PCM 16-bit, 8000 Hz, 2 channels"
	Version    string            `json:"version"`
	Profile    string            `json:"profile"`
	Agent      string            `json:"agent,omitempty"`  // the user's own word for the agent
	Groups     map[string]string `json:"groups,omitempty"` // the user's own groups: queue, region, plugin version
	TestCall   bool              `json:"test_call,omitempty"`
	Error      *Error            `json:"error,omitempty"`

	// Measurements is the input of the verdict; nil for an error. The report draws its
	// figures from it, and prints it if the user asks for details.
	Measurements *measurement.Measurements `json:"measurements,omitempty"`
}

// Side describes the sound of one channel, without its segments.
type Side struct {
	Levels measurement.Levels `json:"energy"`
	Timing measurement.Timing `json:"timing"`
	Line   measurement.Line   `json:"line"`
}

// Stage is the step at which a recording failed.
type Stage string

// The stages that can fail.
const (
	StageFetch   Stage = "fetch"
	StageDecode  Stage = "decode"
	StageDeclare Stage = "declare"
)

// Error says why there is no verdict.
type Error struct {
	Stage   Stage  `json:"stage"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"` // what to do next
}

// Measures are Flex Insights' talk measures, computed under both readings of the channels.
type Measures struct {
	AsDeclared *TalkMeasures `json:"as_declared"` // null if nothing usable is declared
	AsHeard    *TalkMeasures `json:"as_heard"`    // null if nothing was heard
}

// TalkMeasures are the figures that Flex Insights reports about a call, in seconds. Flex
// does not publish its thresholds; these use the thresholds of the meters.
type TalkMeasures struct {
	AgentTalkS                    float64 `json:"agent_talk_s"`
	CustomerTalkS                 float64 `json:"customer_talk_s"`
	TalkS                         float64 `json:"talk_s"` // either speaks
	CrosstalkS                    float64 `json:"crosstalk_s"`
	SilenceS                      float64 `json:"silence_s"` // neither speaks
	LongestTalkByAgentS           float64 `json:"longest_talk_by_agent_s"`
	LongestTalkByCustomerS        float64 `json:"longest_talk_by_customer_s"`
	LongestSilenceBeforeAgentS    float64 `json:"longest_silence_before_agent_s"`
	LongestSilenceBeforeCustomerS float64 `json:"longest_silence_before_customer_s"`
}
