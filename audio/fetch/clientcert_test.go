package fetch

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// clientPair makes a certificate for a client and its key, as PEM.
func clientPair(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "a client"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(own)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})), pool
}

// demanding starts a server that asks for a client certificate.
func demanding(t *testing.T, version uint16, how tls.ClientAuthType, clients *x509.CertPool) *server {
	t.Helper()
	return start(t, serveFile(recording(1_000)), func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: how, ClientCAs: clients, MaxVersion: version}
		s.StartTLS()
	})
}

func TestAServerThatAsksForAClientCertificate(t *testing.T) {
	certificate, key, clients := clientPair(t)
	both := writeFile(t, certificate+key)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := demanding(t, version, tls.RequireAndVerifyClientCert, clients)
		// Without a certificate the answer is final, and the error says what to give.
		o := hasty(s)
		began := len(s.all())
		_, _, err := get(t, o, s.URL)
		e := failed(t, err)
		if e.Temporary() || len(s.all()) != began || !strings.Contains(e.Hint(), "--client-cert") {
			t.Errorf("TLS %x: %v (%s), temporary %t", version, e, e.Hint(), e.Temporary())
		}
		for _, keyFile := range []string{"", writeFile(t, key)} {
			if o.ClientCertificate, err = LoadClientCertificate(both, keyFile, hostPort(s.URL)); err != nil {
				t.Fatal(err)
			}
			g, result, err := get(t, o, s.URL)
			fetched(t, g, result, err, recording(1_000))
		}
		if text := fmt.Sprintf("%v %+v %#v", o.ClientCertificate, *o.ClientCertificate, *o.ClientCertificate); strings.Contains(text, "a client") || strings.Contains(text, "PrivateKey") {
			t.Errorf("printed %s", text)
		}
	}
}

// A certificate names its owner: only its host may see it.
func TestAClientCertificateIsShownToItsHostAlone(t *testing.T) {
	certificate, key, _ := clientPair(t)
	s := demanding(t, tls.VersionTLS13, tls.RequestClientCert, nil)
	for host, shown := range map[string]bool{hostPort(s.URL): true, "other.example.com": false, "127.0.0.1": false} {
		pair, err := LoadClientCertificate(writeFile(t, certificate+key), "", host)
		if err != nil {
			t.Fatal(err)
		}
		o := hasty(s)
		o.ClientCertificate = pair
		g, result, err := get(t, o, s.URL)
		fetched(t, g, result, err, recording(1_000))
		requests := s.all()
		if got := len(requests[len(requests)-1].TLS.PeerCertificates) > 0; got != shown {
			t.Errorf("for %s: shown %t", host, got)
		}
	}
}

func TestClientCertificatesThatCannotBeUsed(t *testing.T) {
	certificate, key, _ := clientPair(t)
	_, otherKey, _ := clientPair(t)
	good := writeFile(t, certificate)
	for _, test := range []struct{ cert, key, host, want string }{
		{good, writeFile(t, key), "", "no host to show it to"},
		{good, writeFile(t, key), "https://h", "--auth-host"},
		{good, writeFile(t, otherKey), "h", "cannot be used"},
		{good, "", "h", "cannot be used"},
		{writeFile(t, "nothing"), "", "h", "cannot be used"},
		{t.TempDir(), "", "h", "cannot be read"},
		{good, good + ".none", "h", "key cannot be read"},
	} {
		_, err := LoadClientCertificate(test.cert, test.key, test.host)
		e := failed(t, err, test.want)
		if strings.Contains(e.Error()+e.Hint(), "BEGIN ") {
			t.Errorf("%v %s", e, e.Hint())
		}
	}
}
