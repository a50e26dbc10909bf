package declare

// Kind is what a rule that lays out channels goes by.
type Kind string

// The kinds of rules.
const (
	ByRole          Kind = "role"
	ByLeg           Kind = "leg"
	ByRecordedLeg   Kind = "recorded_leg"
	ByJoining       Kind = "first_to_join"
	BySpeaking      Kind = "first_to_speak"
	Alternating     Kind = "alternating"
	ByConfiguration Kind = "configuration"
	// Undocumented is no rule: the maker does not say which one it follows. Only conventions have it.
	Undocumented Kind = "undocumented"
)

// A KindDoc documents one kind of rule.
type KindDoc struct {
	Kind    Kind
	Name    string // for a heading
	Meaning string // a sentence
	Needs   string // the flags that a declaration by such a rule needs; "" for none
}

// Kinds lists the kinds of rules, Undocumented last.
func Kinds() []KindDoc {
	return []KindDoc{
		{ByRole, "By role", "Each channel always has the same party.", ""},
		{ByLeg, "By leg", "Who placed the call is on one channel, who was called on the other.", "--direction"},
		{ByRecordedLeg, "By recorded leg", "The party whose leg is recorded is on one channel, what that party hears on the other.", "--recorded-by"},
		{ByJoining, "First to join", "Who joins first is on one channel, everybody else on the other.", "--joined"},
		{BySpeaking, "First to speak", "Who is heard first, or sends the first packet, is on one channel. Only the sound tells, so nothing is declared.", ""},
		{Alternating, "Alternating", "The first, third, ... to publish sound are on one channel, the second, fourth, ... on the other.", "--joined"},
		{ByConfiguration, "By configuration", "The set-up says who is on which channel: pass the same with --channels.", ""},
		{Undocumented, "Not documented", "The maker does not say who is on which channel: otoscope discover finds it out from your recordings.", ""},
	}
}

// Doc documents the kind.
func (k Kind) Doc() KindDoc {
	for _, d := range Kinds() {
		if d.Kind == k {
			return d
		}
	}
	return KindDoc{Kind: k, Name: string(k)}
}
