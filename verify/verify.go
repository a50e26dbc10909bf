// Package verify decides whether the channels of a recording carry whom they
// were declared to carry: bytes and a declaration in, a verdict out. It knows
// nothing of HTTP.
package verify
