package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/otoscope/otoscope/audio/fetch"
)

// needs says what a process must be allowed to do, and must have, to work on the
// rows of a chunk. What the batch allows travels with its rows this way. Rows with
// different needs are in different chunks, and those in different queues, so that
// a process fetches only jobs that it may and can do.
type needs string

const (
	needsNothing needs = ""
	// needsPrivate: the batch allows addresses in private networks.
	needsPrivate needs = "private"
	// needsUnknown is that of rows stored by a version that did not note it. Only
	// who runs their batch takes them, under its own permissions.
	needsUnknown needs = "unknown"
	// needsFiles is followed by the name of the host that read the manifest: the
	// batch allows paths, which lead to a file there.
	needsFiles needs = "files on "
)

// host gives the host that has the files, "" where none are needed.
func (n needs) host() string {
	host, files := strings.CutPrefix(string(n), string(needsFiles))
	if !files {
		return ""
	}
	return host
}

// queueName gives each batch its queues, one for each of its needs: who
// runs a batch takes no recording of another's, under other credentials and limits.
func queueName(batch int64, n needs) string {
	switch {
	case n == needsUnknown:
		return fmt.Sprintf("otoscope_batch_%d", batch) // as that version named it
	case n.host() != "":
		sum := sha256.Sum256([]byte(n.host()))
		return fmt.Sprintf("otoscope_%d_files_%s", batch, hex.EncodeToString(sum[:8]))
	case n == needsPrivate:
		return fmt.Sprintf("otoscope_%d_private", batch)
	}
	return fmt.Sprintf("otoscope_%d", batch)
}

// needsOf says what a reference needs, under what its batch allows. One that is
// not allowed needs nothing: every process can say so.
func needsOf(reference, host string, allowPaths, allowPrivate bool) needs {
	ref, err := fetch.ParseUntrusted(reference)
	switch {
	case err != nil:
		return needsNothing
	case ref.IsPath():
		if allowPaths {
			return needsFiles + needs(host)
		}
		return needsNothing
	case allowPrivate:
		return needsPrivate
	}
	return needsNothing
}

// hostname is what this machine is called, where its files are concerned.
func hostname() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "unknown"
	}
	return bounded(host)
}
