package measurement

// Ident is a planted signal of package ident that is heard in a channel.
type Ident struct {
	Party string `json:"party"` // a or b
	ID    int    `json:"id"`    // 1 to 4
	// Start and End are from when to when it is heard, to about a second.
	Start float64 `json:"start_s" digits:"2"`
	End   float64 `json:"end_s" digits:"2"`
	// Begins is where the word begins that is heard first, to some thousandths of a second;
	// negative where its beginning is cut off. Where an ident is played from its beginning, that is
	// when it was. Idents repeat their words: differences are known but for multiples of 9.6 s.
	Begins float64 `json:"begins_s" digits:"4"`
	// Score is how clearly it is heard, in standard deviations: 7.9 to about 18.
	Score float64 `json:"score" digits:"1"`
	// Level is that of the ident while it sounds, other sounds included.
	Level Level `json:"level_dbov"`
	// SpeedPPM is by how much it is faster than it was made, in millionths, and SpeedErrorPPM the
	// half-width of its 95 % interval: 0 where too little of it is heard to know the speed better
	// than to two hundredths.
	SpeedPPM      float64 `json:"speed_ppm" digits:"0"`
	SpeedErrorPPM float64 `json:"speed_error_ppm,omitempty" digits:"0"`
	// LostS is for how long it is missing between Start and End.
	LostS float64 `json:"lost_s" digits:"2"`
}
