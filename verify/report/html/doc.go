// Package html makes web pages and pictures of what package report has to say. A page is one
// file that needs nothing but itself: no network, no other file. [WriteRecording] writes the page
// for one recording, [WriteBatch] that for many.
//
// The parts of a page can be used by themselves:
//
//	picture.go   a call as a picture: waveforms, speech, and what is marked where
//	ledger.go    the evidence as bars to the left and to the right
//	player.go    sound, with the left channel, the right one, or both
//	plot.go      figures on two axes
//	svg.go       any of these as SVG; png.go: as PNG
//	document.go  the frame of every page: stylesheet, scripts, content security policy
//
// A picture is a [Scene] of few shapes. On a page its colours come from the stylesheet, for
// light and dark; a picture by itself has them inside ([Scene.SVG]).
//
// Everything that a recording, a manifest or a person named is escaped by html/template, or,
// inside a picture, as XML text. The content security policy lets no other script or style run
// than the ones that are part of otoscope.
package html
