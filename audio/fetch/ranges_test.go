package fetch

import (
	"fmt"
	"net/http"
	"testing"
)

func TestContentRange(t *testing.T) {
	for _, test := range []struct {
		header string
		want   contentRange
		ok     bool
	}{
		{"bytes 0-0/1", contentRange{0, 0, 1}, true},
		{"Bytes 5-9/*", contentRange{5, 9, -1}, true},
		{"bytes */10", contentRange{-1, -1, 10}, true},
		{"bytes  5-9/10 ", contentRange{5, 9, 10}, true},
		{"bytes */*", contentRange{}, false},
		{"bytes 5-4/10", contentRange{}, false},
		{"bytes 5-10/10", contentRange{}, false},
		{"bytes -5/10", contentRange{}, false},
		{"bytes 5-/10", contentRange{}, false},
		{"bytes +5-9/10", contentRange{}, false},
		{"bytes 5-9", contentRange{}, false},
		{"bytes 5-9/", contentRange{}, false},
		{"bytes 5/10", contentRange{}, false},
		{"bytes=5-9/10", contentRange{}, false},
		{"items 5-9/10", contentRange{}, false},
		{"bytes 0-99999999999999999999/*", contentRange{}, false},
		{"", contentRange{}, false},
	} {
		got, ok := parseContentRange(test.header)
		if ok != test.ok || (ok && got != test.want) {
			t.Errorf("parseContentRange(%q) = %v, %t, want %v, %t", test.header, got, ok, test.want, test.ok)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	for _, seed := range []string{"bytes 0-0/1", "bytes */10", "bytes 5-9/*", "bytes 9223372036854775807-9223372036854775807/*", "bytes 5-4/3", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		r, ok := parseContentRange(header)
		if !ok {
			return
		}
		switch {
		case r.first == -1 && r.last == -1:
			if r.total < 0 {
				t.Fatalf("%q = %v", header, r)
			}
		case r.first < 0 || r.last < r.first || (r.total >= 0 && r.last >= r.total) || r.total < -1:
			t.Fatalf("%q = %v", header, r)
		default:
			if r.total < 0 {
				return
			}
			again, ok := parseContentRange(fmt.Sprintf("bytes %d-%d/%d", r.first, r.last, r.total))
			if !ok || again != r {
				t.Fatalf("%q = %v, then %v", header, r, again)
			}
		}
	})
}

func TestStrongValidator(t *testing.T) {
	const early, late = "Mon, 23 Nov 2026 12:00:00 GMT", "Mon, 23 Nov 2026 12:00:01 GMT"
	for _, test := range []struct {
		name                     string
		etag, modified, date, to string
		want                     string
	}{
		{"strong tag", `"v1"`, early, late, "bytes", `"v1"`},
		{"no accept-ranges", `"v1"`, "", "", "", `"v1"`},
		{"ranges refused", `"v1"`, early, late, "None", ""},
		{"weak tag", `W/"v1"`, "", late, "", ""},
		{"weak tag and time", `W/"v1"`, early, late, "", early},
		{"malformed tag", `v1`, "", late, "", ""},
		{"lone quote", `"`, "", late, "", ""},
		{"modified this second", "", late, late, "", ""},
		{"no date", "", early, "", "", ""},
		{"garbage", "", "yesterday", late, "", ""},
		{"nothing", "", "", late, "", ""},
	} {
		h := http.Header{}
		for key, value := range map[string]string{"ETag": test.etag, "Last-Modified": test.modified, "Date": test.date, "Accept-Ranges": test.to} {
			if value != "" {
				h.Set(key, value)
			}
		}
		if got := rangeValidator(h); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
