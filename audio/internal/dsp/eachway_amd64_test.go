//go:build !purego

package dsp

import "testing"

// eachWay runs a test with the wide loops and without them.
func eachWay(t *testing.T, test func(t *testing.T)) {
	if wide {
		t.Run("wide", test)
	}
	before := wide
	wide = false
	defer func() { wide = before }()
	t.Run("plain", test)
}
