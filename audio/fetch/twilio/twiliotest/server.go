package twiliotest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
)

// A Server is an account behind a proxy that leads Twilio's own host names to it: the program
// under test has no other rule for Twilio's hosts than in earnest.
type Server struct {
	CA     []byte // PEM, of the authority that certifies Twilio's names here
	Proxy  string // the address of the proxy, for HTTPS_PROXY
	server *httptest.Server
	proxy  *httptest.Server
	group  sync.WaitGroup
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

// Serve starts a server for an account.
func Serve(account http.Handler) (*Server, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Twilio for tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"api.twilio.com", "insights.twilio.com", "intelligence.twilio.com", "api.sydney.au1.twilio.com", "insights.sydney.au1.twilio.com"},
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	s := &Server{CA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), open: map[net.Conn]bool{}}
	s.server = httptest.NewUnstartedServer(account)
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.server.StartTLS()
	s.proxy = httptest.NewServer(http.HandlerFunc(s.connect))
	s.Proxy = s.proxy.URL
	return s, nil
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.proxy.Close()
	s.server.CloseClientConnections()
	s.server.Close()
	s.group.Wait()
}

// connect leads a CONNECT to Twilio's names to the account, and no other.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	if r.Method != http.MethodConnect || !strings.HasSuffix(host, ".twilio.com") {
		http.Error(w, "this proxy leads to Twilio only", http.StatusForbidden)
		return
	}
	out, err := net.Dial("tcp", s.server.Listener.Addr().String())
	if err != nil {
		http.Error(w, "the account is gone", http.StatusBadGateway)
		return
	}
	in, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		out.Close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		in.Close()
		out.Close()
		return
	}
	s.open[in], s.open[out] = true, true
	io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		s.group.Go(func() {
			io.Copy(way[0], way[1])
			way[0].Close()
			way[1].Close()
			s.mu.Lock()
			delete(s.open, way[1])
			s.mu.Unlock()
		})
	}
}

// Environment is what a program finds in its environment to use the account.
func (s *Server) Environment() map[string]string {
	return map[string]string{
		"TWILIO_ACCOUNT_SID": AccountSID, "TWILIO_API_KEY": Key, "TWILIO_API_SECRET": Secret,
		"HTTPS_PROXY": s.Proxy,
	}
}

// Options are those of a client of the account. Failures take milliseconds.
func (s *Server) Options() fetch.Options {
	env := s.Environment()
	credentials, err := fetch.CredentialsFromEnv(func(name string) string { return env[name] }, "")
	if err != nil {
		panic(err) // the names and values are above
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.CA)
	proxy, err := url.Parse(s.Proxy)
	if err != nil {
		panic(err) // httptest names it
	}
	return fetch.Options{
		Credentials: credentials, RootCAs: roots, Proxy: http.ProxyURL(proxy), MaxAttempts: 4,
		BackoffMin: time.Millisecond, BackoffMax: 2 * time.Millisecond, RetryAfterMax: 5 * time.Millisecond,
	}
}
