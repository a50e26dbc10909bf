// Package fetch downloads recordings. A reference goes in; the bytes of the recording
// come out, through a function that you pass.
//
//	client, err := fetch.New(fetch.Options{Credentials: credentials})
//	…
//	ref, err := fetch.Parse("https://recordings.example.com/17.wav")
//	…
//	result, err := client.Get(ctx, ref, func(r io.Reader) error { return decode(r) })
//
// [Parse] reads a reference that a person typed: an https URL, a path, a Twilio recording
// SID, or "-" for standard input. [ParseUntrusted] reads one from task attributes or a
// manifest. [New] makes a client, and [Client.Get] passes the recording to your function.
//
// [Client.TwilioDocument] requests a JSON document of Twilio's API under the same rules; package
// fetch/twilio reads them.
//
// Get makes one promise: if it returns no error, the last call of your function got all bytes of
// the recording, in order, and from a single version of it, however often the download broke off.
//
// [Client.GetParts] fetches only those parts that are asked for, from a server or file that gives
// ranges, and otherwise the beginning. All parts are from a single version, too.
//
// # Where credentials and requests go
//
// A credential goes only to the scheme, host and port that it belongs to, and only over
// TLS (except to this computer). At most five redirects are followed, none of them from
// https to http. A credential does not follow a redirect to another origin and does not
// come back from one. No request has a Referer.
//
// If a reference is untrusted, or a redirect left the host that a person typed, the client
// connects only to public addresses. It checks the address after name resolution. A redirect
// within the typed host and port (or from its port 80 to its port 443) may stay in a private
// network. Through a proxy, only the proxy sees the address: see [Options].Proxy.
//
// # Failures
//
// Get retries after the statuses 202, 408, 425, 429 and 5xx and after a broken connection.
// Pauses grow and are jittered; Retry-After is honoured up to a cap. A body that breaks
// off is resumed with Range and If-Range if the answer had a strong ETag or a
// Last-Modified; otherwise your function is called again from the start. A body that came
// compressed without request is decompressed and never resumed.
//
// A download whose address somebody else chose must keep a minimum speed and finish in a limited
// time: see [Options].MinSpeed and [Options].Timeout. While a server keeps a download waiting, the
// client calls [Options].Aside.
//
// An error is a sentence of type *[Error], with a hint. An error from your own function
// comes back as a *[SinkError].
//
// # Notes
//
// [Result].Notes has what a verdict should mention, by code:
//
//   - mono_fallback: Twilio has no two-channel version, so one channel was fetched
//   - public_recording: the recording can be fetched without credentials
//   - exposure_not_checked: why that could not be checked
//   - upgraded_to_https: the URL began with http:// and was fetched over https
//   - fetched_as_wav: the URL named another form of the recording than .wav
//   - plain_http: the recording was fetched unencrypted
//
// # Secrets
//
// Nothing that this package prints contains a secret. References, results, notes, errors
// and log records omit user information and query values, and escape control characters.
// When they quote a server, they mask the credentials and query values that it was sent,
// plain or encoded. The content of a path that nobody typed should not be quoted at all:
// see [Reference.NoQuote].
package fetch
