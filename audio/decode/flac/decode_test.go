package flac_test

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"io"
	"math/bits"
	"os/exec"
	"slices"
	"testing"

	"github.com/mewkiz/flac"
	"pgregory.net/rapid"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// bitString is written bit by bit, the highest of a byte first.
type bitString struct {
	b    []byte
	used uint // bits of the last byte
}

func (s *bitString) put(v int64, n uint) {
	for i := int(n) - 1; i >= 0; i-- {
		if s.used == 0 {
			s.b = append(s.b, 0)
		}
		s.b[len(s.b)-1] |= byte(v>>i&1) << (7 - s.used)
		s.used = (s.used + 1) % 8
	}
}

func (s *bitString) unary(zeros int) {
	s.put(0, uint(zeros))
	s.put(1, 1)
}

// way is how a channel of a frame is stored: by a predictor, or as it is if there is none.
type way struct {
	fixed   bool
	factors []int64
	shift   uint
	wasted  uint
	method  uint // of the residuals
	parts   uint // 2 to the power of it
	plain   bool // residuals are not Rice codes
}

// put stores a channel. What the way does not suit is stored as it is.
func (w way) put(s *bitString, x []int64, width uint) {
	if slices.ContainsFunc(x, func(v int64) bool { return v&(1<<w.wasted-1) != 0 }) || len(x)%(1<<w.parts) != 0 || len(x)>>w.parts < len(w.factors) {
		w = way{}
	}
	x = slices.Clone(x)
	width -= w.wasted
	for i := range x {
		x[i] >>= w.wasted
	}
	lacking, most := make([]int64, len(x)), uint(0)
	for i := len(w.factors); i < len(x); i++ {
		sum := int64(0)
		for j, f := range w.factors {
			sum += f * x[i-1-j]
		}
		if lacking[i] = x[i] - sum>>w.shift; lacking[i] != int64(int32(lacking[i])) || lacking[i] == -1<<31 {
			way{wasted: w.wasted}.header(s, 1)
			for _, v := range x {
				s.put(v, width)
			}
			return
		}
		most = max(most, length(lacking[i]))
	}
	if most > 20 {
		w.method = 1 // a parameter of 4 bits would take thousands of zeros
	}
	order := len(w.factors)
	switch {
	case order == 0 && !w.fixed:
		w.header(s, 1)
		for _, v := range x {
			s.put(v, width)
		}
		return
	case w.fixed:
		w.header(s, 8+int64(order))
	default:
		w.header(s, 31+int64(order))
	}
	for _, v := range x[:order] {
		s.put(v, width)
	}
	if !w.fixed {
		s.put(14, 4)
		s.put(int64(w.shift), 5)
		for _, f := range w.factors {
			s.put(f, 15)
		}
	}
	s.put(int64(w.method), 2)
	s.put(int64(w.parts), 4)
	part := len(x) >> w.parts
	for end, at := part, order; end <= len(x); end, at = end+part, end {
		w.residuals(s, lacking[at:end]) // the first may be empty
	}
}

func (w way) header(s *bitString, kind int64) {
	s.put(kind, 7)
	if w.wasted == 0 {
		s.put(0, 1)
		return
	}
	s.put(1, 1)
	s.unary(int(w.wasted) - 1)
}

// length is how many bits a number has but for its sign.
func length(v int64) uint { return uint(bits.Len64(uint64(v ^ v>>63))) }

// residuals stores one partition.
func (w way) residuals(s *bitString, lacking []int64) {
	most := uint(0)
	for _, v := range lacking {
		most = max(most, length(v))
	}
	if parameter := 4 + w.method; w.plain && most < 31 {
		s.put(1<<parameter-1, parameter)
		if most > 0 || slices.ContainsFunc(lacking, func(v int64) bool { return v != 0 }) {
			most++
		}
		s.put(int64(most), 5)
		for _, v := range lacking {
			s.put(v, most)
		}
		return
	}
	k := min(max(most, 3)-3, 1<<(4+w.method)-2)
	s.put(int64(k), 4+w.method)
	for _, v := range lacking {
		folded := v<<1 ^ v>>63
		s.unary(int(folded >> k))
		s.put(folded, k)
	}
}

