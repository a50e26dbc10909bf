package html

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page/*
var parts embed.FS

// read gives an embedded file.
func read(name string) string {
	text, err := parts.ReadFile("page/" + name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return string(text)
}

// A document is the frame of a page.
type document struct {
	Title   string
	Policy  template.HTMLAttr
	Style   template.CSS
	Scripts []template.JS
	Body    any
}

// write writes a page: the frame, and in it the template of a name with body.
func write(w io.Writer, name, title string, body any, scripts ...string) error {
	d := document{Title: title, Body: body, Style: template.CSS(read("page.css"))} // it is a part of otoscope
	for _, s := range scripts {
		d.Scripts = append(d.Scripts, template.JS(read(s))) // the same
	}
	d.Policy = policy(d)
	t, err := template.New("frame.tmpl").Funcs(functions()).ParseFS(parts, "page/frame.tmpl", "page/parts.tmpl", "page/"+name)
	if err != nil {
		return fmt.Errorf("reading the template of the page: %w", err)
	}
	if err := t.Execute(w, d); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// policy is the content security policy (CSP Level 3) of a page: it loads nothing, and nothing
// runs on it but the scripts and the stylesheet that it has in it, told by their hashes.
func policy(d document) template.HTMLAttr {
	hashed := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	scripts := []string{"'none'"}
	for i, s := range d.Scripts {
		if i == 0 {
			scripts = nil
		}
		scripts = append(scripts, hashed(string(s)))
	}
	return template.HTMLAttr(fmt.Sprintf(`content="default-src 'none'; style-src %s; script-src %s; img-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'"`, // nothing in it is from outside
		hashed(string(d.Style)), strings.Join(scripts, " ")))
}

// functions are those of the templates.
func functions() template.FuncMap { return template.FuncMap{"labelled": labelled} }

// labelled gives a table its name for who cannot see it.
func labelled(t Table, label string) any {
	return struct {
		Table Table
		Label string
	}{t, label}
}
