package fetch

import (
	"crypto/tls"
	"net/url"
)

// A ClientCertificate is a certificate with its key, and the one host that may see it. No way of
// printing it shows the certificate or the key.
type ClientCertificate struct {
	certificate func() tls.Certificate // a closure, so that no formatting verb reaches the key
	host, port  string                 // an empty port is the usual one
}

// LoadClientCertificate reads a certificate and its key in PEM. They may be in one file. It serves
// --client-cert and --client-key. host ("host", which is port 443, or "host:port") is the only
// server that may see the certificate: a certificate names its owner, so not every server that
// asks for it should get it.
func LoadClientCertificate(certFile, keyFile, host string) (*ClientCertificate, error) {
	if host == "" {
		return nil, problem("a client certificate is given, but no host to show it to", "name the host with --auth-host")
	}
	name, port, err := parseAuthHost(host)
	if err != nil {
		return nil, err
	}
	if keyFile == "" {
		keyFile = certFile
	}
	certificate, err := readBounded(certFile, 1<<20)
	if err != nil {
		return nil, problem("the file of the client certificate cannot be read: "+reason(err), "name a readable PEM file with --client-cert")
	}
	key, err := readBounded(keyFile, 1<<20)
	if err != nil {
		return nil, problem("the file of the client certificate's key cannot be read: "+reason(err), "name a readable PEM file with --client-key")
	}
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		return nil, problem(
			"the client certificate and its key cannot be used: "+printable(err.Error(), maxShown),
			"give both as PEM, the key without a passphrase and of this certificate: openssl pkey -in KEY -out key.pem takes a passphrase off",
		)
	}
	return &ClientCertificate{certificate: func() tls.Certificate { return pair }, host: name, port: port}, nil
}

// isFor reports whether u may see the certificate.
func (c *ClientCertificate) isFor(u *url.URL) bool {
	o := originOf(u)
	return c != nil && o.scheme == "https" && o.host == c.host && (o.port == c.port || (c.port == "" && o.port == "443"))
}
