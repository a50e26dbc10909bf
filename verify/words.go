package verify

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/finding"
	"github.com/otoscope/otoscope/verify/transcript"
)

// words lays the transcript of a case on the channels, and says what of it does not count.
func words(t *transcript.Transcript, m *measurement.Measurements) (*transcript.Transcript, []finding.Finding) {
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
