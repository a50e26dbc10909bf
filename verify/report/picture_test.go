package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report"
	"github.com/otoscope/otoscope/verify/report/html"
)

// wellFormed reads a picture as XML.
func wellFormed(t *testing.T, picture string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Pictures of all verdicts are well-formed, as SVG and as PNG of one size.
func TestPicturesAreWellFormed(t *testing.T) {
	event, facts := eventful()
	poisoned, _ := eventful()
	poison(reflect.ValueOf(&poisoned), hostileWord+hostile)
	for name, scene := range map[string]*html.Scene{
		"eventful": report.Picture(event, facts), "hostile": report.Picture(poisoned, facts),
		"mono": report.Picture(mono(), declare.Facts{}), "error": report.Picture(failed(), declare.Facts{}),
	} {
		wellFormed(t, scene.SVG())
		var b bytes.Buffer
		if err := scene.PNG(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		picture, err := png.Decode(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if width := picture.Bounds().Dx(); width != 2400 {
			t.Errorf("%s: the picture is %d pixels wide", name, width)
		}
	}
}

// Speech has the colour of the party heard, which changes with the sides.
func TestSpeechHasTheColourOfTheParty(t *testing.T) {
	straight, exchanged := report.Picture(matching(), declare.Facts{}).SVG(), report.Picture(swapped(), declare.Facts{}).SVG()
	for _, tt := range []struct {
		picture string
		left    string
	}{{straight, `>customer</text>`}, {exchanged, `>agent</text>`}} {
		left, right := strings.Index(tt.picture, ">Left</text>"), strings.Index(tt.picture, ">Right</text>")
		if left < 0 || right < left || !strings.Contains(tt.picture[left:right], tt.left) {
			t.Errorf("the left lane does not say %s", tt.left)
		}
	}
	if undecidedPicture := report.Picture(undecided(), declare.Facts{}).SVG(); strings.Contains(undecidedPicture, ">customer</text>") {
		t.Error("a picture of an undecided call names a party")
	}
}

// What was not heard of a recording is marked, under both channels; of one that was heard whole, nothing is.
func TestPictureMarksWhatWasNotHeard(t *testing.T) {
	v := matching()
	whole := report.Picture(v, declare.Facts{}).SVG()
	m := *v.Measurements
	m.Part = &measurement.Part{WholeS: v.DurationS, Spans: []measurement.Segment{{End: 5}, {Start: 10, End: v.DurationS - 0.01}}}
	v.Measurements = &m
	part := report.Picture(v, declare.Facts{}).SVG()
	_, marks, found := strings.Cut(part, ">░ not heard</text>")
	if !found || strings.Contains(whole, "not heard") {
		t.Fatalf("the mark is there for a part: %v; for the whole: %v", found, strings.Contains(whole, "not heard"))
	}
	if n := strings.Count(marks, `<rect `); n != 1 {
		t.Errorf("%d stretches are marked, want 1", n)
	}
	// Both lanes are shaded there, so that they do not look silent.
	if n := strings.Count(part, `<rect `) - strings.Count(whole, `<rect `); n != 3 {
		t.Errorf("the picture of a part has %d boxes more, want 3", n)
	}
}
