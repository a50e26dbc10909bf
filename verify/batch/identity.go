package batch

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// noRecording is the identity of a row without a recording.
const noRecording = "-"

// identify names the recording of a row by a keyed hash of its whole reference, including
// secrets. Each database has its own key. The hash may be part of an exported id; without
// the key nobody can use it to guess signatures.
//
// A row without an id is identified by its reference. If the printed reference hides the
// part that distinguishes it from others, the hash stands beside it.
func (r *row) identify(key []byte) {
	r.identity = noRecording
	where, err := locate(r.reference)
	if r.reference == "" || err != nil {
		return
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(where.identity()))
	r.identity = hex.EncodeToString(mac.Sum(nil)[:16])
	r.file = where.isPath()
	told := where.tellsAll()
	r.plain = told && !r.file && where.files == nil
	if r.byReference {
		r.formerID = r.id
		if !told {
			r.id = bounded(r.id + "#" + r.identity[:12])
		}
	}
}

// tellsAll reports whether the printed reference leaves out nothing but a signature.
func tellsAll(ref fetch.Reference) bool {
	unsigned, err := fetch.ParseUntrusted(ref.Identity())
	return err == nil && unsigned.String() == unsigned.Identity()
}

// identityKey is the name of the secret that keys the hashes of identities.
const identityKey = "identity"

// secretKey returns the database's own key. The first request creates it.
func (s *Store) secretKey(ctx context.Context, t db.Statements) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	if _, err := t.Exec(ctx, `INSERT INTO otoscope_secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, identityKey, hex.EncodeToString(key)); err != nil {
		return nil, err
	}
	var text string
	if _, err := db.One(ctx, t, `SELECT value FROM otoscope_secrets WHERE name = ?`, []any{identityKey}, &text); err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("the database's key of identities cannot be read: %w", err)
	}
	return key, nil
}

// same reports whether a row names the same recording as before. Rows that an earlier
// version stored have no identity: they are the same if nothing was hidden.
func (r *row) same(old *former) bool {
	if old.identity == "" {
		return r.plain && old.recording == r.recording
	}
	return old.identity == r.identity
}
