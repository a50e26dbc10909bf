package transcript

import (
	"html"
	"regexp"
	"strings"
	"sync"
)

// marks are what is written of sounds, masks of names, tags of captions and notes: [noise],
// <unk>, <v Agent>, (inaudible), {cough}, *laughs*, ♪.
var marks = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\[[^\[\]]{0,80}\]|<[^<>]{0,80}>|\([^()]{0,80}\)|\{[^{}]{0,80}\}|\*[^*]{1,40}\*|[♪♫♬>]+`)
})

// label finds who is said to speak, before a colon.
var label = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[\s-]*([\p{L}\p{N}][\p{L}\p{N} ._'’-]{0,40}?)\s*:(?:\s|$)`)
})

// roleLabel are labels that need not recur to be known as such.
var roleLabel = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(agent|customer|caller|callee|client|operator|advisor|adviser|representative|rep|bot|assistant|user|host|guest|(speaker|channel|spk|participant)[ _-]?\w{0,3})$`)
})

// labelsOf finds the labels of speakers: those that many turns begin with, and those that say
// a role.
func labelsOf(turns []Turn) map[string]bool {
	seen := map[string]int{}
	for _, t := range turns {
		if !strings.Contains(t.Text, ":") {
			continue
		}
		if at := label().FindStringSubmatch(unmarked(t.Text)); at != nil {
			seen[at[1]]++
		}
	}
	labels := map[string]bool{}
	for name, n := range seen {
		labels[name] = n > 1 || roleLabel().MatchString(name)
	}
	return labels
}

// clean removes from a text what was not said.
func clean(text string, labels map[string]bool) string {
	text = unmarked(text)
	if strings.Contains(text, ":") {
		if at := label().FindStringSubmatchIndex(text); at != nil && labels[text[at[2]:at[3]]] {
			text = text[at[1]:]
		}
	}
	return strings.Join(strings.Fields(strings.TrimLeft(text, ": -")), " ")
}

func unmarked(text string) string {
	if !strings.ContainsAny(text, "[<({*>&♪♫♬") { // of most turns
		return strings.TrimSpace(text)
	}
	return strings.TrimSpace(marks().ReplaceAllString(html.UnescapeString(marks().ReplaceAllString(text, " ")), " "))
}

// languageTag writes a language as BCP 47 does, as far as the makers differ from that.
func languageTag(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	// OpenAI names languages in English.
	switch strings.ToLower(s) {
	case "english":
		return "en"
	case "spanish":
		return "es"
	case "french":
		return "fr"
	case "german":
		return "de"
	case "portuguese":
		return "pt"
	case "italian":
		return "it"
	case "dutch":
		return "nl"
	case "polish":
		return "pl"
	case "japanese":
		return "ja"
	case "chinese":
		return "zh"
	case "hindi":
		return "hi"
	case "russian":
		return "ru"
	case "turkish":
		return "tr"
	case "arabic":
		return "ar"
	}
	if len(s) > 35 { // the longest that RFC 5646 asks implementations to keep
		return ""
	}
	primary, rest, _ := strings.Cut(s, "-")
	for _, r := range primary {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return ""
		}
	}
	if len(primary) > 3 || len(primary) == 1 {
		return "und" // a language, but which is not known here
	}
	switch {
	case rest == "":
		return strings.ToLower(primary)
	case len(rest) == 2:
		rest = strings.ToUpper(rest)
	}
	return strings.ToLower(primary) + "-" + rest
}
