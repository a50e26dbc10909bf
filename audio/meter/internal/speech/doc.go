// Package speech finds in the frame log where somebody speaks, and derives what follows from it.
//
//	walk.go          each frame against the floor and the talker around it
//	activity.go      stretches of speech
//	noisefloor.go    the noise between them, and the noise before the line is there
//	comfortnoise.go  noise that changes where the speech ends: comfort noise, a gate
//	blank.go         stretches of digital silence, and how loud the sound is that they cut off
//	gate.go          how loud the sound is that digital silence cuts
//	conversation.go  turns, double talk, mutual silence, response latencies
package speech
