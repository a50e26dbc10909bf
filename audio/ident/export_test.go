package ident

// Synthesise makes n samples of an ident from a time in seconds on, at a speed.
func Synthesise(i Ident, rate, n int, from, speed float64) []float32 {
	return synthesise(i, rate, n, from, speed)
}

// ChipsOfHalf is how many chips half a word has.
const ChipsOfHalf = halfChips

// Chip is a chip of an ident's word, +1 or −1.
func (i Ident) Chip(slot, band int) int {
	w := i.word()
	return 2*int(w.chip(slot, band)) - 1
}

// At lowers the threshold, so that chance can be counted.
func (l *Listener) At(threshold float64) *Listener {
	l.threshold = threshold
	return l
}

// Scores are the scores of all hits so far.
func (l *Listener) Scores() (all []float64) {
	for _, hits := range l.hits {
		for _, h := range hits {
			all = append(all, h.score)
		}
	}
	return all
}
