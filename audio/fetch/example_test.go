package fetch_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/otoscope/otoscope/audio/fetch"
)

// Parse a reference, make a client with the credentials in the environment, and pass the recording
// to a function as it arrives.
func Example() {
	// This stands for a call centre's server that requires a password.
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "flex" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.ServeContent(w, r, "call.wav", time.Time{}, bytes.NewReader([]byte("RIFF....WAVE")))
	}))
	defer server.Close()
	address, _ := url.Parse(server.URL)
	environment := map[string]string{"OTOSCOPE_USER": "flex", "OTOSCOPE_PASSWORD": "hunter2"}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	ref, err := fetch.Parse(server.URL + "/call.wav?id=7")
	if err != nil {
		fmt.Println(err)
		return
	}
	// A command passes os.Getenv and the value of --auth-host.
	credentials, err := fetch.CredentialsFromEnv(func(name string) string { return environment[name] }, address.Host)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := fetch.New(fetch.Options{Credentials: credentials, RootCAs: roots})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	var heard []byte
	result, err := client.Get(context.Background(), ref, func(r io.Reader) error {
		var err error
		heard, err = io.ReadAll(r) // starts from the beginning when called again
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d bytes: %s\n", result.Bytes, heard)
	fmt.Println(credentials)
	// Output:
	// 12 bytes: RIFF....WAVE
	// (credentials hidden)
}

func ExampleParse() {
	for _, s := range []string{
		"https://rec.example.com/call.wav?X-Amz-Signature=5f2a",
		"RE0123456789abcdef0123456789abcdef",
		"calls/monday.wav",
		"https://flex:hunter2@rec.example.com/call.wav",
	} {
		ref, err := fetch.Parse(s)
		if err != nil {
			fmt.Println("refused:", err)
			continue
		}
		fmt.Println(ref)
	}
	// Output:
	// https://rec.example.com/call.wav?X-Amz-Signature=***
	// RE0123456789abcdef0123456789abcdef
	// calls/monday.wav
	// refused: the address of the recording contains a user name or a password, and those do not belong there: addresses show in process lists, logs and results
}
