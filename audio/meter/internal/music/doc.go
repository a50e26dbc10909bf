// Package music finds music, such as music on hold, by sinusoids that keep their frequency.
//
//	music.go         one byte per 120 ms: how many sinusoids hold
//	musicstretch.go  where music plays
//	beat.go          where it continues with drums alone
package music
