package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/evidence"
	"github.com/otoscope/otoscope/verify/report"
)

// VersionOptions are the flags of "otoscope version".
type VersionOptions struct {
	format formatFlag
}

func newVersionCommand(env environment) *cobra.Command {
	o := &VersionOptions{}
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the schemas and profile of its results",
		Long: `Version prints the version and revision of otoscope, the schema numbers of
verdicts and measurements, and the built-in profile that weighs the evidence.

EXIT STATUS

  0  the version was printed
  2  wrong usage`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{sentence{Message: "version takes no arguments"}}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return runVersion(env, o) },
	}
	o.format.can = func(f report.Format) bool { return f.Build != nil }
	o.format.add(c.Flags())
	o.format.complete(c)
	return c
}

// version is the build information of this program.
func version() report.Build {
	v := report.Build{
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
	format, err := o.format.read()
	if err != nil {
		return err
	}
	return write(env, format.Build, version())
}