// frameOf is a frame of two channels: code 1 stores them, 8, 9 and 10 their difference.
func frameOf(bits uint, number byte, code int64, left, right []int32, ways [2]way) []byte {
	s := &bitString{}
	s.put(0xFFF8, 16)
	s.put(0x74, 8)
	s.put(code<<4|map[uint]int64{8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7}[bits]<<1, 8) // 0: as STREAMINFO says
	s.put(int64(number), 8)
	s.put(int64(len(left)-1), 16)
	s.put(int64(crc(s.b, 8, 0x07)[0]), 8)
	var x [2][]int64
	width := [2]uint{bits, bits + 1}
	for i := range left {
		l, r := int64(left[i]), int64(right[i])
		stored := [2]int64{l, l - r}
		switch code {
		case 1:
			stored = [2]int64{l, r}
		case 9:
			stored = [2]int64{l - r, r}
		case 10:
			stored = [2]int64{(l + r) >> 1, l - r}
		}
		x[0], x[1] = append(x[0], stored[0]), append(x[1], stored[1])
	}
	switch code {
	case 1:
		width[1] = bits
	case 9:
		width = [2]uint{bits + 1, bits}
	}
	for c := range x {
		ways[c].put(s, x[c], width[c])
	}
	return append(s.b, crc(s.b, 16, 0x8005)...)
}

// stored is a stream of two channels in blocks.
func stored(t testing.TB, bits int, left, right []int32, block int, frame func(number byte, left, right []int32) []byte) parts {
	empty := make([]int32, len(left))
	p := parts{head: slices.Clone(built(t, [][]int32{empty, empty}, 16, rate, block).head)}
	info := p.head[8:]
	info[12], info[13] = info[12]&^1|byte(bits-1)>>4, byte(bits-1)<<4|info[13]&0x0F
	sum := md5.New()
	for at := 0; at < len(left); at += block {
		end := min(at+block, len(left))
		p.frames = append(p.frames, frame(byte(at/block), left[at:end], right[at:end]))
	}
	for i := range left {
		for _, v := range []int32{left[i], right[i]} {
			sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(v))[:(bits+7)/8])
		}
	}
	copy(info[18:], sum.Sum(nil))
	return p
}

// Every way to store a frame gives the samples that were stored, of every width: differences of channels of 32
// bits, which have 33, too. mewkiz/flac, which holds none of them, gives the same samples up to 24 bits.
func TestEveryWayToStoreAFrameIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		bits := rapid.SampledFrom([]int{4, 8, 12, 16, 20, 24, 32, 32}).Draw(r, "bits")
		n := rapid.SampledFrom([]int{16, 32, 48}).Draw(r, "block")
		least, most := int32(-1)<<(bits-1), int32(1<<(bits-1)-1)
		extreme := rapid.OneOf(rapid.SampledFrom([]int32{least, most, 0, -1}), rapid.Int32Range(least, most), rapid.Int32Range(max(least, -9), min(most, 9)))
		var left, right []int32
		for range 3 * n {
			left, right = append(left, extreme.Draw(r, "left")), append(right, extreme.Draw(r, "right"))
		}
		if steepest := min(most/150, 40_000_000); rapid.Bool().Draw(r, "smooth") {
			slope := rapid.Int32Range(-steepest, steepest).Draw(r, "slope")
			for i := range left {
				left[i], right[i] = slope*int32(i)+left[i]%min(100, most/4), -slope*int32(i)+right[i]%min(100, most/4)
			}
		}
		if drop := rapid.SampledFrom([]uint{0, 0, 1, 3}).Draw(r, "wasted"); drop > 0 {
			for i := range left {
				left[i], right[i] = left[i]&^(1<<drop-1), right[i]&^(1<<drop-1)
			}
		}
		ways := rapid.Custom(func(r *rapid.T) way {
			w := way{
				fixed: rapid.Bool().Draw(r, "fixed"), wasted: rapid.SampledFrom([]uint{0, 0, 1, 2}).Draw(r, "wasted"),
				method: uint(rapid.IntRange(0, 1).Draw(r, "method")), parts: uint(rapid.IntRange(0, 4).Draw(r, "parts")), plain: rapid.Bool().Draw(r, "plain"),
			}
			if w.fixed {
				w.factors = rapid.SampledFrom([][]int64{nil, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}}).Draw(r, "factors")
				return w
			}
			w.shift = uint(rapid.IntRange(0, 14).Draw(r, "shift"))
			w.factors = rapid.SliceOfN(rapid.Int64Range(-1<<14, 1<<14-1), 0, 32).Draw(r, "factors")
			return w
		})
		p := stored(t, bits, left, right, n, func(number byte, left, right []int32) []byte {
			code := rapid.SampledFrom([]int64{1, 8, 9, 10}).Draw(r, "code")
			return frameOf(uint(bits), number, code, left, right, [2]way{ways.Draw(r, "first"), ways.Draw(r, "second")})
		})
		gotLeft, gotRight, reader, err := read(t, p.whole(), codec.Options{})
		if err != nil || len(reader.Notes()) > 0 || !same(gotLeft, left, bits) || !same(gotRight, right, bits) {
			r.Fatalf("%v, %v\nleft  %v\n  got %v\nright %v\n  got %v", err, reader.Notes(), left, gotLeft, right, gotRight)
		}
		if bits <= 24 {
			otherLeft, otherRight := byMewkiz(r, p.whole(), bits)
			if !slices.Equal(left, otherLeft) || !slices.Equal(right, otherRight) {
				r.Fatalf("mewkiz/flac takes the test's own stream for another:\n%v\n%v", otherLeft, otherRight)
			}
		}
	})
}

