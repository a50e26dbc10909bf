package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// needs are the permissions and files that a process must have to work on the rows of a
// chunk. They carry the batch's permissions with its rows. Rows with different needs are in
// different chunks and different queues, so that a process fetches only jobs that it may and
// can do.
type needs string

const (
	needsNothing needs = ""
	// needsPrivate: the batch allows addresses in private networks.
	needsPrivate needs = "private"
	// needsUnknown marks rows stored by a version that did not record their needs. Only the
	// process that runs their batch takes them, under its own permissions.
	needsUnknown needs = "unknown"
	// needsFiles is followed by the name of the host that read the manifest: the batch
	// allows paths, which refer to files there.
	needsFiles needs = "files on "
	// needsPrivateFiles is followed by the name of that host, too: the recording may be at an
	// address in a private network, and its transcript is a file.
	needsPrivateFiles needs = "private, and files on "
)

// host returns the host that has the files, "" if none are needed.
func (n needs) host() string {
	for _, files := range []needs{needsFiles, needsPrivateFiles} {
		if host, ok := strings.CutPrefix(string(n), string(files)); ok {
			return host
		}
	}
	return ""
}

// private reports whether addresses in private networks may be needed.
func (n needs) private() bool {
	return n == needsPrivate || strings.HasPrefix(string(n), string(needsPrivateFiles))
}

// withFiles adds that a row needs files of a host apart from its recording.
func (n needs) withFiles(host string) needs {
	switch {
	case n.host() != "":
		return n
	case n.private():
		return needsPrivateFiles + needs(host)
	}
	return needsFiles + needs(host)
}

// queueName returns the queue of a batch for one of its needs. A process that runs one batch
// never takes recordings of another, with other credentials and limits.
func queueName(batch int64, n needs) string {
	switch {
	case n == needsUnknown:
		return fmt.Sprintf("otoscope_batch_%d", batch) // as that version named it
	case n.host() != "":
		sum := sha256.Sum256([]byte(n.host()))
		if n.private() {
			return fmt.Sprintf("otoscope_%d_private_files_%s", batch, hex.EncodeToString(sum[:8]))
		}
		return fmt.Sprintf("otoscope_%d_files_%s", batch, hex.EncodeToString(sum[:8]))
	case n == needsPrivate:
		return fmt.Sprintf("otoscope_%d_private", batch)
	}
	return fmt.Sprintf("otoscope_%d", batch)
}

// needsOf returns the needs of a reference, given the permissions of its batch. A forbidden
// reference needs nothing: every process can report it.
func needsOf(reference, host string, allowPaths, allowPrivate bool) needs {
	where, err := locate(reference)
	if err != nil {
		return needsNothing
	}
	n, files := needsNothing, false
	for _, ref := range where.all() {
		switch {
		case ref.IsPath():
			files = files || allowPaths
		case allowPrivate:
			n = needsPrivate
		}
	}
	if files {
		return n.withFiles(host)
	}
	return n
}

// hostname is the name of this machine as the owner of its files.
func hostname() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "unknown"
	}
	return bounded(host)
}
