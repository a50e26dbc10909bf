package evaluate_test

import (
	"testing"

	"github.com/otoscope/otoscope/verify/evaluate"
)

// Labels with left and right exchanged are distinguished from bad luck and from silence.
func TestContradicted(t *testing.T) {
	for _, tt := range []struct {
		right, calls int
		want         bool
	}{{0, 0, false}, {0, 3, false}, {0, 8, true}, {10, 50, true}, {20, 50, false}, {50, 50, false}} {
		if got := evaluate.Contradicted(tt.right, tt.calls); got != tt.want {
			t.Errorf("%d of %d right: %v", tt.right, tt.calls, got)
		}
	}
}
