package fetch

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestStatusSentences(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   []string
	}{
		{401, "", []string{"asks for credentials", "none are known"}},
		{403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>", []string{"refuses access", "AccessDenied: Request has expired", "no credentials were sent"}},
		{404, `{"code":20404,"message":"The requested resource was not found"}`, []string{"no recording at this address", "20404"}},
		{404, "<html>" + strings.Repeat("x", 100_000), []string{"(404)"}},
		{410, "", []string{"no longer", "deleted"}},
		{416, "", []string{"cannot give the bytes"}},
		{400, `{"code":"bad\u001b[2J","message":"https://u:hunter2@h/?sig=hunter2 is bad` + strings.Repeat("!", 5_000) + `"}`, []string{"400", `bad\x1b[2J`, "..."}},
		{407, "", []string{"proxy asks for credentials"}},
		{204, "", []string{"204", "not a whole recording"}},
	} {
		s := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(test.status)
			io.WriteString(w, test.body)
		})
		_, _, err := get(t, hasty(s), s.URL+"/?token=hunter2")
		e := failed(t, err, test.want...)
		if text := e.Error() + e.Hint(); strings.Contains(text, "hunter2") || len(text) > 1500 {
			t.Errorf("%d: %q", test.status, text)
		}
	}
}

func TestCredentialsNotAccepted(t *testing.T) {
	s := serve(t, true, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) })
	o := hasty(s)
	o.Credentials = credentials(t, hostPort(s.URL), "OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "hunter2")
	_, _, err := get(t, o, s.URL)
	failed(t, err, "does not accept the credentials from OTOSCOPE_USER")

	away := serve(t, true, redirectTo(302, s.URL))
	o.AllowPrivate = true
	o.Credentials = credentials(t, hostPort(away.URL), "OTOSCOPE_USER", "u", "OTOSCOPE_PASSWORD", "hunter2")
	_, _, err = get(t, o, away.URL)
	failed(t, err, "not taken along to another origin")

	o.Credentials = Credentials{}
	_, _, err = get(t, o, s.URL)
	e := failed(t, err, "none are known")
	if !strings.Contains(e.Hint(), "--auth-host "+hostPort(s.URL)) {
		t.Errorf("hint %q", e.Hint())
	}

	s.handle(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(403) })
	_, _, err = get(t, o, s.URL+"?X-Amz-Signature=x")
	if e := failed(t, err, "refuses access"); !strings.Contains(e.Hint(), "make a new one") {
		t.Errorf("hint %q", e.Hint())
	}
}

// certified starts an HTTPS server with its own certificate.
func certified(t *testing.T, change func(*x509.Certificate)) (*server, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, serveFile(recording(1_000)), func(s *httptest.Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		s.StartTLS()
	})
	return s, der
}

func TestCertificates(t *testing.T) {
	s, _ := certified(t, nil)
	_, _, err := get(t, hasty(nil), s.URL)
	e := failed(t, err, "authority that is not known")
	if !strings.Contains(e.Hint(), "--ca-file") || e.Temporary() {
		t.Errorf("hint %q, temporary %t", e.Hint(), e.Temporary())
	}

	for name, test := range map[string]struct {
		change func(*x509.Certificate)
		want   string
	}{
		"expired":      {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "expired"},
		"not yet":      {func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, "not valid yet"},
		"another name": {func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example.com"} }, "for another name"},
		"another use":  {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, "is not valid"},
	} {
		s, der := certified(t, test.change)
		root, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		o := hasty(nil)
		o.RootCAs = x509.NewCertPool()
		o.RootCAs.AddCert(root)
		_, _, err = get(t, o, s.URL)
		if e := failed(t, err, test.want); e.Temporary() {
			t.Errorf("%s: tried again", name)
		}
	}
}

func TestCAFile(t *testing.T) {
	s, der := certified(t, nil)
	path := writeFile(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	roots, err := LoadCAFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o := hasty(nil)
	o.RootCAs = roots
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, recording(1_000))

	_, err = LoadCAFile(writeFile(t, "no certificate"))
	failed(t, err, "no certificate")
	_, err = LoadCAFile(filepath.Join(t.TempDir(), "missing.pem"))
	failed(t, err, "cannot be read")
}

func TestUnreachable(t *testing.T) {
	closed := serve(t, false, nil)
	closed.Close()
	_, _, err := get(t, hasty(nil), closed.URL)
	e := failed(t, err, "refuses connections", "4 times")
	if !errors.Is(err, syscall.ECONNREFUSED) || !e.Temporary() {
		t.Errorf("%v, temporary %t", errors.Unwrap(err), e.Temporary())
	}

	plain := serve(t, false, serveFile(nil))
	_, _, err = get(t, hasty(nil), strings.Replace(plain.URL, "http:", "https:", 1))
	if e := failed(t, err, "does not speak TLS"); e.Temporary() {
		t.Error("tried again")
	}

	o := hasty(nil)
	o.Resolver = nameServer(t, func(int) netip.Addr { return netip.Addr{} })
	_, _, err = get(t, o, "https://no-such-host.example.com/?token=hunter2")
	if e := failed(t, err, "no host named no-such-host.example.com"); e.Temporary() {
		t.Error("tried again")
	}
}

// rawServer speaks to each connection as it likes.
func rawServer(t *testing.T, speak func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); close(done) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				go func() { <-done; c.Close() }()
				speak(c)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestServersThatSpeakNoProperHTTP(t *testing.T) {
	request := func(c net.Conn) { c.Read(make([]byte, 4096)) }
	for name, test := range map[string]struct {
		speak func(net.Conn)
		want  string
	}{
		"silence":        {func(c net.Conn) { request(c); io.Copy(io.Discard, c) }, "did not answer in time"},
		"closes at once": {func(c net.Conn) { request(c) }, "connection"},
		"not HTTP":       {func(c net.Conn) { request(c); io.WriteString(c, "220 ftp\x1b[2J\x07 https://u:hunter2@h/\r\n\r\n") }, "failed"},
		"header byte by byte": {func(c net.Conn) {
			request(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
			for {
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		}, "did not answer in time"},
		"endless header": {func(c net.Conn) {
			request(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, "X-"+strings.Repeat("x", 1000)+": y\r\n"); err != nil {
					return
				}
			}
		}, "failed"},
		"two lengths": {func(c net.Conn) {
			request(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nRIFFxx")
		}, "failed"},
		"negative length": {func(c net.Conn) { request(c); io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nRIFFxx") }, "failed"},
		"cut header":      {func(c net.Conn) { request(c); io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le") }, "connection"},
		"bad chunks": {func(c net.Conn) {
			request(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nRIFF")
		}, "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := rawServer(t, test.speak)
			o := hasty(nil)
			o.IdleTimeout, o.MaxAttempts = 300*time.Millisecond, 2
			g, _, err := get(t, o, address)
			e := failed(t, err, test.want)
			if len(g.calls) != 0 || strings.Contains(e.Error(), "hunter2") {
				t.Errorf("%d calls, %q", len(g.calls), e)
			}
		})
	}
}

// If neither length nor chunks show it, a cut body looks like a whole one here. A body that is
// shorter than announced does not.
func TestShortBody(t *testing.T) {
	address := rawServer(t, func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n"+string(recording(1_000)))
	})
	g, _, err := get(t, hasty(nil), address)
	failed(t, err, "broke off", "byte 1000")
	if len(g.calls) != 4 {
		t.Errorf("%d calls", len(g.calls))
	}
}
