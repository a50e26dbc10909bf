// Package music finds music, as on hold: sinusoids that hold their frequency.
//
//	music.go         a byte for every 120 ms: how many sinusoids hold
//	musicstretch.go  where music plays
//	beat.go          where it goes on with drums alone
package music
