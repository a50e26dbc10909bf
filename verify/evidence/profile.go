package evidence

// Profile is a set of weights. All are in log10 units of the likelihood ratio.
type Profile struct {
	Name string `json:"-"` // in the file beside the weights
	// Opening weighs the first long turn.
	Opening OpeningWeights `json:"opening"`
	// TurnTaking weighs how the sides take turns.
	TurnTaking TurnTakingWeights `json:"turn_taking"`
	// TimingCap bounds the joint claim of opening and turn-taking: both come from who speaks
	// when, fitted on the same calls.
	TimingCap float64 `json:"timing_cap"`
	// Rates are how often who speaks when misleads. Zero means the built-in rates, as in
	// profiles from before rates existed.
	Rates Rates `json:"rates,omitzero"`
}

// rates returns the profile's rates, and the built-in one for each that it does not state.
func (p *Profile) rates() Rates {
	stated, builtin := *p, Builtin()
	all := builtin.Weights()
	for i, w := range stated.Weights() {
		if w.Rate && *w.Value == 0 {
			*w.Value = *all[i].Value
		}
	}
	return stated.Rates
}

// Builtin is the default profile. Its figures come from the project's private corpus: 48
// calls with the timing of real ones (37 inbound, 11 outbound made from inbound; 6 agents),
// 21 calls of people of the same bank, of which 8 are the same calls, 37 calls of four
// makers' programs to one clinic, two calls to a shop, and pieces cut from all of them. The
// first long turns of ten makers' calls as text are counted, too.
//
// The weights apply to a call that was recorded whole. The rates, and the files of the
// kinds, cover what else can have happened. otoscope evaluate --faults shows the effect on
// recordings with faults.
func Builtin() Profile {
	return Profile{
		Name: "builtin-7",
		Opening: OpeningWeights{
			// The first long turn is the agent's in 408 of 412 inbound calls of ten makers
			// as text, and in all 92 calls here in which nobody says a word before it.
			Joined:   2.05, // 111 to 1
			Complete: 2.05,
			Plain:    2.05,
			AtOnce:   2.05,
			// 12 of 12, but 11 of these were made from inbound calls. By reason: agents who
			// say no more than "hello" open one inbound call in a hundred like this.
			HelloFirst: 1.3,
			Partial:    0.5, // by reason: something of a greeting is missing
			Unlikely:   0.2, // by reason: nothing says that this is the opening
		},
		TurnTaking: TurnTakingWeights{
			// From six sources of equal weight: a bank, four programs that call a clinic, a
			// shop. With the variance between them, each cue alone bears 1.2 (talk), 1.4
			// (talkspurts), 0.7 (silences) and nothing (latency), and more in proportion to
			// its reliability in longer calls. Together they are right in 96 of 108, Cllr
			// 0.59 at the bank and 0.31 to 0.79 for the others.
			Talk:      0.9,
			Talkspurt: 1.0,
			Silences:  1.6,
			Cap:       0.8, // 6 to 1: as many sources as there are
		},
		TimingCap: 2.3, // 200 to 1: what 165 calls and the rates below bear together
		Rates: Rates{
			// No figures are known. Each is the rate of a centre in which one recorder in
			// thirty to a hundred has the fault on all of its calls, as public reports
			// describe.
			TwoCalls:   0.03,
			Delay:      0.03,
			Machine:    0.02,
			Copy:       0.01,
			Exchange:   0.01,
			Begun:      0.03, // of the recordings that nobody calls an excerpt
			Late:       0.1,  // of the legs that begin late
			Outbound:   0.2,  // of the calls of which nobody gives the direction
			ThirdVoice: 0.01,
		},
	}
}
