package batch

import (
	"regexp"
	"strings"

	"github.com/otoscope/otoscope/verify"
)

var (
	placeInManifest = regexp.MustCompile(`^row \d+( \(line \d+\))?: `)
	inQuotes        = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	anyNumber       = regexp.MustCompile(`\b\d+(\.\d+)?\b`)
	anyAddress      = regexp.MustCompile(`https?://[^\s"]+`)
	status          = regexp.MustCompile(`\b[1-5]\d\d \(`)
)

// reasonOf is an error without the parts that belong to one row: the recording's name,
// quoted text, and numbers other than an HTTP status. Rows that failed for one reason have
// the same value.
func reasonOf(v verify.Verdict) string {
	text := placeInManifest.ReplaceAllString(v.Error.Message, "")
	for _, name := range append([]string{v.Recording}, strings.Split(v.Recording, verify.BetweenFiles)...) {
		if name != "" {
			text = strings.ReplaceAll(text, name, "...")
		}
	}
	text = anyAddress.ReplaceAllString(text, "...")
	text = inQuotes.ReplaceAllString(text, `"..."`)
	kept := status.FindString(text)
	text = anyNumber.ReplaceAllStringFunc(text, func(n string) string {
		if kept != "" && strings.HasPrefix(kept, n+" ") {
			return n
		}
		return "N"
	})
	return bounded(text)
}
