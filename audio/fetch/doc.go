// Package fetch turns a reference to a recording (an https URL, a path, a
// Twilio recording SID, or "-") into its bytes: authenticated, bounded and
// resumable.
package fetch
