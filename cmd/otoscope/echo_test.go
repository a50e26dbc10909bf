package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// echoing is a TLS server that repeats everything that it receives, in the form that the
// path requests: in JSON, XML, HTML, plain text, its status line, or instead of any HTTP.
func echoing(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		told := strings.Join([]string{r.Header.Get("Authorization"), r.URL.RawQuery, user, password, url.QueryEscape(password), r.URL.Query().Get("token")}, " ")
		switch r.URL.Path {
		case "/json401":
			w.WriteHeader(401)
			json.NewEncoder(w).Encode(map[string]string{"code": "x", "message": told})
		case "/json":
			json.NewEncoder(w).Encode(map[string]string{"message": told})
		case "/xml":
			w.WriteHeader(403)
			fmt.Fprintf(w, "<Error><Code>Denied</Code><Message>%s</Message></Error>", html.EscapeString(told))
		case "/html":
			fmt.Fprintf(w, "<!doctype html><title>%s</title>", html.EscapeString(told))
		case "/text":
			w.Header().Set("Content-Type", "audio/wav")
			fmt.Fprint(w, told)
		default:
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			if r.URL.Path == "/reason" {
				fmt.Fprintf(c, "HTTP/1.1 418 %s\r\nContent-Length: 0\r\n\r\n", told)
				return
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 0\r\n\r\n", told)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// A server may repeat what it received. None of it appears in any output format, in the
// database's bytes or in messages.
func TestWhatAServerRepeatsComesOutNowhere(t *testing.T) {
	server := echoing(t)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := file("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	const user, password, token = "olga-the-user", "pa55/w?rd+x", "t0ken/VALUE"
	secrets := []string{
		user, password, url.QueryEscape(password), token, url.QueryEscape(token),
		base64.StdEncoding.EncodeToString([]byte(user + ":" + password)),
	}
	var addresses []string
	table := "id,recording\n"
	for i, kind := range []string{"json401", "json", "xml", "html", "text", "reason", "encoding"} {
		address := server.URL + "/" + kind + "?token=" + url.QueryEscape(token)
		addresses = append(addresses, address)
		table += fmt.Sprintf("r%d,%s\n", i, address)
	}
	manifest, db := file("calls.csv", []byte(table)), filepath.Join(dir, "calls.db")
	common := []string{"--ca-file", ca, "--allow-private", "--auth-host", strings.TrimPrefix(server.URL, "https://")}
	variables := map[string]string{"OTOSCOPE_USER": user, "OTOSCOPE_PASSWORD": password, "HOME": dir, "LANG": "C.UTF-8"}
	command := func(args ...string) string {
		t.Helper()
		env := with(variables)
		status := run(t.Context(), args, env)
		out := env.stdout.(*bytes.Buffer).String() + env.stderr.(*bytes.Buffer).String()
		if status == statusInterrupted || len(out) == 0 {
			t.Fatalf("%v: status %d, %q", args, status, out)
		}
		hasNone(t, strings.Join(args[:2], " "), []byte(out), secrets)
		return out
	}
	for _, format := range []string{"text", "json", "csv", "junit"} {
		command(append(append([]string{"verify", "--format", format, "-v"}, common...), addresses...)...)
	}
	command(append(append([]string{"batch", "--db", db, "-v", "--no-progress"}, common...), manifest)...)
	for _, args := range [][]string{{"--rows"}, {"--format", "json"}, {"--format", "json", "--summary"}, {"--format", "json", "--detail"}, {"--format", "csv"}, {"--format", "junit"}} {
		command(append([]string{"results", "--db", db}, args...)...)
	}
	if rows := command("results", "--db", db, "--format", "json"); strings.Count(rows, "***") < 10 || !strings.Contains(rows, "Denied: ") {
		t.Errorf("what the server said is not quoted: %s", rows)
	}
	files, err := filepath.Glob(db + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hasNone(t, filepath.Base(name), content, secrets)
	}
}

func hasNone(t *testing.T, where string, content []byte, secrets []string) {
	t.Helper()
	for _, secret := range secrets {
		if i := bytes.Index(content, []byte(secret)); i >= 0 {
			t.Errorf("%s holds %q: ...%q...", where, secret, content[max(i-80, 0):min(i+80, len(content))])
		}
	}
}
