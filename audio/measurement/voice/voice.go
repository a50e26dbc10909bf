// Package voice compares voice summaries: it says how different two talkers sound, with
// their telephones and lines.
package voice

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/otoscope/otoscope/audio/measurement"
	"gonum.org/v1/gonum/mat"
)

// Gaussian is a model's distribution: of the cepstral coefficients, and of
// their slopes, whose mean is zero.
type Gaussian struct {
	Mean       [measurement.VoiceOrder]float64
	Covariance *mat.SymDense
	Slopes     *mat.SymDense // covariance
}

const (
	correlations  = measurement.VoiceOrder * (measurement.VoiceOrder - 1) / 2
	CepstrumBytes = 2*measurement.VoiceOrder + 2*(measurement.VoiceOrder+correlations)
	// Correlations are drawn towards zero by this share, so that what was
	// rounded is still a covariance.
	Shrinkage = 0.03
)

// GaussianOf reads a model's Cepstrum.
func GaussianOf(m measurement.VoiceModel) (Gaussian, error) {
	if len(m.Cepstrum) != CepstrumBytes {
		return Gaussian{}, errors.New("the voice summary holds no model: there was too little voiced speech, or another version made it")
	}
	var g Gaussian
	b := m.Cepstrum
	for i := range g.Mean {
		g.Mean[i] = float64(int16(binary.BigEndian.Uint16(b[2*i:]))) / 256
	}
	b = b[2*measurement.VoiceOrder:]
	g.Covariance, g.Slopes = covariance(b), covariance(b[measurement.VoiceOrder+correlations:])
	return g, nil
}

func covariance(b []byte) *mat.SymDense {
	s := mat.NewSymDense(measurement.VoiceOrder, nil)
	r := b[measurement.VoiceOrder:]
	for i := range measurement.VoiceOrder {
		s.SetSym(i, i, spread(b[i])*spread(b[i]))
		for j := range i {
			s.SetSym(i, j, (1-Shrinkage)*float64(int8(r[0]))/127*spread(b[i])*spread(b[j]))
			r = r[1:]
		}
	}
	return s
}

// spread is the standard deviation that a byte stands for.
func spread(q byte) float64 { return math.Exp2((float64(q) - 128) / 16) }

func SpreadByte(sd float64) byte {
	return byte(max(0, min(255, math.Round(128+16*math.Log2(max(sd, 1e-9))))))
}

func SignedByte(v float64) byte { return byte(int8(max(-127, min(127, math.Round(v))))) }

// Distance is how far two models are apart: the symmetric Kullback-Leibler
// divergence of their Gaussians, in nats, and of their slopes', 0 where they
// are equal. It is symmetric bit by bit. What it says of two talkers depends
// on what they have in common: line, codec, loudness and language.
func Distance(one, other measurement.VoiceModel) (float64, error) {
	a, err := GaussianOf(one)
	if err != nil {
		return 0, err
	}
	b, err := GaussianOf(other)
	if err != nil {
		return 0, err
	}
	var apart mat.VecDense
	apart.SubVec(mat.NewVecDense(measurement.VoiceOrder, a.Mean[:]), mat.NewVecDense(measurement.VoiceOrder, b.Mean[:]))
	still := mat.NewVecDense(measurement.VoiceOrder, nil)
	statics, err := symmetricKL(a.Covariance, b.Covariance, &apart)
	if err != nil {
		return 0, err
	}
	slopes, err := symmetricKL(a.Slopes, b.Slopes, still)
	return statics + slopes, err
}

// symmetricKL is half of the sum of both divergences of two Gaussians whose means
// lie apart: ¼·(tr(A⁻¹B) + tr(B⁻¹A) − 2n + dᵀ(A⁻¹ + B⁻¹)d).
func symmetricKL(a, b *mat.SymDense, apart *mat.VecDense) (float64, error) {
	one := func(of, in *mat.SymDense) (float64, error) {
		var factor mat.Cholesky
		if !factor.Factorize(in) {
			return 0, errors.New("the voice summary holds no covariance")
		}
		var ratio mat.Dense
		if err := factor.SolveTo(&ratio, of); err != nil {
			return 0, err
		}
		var d mat.VecDense
		if err := factor.SolveVecTo(&d, apart); err != nil {
			return 0, err
		}
		return mat.Trace(&ratio) + mat.Dot(&d, apart), nil
	}
	there, err := one(a, b)
	if err != nil {
		return 0, err
	}
	back, err := one(b, a)
	if err != nil {
		return 0, err
	}
	return max(0, (there+back-2*measurement.VoiceOrder)/4), nil
}
