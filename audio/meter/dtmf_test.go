package meter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/measurement"
)

const allKeys = "0123456789*#ABCD"

// pressed says how keys are pressed: seconds on and off, the level of the low tone in dBm0, how
// far the high tone is above it, and how far each is off in frequency.
type pressed struct {
	on, off    float64
	level      float64
	twist      float64
	offLow     float64
	offHigh    float64
	noiseBelow float64 // dB under the pair; 0 for a floor of −65 dBov
}

// dial makes a channel with the keys pressed, each at another phase of the frames.
func (p pressed) dial(keys string, rate int, rng *rand.Rand) *sound {
	s := &sound{rate: rate}
	s.silence(0.3)
	for i := range len(keys) {
		row, column := keyHz(keys[i])
		s.sines(p.on, []float64{row * (1 + p.offLow), column * (1 + p.offHigh)}, []float64{p.level, p.level + p.twist})
		s.silence(p.off + 0.02*rng.Float64())
	}
	s.silence(0.3)
	floor := -65.0
	if p.noiseBelow != 0 {
		pair := dBm0(p.level) * dBm0(p.level) / 2 * (1 + math.Pow(10, p.twist/10))
		floor = 10*math.Log10(pair) - p.noiseBelow
	}
	s.noise(floor, rng)
	return s
}

// TestKeys prints how many keys are recognised under the conditions of ITU-T Q.24 and beyond.
func TestKeys(t *testing.T) {
	quick := pressed{on: 0.040, off: 0.050, level: -15}
	usual := pressed{on: 0.100, off: 0.100, level: -15}
	with := func(p pressed, change func(*pressed)) pressed { change(&p); return p }
	const all, none, any = 1, 0, -1
	rows := []struct {
		name string
		pressed
		line string
		want float64 // share recognised: at least 99 % of it, or at most 1 %
	}{
		{"100 ms", usual, "", all},
		{"40 ms on, 50 ms off", quick, "", all},
		{"35 ms", with(quick, func(p *pressed) { p.on = 0.035 }), "", any},
		{"20 ms", with(quick, func(p *pressed) { p.on = 0.020 }), "", none},
		{"-5 dBm0", with(quick, func(p *pressed) { p.level = -5 }), "", all},
		{"-25 dBm0", with(quick, func(p *pressed) { p.level = -25 }), "", all},
		{"-35 dBm0", with(quick, func(p *pressed) { p.level = -35 }), "", all},
		{"-45 dBm0", with(quick, func(p *pressed) { p.level = -45 }), "", any},
		{"high tone 4 dB above", with(quick, func(p *pressed) { p.twist = 4 }), "", all},
		{"high tone 8 dB below", with(quick, func(p *pressed) { p.twist = -8 }), "", all},
		{"high tone 9 dB above", with(quick, func(p *pressed) { p.twist = 9 }), "", none},
		{"high tone 13 dB below", with(quick, func(p *pressed) { p.twist = -13 }), "", none},
		{"+1.5 %", with(quick, func(p *pressed) { p.offLow, p.offHigh = 0.015, 0.015 }), "", all},
		{"-1.5 %", with(quick, func(p *pressed) { p.offLow, p.offHigh = -0.015, -0.015 }), "", all},
		{"+2.5 %", with(quick, func(p *pressed) { p.offLow, p.offHigh = 0.025, 0.025 }), "", any},
		{"+3.5 %", with(quick, func(p *pressed) { p.offLow, p.offHigh = 0.035, 0.035 }), "", none},
		{"-3.5 %", with(quick, func(p *pressed) { p.offLow, p.offHigh = -0.035, -0.035 }), "", none},
		{"low tone +3.5 %", with(quick, func(p *pressed) { p.offLow = 0.035 }), "", none},
		{"noise 20 dB below", with(quick, func(p *pressed) { p.noiseBelow = 20 }), "", all},
		{"noise 15 dB below", with(quick, func(p *pressed) { p.noiseBelow = 15 }), "", any},
		{"noise 15 dB below, 60 ms", with(quick, func(p *pressed) { p.on, p.noiseBelow = 0.06, 15 }), "", all},
		{"noise 12 dB below, 100 ms", with(usual, func(p *pressed) { p.noiseBelow = 12 }), "", any},
		{"over G.711 µ-law", quick, "G.711 µ-law", all},
		{"over G.711 µ-law, -35 dBm0", with(quick, func(p *pressed) { p.level = -35 }), "G.711 µ-law", all},
		{"over G.711 A-law, telephone band", quick, "G.711 A-law, telephone band", all},
		{"over 3 bits a sample", usual, "3 bits a sample, as in GSM", all},
		{"over 3 bits a sample, 50 ms", with(quick, func(p *pressed) { p.on = 0.05 }), "3 bits a sample, as in GSM", any},
	}
	for _, r := range rows {
		rng := rand.New(rand.NewPCG(1, 2))
		dialled := strings.Repeat(allKeys, 8)
		s := r.dial(dialled, 8000, rng)
		for _, l := range lineKinds {
			if l.name == r.line {
				s.x = l.apply(s.x, rng)
			}
		}
		got := s.hear(t).Digits()
		heard, wrong := compare(dialled, got)
		t.Logf("%-34s %4d pressed %6.1f%% heard, %d wrong", r.name, len(dialled), 100*heard, wrong)
		if r.want == all && heard < 0.99 || r.want == none && heard > 0.01 {
			t.Errorf("%s: %.1f %% heard", r.name, 100*heard)
		}
		if wrong > 0 {
			t.Errorf("%s: %d keys that nobody pressed", r.name, wrong)
		}
	}
}

