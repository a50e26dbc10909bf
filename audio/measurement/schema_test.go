package measurement_test

import (
	"encoding/json"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
)

// What schema 2 stored is read as what it meant.
func TestOlderSchemaIsRead(t *testing.T) {
	const stored = `{"schema":2,"left":{"line":{"lowest_hz":250,"bandwidth_hz":3400,"tilt_db_per_octave":-7,"g711_grid":"mu"}},"right":{"line":{"band_low_hz":300,"band_high_hz":3900}}}`
	var m measurement.Measurements
	if err := json.Unmarshal([]byte(stored), &m); err != nil {
		t.Fatal(err)
	}
	if l := m.Left.Line; l.BandLowHz != 250 || l.BandHighHz != 3400 || l.TiltDBPerOctave != -7 || l.G711 != "mu" {
		t.Errorf("schema 2 gives %+v", l)
	}
	if l := m.Right.Line; l.BandLowHz != 300 || l.BandHighHz != 3900 {
		t.Errorf("schema 3 gives %+v", l)
	}
	if err := json.Unmarshal([]byte(`{"left":{"line":{"lowest_hz":"low"}}}`), &m); err == nil {
		t.Error("a word was taken for a frequency")
	}
	for schema, want := range map[int64]bool{0: false, 1: false, 2: true, measurement.Schema: true, measurement.Schema + 1: false} {
		if measurement.Readable(schema) != want {
			t.Errorf("schema %d can be judged from: want %v", schema, want)
		}
	}
}
