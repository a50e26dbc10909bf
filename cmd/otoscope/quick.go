package main

import (
	"maps"
	"slices"

	"github.com/otoscope/otoscope/verify/acquire"
)

const quickUsage = "read no more of a recording than the verdict needs: its beginning, then windows spread over it; all of it where they do not decide or show anything odd"

// checkQuick finds what --quick contradicts: flags, given or not, that need the whole recording.
func checkQuick(quick bool, r *recognizeOptions, whole map[string]bool) error {
	if !quick {
		return nil
	}
	for _, flag := range slices.Sorted(maps.Keys(whole)) {
		if whole[flag] {
			return &usageError{sentence{Message: "--" + flag + " needs the whole recording, and --quick reads a part", Advice: "Leave one of them out"}}
		}
	}
	if r.name != "" && r.when == string(acquire.Always) {
		return &usageError{sentence{Message: "--recognize always needs the whole recording, and --quick reads a part", Advice: "Leave out --quick, or recognise only what stays undecided"}}
	}
	return nil
}