// compare gives the share of dialled keys that were recognised in their order, and the number of
// extra ones.
func compare(dialled, got string) (heard float64, wrong int) {
	common := make([][]int, len(dialled)+1)
	common[0] = make([]int, len(got)+1)
	for i := range dialled {
		common[i+1] = make([]int, len(got)+1)
		for j := range got {
			common[i+1][j+1] = max(common[i][j+1], common[i+1][j])
			if dialled[i] == got[j] {
				common[i+1][j+1] = max(common[i+1][j+1], common[i][j]+1)
			}
		}
	}
	n := common[len(dialled)][len(got)]
	return float64(n) / float64(len(dialled)), len(got) - n
}

// TestKeysWithinLimits: every key dialled within the limits of Q.24 is recognised, with its time
// to within 10 ms.
func TestKeysWithinLimits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := pressed{
			on:      rapid.Float64Range(0.040, 0.3).Draw(r, "on"),
			off:     rapid.Float64Range(0.050, 0.3).Draw(r, "off"),
			level:   rapid.Float64Range(-30, -5).Draw(r, "level"),
			twist:   rapid.Float64Range(-8, 4).Draw(r, "twist"),
			offLow:  rapid.Float64Range(-0.015, 0.015).Draw(r, "low tone off by"),
			offHigh: rapid.Float64Range(-0.015, 0.015).Draw(r, "high tone off by"),
		}
		dialled := rapid.StringOfN(rapid.RuneFrom([]rune(allKeys)), 1, 12, -1).Draw(r, "keys")
		rate := rapid.SampledFrom([]int{8000, 11025, 16000, 22050, 44100, 48000}).Draw(r, "rate")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		got := p.dial(dialled, rate, rng).hear(t)
		if got.Digits() != dialled {
			r.Fatalf("dialled %q, heard %q", dialled, got.Digits())
		}
		for _, k := range got.Tones {
			if length := k.End - k.Start; math.Abs(length-p.on) > 0.012 {
				r.Fatalf("key %s: %.3f s long, pressed for %.3f s", k.Detail, length, p.on)
			}
		}
	})
}

