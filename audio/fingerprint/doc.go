// Package fingerprint finds known audio in a recording: a recording notice, a
// greeting or a queue prompt of which there is a file.
//
//	notice, err := fingerprint.Read("notice.wav", file)
//	…
//	m := fingerprint.NewMatcher(8000, []*fingerprint.Print{notice}) // one a channel
//	for /* every block */ {
//		m.Add(samples)
//	}
//	matches := m.Finish() // one a print
//
// The sound is reduced to 64 bits every 20 ms. A bit says whether a band of
// 47 Hz stands out from its neighbours more than it does in the second around.
// That is the shape of the voice's harmonics and formants; level, equalisation
// and most of what a codec does are not in it. The idea that the signs of
// differences between bands survive what the values do not is that of Haitsma
// and Kalker, "A Highly Robust Audio Fingerprinting System" (ISMIR 2002).
//
//	print.go        a file to the bits that are looked for, at seven speeds
//	resample.go     any sample rate to 8 kHz, and the speeds
//	spectrum.go     samples to the logarithms of the bands' energies
//	fingerprint.go  these to bits
//	search.go       the bits of a print against those of a channel
//	glance.go       what makes that fast
//	alignment.go    what was found of its parts to one match
//
// A match is told from chance by a score: by how many standard deviations the
// agreement at the best place lies above that at the other places of the same
// channel. It is exactly the same for both channels of a recording, whatever the
// size of the blocks, and the memory does not grow with the recording.
//
// It is the recording that is recognised, not the words. People do not speak a sentence
// twice in the same time, to within some hundredths of a second for three seconds;
// a speech synthesiser does. So the same words spoken again by its voice are the same
// audio, and so are, in part, other words that have a phrase in common. Voices of one
// synthesiser that differ by filter and pitch alone (as the variants of
// espeak-ng) match each other too; voices with a timing of their own (as those
// of flite) do not.
package fingerprint
