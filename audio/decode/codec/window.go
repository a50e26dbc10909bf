package codec

// Windowed is a Reader whose format can be read from any position: what is needed of a long
// recording can be had without the rest. Its header says where the samples are, and a window of
// the file's bytes is read by itself.
type Windowed interface {
	Reader
	// Span says where in a file of size bytes the samples are. ok is false where only reading to
	// the end shows it.
	Span(size int64) (s Span, ok bool)
	// Window reads those of the bytes b of the file, which begin at byte at, that are whole frames
	// of samples or whole packets. It keeps b. first is the number of the first frame that it
	// delivers, from the start of the recording: exact where the format counts its frames, and
	// otherwise as far as the bytes before it show. A window in which nothing can be read gives an
	// error.
	Window(at int64, b []byte) (r Reader, first int64, err error)
}

// Span is where the samples of a recording are.
type Span struct {
	Begin, End int64 // bytes of the file, End not included
	Frames     int64 // sample frames in all; as near as the header tells
	Lead       int64 // bytes that a window needs before the first frame that it delivers
}