// TestKeysOutsideLimits: a pair with one tone off by 3.5 % or more is not a key.
func TestKeysOutsideLimits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		// Rows are 10 % apart: beyond 6 %, the limits of the next row begin.
		off := rapid.Float64Range(0.035, 0.06).Draw(r, "off") * rapid.SampledFrom([]float64{-1, 1}).Draw(r, "sign")
		p := pressed{on: rapid.Float64Range(0.02, 0.5).Draw(r, "on"), off: 0.1, level: rapid.Float64Range(-30, -5).Draw(r, "level")}
		if rapid.Bool().Draw(r, "low tone") {
			p.offLow = off
		} else {
			p.offHigh = off
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		if got := p.dial(allKeys, 8000, rng).hear(t).Digits(); got != "" {
			r.Fatalf("heard %q", got)
		}
	})
}

// TestTalkOff: no key in hours of speech and music, nor any tone in speech: the
// recordings of testdata at 12 pitches and speeds, and composed music.
func TestTalkOff(t *testing.T) {
	longTable(t)
	t.Parallel()
	var hours float64
	keys, tones := 0, map[measurement.ToneKind]int{}
	for _, l := range labels(t) {
		left, right := load(t, l.File)
		for i := range 12 {
			speed := 0.7 * math.Pow(2, float64(i)/12)
			m := listen(t, faster(left, speed), faster(right, speed))
			hours += 2 * m.DurationS / 3600
			for _, ch := range []measurement.Channel{m.Left, m.Right} {
				keys += len(ch.Digits())
				for _, tone := range ch.Tones {
					tones[tone.Kind]++
					t.Logf("%s at %.2f times the speed: %+v", l.File, speed, tone)
				}
			}
		}
	}
	t.Logf("%.1f hours of speech: %d keys, tones %v", hours, keys, tones)
	if keys > 0 || len(tones) > 0 {
		t.Error("tones in speech")
	}
	hours, keys = 0, 0
	for i, s := range styles {
		for j := range 2 {
			piece := compose(s, 20, -20, rand.New(rand.NewPCG(uint64(i), uint64(j)+20)))
			for k := range 5 {
				x := faster(piece, 0.8*math.Pow(2, float64(k)/8))
				m := listen(t, x, make([]float32, len(x)))
				hours += m.DurationS / 3600
				keys += len(m.Left.Digits())
			}
		}
	}
	t.Logf("%.1f hours of music: %d keys", hours, keys)
	if keys > 0 {
		t.Error("keys in music")
	}
}

// TestTonesAtAllRates: the sample rate of a recording does not change its tones.
func TestTonesAtAllRates(t *testing.T) {
	var reference []measurement.Tone
	for _, rate := range []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000} {
		s := &sound{rate: rate}
		s.silence(0.5)
		s.tone(2, -15, 440, 480)
		s.silence(4)
		s.tone(2, -15, 440, 480)
		s.silence(1)
		for _, k := range []byte("42#") {
			s.key(k, 0.08, -12)
			s.silence(0.08)
		}
		s.silence(1)
		for _, hz := range []float64{950, 1400, 1800} {
			s.tone(0.33, -15, hz)
		}
		s.silence(1)
		s.tone(0.5, -20, 1400)
		s.silence(1)
		got := s.hear(t).Tones
		if reference == nil {
			reference = got
			t.Logf("%d Hz: %+v", rate, got)
			if kinds := kindsOf(got); !slices.Equal(kinds, []string{"ringback North America", "key 4", "key 2", "key #", "sit ", "beep 1400 Hz"}) {
				t.Fatalf("heard %q", kinds)
			}
			continue
		}
		if !slices.Equal(kindsOf(got), kindsOf(reference)) {
			t.Errorf("%d Hz: %q, at 8000 Hz %q", rate, kindsOf(got), kindsOf(reference))
			continue
		}
		for i := range got {
			if math.Abs(got[i].Start-reference[i].Start) > 0.009 || math.Abs(got[i].End-reference[i].End) > 0.009 {
				t.Errorf("%d Hz: %+v, at 8000 Hz %+v", rate, got[i], reference[i])
			}
		}
	}
}

func kindsOf(tones []measurement.Tone) []string {
	var out []string
	for _, tone := range tones {
		out = append(out, fmt.Sprintf("%s %s", tone.Kind, tone.Detail))
	}
	return out
}
