//go:build !amd64 || purego

package dsp

import "testing"

// eachWay runs a test the one way there is.
func eachWay(t *testing.T, test func(t *testing.T)) { t.Run("plain", test) }
