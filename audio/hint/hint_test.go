package hint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"
)

func TestTheFirstAdviceInTheTreeCounts(t *testing.T) {
	inner := &hint.Error{Message: "the file is empty", Advice: "look at what wrote it"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"nothing", nil, ""},
		{"an error without advice", errors.New("x"), ""},
		{"itself", inner, "look at what wrote it"},
		{"wrapped", fmt.Errorf("row 3: %w", inner), "look at what wrote it"},
		{"an outer one without advice", &hint.Error{Message: "row 3", Cause: inner}, "look at what wrote it"},
		{"an outer one with its own", &hint.Error{Message: "row 3", Advice: "mend row 3", Cause: inner}, "mend row 3"},
	} {
		if got := hint.Of(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
