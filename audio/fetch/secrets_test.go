package fetch

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// told is everything that a server was told, in the encodings in which servers repeat it.
func told(r *http.Request) string {
	auth := r.Header.Get("Authorization")
	parts := []string{auth, r.URL.RawQuery}
	if user, password, ok := r.BasicAuth(); ok {
		parts = append(parts, user, password, user+":"+password)
	}
	for key, values := range r.URL.Query() {
		parts = append(parts, key+"="+values[0])
	}
	for _, part := range append([]string{}, parts...) {
		_, value, _ := strings.Cut(part, " ")
		parts = append(parts, value, url.QueryEscape(part), url.PathEscape(part), html.EscapeString(part), base64.StdEncoding.EncodeToString([]byte(part)), strings.ToUpper(part))
	}
	return strings.Join(parts, " ")
}

// echoes are ways in which a server repeats what it was told.
var echoes = map[string]http.HandlerFunc{
	"JSON error": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(401)
		json.NewEncoder(w).Encode(map[string]any{"code": r.URL.RawQuery, "message": "bad: " + told(r)})
	},
	"nested JSON": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(403)
		json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": "x", "message": told(r)}})
	},
	"XML error": func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", html.EscapeString(r.URL.RawQuery), html.EscapeString(told(r)))
	},
	"JSON": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"message": told(r)})
	},
	"page": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<html><title>%s</title>", html.EscapeString(told(r)))
	},
	"text": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, told(r)) },
	"text under a recording's type": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		fmt.Fprint(w, told(r))
	},
	"encoding": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Encoding", told(r)) },
	"path of a redirect": func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/to/") {
			w.Write(recording(100))
			return
		}
		http.Redirect(w, r, "/to/"+url.PathEscape(told(r)), http.StatusFound)
	},
	"host of a redirect": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://"+r.URL.Query().Get("token")+".example.com/")
		w.WriteHeader(302)
	},
	"status line": func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 503 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", told(r))
		c.Close()
	},
	"no HTTP": func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(c, "%s\r\n%s: x\r\n", told(r), told(r))
		c.Close()
	},
	"header that is none": func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", told(r))
		c.Close()
	},
}

// Whatever a server repeats of what it was told, none of it appears in an error, a hint, a result,
// a note or a log record.
func TestWhatAServerRepeatsIsMasked(t *testing.T) {
	for name, echo := range echoes {
		for _, login := range [][]string{
			{"OTOSCOPE_USER", "olga-user", "OTOSCOPE_PASSWORD", "s3cret/p?ss+w\"<&%"},
			{"OTOSCOPE_BEARER", "eyJhbGci.Bearer/Secret+x=="},
		} {
			s := serve(t, true, echo)
			var log bytes.Buffer
			o := hasty(s)
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			o.Credentials = credentials(t, hostPort(s.URL), login...)
			query := url.Values{"X-Amz-Signature": {"abc/DEF+123"}, "token": {"t0ken-value"}, "n": {"7"}}.Encode()
			_, result, err := get(t, o, s.URL+"/r?"+query)
			text := fmt.Sprint(result, " ", err, " ", log.String())
			if err != nil {
				text += failed(t, err).Hint()
			}
			lower := strings.ToLower(text)
			for _, secret := range append(login, "abc/DEF+123", "t0ken-value", url.QueryEscape("abc/DEF+123")) {
				if strings.HasPrefix(secret, "OTOSCOPE_") {
					continue
				}
				for _, form := range append(encodings(secret), strings.ToUpper(secret)) {
					if strings.Contains(lower, strings.ToLower(form)) {
						t.Errorf("%s repeats %q: %s", name, form, text)
					}
				}
			}
			if user, password := login[1], login[len(login)-1]; len(login) == 4 {
				if pair := base64.StdEncoding.EncodeToString([]byte(user + ":" + password)); strings.Contains(text, pair) {
					t.Errorf("%s repeats the login: %s", name, text)
				}
			}
		}
	}
}

// A mask covers a secret wherever it is, and leaves everything else unchanged.
func TestMask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9/+=%&<" ]{4,40}`).Draw(t, "secret")
		before := rapid.StringMatching(`[!-~ ]{0,20}`).Draw(t, "before")
		var s secrets
		s.learn(secret)
		for _, form := range encodings(secret) {
			got := s.mask(before + "|" + form + "|")
			if strings.Contains(strings.ToLower(got), strings.ToLower("|"+form+"|")) {
				t.Fatalf("%q is in %q", form, got)
			}
		}
	})
	var s secrets
	s.learn("7")
	if got := s.mask("7 of 17, 70 and a=7"); got != "*** of 17, 70 and a=***" {
		t.Errorf("a short secret: %q", got)
	}
	if got := (&secrets{}).mask("nothing known"); got != "nothing known" {
		t.Errorf("%q", got)
	}
}
