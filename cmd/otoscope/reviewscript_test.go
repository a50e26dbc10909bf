package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// answerAtDesk starts a desk, comes in by its first link, gives answers, and closes the desk by an interruption:
//
//	desk NAME=ANSWER,NAME=ANSWER:NOTE otoscope review FLAGS...
//
// NAME=listen gives no answer; it prints whether the recording can be heard. What the desk prints is what the command prints, without the token.
func answerAtDesk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: desk ANSWERS COMMAND...")
	}
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	c := exec.Command(path, args[2:]...)
	c.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "LANG", "OTOSCOPE_DB", "OTOSCOPE_REVIEW_PASSWORD", "OTOSCOPE_USER", "OTOSCOPE_PASSWORD"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	out, err := c.StdoutPipe()
	ts.Check(err)
	c.Stderr = ts.Stderr()
	ts.Check(c.Start())
	ended := false
	defer func() {
		if !ended {
			c.Process.Kill()
			c.Wait()
		}
	}()
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	ts.Check(err)
	_, link, named := strings.Cut(strings.TrimSpace(line), ": ")
	if !named {
		link = strings.TrimSpace(line)
	}
	address, _, _ := strings.Cut(link, "/enter")
	io.WriteString(ts.Stdout(), strings.ReplaceAll(strings.Split(line, "token=")[0], address, "ADDRESS")+"\n")

	jar, err := cookiejar.New(nil)
	ts.Check(err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Jar: jar, Transport: transport, Timeout: 20 * time.Second}
	ask := func(path string, body any) []byte {
		var answer *http.Response
		var err error
		if body == nil {
			answer, err = client.Get(address + path)
		} else {
			text, _ := json.Marshal(body)
			answer, err = client.Post(address+path, "application/json", bytes.NewReader(text))
		}
		ts.Check(err)
		defer answer.Body.Close()
		b, err := io.ReadAll(answer.Body)
		ts.Check(err)
		if answer.StatusCode != http.StatusOK {
			ts.Fatalf("%s: %s %s", path, answer.Status, b)
		}
		return b
	}
	ask(strings.TrimPrefix(link, address), nil)
	var page struct {
		Rows []struct {
			Key  int64
			Name string
		}
	}
	ts.Check(json.Unmarshal(ask("/api/list", nil), &page))
	for _, given := range strings.Split(args[0], ",") {
		name, word, _ := strings.Cut(given, "=")
		word, note, _ := strings.Cut(word, ":")
		found := false
		for _, r := range page.Rows {
			if r.Name == name && word == "listen" {
				fmt.Fprintf(ts.Stdout(), "%s %s\n", name, ask(fmt.Sprintf("/api/recordings/%d/sound", r.Key), nil))
				found = true
			} else if r.Name == name {
				ask("/api/open", map[string]any{"key": r.Key})
				ask("/api/answer", map[string]any{"key": r.Key, "answer": word, "note": note})
				found = true
			}
		}
		if !found && name != "" {
			ts.Fatalf("%s is not on the list: %v", name, page.Rows)
		}
	}
	ts.Check(c.Process.Signal(os.Interrupt))
	rest, _ := io.ReadAll(lines)
	ts.Stdout().Write(rest)
	ended = true
	if got := status(ts, c.Wait()); got != statusInterrupted {
		ts.Fatalf("exit status %d, want %d", got, statusInterrupted)
	}
}
