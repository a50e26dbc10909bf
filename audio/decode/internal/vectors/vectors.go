// Package vectors keeps the committed test vectors of a format equal to what its tests build.
package vectors

import (
	"bytes"
	"os"
	"testing"
)

// Committed fails the test if a file is not what was built. With OTOSCOPE_WRITE_VECTORS set it writes
// the file.
func Committed(t testing.TB, name string, want []byte) {
	t.Helper()
	if os.Getenv("OTOSCOPE_WRITE_VECTORS") != "" {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the builder makes (%v); write the vectors again with testdata/make vectors", name, err)
	}
}
