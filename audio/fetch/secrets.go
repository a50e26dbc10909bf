package fetch

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secrets are the values that must not appear when a server's words are quoted, because the server
// was told them: the login and the query values of the requested addresses, plain and in the
// encodings in which servers repeat them. Every external text that a download quotes goes through
// its show.
type secrets struct {
	known   map[string]bool
	pattern *regexp.Regexp // nil if it must be rebuilt from what is known
}

// learn adds a secret.
func (s *secrets) learn(text string) {
	if text == "" || s.known[text] {
		return
	}
	if s.known == nil {
		s.known = map[string]bool{}
	}
	s.known[text] = true
	s.pattern = nil
}

// learnLogin adds the value of an Authorization header.
func (s *secrets) learnLogin(header string) {
	scheme, value, _ := strings.Cut(header, " ")
	s.learn(value)
	if scheme != "Basic" {
		return
	}
	plain, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return
	}
	s.learn(string(plain))
	user, password, _ := strings.Cut(string(plain), ":")
	s.learn(user)
	s.learn(password)
}

// learnAddress adds the query values of an address.
func (s *secrets) learnAddress(u *url.URL) {
	s.learn(u.RawQuery)
	if plain, err := url.QueryUnescape(u.RawQuery); err == nil {
		s.learn(plain)
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		key, value, isPair := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		switch {
		case !isPair:
			value = key // a lone word may be the token
		case err == nil && shownParameter(name) && isWord(value):
			continue
		}
		s.learn(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			s.learn(plain)
		}
	}
}

// encodings are the forms in which a server may repeat a text.
func encodings(text string) []string {
	forms := []string{
		text, url.QueryEscape(text), url.PathEscape(text), html.EscapeString(text),
		base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)),
	}
	if quoted, err := json.Marshal(text); err == nil {
		forms = append(forms, string(quoted[1:len(quoted)-1]))
	}
	return append(forms, strings.ReplaceAll(text, "/", `\/`), strings.ReplaceAll(forms[4], "/", `\/`))
}

// shortSecret is the length in bytes below which a secret is only masked as a whole word: "1" is
// in every text.
const shortSecret = 4

// mask replaces the known secrets in a text.
func (s *secrets) mask(text string) string {
	if len(s.known) == 0 {
		return text
	}
	if s.pattern == nil {
		s.pattern = s.compile()
	}
	return s.pattern.ReplaceAllString(text, masked)
}

func (s *secrets) compile() *regexp.Regexp {
	var forms []string
	for text := range s.known {
		forms = append(forms, encodings(text)...)
	}
	// The first alternative that fits wins, so the longest must come first.
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var alternatives []string
	for _, form := range slices.Compact(forms) {
		quoted := regexp.QuoteMeta(strings.ToValidUTF8(form, "\uFFFD"))
		if len(form) < shortSecret {
			if isWord(form) {
				alternatives = append(alternatives, `\b`+quoted+`\b`)
			}
			continue
		}
		alternatives = append(alternatives, quoted)
	}
	if len(alternatives) == 0 {
		return regexp.MustCompile(`\z\A.`) // matches nothing
	}
	return regexp.MustCompile("(?i)(?:" + strings.Join(alternatives, "|") + ")")
}

// show makes external text fit to print.
func (s *secrets) show(text string) string { return scrub(s.mask(text)) }
