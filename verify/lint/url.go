package lint

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/otoscope/otoscope/verify/declare"
)

// entries checks the URL of every voice recording within a value.
func (c *checker) entries(at spot, flow *flow) {
	var walk func(n *node, pointer string)
	walk = func(n *node, pointer string) {
		if u := n.get("url"); u != nil && (n.get("type") != nil || n.get("channels") != nil) {
			if t := n.get("type").str(); t == "" || declare.Alike(t, "VoiceRecording") {
				c.url(spot{at.doc, u, pointer + "/url"})
				c.media(spot{at.doc, n, pointer}, flow)
			}
		}
		for _, m := range n.members {
			walk(m.value, pointer+step(m.key))
		}
		for i, v := range n.items {
			walk(v, fmt.Sprintf("%s/%d", pointer, i))
		}
	}
	walk(at.node, at.pointer)
}

// twilioHost reports whether a host is Twilio's API, in any region.
func twilioHost(host string) bool {
	return host == "api.twilio.com" || strings.HasPrefix(host, "api.") && strings.HasSuffix(host, ".twilio.com")
}

// url checks the form of a recording's URL. No detail repeats it, since it may hold secrets.
func (c *checker) url(at spot) {
	raw := at.doc.text[at.node.from:at.node.to]
	if len(raw) < 2 || raw[0] != '"' {
		return // a variable stands for the whole
	}
	s := strings.TrimSpace(at.node.str())
	if strings.HasPrefix(s, "{{") {
		s, _ = strings.CutPrefix(s, s[:strings.Index(s+"}}", "}}")])
		if strings.TrimPrefix(s, "}}") == "" {
			return
		}
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return
	}
	host, path, _ := strings.Cut(rest, "/")
	path, _, _ = strings.Cut("/"+path, "?")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		c.add(at, URLSecret, "The URL holds a user name or a password before its host.")
		host = host[i+1:]
	}
	if strings.EqualFold(scheme, "http") {
		to := at.node.from + strings.Index(raw, "://")
		c.add(at, URLHTTP, "The URL begins with http.", edit{at.doc, to - len(scheme), to, "https"})
	}
	for _, ending := range []string{".wav", ".mp3"} {
		if strings.HasSuffix(strings.ToLower(path), ending) {
			if i := strings.LastIndex(strings.ToLower(raw), ending); i >= 0 {
				c.add(at, URLExtension, "The URL ends in "+ending+".", edit{at.doc, at.node.from + i, at.node.from + i + len(ending), ""})
			}
			path = path[:len(path)-len(ending)]
		}
	}
	if u, err := url.Parse("https://" + host); err != nil || !twilioHost(strings.ToLower(u.Hostname())) {
		if c.options.Storage == External {
			c.add(at, ConferenceMono, "The URL is not at Twilio, and the account stores recordings elsewhere: its recordings of conferences are mono.")
		}
		return
	}
	c.twilioPath(at, path)
}

// twilioPath checks /2010-04-01/Accounts/AC.../Recordings/RE..., where variables may stand.
func (c *checker) twilioPath(at spot, path string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	last := len(parts) - 1
	if strings.HasSuffix(path, "/Recordings/") || strings.HasSuffix(path, "/Recordings") || strings.Contains(path, "/Accounts//") {
		return // url_incomplete says it
	}
	if i := strings.Index(path, "/Recordings/"); i < 0 || last < 1 || parts[last-1] != "Recordings" {
		detail := "The path of the URL does not end in /Recordings/ and a recording."
		if strings.Contains(strings.ToLower(path), "/recordings/") && i < 0 {
			detail = "The path has /Recordings/ in another case."
		}
		c.add(at, URLNoRecording, detail)
		return
	}
	sid := func(s, kind, what string) {
		if !hasLiquid(s) && !regexp.MustCompile("^"+kind+"[0-9a-fA-F]{32}$").MatchString(s) && s != "" {
			c.add(at, URLSID, "In the place of the "+what+" stands no SID that begins with "+kind+" and has 32 hexadecimal digits behind it.")
		}
	}
	sid(parts[last], "RE", "recording")
	if len(parts) >= 4 && parts[last-3] == "Accounts" {
		sid(parts[last-2], "AC", "account")
	}
}
