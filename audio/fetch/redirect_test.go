package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func redirectTo(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.WriteHeader(status)
	}
}

func TestRedirectsWithinTheOriginKeepTheCredential(t *testing.T) {
	want := recording(10_000)
	s := serve(t, true, nil)
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer hunter2":
			w.WriteHeader(401)
		case r.Header.Get("Referer") != "":
			w.WriteHeader(400)
		case r.URL.Path == "/a/1":
			w.Header().Set("Location", "../b/2?x=1") // relative
			w.WriteHeader(307)
		case r.URL.Path == "/b/2":
			http.Redirect(w, r, s.URL+"/c", http.StatusMovedPermanently)
		default:
			serveFile(want)(w, r)
		}
	}
	s.handle(handler)
	o := hasty(s)
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_BEARER", "hunter2")
	g, result, err := get(t, o, s.URL+"/a/1")
	fetched(t, g, result, err, want)
	if result.URL != s.URL+"/c" {
		t.Errorf("Result.URL = %s", result.URL)
	}
}

// No server may see what belongs to another, wherever the first sends the request, and whether or
// not the way leads back.
func TestCredentialNeverCrosses(t *testing.T) {
	want := recording(10_000)
	for _, name := range []string{"another port", "user in the address", "and back", "with a range"} {
		t.Run(name, func(t *testing.T) {
			var home *server
			cut := cutting([]int{5_000}, serveFile(want))
			other := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				switch name {
				case "and back":
					http.Redirect(w, r, home.URL+"/back", http.StatusFound)
				case "with a range":
					cut(w, r)
				default:
					serveFile(want)(w, r)
				}
			})
			home = serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/back":
					if r.Header.Get("Authorization") != "" {
						t.Error("the credential came back from another origin")
					}
					serveFile(want)(w, r)
				case r.Header.Get("Authorization") != "Bearer hunter2":
					w.WriteHeader(401)
				case name == "user in the address":
					http.Redirect(w, r, strings.Replace(other.URL, "https://", "https://user:pass@", 1), http.StatusFound)
				default:
					http.Redirect(w, r, other.URL+"/there?signature=hunter3", http.StatusFound)
				}
			})
			o := hasty(home)
			o.AllowPrivate = true
			o.Credentials = credentials(t, hostPort(home.URL), "OTOSCOPE_BEARER", "hunter2")
			g, result, err := get(t, o, home.URL+"/x?secret=hunter4")
			fetched(t, g, result, err, want)
			if len(other.all()) == 0 {
				t.Fatal("the other server was not asked")
			}
			for _, r := range other.all() {
				all := fmt.Sprint(r.Header, r.URL)
				if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" ||
					strings.Contains(all, "hunter2") || strings.Contains(all, "hunter4") {
					t.Errorf("the other server saw %s", all)
				}
			}
		})
	}
}

func TestRedirectsRefused(t *testing.T) {
	plain := serve(t, false, serveFile(recording(1_000)))
	s := serve(t, true, nil)
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		want    []string
	}{
		{"downgrade", redirectTo(302, plain.URL+"/?sig=hunter2"), []string{"http://" + hostPort(plain.URL), "not encrypted"}},
		{"no location", redirectTo(302, ""), []string{"(302)", "does not say where to"}},
		{"no location, 308", redirectTo(308, ""), []string{"(308)", "does not say where to"}},
		{"unreadable", redirectTo(302, "https://h:hunter2/%zz"), []string{"cannot be read as a URL"}},
		{"another scheme", redirectTo(302, "ftp://h/hunter2"), []string{"does not begin with https://"}},
		{"file", redirectTo(302, "file:///etc/hunter2"), []string{"does not begin with https://"}},
		{"no host", redirectTo(302, "https:///hunter2"), []string{"without a host"}},
		{"itself", redirectTo(302, "/x"), []string{"in a circle"}},
		{"circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, map[string]string{"/x": "/y", "/y": "/z", "/z": "/x"}[r.URL.Path], http.StatusFound)
		}, []string{"in a circle"}},
		{"without end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }, []string{"more than 5 times"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.handle(test.handler)
			o := hasty(s)
			o.AllowPrivate = true
			before := len(s.all())
			_, _, err := get(t, o, s.URL+"/x")
			e := failed(t, err, test.want...)
			if n := len(s.all()) - before; n > 6 {
				t.Errorf("%d requests", n)
			}
			if strings.Contains(e.Error(), "hunter2") || e.Temporary() {
				t.Errorf("%q, temporary %t", e, e.Temporary())
			}
		})
	}
	if len(plain.all()) != 0 {
		t.Error("a request went down to http")
	}
}

func TestFiveRedirectsAreFollowed(t *testing.T) {
	want := recording(1_000)
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) < 6 {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			return
		}
		serveFile(want)(w, r)
	})
	g, result, err := get(t, hasty(s), s.URL+"/")
	fetched(t, g, result, err, want)
	if len(s.all()) != 6 {
		t.Errorf("%d requests", len(s.all()))
	}
}

