package transcript

import (
	"regexp"
	"strings"
	"sync"
)

// sphinxWord is a word in what pocketsphinx_continuous -time yes prints: "your(2) 29.500 29.670
// 0.660573", with when it was said and how certain that is. Alternative pronunciations are
// numbered.
var sphinxWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\S+?)(?:\(\d+\))? (\d+\.\d+) (\d+\.\d+) (\d\.\d+)$`)
})

// parsePocketsphinx reads what pocketsphinx_continuous -time yes prints: of each utterance its
// words in a line, and then each with its times between <s> and </s>.
func parsePocketsphinx(body string) (*Transcript, error) {
	t := &Transcript{Maker: "pocketsphinx"}
	var words []word
	utterances := 0
	for line := range strings.Lines(body) {
		at := sphinxWord().FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case at == nil: // the words in a line, or a message
		case at[1] == "<s>":
			words = words[:0]
		case at[1] == "</s>":
			utterances++
			t.Turns = append(t.Turns, inTurns(Unknown, words)...)
			words = words[:0]
		case !sphinxFiller(at[1]):
			w := word{text: at[1]}
			for i, n := range []*number{&w.start, &w.end, &w.confidence} {
				if err := n.UnmarshalJSON([]byte(at[2+i])); err != nil {
					return nil, err
				}
			}
			words = append(words, w)
		}
		if len(t.Turns) > maxTurns {
			break
		}
	}
	if utterances == 0 {
		return nil, unknownForm()
	}
	return t, nil
}

// sphinxFiller reports what is no word: <sil>, [NOISE], ++COUGH++.
func sphinxFiller(s string) bool {
	return strings.HasPrefix(s, "<") || strings.HasPrefix(s, "[") || strings.HasPrefix(s, "++")
}
