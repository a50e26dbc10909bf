package meter

import (
	"encoding/binary"
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// VoiceVersion is the number under which voice summaries are stored. Only
// summaries of one version can be compared.
const VoiceVersion = 1

// VoiceOrder is how many cepstral coefficients a summary describes.
const VoiceOrder = 16

// Voice summarises a channel's voice and line, to tell over many recordings
// whether they recur: at most 2 KiB as JSON. It is measured only when asked
// for (Options.Voice).
//
// It is personal data: what it holds depends on the talker's vocal tract and
// pitch and can tell one talker from others. No words and no sound can be got
// back from it. It also depends on the telephone, the codec and the line, so
// that what recurs may be any of them.
type Voice struct {
	Version int `json:"version"`
	// Halves are two models, each of half of the voiced speech, first the
	// earlier one: how far they are apart is how much the voice varies in a call.
	Halves [2]VoiceModel `json:"halves"`
	// Stretches are coarser: up to six parts of the voiced speech, in order.
	Stretches []VoiceStretch `json:"stretches"`
}

// VoiceModel describes voiced speech by a Gaussian.
type VoiceModel struct {
	VoicedS   float64 `json:"voiced_s"`    // voiced speech it is made from, s
	PitchHz   float64 `json:"pitch_hz"`    // geometric mean of the fundamental frequency, 62 to 400 Hz
	PitchSDst float64 `json:"pitch_sd_st"` // its standard deviation in semitones
	// Cepstrum holds the Gaussian of mel-frequency cepstral coefficients 1 to
	// 16 (natural logarithm of 20 triangular bands from 200 to 3400 Hz on the
	// mel scale, orthonormal cosine transform, frames of 32 ms every 20 ms)
	// and of their slopes per frame over five frames. [VoiceModel.Gaussian]
	// reads it. The bytes: 16 means (big-endian int16, in 1/256), 16 standard
	// deviations (q stands for 2^((q−128)/16)), 120 correlations (int8, in
	// 1/127; row by row below the diagonal); then 16 standard deviations and
	// 120 correlations of the slopes, whose means are zero.
	Cepstrum []byte `json:"cepstrum"`
}

// VoiceStretch is a part of the voiced speech.
type VoiceStretch struct {
	Start   Time    `json:"start_s"`
	VoicedS float64 `json:"voiced_s"`
	// Cepstrum is 16 means (int8, in 1/8) and 16 standard deviations, as in VoiceModel.
	Cepstrum []byte `json:"cepstrum"`
}

// Gaussian is a model's distribution: of the cepstral coefficients, and of
// their slopes, whose mean is zero.
type Gaussian struct {
	Mean       [VoiceOrder]float64
	Covariance *mat.SymDense
	Slopes     *mat.SymDense // covariance
}

const (
	correlations  = VoiceOrder * (VoiceOrder - 1) / 2
	cepstrumBytes = 2*VoiceOrder + 2*(VoiceOrder+correlations)
	// Correlations are drawn towards zero by this share, so that what was
	// rounded is still a covariance.
	shrinkage = 0.03
)

// Gaussian reads the model's Cepstrum.
func (m VoiceModel) Gaussian() (Gaussian, error) {
	if len(m.Cepstrum) != cepstrumBytes {
		return Gaussian{}, errors.New("the voice summary holds no model: there was too little voiced speech, or it is of another version")
	}
	var g Gaussian
	b := m.Cepstrum
	for i := range g.Mean {
		g.Mean[i] = float64(int16(binary.BigEndian.Uint16(b[2*i:]))) / 256
	}
	b = b[2*VoiceOrder:]
	g.Covariance, g.Slopes = covariance(b), covariance(b[VoiceOrder+correlations:])
	return g, nil
}

func covariance(b []byte) *mat.SymDense {
	s := mat.NewSymDense(VoiceOrder, nil)
	r := b[VoiceOrder:]
	for i := range VoiceOrder {
		s.SetSym(i, i, spread(b[i])*spread(b[i]))
		for j := range i {
			s.SetSym(i, j, (1-shrinkage)*float64(int8(r[0]))/127*spread(b[i])*spread(b[j]))
			r = r[1:]
		}
	}
	return s
}

// spread is the standard deviation that a byte stands for.
func spread(q byte) float64 { return math.Exp2((float64(q) - 128) / 16) }

func spreadByte(sd float64) byte {
	return byte(max(0, min(255, math.Round(128+16*math.Log2(max(sd, 1e-9))))))
}

func signedByte(v float64) byte { return byte(int8(max(-127, min(127, math.Round(v))))) }

// Distance is how far two models are apart: the symmetric Kullback-Leibler
// divergence of their Gaussians, in nats, and of their slopes', 0 where they
// are equal. It is symmetric bit by bit. What it says of two talkers depends
// on what they have in common: line, codec, loudness and language.
func (m VoiceModel) Distance(other VoiceModel) (float64, error) {
	a, err := m.Gaussian()
	if err != nil {
		return 0, err
	}
	b, err := other.Gaussian()
	if err != nil {
		return 0, err
	}
	var apart mat.VecDense
	apart.SubVec(mat.NewVecDense(VoiceOrder, a.Mean[:]), mat.NewVecDense(VoiceOrder, b.Mean[:]))
	still := mat.NewVecDense(VoiceOrder, nil)
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
	return max(0, (there+back-2*VoiceOrder)/4), nil
}
