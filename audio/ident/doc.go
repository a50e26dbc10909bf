// Package ident makes and hears idents: planted signals that are played into a test call from each
// side, so that who is on which channel is known and not inferred.
//
//	x := ident.Make(ident.Ident{Party: ident.A, ID: 1}, 8000) // to be played
//
//	l := ident.NewListener(binHz, bins, scale)                // one a channel
//	for /* every 80 ms */ {
//		if loud := l.Loud(level); loud {
//			l.Spectrum(power, loud)
//		} else {
//			l.Quiet(level)
//		}
//	}
//	heard := l.Finish(levels)
//
// # The signal
//
// Networks suppress tones, so an ident is like speech: a buzz whose pitch moves, and which is
// shaped by bands that open and close as syllables do. Between 300 and 3400 Hz (ITU-T G.712) lie
// eight bands of 387.5 Hz. The first party has the 1st, 3rd, 5th and 7th of them, the second party
// the others: both idents can sound at once, on one channel, and each is heard in its own bands.
// In every slot of 160 ms each band of the party is open or closed. A word of 60 slots, 9.6 s,
// is repeated without end; its 240 chips tell four idents a party.
//
// # How it is heard
//
// Two spectra a slot are enough, and the meter takes them anyhow while a channel is loud. A band's
// level, in dB, is compared with its mean over 1.4 s. That leaves out gain, its control, the
// line's response and noise. What remains of a slot and band, limited to ±6 dB, is x; the chip is
// c = ±1. An ident is heard where
//
//	z = Σ c·x / √Σx² ≥ Threshold
//
// over one half of its word (120 chips), or two or three halves that follow each other, at any time,
// and at speeds from 0.95 to 1.05. Ten seconds without any disturbance give a z of 14 and more.
//
// # False recognition
//
// The chips are the first bits of the SHA-256 of the ident's name. Nothing was chosen, so they are
// as independent of what people say, play and key in as the throws of a coin. Then, for any sound
// whatever, Σ c·x is a sum of independent terms ±x, and by Hoeffding's inequality ("Probability
// inequalities for sums of bounded random variables", 1963, theorem 2)
//
//	P(z ≥ t) ≤ exp(−t²/2)
//
// with no assumption about the sound. An hour of a channel has 45,000 spectra; at each of them the
// halves of 8 words are looked for, at 3 speeds, alone or with one or two halves before at 3
// distances: 45,000 · 16 · 3 · 7 = 15 million scores. By the union bound the expected number of false
// recognitions is at most
//
//	15·10⁶ · exp(−7.9²/2) = 4.2·10⁻⁷ an hour of a channel,
//
// one in a million hours of recordings with two channels. See otoscope help idents for the trials.
// The same holds for one ident taken for another, except that here the other sound is known:
// TestIdentsAreFarApart tries all of them at all shifts.
//
//	code.go     the words
//	make.go     from a word to sound
//	listen.go   from spectra to hits: halves of words that were heard
//	heard.go    from hits to idents: when, how loud, at which speed, what was lost
//	envelope.go the levels that a word should have
//
// The package does not know who the parties are.
package ident
