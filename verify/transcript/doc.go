// Package transcript reads transcripts of any maker into turns by channel.
//
// What a transcript declares about roles ("Agent", "Customer") is no
// evidence of who is heard and is not read. Words are personal data: a
// transcript is weighed and forgotten, and its text is never stored.
package transcript
