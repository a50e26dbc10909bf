package report_test

import (
	"context"
	"log"
	"os"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
)

// A recording is verified from any reader and told in one line.
func ExampleText() {
	recording, err := os.Open("../../testdata/call-dual-mono.wav")
	if err != nil {
		log.Fatal(err)
	}
	defer recording.Close()

	verdict, err := verify.Verify(context.Background(), recording,
		verify.Case{Reference: "call-dual-mono.wav", Declaration: declare.Default()}, verify.MeasureOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := report.Text(os.Stdout, verdict, report.Options{Brief: true}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// call-dual-mono.wav: UNUSABLE — both channels carry the same sound
}

// What could not be verified is a verdict, too.
func ExampleJSON() {
	verdict := verify.ErrorVerdict(verify.Case{Reference: "call.wav"}, verify.StageFetch, os.ErrNotExist)
	verdict.Version, verdict.Profile = "v1.2.3", "builtin-1"
	if err := report.JSON(os.Stdout, verdict, report.Options{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"schema":1,"recording":"call.wav","outcome":"error","declared":null,"heard":null,"log10_lr":0,"prior":0.5,"confidence":null,"evidence":[],"findings":[],"left":null,"right":null,"measures":null,"bytes":0,"duration_s":0,"version":"v1.2.3","profile":"builtin-1","error":{"stage":"fetch","message":"file does not exist"}}
}