// byMewkiz decodes a stream of two channels.
func byMewkiz(t interface{ Fatal(...any) }, file []byte, bits int) (left, right []int32) {
	stream, err := flac.New(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		header, err := stream.Next()
		if err == io.EOF {
			return left, right
		}
		if err != nil {
			t.Fatal(err)
		}
		header.BitsPerSample = uint8(bits) // the header leaves it to STREAMINFO
		if err := header.Parse(); err != nil {
			t.Fatal(err)
		}
		left, right = append(left, header.Subframes[0].Samples...), append(right, header.Subframes[1].Samples...)
	}
}

// mixed is a stream with all three codes, predicted in several ways.
func mixed(t testing.TB) (left, right []int32, p parts) {
	samples := voices(32, 2, total)
	for i := range samples[0] {
		samples[1][i] = -samples[0][i] + samples[1][i]%(1<<20)
	}
	p = stored(t, 32, samples[0], samples[1], block, func(number byte, left, right []int32) []byte {
		linear := way{factors: []int64{1 << 13, -1 << 12}, shift: 12, method: 1}
		return frameOf(32, number, 8+int64(number)%3, left, right, [2]way{linear, {fixed: true, factors: []int64{2, -1}, method: 1, plain: number == 3}})
	})
	return samples[0], samples[1], p
}

// A frame with a wrong bit anywhere is silent, and no error and no panic comes of it.
func TestADamagedDifferenceIsSilent(t *testing.T) {
	left, right, p := mixed(t)
	clear(left[block : 2*block])
	clear(right[block : 2*block])
	for at := range p.frames[1] {
		damaged := slices.Clone(p.frames[1])
		damaged[at] ^= 1 << (at % 8)
		gotLeft, gotRight, r, err := read(t, slices.Concat(p.head, p.frames[0], damaged, p.frames[2], p.frames[3]), codec.Options{})
		if err != nil || len(r.Notes()) != 1 || !same(gotLeft, left, 32) || !same(gotRight, right, 32) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}

// The reference decoder takes the test's own streams for what they are.
func TestTheReferenceDecoderAgreesOnDifferencesOf33Bits(t *testing.T) {
	decoder, err := exec.LookPath("flac")
	if err != nil {
		t.Skip("flac is not installed")
	}
	left, right, p := mixed(t)
	cmd := exec.Command(decoder, "--silent", "--decode", "--stdout", "--force-raw-format", "--endian=little", "--sign=signed", "-")
	cmd.Stdin = bytes.NewReader(p.whole())
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("this flac does not decode 32 bits: %v %s", err, &complaint)
	}
	var want []byte
	for i := range left {
		want = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(want, uint32(left[i])), uint32(right[i]))
	}
	if !bytes.Equal(out, want) {
		t.Error("the samples differ")
	}
}
