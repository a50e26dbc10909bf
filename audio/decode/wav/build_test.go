package wav

import (
	"encoding/binary"

	"github.com/otoscope/otoscope/audio/decode/codec"
)

// wavFile is a WAV file for a test to write: correct in every field until the test changes one.
type wavFile struct {
	format  codec.Format
	order   binary.AppendByteOrder
	fmt     []byte // body of the fmt chunk
	before  []byte // whole chunks between fmt and data
	samples []byte // in the file's byte order
	after   []byte // whole chunks after the samples
	size    uint32 // of the data chunk, where sizeSet
	sizeSet bool
	ds64    []byte // body of a ds64 chunk, or nil
	noPad   bool   // leave out the pad byte after samples of odd size
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func orderOf(container string) byteOrder {
	if container == "RIFX" {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func newFile(f codec.Format) *wavFile {
	w := &wavFile{format: f, order: orderOf(f.Container)}
	w.fmt = fmtBody(f)
	if f.Container == "RF64" || f.Container == "BW64" {
		w.ds64 = make([]byte, 28)
	}
	return w
}

func tagOf(e codec.Encoding) uint16 {
	return map[codec.Encoding]uint16{codec.PCM: 1, codec.Float: 3, codec.ALaw: 6, codec.MuLaw: 7}[e]
}

func fmtBody(f codec.Format) []byte {
	order := orderOf(f.Container)
	tag := tagOf(f.Encoding)
	bits := f.Bits
	if f.Extensible {
		tag, bits = 0xFFFE, f.ContainerBits
	}
	var b []byte
	b = order.AppendUint16(b, tag)
	b = order.AppendUint16(b, uint16(f.Channels))
	b = order.AppendUint32(b, uint32(f.SampleRate))
	b = order.AppendUint32(b, uint32(f.SampleRate*f.FrameBytes()))
	b = order.AppendUint16(b, uint16(f.FrameBytes()))
	b = order.AppendUint16(b, uint16(bits))
	if f.Extensible {
		b = order.AppendUint16(b, 22)
		b = order.AppendUint16(b, uint16(f.Bits))
		b = order.AppendUint32(b, 0)
		b = order.AppendUint32(b, uint32(tagOf(f.Encoding)))
		b = order.AppendUint16(b, 0)
		b = order.AppendUint16(b, 0x10)
		b = append(b, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71)
	}
	return b
}

// chunk writes a chunk with its pad byte.
func chunk(order binary.AppendByteOrder, id string, body []byte) []byte {
	b := order.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func (w *wavFile) bytes() []byte {
	var b []byte
	if w.ds64 != nil {
		if !w.sizeSet {
			binary.LittleEndian.PutUint64(w.ds64[8:], uint64(len(w.samples)))
			w.size, w.sizeSet = 0xFFFFFFFF, true
		}
		b = append(b, chunk(w.order, "ds64", w.ds64)...)
	}
	b = append(b, chunk(w.order, "fmt ", w.fmt)...)
	b = append(b, w.before...)
	size := uint32(len(w.samples))
	if w.sizeSet {
		size = w.size
	}
	b = w.order.AppendUint32(append(b, "data"...), size)
	b = append(b, w.samples...)
	if len(w.samples)%2 == 1 && !w.noPad {
		b = append(b, 0)
	}
	b = append(b, w.after...)

	id := w.format.Container
	if id == "WAVE" {
		id = "RIFF"
	}
	riff := w.order.AppendUint32([]byte(id), uint32(4+len(b)))
	return append(append(riff, "WAVE"...), b...)
}
