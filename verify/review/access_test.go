package review_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/review"
)

// A visitor is a browser with its cookies.
type visitor struct {
	t    *testing.T
	desk served
	http.Client
}

func visit(t *testing.T, s served) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, desk: s, Client: http.Client{Jar: jar}}
}

// arrive is a visitor who has come in by a link.
func arrive(t *testing.T, s served, link string) *visitor {
	t.Helper()
	v := visit(t, s)
	if status, _ := v.get(strings.TrimPrefix(link, s.address)); status != http.StatusOK {
		t.Fatalf("coming in: %d", status)
	}
	return v
}

// do sends a request, and gives the status and the body of the answer.
func (v *visitor) do(method, path, body string, header ...string) (int, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.desk.address+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func (v *visitor) get(path string, header ...string) (int, string) {
	v.t.Helper()
	return v.do(http.MethodGet, path, "", header...)
}

// shown is a recording as the desk shows it.
type shown struct {
	Key          int64
	Name, Holder string
	Held         bool
	Left, HTML   string
	Place, Of    int
}

type replied struct {
	Told      string
	Holder    string
	Recording *shown
	Progress  struct {
		Done, Of      int
		Words, Agrees string
	}
}

// post asks for something to be done, which must succeed.
func (v *visitor) post(path string, body any) replied {
	v.t.Helper()
	status, text := v.post2(path, body)
	if status != http.StatusOK {
		v.t.Fatalf("%s: %d %s", path, status, text)
	}
	var r replied
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *visitor) post2(path string, body any) (int, string) {
	v.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(http.MethodPost, path, string(b))
}

func (v *visitor) next() *shown {
	v.t.Helper()
	return v.post("/api/next", map[string]int64{"after": 0}).Recording
}

// paths are all that the desk gives to a session, and how.
func paths() map[string]string {
	return map[string]string{
		"/api/list": "GET", "/api/progress": "GET", "/api/recordings/1/picture": "GET", "/api/recordings/1/sound": "GET", "/api/recordings/1/call.wav": "GET",
		"/api/next": "POST", "/api/open": "POST", "/api/answer": "POST", "/api/undo": "POST", "/api/stay": "POST", "/api/leave": "POST",
	}
}

// Without a session, and with a cookie that is none, nothing is told.
func TestNothingIsToldWithoutASession(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	_, port, _ := strings.Cut(strings.TrimPrefix(s.address, "http://"), ":")
	name := "otoscope-review-" + port + "="
	for _, cookie := range []string{"", name, name + "AAAAAAAAAAAAAAAAAAAAAAAAAA", name + token(s.links[0])} {
		v := visit(t, s)
		for path, method := range paths() {
			if status, body := v.do(method, path, "{}", "Cookie", cookie); status != http.StatusUnauthorized || strings.Contains(body, "wav") {
				t.Errorf("%s %s with %q: %d %s", method, path, cookie, status, body)
			}
		}
		if status, body := v.get("/", "Cookie", cookie); status != http.StatusUnauthorized || strings.Contains(body, "ann") || !strings.Contains(body, "Open the link") {
			t.Errorf("the desk with %q: %d", cookie, status)
		}
	}
}

// A link lets one person in, once. A wrong token lets nobody in, and a browser that looks ahead uses no
// link up.
func TestALinkWorksOnce(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	path := strings.TrimPrefix(s.links[0], s.address)
	for _, wrong := range []string{"/enter", "/enter?token=", "/enter?token=AAAA", path + "A", strings.ToLower(path)} {
		if status, _ := visit(t, s).get(wrong); status != http.StatusForbidden {
			t.Errorf("%s: %d", wrong, status)
		}
	}
	if status, _ := visit(t, s).get(path, "Sec-Purpose", "prefetch;prerender"); status != http.StatusForbidden {
		t.Errorf("looked at ahead: %d", status)
	}
	if status, _ := visit(t, s).do(http.MethodHead, path, ""); status != http.StatusForbidden {
		t.Errorf("HEAD: %d", status)
	}
	ann := arrive(t, s, s.links[0])
	if status, body := ann.get("/"); status != http.StatusOK || !strings.Contains(body, "ann") {
		t.Errorf("the desk: %d", status)
	}
	if status, body := visit(t, s).get(path); status != http.StatusForbidden || !strings.Contains(body, "used before") {
		t.Errorf("used again by another: %d %s", status, body)
	}
	if status, _ := ann.get(path); status != http.StatusOK {
		t.Errorf("reloaded: %d", status)
	}
	for _, c := range ann.Jar.Cookies(must(url.Parse(s.address))) {
		if !strings.HasPrefix(c.Name, "otoscope-review-") || len(c.Value) < 26 {
			t.Errorf("the cookie is %v", c)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The cookie is neither for scripts nor for other sites, and nothing is kept by browsers.
func TestTheHeadersOfAnswers(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	v := visit(t, s)
	answer, err := v.Get(s.links[0])
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if got := answer.Header.Get("Set-Cookie"); !strings.Contains(got, want) {
			t.Errorf("the cookie %q has no %s", got, want)
		}
	}
	for _, path := range []string{"/", "/api/list", "/nothing", "/api/recordings/1/call.wav"} {
		answer, err := v.Get(s.address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Cross-Origin-Resource-Policy": "same-origin", "Content-Security-Policy": "frame-ancestors 'none'",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if path == "/" && !bytes.Contains(body, []byte(`content="default-src 'none'; style-src 'sha256-`)) {
			t.Error("the page has no content security policy")
		}
	}
}

// A request under another name, as after DNS rebinding, and one from another page are refused,
// whatever cookie they have.
func TestForeignHostsAndOriginsAreRefused(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	ann := arrive(t, s, s.links[0])
	_, port, _ := strings.Cut(strings.TrimPrefix(s.address, "http://"), ":")
	for _, tt := range []struct {
		what   string
		header []string
		want   int
	}{
		{"its own page", []string{"Origin", s.address, "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		{"by the other name of this computer, for which there is no cookie", []string{"Host", "localhost:" + port, "Origin", "http://localhost:" + port}, http.StatusUnauthorized},
		{"a name bound to this address", []string{"Host", "evil.example:" + port}, http.StatusMisdirectedRequest},
		{"a name that begins as an address", []string{"Host", "127.0.0.1.evil.example"}, http.StatusMisdirectedRequest},
		{"another address", []string{"Host", "10.0.0.1"}, http.StatusMisdirectedRequest},
		{"another site", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{"another port", []string{"Origin", "http://127.0.0.1:1"}, http.StatusForbidden},
		{"a page without an origin", []string{"Origin", "null"}, http.StatusForbidden},
		{"another scheme", []string{"Origin", strings.Replace(s.address, "http:", "https:", 1)}, http.StatusForbidden},
		{"a request that the browser calls cross-site", []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"one of another port", []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
	} {
		for path, method := range paths() {
			body := "{}"
			if path == "/api/open" || path == "/api/answer" {
				continue // which want more than that
			}
			status, _ := ann.do(method, path, body, tt.header...)
			if status == http.StatusNoContent {
				status = http.StatusOK
			}
			if status != tt.want {
				t.Errorf("%s: %s %s gives %d, want %d", tt.what, method, path, status, tt.want)
			}
		}
	}
	// A link on another page may lead here, but only to the desk itself.
	follow := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	if status, _ := ann.get("/", follow...); status != http.StatusOK {
		t.Errorf("a link to the desk: %d", status)
	}
}

// Paths lead to what the desk has, and never to a file.
func TestPathsLeadToNoFile(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	ann := arrive(t, s, s.links[0])
	for _, path := range []string{
		"/../../etc/passwd", "/api/recordings/..%2f..%2f..%2fetc%2fpasswd/call.wav", "/api/recordings/%2e%2e/call.wav", "/api/recordings/1/../../../etc/passwd",
		"/api/recordings/-1/call.wav", "/api/recordings/99999/call.wav", "/api/recordings/1e3/call.wav", "/api/recordings/99999999999999999999/sound",
		"/api/recordings/1%00/call.wav", "/desk.js", "/page/desk.js", "/o.db", "/api/recordings/1/call.wav/../../..//etc/passwd",
	} {
		if status, body := ann.get(path); status != http.StatusNotFound || strings.Contains(body, "root:") {
			t.Errorf("%s: %d %.80s", path, status, body)
		}
	}
}

// What the page does not send is refused with a sentence, and too much of it is not read.
func TestOddRequestsAreRefused(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))})
	ann := arrive(t, s, s.links[0])
	key := ann.next().Key
	for _, tt := range []struct {
		method, path string
		body         any
		want         int
	}{
		{"POST", "/api/answer", "text", http.StatusBadRequest},
		{"POST", "/api/answer", map[string]any{"key": key, "answer": "yes", "note": ""}, http.StatusBadRequest},
		{"POST", "/api/answer", map[string]any{"key": key, "answer": "unusable", "note": "", "more": 1}, http.StatusBadRequest},
		{"POST", "/api/answer", map[string]any{"key": key, "answer": "unusable", "note": strings.Repeat("x", 5000)}, http.StatusBadRequest},
		{"POST", "/api/answer", map[string]any{"key": key, "answer": "unusable", "note": strings.Repeat("x", 1<<20)}, http.StatusBadRequest},
		{"POST", "/api/answer", map[string]any{"key": 99999, "answer": "unusable", "note": ""}, http.StatusNotFound},
		{"POST", "/api/open", map[string]any{"key": -1}, http.StatusNotFound},
		{"GET", "/api/answer", nil, http.StatusNotFound},
		{"DELETE", "/api/list", nil, http.StatusNotFound},
		{"POST", "/login", nil, http.StatusNotFound},
	} {
		body, err := json.Marshal(tt.body)
		if err != nil {
			t.Fatal(err)
		}
		status, text := ann.do(tt.method, tt.path, string(body))
		if status != tt.want || !strings.Contains(text, `"error":"`) {
			t.Errorf("%s %s %.60s: %d %.120s, want %d", tt.method, tt.path, body, status, text, tt.want)
		}
	}
}
