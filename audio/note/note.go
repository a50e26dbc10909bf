// Package note holds remarks on a recording that could be used all the same, made by
// packages fetch and decode. Each code is also the code of a finding.
package note

// A Code names a kind of note. Codes are a contract: programs match on them.
type Code string

// What is odd about how a recording was fetched.
const (
	PublicRecording    Code = "public_recording"     // anybody who knows the address can have it
	ExposureNotChecked Code = "exposure_not_checked" // whether that is so could not be found out
	UpgradedToHTTPS    Code = "upgraded_to_https"    // the address said http
	PlainHTTP          Code = "plain_http"           // it came unencrypted
	FetchedAsWAV       Code = "fetched_as_wav"       // the address named another form
	MonoFallback       Code = "mono_fallback"        // two channels were refused
)

// What is odd about its bytes.
const (
	Truncated         Code = "truncated"          // it ends before the size its header gives
	SizeUnknown       Code = "size_unknown"       // the header gives no size; it was read to its end
	NotANumber        Code = "not_a_number"       // samples that are not finite numbers were read as 0
	LeadingBytes      Code = "leading_bytes"      // bytes that are no part of it stand before it
	TrailingRecording Code = "trailing_recording" // another recording stands behind it and was left out
	WrongEncoding     Code = "wrong_encoding"     // its samples are not what its header says
	ByteOrder         Code = "byte_order"         // the bytes of its samples are exchanged
	Malformed         Code = "malformed"          // it breaks the format in a way that leaves its samples certain
	DamagedFrames     Code = "damaged_frames"     // parts of it cannot be decoded; silence stands in their place
	LengthDiffers     Code = "length_differs"     // it is longer or shorter than its header says
	Downmixed         Code = "downmixed"          // its encoder kept one channel in place of two
	ChecksumDiffers   Code = "checksum_differs"   // its samples are not those that its checksum was made of
)

// A Note is one remark.
type Note struct {
	Code   Code
	Detail string // a sentence for a person
	Places []Span // where in the recording it is; empty if that is everywhere, or unknown
}

// A Span is a part of a recording, in seconds from its start.
type Span struct{ FromS, ToS float64 }
