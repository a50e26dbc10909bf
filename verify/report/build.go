package report

import (
	"fmt"
	"io"
)

// A Build says which otoscope gives results, and by which rules.
type Build struct {
	Version      string `json:"version"`
	Revision     string `json:"revision,omitempty"`
	Modified     bool   `json:"modified,omitempty"` // built from a tree with changes
	Go           string `json:"go"`
	Platform     string `json:"platform"`
	Schema       int    `json:"schema"`
	Measurements int    `json:"measurements_schema"`
	Profile      string `json:"profile"`
}

func buildText(w io.Writer, b Build, _ Options) error {
	revision := b.Revision
	switch {
	case revision == "":
		revision = "unknown"
	case b.Modified:
		revision += ", with changes"
	}
	_, err := fmt.Fprintf(w, "otoscope %s\nrevision %s\n%s %s\nverdicts schema %d, measurements schema %d\nprofile %s\n",
		b.Version, revision, b.Go, b.Platform, b.Schema, b.Measurements, b.Profile)
	return err
}