func TestRedirectsToPrivateAddresses(t *testing.T) {
	secret := serve(t, true, serveFile(recording(1_000)))
	port := hostPort(secret.URL)[len("127.0.0.1"):]
	for _, target := range []string{
		"https://169.254.169.254/latest/meta-data/", "https://127.0.0.1" + port, "https://localhost" + port, "https://[::1]/", "https://10.1.2.3/",
		"https://192.168.0.1/", "https://172.16.0.1/", "https://100.64.0.1/", "https://0.0.0.0" + port, "https://[::]" + port, "https://[::ffff:127.0.0.1]" + port,
		"https://[64:ff9b::7f00:1]/", "https://[fd00:ec2::254]/", "https://[fe80::1]/",
	} {
		s := serve(t, true, redirectTo(302, target))
		_, _, err := get(t, hasty(s), s.URL)
		e := failed(t, err, "not an address on the public Internet", "a redirect may not lead there")
		if !strings.Contains(e.Hint(), "--allow-private") {
			t.Errorf("hint %q", e.Hint())
		}
		if len(s.all()) != 1 {
			t.Errorf("%s was tried %d times", target, len(s.all()))
		}
	}
	if len(secret.all()) != 0 {
		t.Error("the private server was asked")
	}
}

// An untrusted request must not use connections that a trusted one opened.
func TestUntrustedPrivateAddresses(t *testing.T) {
	want := recording(1_000)
	s := serve(t, true, serveFile(want))
	c := newClient(t, hasty(s))
	g := &got{}
	if _, err := c.Get(context.Background(), mustParse(t, s.URL), g.sink); err != nil {
		t.Fatal(err)
	}
	ref, err := ParseUntrusted(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(context.Background(), ref, g.sink)
	failed(t, err, "127.0.0.1", "task attributes or a manifest may not lead there")
	if len(s.all()) != 1 {
		t.Errorf("%d requests", len(s.all()))
	}

	o := hasty(s)
	o.AllowPrivate = true
	result, err := newClient(t, o).Get(context.Background(), ref, g.sink)
	fetched(t, g, result, err, want)
}

func TestTypedHTTPMayBecomeHTTPS(t *testing.T) {
	request := func(address string, before *http.Request) *http.Request {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil {
			r.Response = &http.Response{Request: before}
		}
		return r
	}
	for _, test := range []struct {
		chain        []string
		host, origin bool
	}{
		{[]string{"https://h/a", "https://h:443/b"}, true, true},
		{[]string{"http://h/a", "https://h/b"}, true, false},
		{[]string{"http://h:80/a", "https://h:443/b", "https://H/c"}, true, false},
		{[]string{"http://h/a", "https://h:8443/b"}, false, false},
		{[]string{"http://h:8080/a", "https://h/b"}, false, false},
		{[]string{"https://h/a", "https://g/b"}, false, false},
		{[]string{"https://h/a", "https://g/b", "https://h/c"}, false, false},
		{[]string{"https://h/a", "https://h.g/b"}, false, false},
		{[]string{"https://h/a", "https://h:8443/b"}, false, false},
	} {
		var r *http.Request
		for _, address := range test.chain {
			r = request(address, r)
		}
		if staysAtHost(r) != test.host || staysAtOrigin(r) != test.origin {
			t.Errorf("%v: host %t, origin %t", test.chain, staysAtHost(r), staysAtOrigin(r))
		}
	}
}

func TestPlainHTTP(t *testing.T) {
	want := recording(1_000)
	s := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(401)
			return
		}
		serveFile(want)(w, r)
	})
	o := hasty(nil)
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p")
	g, result, err := get(t, o, s.URL) // loopback is excepted
	fetched(t, g, result, err, want)
	if len(result.Notes) != 0 {
		t.Errorf("notes %v", result.Notes)
	}

	// Any other host: through a proxy, because no name here leads elsewhere.
	proxy := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "":
			t.Error("a credential went over http")
			w.WriteHeader(400)
		case r.URL.Path == "/closed":
			w.WriteHeader(401)
		default:
			serveFile(want)(w, r)
		}
	})
	o.Proxy = through(t, proxy)
	o.Credentials = credentials(t, "rec.example.com", "OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "p")
	g, result, err = get(t, o, "http://rec.example.com/open")
	fetched(t, g, result, err, want)
	if noteCodes(result) != "plain_http" {
		t.Errorf("notes %v", result.Notes)
	}
	_, _, err = get(t, o, "http://rec.example.com/closed")
	e := failed(t, err, "not sent over http")
	if !strings.Contains(e.Hint(), "https://") {
		t.Errorf("hint %q", e.Hint())
	}
}
