package fetch

import (
	"crypto/x509"
)

// LoadCAFile returns the system's certificate authorities together with those in a PEM file. It
// serves --ca-file.
func LoadCAFile(path string) (*x509.CertPool, error) {
	text, err := readBounded(path, 16<<20)
	if err != nil {
		return nil, &Error{words: words{Message: "the file of certificate authorities cannot be read: " + reason(err), Advice: "name a readable PEM file with --ca-file", Cause: pathCause(err)}}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without a store: only the file is trusted
	}
	if !pool.AppendCertsFromPEM([]byte(text)) {
		return nil, problem(
			"there is no certificate in the file of certificate authorities",
			"give a PEM file, which has lines that read -----BEGIN CERTIFICATE-----; a DER file is turned into one by openssl x509 -inform der -in FILE -out FILE.pem",
		)
	}
	return pool, nil
}
