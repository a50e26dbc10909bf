package main

import "testing"

func TestByteSize(t *testing.T) {
	tests := map[string]byteSize{
		"1": 1, "4096": 4096, "12b": 12, " 7 ": 7,
		"1k": 1024, "1K": 1024, "1KiB": 1024, "1kb": 1000, "1 KB": 1000,
		"1.5M": 3 << 19, "500MB": 500_000_000, "2GiB": 2 << 30, "1g": 1 << 30, "1TB": 1e12, "1T": 1 << 40,
	}
	for text, want := range tests {
		var got byteSize
		if err := got.Set(text); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "k", "-1", "0", "0.1", "1e9", "1PB", "12Q", "1 000", "0x10", "8388608T", "NaN"} {
		var got byteSize
		if err := got.Set(text); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

// A displayed default is valid input.
func FuzzByteSize(f *testing.F) {
	for _, seed := range []string{"1", "64M", "1.5GiB", "1000000", "1TB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again byteSize
		if s.Set(text) != nil {
			return
		}
		if s < 1 {
			t.Errorf("%q is %d", text, s)
		}
		if err := again.Set(s.String()); err != nil || again != s {
			// A count beyond 2^53 is not an exact float64 and may come back rounded.
			if s < 1<<53 {
				t.Errorf("%q is %d, shown as %s, read as %d (%v)", text, s, s.String(), again, err)
			}
		}
	})
}
