package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// byteSize is a number of bytes on the command line: "64M", "1.5GiB", "1000000".
// As with dd and du, K, M, G and T are powers of 1024; KB, MB, GB and TB are
// powers of 1000.
type byteSize int64

func (s *byteSize) Set(text string) error {
	parts := regexp.MustCompile(`(?i)^([0-9]+(?:\.[0-9]+)?) *([kmgt]?)(i?b?)$`).FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return &usageError{sentence{Message: "not a size", Advice: "Write a number of bytes, or one with a unit, such as 500MB or 2GiB"}}
	}
	number, err := strconv.ParseFloat(parts[1], 64)
	if err != nil {
		return &usageError{sentence{Message: "not a size"}}
	}
	base := 1024.0
	if strings.EqualFold(parts[3], "b") && parts[2] != "" {
		base = 1000
	}
	bytes := number * math.Pow(base, float64(1+strings.Index("kmgt", strings.ToLower(parts[2]))))
	if parts[2] == "" {
		bytes = number
	}
	switch {
	case bytes < 1:
		return &usageError{sentence{Message: "that leaves no room for a recording"}}
	case bytes > math.MaxInt64/2:
		return &usageError{sentence{Message: "too large for any file system"}}
	}
	*s = byteSize(bytes)
	return nil
}

// byteSpeed is a number of bytes a second, or 0 for no bound on it.
type byteSpeed struct{ byteSize }

func (s *byteSpeed) Set(text string) error {
	if strings.TrimSpace(text) == "0" {
		s.byteSize = 0
		return nil
	}
	return s.byteSize.Set(text)
}

func (s *byteSize) Type() string { return "SIZE" }

func (s *byteSize) String() string {
	for i, unit := range []string{"TiB", "GiB", "MiB", "KiB"} {
		if power := byteSize(1) << (40 - 10*i); *s >= power && *s%power == 0 {
			return fmt.Sprintf("%d%s", *s/power, unit)
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}
