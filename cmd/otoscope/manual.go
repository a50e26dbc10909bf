package main

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/otoscope/otoscope/verify/report"
)

// pages are the manual. Each page is a file: its name is the topic, and its first heading is
// the title.
//
//go:embed docs/*.md
var pages embed.FS

// A topic is one page of the manual.
type topic struct {
	name, title string
	file        string // in pages
}

// text is the whole page. Most commands need none, and every command lists the titles.
func (t topic) text() string {
	text, err := pages.ReadFile(t.file)
	if err != nil {
		panic(err) // topics has just named it
	}
	return string(text)
}

func topics() []topic {
	names, err := fs.Glob(pages, "docs/*.md")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var all []topic
	for _, name := range names {
		all = append(all, topic{strings.TrimSuffix(path.Base(name), ".md"), strings.TrimPrefix(heading(name), "# "), name})
	}
	return all
}

// heading is the first line of a page.
func heading(page string) string {
	f, err := pages.Open(page)
	if err != nil {
		panic(err) // Glob has just named it
	}
	defer f.Close()
	line, err := bufio.NewReaderSize(f, 128).ReadString('\n')
	if err != nil {
		panic(err) // a page is more than a line
	}
	return strings.TrimSuffix(line, "\n")
}

// newTopicCommands turns each page into a help topic, not a command.
func newTopicCommands(env environment) []*cobra.Command {
	var all []*cobra.Command
	for _, t := range topics() {
		c := &cobra.Command{Use: t.name, Short: t.title}
		c.SetHelpFunc(func(*cobra.Command, []string) {
			if err := showPage(env, t.text()); err != nil {
				fmt.Fprintln(env.stderr, "otoscope help: "+err.Error())
			}
		})
		all = append(all, c)
	}
	return all
}

// showPage shows a page: on a terminal wrapped and through a pager, elsewhere as plain
// Markdown.
func showPage(env environment, text string) error {
	if !isTerminal(env.stdout) {
		_, err := io.WriteString(env.stdout, text)
		return err
	}
	pager := strings.Fields(env.getenv("PAGER"))
	if len(pager) == 0 {
		pager = []string{"less", "-FRX"}
	}
	name, err := exec.LookPath(pager[0])
	if err != nil || env.getenv("TERM") == "dumb" {
		return report.Manual(env.stdout, text, env.report())
	}
	c := exec.Command(name, pager[1:]...)
	c.Stdout, c.Stderr = env.stdout, env.stderr
	in, err := c.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting the pager: %w", err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("starting the pager: %w", err)
	}
	_ = report.Manual(in, text, env.report()) // who leaves the pager early has read enough
	in.Close()
	return c.Wait()
}

// shouted finds the headings of a command's long help.
var shouted = regexp.MustCompile(`(?m)^([A-Z][A-Z ]+)$`)

// writeManPages writes a man page for each command (section 1) and for each
// page of the manual (section 7) into a folder.
func writeManPages(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for man pages: %w", err)
	}
	topical := map[string]bool{}
	for _, t := range topics() {
		topical[t.name] = true
		page := fmt.Sprintf("%% OTOSCOPE-%s 7\n\n# NAME\n\notoscope-%s - %s\n\n%s", strings.ToUpper(t.name), t.name, t.title, afterHeading(t.text()))
		file := filepath.Join(dir, "otoscope-"+t.name+".7")
		if err := os.WriteFile(file, md2man.Render([]byte(page)), 0o644); err != nil {
			return fmt.Errorf("writing a man page: %w", err)
		}
	}
	for _, c := range root.Commands() {
		if topical[c.Name()] {
			root.RemoveCommand(c)
		}
	}
	root.DisableAutoGenTag = true
	asMarkdown(root)
	if err := doc.GenManTree(root, &doc.GenManHeader{Title: "OTOSCOPE", Section: "1", Source: "otoscope " + version().Version, Manual: "otoscope"}, dir); err != nil {
		return fmt.Errorf("writing the man pages: %w", err)
	}
	return nil
}

func afterHeading(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}

// asMarkdown turns the headings of the long help into those of a man page.
func asMarkdown(c *cobra.Command) {
	c.Long = shouted.ReplaceAllString(c.Long, "# $1")
	for _, sub := range c.Commands() {
		asMarkdown(sub)
	}
}
