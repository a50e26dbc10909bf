package review_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify/review"
)

const secret = "open sesame 4711"

func (v *visitor) logIn(name, password string) int {
	v.t.Helper()
	status, _ := v.do(http.MethodPost, "/login", url.Values{"name": {name}, "password": {password}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	return status
}

// With a password there are no links. The right one lets in those who are named, under their names.
func TestThePasswordLetsIn(t *testing.T) {
	store := verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t))
	s := serve(t, review.Options{Store: store, Password: secret, Reviewers: []string{"ann", "bob"}})
	if len(s.links) != 0 {
		t.Errorf("there are links: %v", s.links)
	}
	for _, tt := range []struct{ name, password string }{
		{"ann", ""}, {"ann", secret + " "}, {"eve", secret}, {"", secret},
	} {
		v := visit(t, s)
		if status := v.logIn(tt.name, tt.password); status != http.StatusForbidden {
			t.Errorf("%q with %q: %d", tt.name, tt.password, status)
		}
		if status, _ := v.get("/api/list"); status != http.StatusUnauthorized {
			t.Errorf("%q with %q is in: %d", tt.name, tt.password, status)
		}
	}
	bob := visit(t, s)
	if status := bob.logIn("bob", secret); status != http.StatusOK {
		t.Fatalf("bob: %d", status)
	}
	if status, page := bob.get("/"); status != http.StatusOK || !strings.Contains(page, "bob") {
		t.Errorf("bob's desk: %d", status)
	}
	if status, _ := visit(t, s).get("/enter?token="); status != http.StatusForbidden {
		t.Errorf("by a link: %d", status)
	}
	if _, err := review.New(t.Context(), review.Options{Store: store, Password: "too short"}); err == nil || hint.Of(err) == "" {
		t.Errorf("a short password: %v", err)
	}
}

// After some wrong passwords the right one must wait, too.
func TestWrongPasswordsBecomeSlow(t *testing.T) {
	s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t)), Password: secret})
	statuses := map[int]int{}
	for range 20 {
		statuses[visit(t, s).logIn("ann", "a wrong password")]++
	}
	if statuses[http.StatusForbidden] < 5 || statuses[http.StatusForbidden] > 7 || statuses[http.StatusTooManyRequests] < 13 {
		t.Errorf("the answers to 20 wrong passwords are %v", statuses)
	}
	if status := visit(t, s).logIn("ann", secret); status != http.StatusTooManyRequests {
		t.Errorf("the right one then: %d", status)
	}
}

// Over TLS the cookie stays on TLS, and the desk answers to the names in its certificate alone.
func TestOverTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk"}, DNSNames: []string{"desk.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	d, err := review.New(t.Context(), review.Options{
		Store: verified(t, filepath.Join(t.TempDir(), "o.db"), recordings(t)), Listener: newFetcher(t), Password: secret, Secure: true,
		Host: func(host string) bool { return leaf.VerifyHostname(host) == nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := tls.NewListener(plain, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx, l) }()
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, desk: served{Desk: d, address: "https://" + plain.Addr().String()}, Client: http.Client{Jar: jar, Transport: transport}}
	if status := v.logIn("ann", secret); status != http.StatusOK {
		t.Errorf("coming in: %d", status)
	}
	if status, _ := v.get("/api/list"); status != http.StatusOK {
		t.Errorf("the list: %d", status)
	}
	answer, err := v.PostForm(v.desk.address+"/login", url.Values{"name": {"ann"}, "password": {secret}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("Set-Cookie"); !strings.Contains(got, "; Secure") {
		t.Errorf("the cookie %q is not for TLS alone", got)
	}
	for host, want := range map[string]int{"desk.example": http.StatusUnauthorized, "desk.example:8443": http.StatusUnauthorized, "localhost": http.StatusMisdirectedRequest, "other.example": http.StatusMisdirectedRequest} {
		if status, _ := v.get("/api/list", "Host", host); status != want {
			t.Errorf("as %s: %d, want %d", host, status, want)
		}
	}
	transport.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// A desk that closes does not wait for recordings that are on their way, and leaves nothing running.
func TestTheDeskClosesWhileItFetches(t *testing.T) {
	dir := recordings(t)
	slow := &stalled{began: make(chan struct{}, 10)}
	t.Run("desk", func(t *testing.T) {
		s := serve(t, review.Options{Store: verified(t, filepath.Join(t.TempDir(), "o.db"), dir), Listener: slow})
		ann := arrive(t, s, s.links[0])
		ann.next()
		<-slow.began
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/api/recordings/1/sound", nil)
			if err == nil {
				if a, err := ann.Do(r); err == nil {
					a.Body.Close()
				}
			}
		}()
		t.Cleanup(func() { <-answered })
	})
}
