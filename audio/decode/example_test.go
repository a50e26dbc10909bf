package decode_test

import (
	"fmt"

	"github.com/otoscope/otoscope/audio/decode"
)

// Of a file with more channels than two, two are picked, the left one first.
func ExampleParsePick() {
	pick, err := decode.ParsePick("3,1")
	fmt.Println(pick, err)
	_, err = decode.ParsePick("left,right")
	fmt.Println(err)
	// Output:
	// [3 1] <nil>
	// "left,right" is not two channel numbers
}
