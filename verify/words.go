package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// hearWords weighs the words of a case, or takes what a recogniser heard. It says what of them
// does not count, and why they show nothing.
func hearWords(rec *Recording, c *Case) (*words.Heard, []finding.Finding) {
	t, found := lay(c.Transcript.Begun(rec.Starts()), &rec.Measurements)
	said := rec.Recognized
	if t != nil {
		said = c.Weigh(t)
	}
	if said == nil {
		return nil, found
	}
	if f, ok := nothingSaid(said); ok {
		found = append(found, f)
	}
	return said, found
}

// Weigh gives what the words of a transcript show, whose turns are on channels 0 and 1, by the
// lists of the case.
func (c *Case) Weigh(t *transcript.Transcript) *words.Heard {
	lists := c.Words
	if lists == nil {
		lists = words.Builtin()
	}
	return lists.Hear(t)
}

// nothingSaid is the finding that words show nothing.
func nothingSaid(said *words.Heard) (finding.Finding, bool) {
	switch said.Nothing {
	case words.FewWords:
		return finding.New(finding.FewWords, fmt.Sprintf("The transcript has %d words of the left side and %d of the right one, with %d n-grams of the list that one side alone said; %d words of each and %d n-grams are the fewest that are weighed.",
			said.Left.Words, said.Right.Words, said.Hits, words.LeastWords, words.LeastHits)), true
	case words.OtherLanguage:
		return finding.New(finding.OtherLanguage, "The words are of no language that there is a list for. They count for nothing."), true
	case words.MailboxGreets:
		return finding.New(finding.Mailbox, "A mailbox or an announcement greets on one channel, and speaks like an agent. The words count for nothing."), true
	case words.HalvesDisagree:
		return finding.New(finding.WordsDisagree, "By the words of one half of the call the agent is on the one side, by those of the other half on the other. The words count for nothing."), true
	case words.SameWords:
		return finding.New(finding.SameWords, "By the transcript, one channel says much of what the other says. The words count for nothing."), true
	case words.TwoAgents:
		return finding.New(finding.TwoAgents, "Both sides speak like agents, as a program does that calls. The words count for nothing."), true
	}
	return finding.Finding{}, false
}

// lay lays the transcript of a case on the channels, and says what of it does not count.
func lay(t *transcript.Transcript, m *measurement.Measurements) (*transcript.Transcript, []finding.Finding) {
	if t == nil || m.Channels != 2 {
		return nil, nil
	}
	laid := transcript.Lay(t, m)
	if laid.Misfit != "" {
		return nil, []finding.Finding{finding.New(finding.TranscriptMismatch,
			fmt.Sprintf("The transcript is not one of this recording: %s. It counts for nothing.", laid.Misfit))}
	}
	if laid.Unplaced+laid.Unheard == 0 {
		return laid.Transcript, nil
	}
	return laid.Transcript, []finding.Finding{finding.New(finding.TranscriptPartly,
		fmt.Sprintf("Of %d words of the transcript, %d were left out because it is not heard on which channel they were said, and %d because no speech is heard there.",
			laid.Words, laid.Unplaced, laid.Unheard))}
}
