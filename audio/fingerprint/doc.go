// Package fingerprint finds known audio in a recording, such as a recording notice, a
// greeting or a queue prompt. A file of the audio and the samples of a channel go in; a
// match with its time and score comes out.
//
//	notice, err := fingerprint.Read("notice.wav", file)
//	…
//	m := fingerprint.NewMatcher(8000, []*fingerprint.Print{notice}) // one per channel
//	for /* every block */ {
//		m.Add(samples)
//	}
//	matches := m.Finish() // one per print
//
// The sound is reduced to 64 bits every 20 ms. Each bit says whether a band of 47 Hz is
// stronger, relative to its neighbours, than in the second around it. This describes the
// harmonics and formants of the voice, and ignores level, equalisation and most of what a
// codec does. The signs of differences between bands survive where the values do not:
// Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002).
//
//	plain.go        what another decoder has to read becomes a WAV file
//	print.go        from a file to the bits to look for, at seven speeds
//	spectrum.go     from samples at 8 kHz to the logarithms of the bands' energies
//	fingerprint.go  from these to bits
//	search.go       compares the bits of a print with those of a channel
//	glance.go       makes that fast
//	alignment.go    joins what was found of a print's parts into one match
//
// The score of a match is how many standard deviations the agreement at the best place
// lies above that at other places of the same channel. The result is exactly the same for
// both channels of a recording and for any block size. Memory does not grow with the
// recording.
//
// The package recognises a recording, not its words. People do not repeat a sentence with
// the same timing to within a few hundredths of a second over three seconds; a speech
// synthesiser does. So the same words from the same synthetic voice count as the same
// audio, and so, in part, do other words that share a phrase. Voices of one synthesiser
// that differ only in filter and pitch (such as the variants of espeak-ng) match each
// other; voices with different timing (such as those of flite) do not.
package fingerprint
