// Package child runs other programs: a recogniser of speech, a decoder. A child gets no
// credentials, is killed with all that it started, and is not believed: what it writes is bounded,
// and what it says is quoted only in a form that cannot act on a terminal.
package child
