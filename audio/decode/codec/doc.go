// Package codec holds what the readers of all formats share: the stored format of a
// recording, the options for reading it, notes on what is odd about it, errors, and a
// source of bytes that knows its position.
//
// Callers use package decode, which picks the reader of a format and re-exports these
// names. A package that reads a format takes a [Source] and returns a [Reader].
package codec

// Reader delivers the samples of one recording. It is not safe for concurrent use.
type Reader interface {
	// Format returns how the recording is stored. What a format tells by its last byte alone, such as an
	// average bit rate, is there once Read has returned io.EOF; the rest never changes.
	Format() Format
	// Channels is how many channels Read delivers, 1 or 2.
	Channels() int
	// Read fills left and right with up to len(left) sample frames and returns
	// how many it was. Full scale is 1.0: an n-bit integer sample s is s/2^(n-1)
	// exactly, up to 24 bits, and the nearest float32 beyond. Floating-point
	// samples keep their values, also those beyond full scale.
	//
	// A recording of one channel fills left alone, and right may be nil. Of slices
	// that differ in length the shorter one counts; without room for one frame the
	// error is io.ErrShortBuffer.
	//
	// Read returns n > 0 and nil, or 0 and io.EOF after the last sample, or 0 and
	// another error. A recording that ends early is not an error: Notes says so.
	Read(left, right []float32) (n int, err error)
	// Notes returns what is odd about the recording. It is complete once Read has
	// returned io.EOF.
	Notes() []Note
}

// ReadCloser is a Reader that has to be closed, whether or not it was read to its end.
type ReadCloser interface {
	Reader
	Close() error
}
