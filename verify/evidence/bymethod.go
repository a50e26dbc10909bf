package evidence

import "github.com/otoscope/otoscope/verify/declare"

// byMethod are weights by recording method. A method without a weight gives no evidence.
type byMethod map[declare.Method]float64

// when returns the weight on calls of one direction, and 0 on others.
func (w byMethod) when(d declare.Direction, f declare.Facts) float64 {
	if f.Direction != d {
		return 0
	}
	return w[f.RecordedBy]
}
