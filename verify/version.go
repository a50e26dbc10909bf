package verify

import "runtime/debug"

// modulePath is the name of this module in a build's information.
const modulePath = "github.com/otoscope/otoscope"

// Version is the version of otoscope in the build: the module's version, with the commit if
// the build knows it, or "devel" if it knows neither.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	version, revision := "", ""
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == modulePath {
			version = m.Version
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && info.Main.Path == modulePath {
			revision = s.Value[:min(12, len(s.Value))]
		}
	}
	switch {
	case version != "" && version != "(devel)":
		return version
	case revision != "":
		return "devel-" + revision
	default:
		return "devel"
	}
}
