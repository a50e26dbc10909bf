package meter

// The average spectrum is kept apart for classes of level, because which of
// them are speech is known only after the pass.
const (
	lineClasses  = 20
	classWidthDB = 5
)

// inUse is the share of the speech's energy that lies below the bandwidth.
const inUse = 0.995

// lineSpectrum averages the power spectrum of a channel by frame level.
type lineSpectrum struct {
	power [lineClasses][]float64
}

func newLineSpectrum(bins int) lineSpectrum {
	var l lineSpectrum
	all := make([]float64, lineClasses*bins)
	for c := range l.power {
		l.power[c], all = all[:bins:bins], all[bins:]
	}
	return l
}

func (l *lineSpectrum) add(power []float32, f frame) {
	if f.quiet {
		return
	}
	sum := l.power[class(f.level)]
	sum = sum[:len(power)]
	for i, p := range power {
		sum[i] += float64(p)
	}
}

// class is the level class of a frame, 0 the loudest.
func class(level float64) int {
	return max(0, min(lineClasses-1, int(-level/classWidthDB)))
}

// bandwidth is the frequency in Hz below which 99.5 % of the energy lies in
// frames of at least the level of the weakest speech; 0 where there are none.
func (l *lineSpectrum) bandwidth(binHz float64, weakest Level) float64 {
	if weakest == 0 {
		return 0
	}
	speech := make([]float64, len(l.power[0]))
	var total float64
	for c := range class(float64(weakest)) + 1 {
		for i, p := range l.power[c] {
			speech[i] += p
			total += p
		}
	}
	var below float64
	for i, p := range speech {
		if below += p; below >= inUse*total && total > 0 {
			return float64(i) * binHz
		}
	}
	return 0
}
