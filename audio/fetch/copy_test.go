package fetch

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A copy holds what the server has, also where the download began again, and leaves nothing behind.
func TestACopyIsTheWholeRecording(t *testing.T) {
	want, dir := recording(50_000), t.TempDir()
	s := serve(t, true, cutting([]int{20_000, 30_000}, func(w http.ResponseWriter, r *http.Request) { w.Write(want) }))
	c, err := newClient(t, hasty(s)).Copy(t.Context(), mustParse(t, s.URL), dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := io.ReadAll(c.Reader())
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(got, want) {
			t.Errorf("%d bytes were kept", len(got))
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	_, err = newClient(t, hasty(s)).Copy(t.Context(), mustParse(t, "https://no.such.host.invalid/"), dir)
	failed(t, err)
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 {
		t.Errorf("%q is left (%v)", left, err)
	}
	if _, err := newClient(t, hasty(s)).Copy(t.Context(), mustParse(t, s.URL), filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}

// What was printed with its secrets replaced is told from an address that can be fetched.
func TestMaskedAddressesAreTold(t *testing.T) {
	for _, s := range []string{
		"https://example.com/call.wav", "https://example.com/a...", "call=***.wav", "RE0123456789abcdef0123456789abcdef",
		"https://example.com/call.wav?RequestedChannels=2", "https://example.com/call.wav?sig=abc", "https://example.com/call.wav?abc",
		"https://example.com/" + strings.Repeat("a", 500), "https://example.com/" + strings.Repeat("%C3%A4", 200),
	} {
		ref := mustParse(t, s)
		if ref.IsMasked() {
			t.Errorf("%s counts as masked", s)
		}
		printed := mustParse(t, ref.String())
		if same := printed.Whole() == ref.Whole(); same == printed.IsMasked() {
			t.Errorf("%s is printed as %s: masked %v", s, printed, printed.IsMasked())
		}
	}
}
