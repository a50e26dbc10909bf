package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/otoscope/otoscope/verify"
)

// A row is an entry that is ready to store.
type row struct {
	id, recording string // recording: secrets removed
	number        int64
	byReference   bool   // it has no id, and is known by its recording
	formerID      string // what an earlier version would have called it then
	identity      string // of the recording: see identify
	plain         bool   // recording tells all of it but a signature, and is no file's
	file          bool   // the reference is a file's path
	reference     string // the whole of it: a secret
	pick          string
	agent         string
	groups        map[string]string
	facts         facts
	factsJSON     []byte
	factsDigest   string
	sounds        []sound // known audio that the facts name
	digest        string  // of all that a verdict says except the sound
	err           error   // why there is nothing to verify
	stage         verify.Stage
	kind          string // of that error; "": badRowKind
}

// seal computes the digests that detect changes.
func (r *row) seal() {
	r.factsJSON, _ = json.Marshal(r.facts) // plain types: there is nothing that cannot be marshalled
	r.factsDigest = digest(r.factsJSON)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%q\n", r.factsDigest, r.agent)
	for _, name := range slices.Sorted(maps.Keys(r.groups)) {
		fmt.Fprintf(&b, "%q=%q\n", name, r.groups[name])
	}
	if r.err != nil {
		fmt.Fprintf(&b, "%q\n", r.err.Error())
	}
	r.digest = digest(b.Bytes())
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// MaxKeyBytes bounds, in bytes, words that are stored unchanged and used in searches, such
// as a batch's name: PostgreSQL indexes no text beyond some 2,700 bytes.
const MaxKeyBytes = 1000

// bounded cuts text that is too long for an index. A hash of the whole text preserves its
// identity.
func bounded(s string) string {
	if len(s) <= MaxKeyBytes {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	cut := MaxKeyBytes - 24
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..." + hex.EncodeToString(sum[:8])
}
