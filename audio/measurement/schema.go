package measurement

import (
	"encoding/json"
	"fmt"
)

// Schema is the number under which Measurements are stored. It changes whenever a
// field changes its name or its meaning.
//
//	3  band_low_hz and band_high_hz in place of lowest_hz and bandwidth_hz, which
//	   named a band's upper end a bandwidth; every figure is rounded
//	2  the first that was stored by a release
const Schema = 3

// oldestSchema is the oldest schema whose measurements mean what today's do.
const oldestSchema = 2

// Readable reports whether a verdict can be judged from measurements that were
// stored under a schema: they mean the same, whatever their keys were called.
func Readable(schema int64) bool { return schema >= oldestSchema && schema <= Schema }

// UnmarshalJSON reads the line under every schema that is readable.
func (l *Line) UnmarshalJSON(b []byte) error {
	type plain Line // without this method
	read := struct {
		*plain
		LowestHz    *float64 `json:"lowest_hz"`    // schema 2
		BandwidthHz *float64 `json:"bandwidth_hz"` // schema 2
	}{plain: (*plain)(l)}
	if err := json.Unmarshal(b, &read); err != nil {
		return fmt.Errorf("reading what was measured of a line: %w", err)
	}
	if read.LowestHz != nil {
		l.BandLowHz = *read.LowestHz
	}
	if read.BandwidthHz != nil {
		l.BandHighHz = *read.BandwidthHz
	}
	return nil
}
