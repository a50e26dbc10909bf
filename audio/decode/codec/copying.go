package codec

// Copying says how a recording is copied bit by bit, and what its copy says of itself: texts of an
// INFO list (Multimedia Programming Interface and Data Specifications 1.0, 1991), each "" for none.
type Copying struct {
	Exchange bool   // the channels change places
	Software string // ISFT: the program that made the copy
	Source   string // ISRC: what it was made of
	Comment  string // ICMT: what was done
}
