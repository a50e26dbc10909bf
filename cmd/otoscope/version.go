package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
)

// VersionOptions are the flags of "otoscope version".
type VersionOptions struct {
	output outputOptions
}

func newVersionCommand(env environment) *cobra.Command {
	o := &VersionOptions{}
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the schema and profile of its results",
		Long: `Version prints what a result says it was made by: the version and revision of
otoscope, the schema numbers of verdicts and measurements, and the profile by
which evidence is weighed.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{message: "version takes no arguments"}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return runVersion(env, o) },
	}
	c.Flags().StringVar(&o.output.format, "format", "text", "write `FORMAT`: text or json")
	complete(c, "format", "text", "json")
	return c
}

// versionInfo is what is known of this program.
type versionInfo struct {
	Version      string `json:"version"`
	Revision     string `json:"revision,omitempty"`
	Modified     bool   `json:"modified,omitempty"` // built from a tree with changes
	Go           string `json:"go"`
	Platform     string `json:"platform"`
	Schema       int    `json:"schema"`
	Measurements int    `json:"measurements_schema"`
	Profile      string `json:"profile"`
}

func version() versionInfo {
	v := versionInfo{
		Version: verify.Version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Schema: verify.Schema, Measurements: measurement.Schema, Profile: evidence.Builtin().Name,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func runVersion(env environment, o *VersionOptions) error {
	if err := o.output.check(); err != nil {
		return err
	}
	v := version()
	if o.output.json() {
		return escape.Encode(env.stdout, v)
	}
	revision := v.Revision
	switch {
	case revision == "":
		revision = "unknown"
	case v.Modified:
		revision += ", with changes"
	}
	_, err := fmt.Fprintf(env.stdout, "otoscope %s\nrevision %s\n%s %s\nverdicts schema %d, measurements schema %d\nprofile %s\n",
		v.Version, revision, v.Go, v.Platform, v.Schema, v.Measurements, v.Profile)
	return err
}
