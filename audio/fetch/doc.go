// Package fetch turns a reference to a recording into its bytes.
//
// [Parse] reads a reference that a person typed: an https URL, a path, a Twilio
// recording SID, or "-". [ParseUntrusted] reads one that came from task
// attributes or a manifest. [New] makes a client, and [Client.Get] hands the
// recording to a function of yours:
//
//	client, err := fetch.New(fetch.Options{Credentials: credentials})
//	...
//	result, err := client.Get(ctx, ref, func(r io.Reader) error { return decode(r) })
//
// The promise that Get keeps: if it returns no error, the last call of your
// function was given the recording's bytes, all of them, in order and from one
// and the same version of the recording, however often the download broke off.
//
// # What is sent, and where to
//
// A credential goes only to the scheme, host and port it belongs to, over TLS
// (this computer excepted). Redirects are followed five times at most, never
// from https to http; a credential does not follow to another origin and does
// not come back from one, and no request has a Referer. Where a reference was
// untrusted or a redirect left the host that a person typed, connections are
// made to public addresses only, which is decided on the address that is about
// to be connected to, after the name was resolved. A redirect within the typed
// host and port (or from its port 80 to its port 443) is the typed host's own
// affair and may stay in a private network. Through a proxy only the proxy sees
// that address: see Options.Proxy.
//
// # Failures
//
// Answers 202, 408, 425, 429 and 5xx and broken connections are tried again after
// a growing, jittered pause; Retry-After is honoured up to a cap. A download that
// others named has to keep to a least speed and to a bound on the whole of it: see
// Options.MinSpeed and Options.Timeout; one whose server keeps it waiting tells
// Options.Aside. A body that came compressed, although nobody asked for that, is
// decompressed and never resumed. A body that
// breaks off is resumed with Range and If-Range where the answer had a strong
// ETag or a Last-Modified; otherwise your function is called again from the
// start. An error is a sentence of type *[Error], with a hint; an error of your
// own function comes back as a *[SinkError].
//
// # Notes
//
// Result.Notes tell, by code, what a verdict should mention:
//
//   - mono_fallback: two channels of a Twilio recording were refused, one was fetched
//   - public_recording: the recording is sent without credentials as well
//   - exposure_not_checked: why that could not be told
//   - upgraded_to_https: the address began with http:// and was fetched over https
//   - fetched_as_wav: the address named another form of the recording than .wav
//   - plain_http: the recording came unencrypted
//
// # What is quoted
//
// Errors, notes and log records quote what servers say, without the credentials
// and the query values that they were told, plain or encoded. Of the content of a
// path that nobody typed nothing should be quoted: see [Reference.NoQuote].
//
// Nothing secret is in what this package prints: references, results, notes,
// errors and log records are without user information and query values, and
// control characters in them are escaped.
package fetch
