package level

import (
	"testing"

	"github.com/zaf/g711"
)

func TestGridHasExactlyTheLevelsOfG711(t *testing.T) {
	mu, a := map[uint32]bool{}, map[uint32]bool{}
	for code := range 256 {
		m := int(g711.DecodeUlawFrame(uint8(code)))
		mu[uint32(max(m, -m))] = true
		m = int(g711.DecodeAlawFrame(uint8(code)))
		a[uint32(max(m, -m))] = true
	}
	codes := map[string]map[int]bool{"mu": {}, "a": {}}
	for m := range uint32(32769) {
		onMu, onA := onMuLaw(m), onALaw(m)
		if (onMu >= 0) != mu[m] || (onA >= 0) != a[m] {
			t.Fatalf("magnitude %d: µ-law %v, A-law %v", m, onMu >= 0, onA >= 0)
		}
		if onMu >= 0 {
			codes["mu"][onMu] = true
		}
		if onA >= 0 {
			codes["a"][onA] = true
		}
		if onMu > 127 || onA > 127 {
			t.Fatalf("magnitude %d has the number %d or %d", m, onMu, onA)
		}
	}
	if len(codes["mu"]) != 128 || len(codes["a"]) != 128 {
		t.Fatalf("%d and %d different numbers, not 128", len(codes["mu"]), len(codes["a"]))
	}
}
