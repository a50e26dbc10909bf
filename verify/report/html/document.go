package html

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
)

//go:embed page
var parts embed.FS

// read gives an embedded file.
func read(name string) string {
	text, err := parts.ReadFile("page/" + name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return string(text)
}

// A Page is a page made of the parts.
type Page struct {
	Title string
	// Templates define "body", which is executed with Body. They may use the templates of
	// page/parts.tmpl.
	Templates fs.FS
	Body      any
	// Scripts run at the end of the page, in order.
	Scripts []string
	// Style is more of the stylesheet.
	Style string
	// Served says that a server gives out the page: it may ask that server, play sound from it
	// and send forms to it.
	Served bool
}

// PlayerScript works the player of page/parts.tmpl.
func PlayerScript() string { return read("player.js") }

// document is what the frame shows.
type document struct {
	Title   string
	Policy  template.HTMLAttr
	Style   template.CSS
	Scripts []template.JS
	Body    any
	Served  bool
}

// Write writes the page.
func (p Page) Write(w io.Writer) error {
	d := document{Title: p.Title, Body: p.Body, Served: p.Served, Style: template.CSS(read("page.css") + p.Style)} // a part of otoscope, as the scripts are
	for _, s := range p.Scripts {
		d.Scripts = append(d.Scripts, template.JS(s))
	}
	d.Policy = policy(d, p.Served)
	t, err := template.New("frame.tmpl").Funcs(functions()).ParseFS(parts, "page/frame.tmpl", "page/parts.tmpl")
	if err != nil {
		return fmt.Errorf("reading the parts of the page: %w", err)
	}
	if t, err = t.ParseFS(p.Templates, "*.tmpl"); err != nil {
		return fmt.Errorf("reading the template of the page: %w", err)
	}
	if err := t.Execute(w, d); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// Fragments are templates together with those of page/parts.tmpl, for what stands inside a page.
func Fragments(templates fs.FS) (*template.Template, error) {
	t, err := template.New("fragments").Funcs(functions()).ParseFS(parts, "page/parts.tmpl")
	if err == nil {
		t, err = t.ParseFS(templates, "*.tmpl")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the parts of the page: %w", err)
	}
	return t, nil
}

// body gives the templates of one of the folders in page.
func body(name string) fs.FS {
	folder, err := fs.Sub(parts, "page/"+name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return folder
}

// policy is the content security policy (CSP Level 3) of a page: it loads nothing, save from its own
// server if there is one, and nothing runs on it but the scripts and the stylesheet that it has in
// it, told by their hashes.
func policy(d document, served bool) template.HTMLAttr {
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
	sources := "media-src data: blob:; form-action 'none'"
	if served {
		sources = "media-src 'self'; connect-src 'self'; form-action 'self'"
	}
	return template.HTMLAttr(fmt.Sprintf(`content="default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; %s"`, // nothing in it is from outside
		hashed(string(d.Style)), strings.Join(scripts, " "), sources))
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
