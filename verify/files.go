package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/meter"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/finding"
)

// A File is one of the two files of a recording that has one a party.
type File struct {
	Side finding.Side `json:"side"`
	// Party is whose file it is said to be, where the files are named by their parties.
	Party     declare.Role `json:"party,omitempty"`
	Recording string       `json:"recording"` // the reference, secrets removed
	SHA256    string       `json:"sha256"`
	Bytes     int64        `json:"bytes"`
	Format    string       `json:"format"`
	StartS    float64      `json:"start_s"`    // where in the recording it begins
	DurationS float64      `json:"duration_s"` // of its own sound
	// Told says that StartS was told. Otherwise both files are taken to begin at once.
	Told bool `json:"start_told"`
}

// end is where in the recording the file ends.
func (f File) end() float64 { return f.StartS + f.DurationS }

// Pairing says what the two files of a recording are to each other.
type Pairing struct {
	declare.Files           // the names of the files are not needed
	Shown         [2]string // the references, secrets removed
	NoQuote       [2]bool   // see decode.Options
}

// BetweenFiles stands between the names of two files where both together are shown.
const BetweenFiles = " + "

// FileNames are what notes and errors call the left and the right file.
func FileNames(byRole bool) [2]string {
	if byRole {
		return [2]string{"the customer's file", "the agent's file"}
	}
	return [2]string{"the left file", "the right file"}
}

// SumOfFiles is the SHA-256 of a recording of two files: that of both sums in hexadecimal, the left
// file's first, each with a line feed behind it.
func SumOfFiles(left, right string) string {
	sum := sha256.Sum256([]byte(left + "\n" + right + "\n"))
	return hex.EncodeToString(sum[:])
}

// A bodyOf is the bytes of a file on their way to its decoder.
type bodyOf struct {
	arrived *counter
	hash    hash.Hash
	io.Reader
}

func newBody(ctx context.Context, r io.Reader) *bodyOf {
	b := &bodyOf{arrived: &counter{r: r, ctx: ctx}, hash: sha256.New()}
	b.Reader = io.TeeReader(b.arrived, b.hash)
	return b
}

func (b *bodyOf) sum() string { return hex.EncodeToString(b.hash.Sum(nil)) }

// MeasureFiles is Measure for a recording of two files, one a party: the left channel is the first and
// the right channel the second. See decode.Join. It reads both to their ends, side by side, so that one
// must not wait for the other. o.Pick is a channel of the left file and one of the right file.
func MeasureFiles(ctx context.Context, files [2]io.Reader, o MeasureOptions, p Pairing) (Recording, error) {
	var bodies [2]*bodyOf
	for i, r := range files {
		bodies[i] = newBody(ctx, r)
	}
	joined, err := Join(ctx, [2]io.Reader{bodies[0], bodies[1]}, o.Options, p)
	if err != nil {
		return Recording{}, fileError(bodies, err)
	}
	defer joined.Close()
	formats, made := joined.Formats(), joined.Resampled()
	kept := [2]meter.Stored{stored(formats[0]), stored(formats[1])}
	for i := range kept {
		kept[i].G711 = kept[i].G711 && !made[i]
	}
	m, err := o.meter(joined.Format().SampleRate, 2, kept[0], kept[1])
	if err != nil {
		return Recording{}, err
	}
	defer m.Close()
	if err := o.hear(joined, m); err != nil {
		return Recording{}, fileError(bodies, err)
	}
	rec := Recording{Format: joined.Format()}
	formats = joined.Formats() // a bit rate is known at the end
	sides, parties := [2]finding.Side{finding.Left, finding.Right}, [2]declare.Role{}
	if p.ByRole {
		parties = [2]declare.Role{declare.Customer, declare.Agent}
	}
	for i, b := range bodies {
		if _, err := io.Copy(io.Discard, b); err != nil {
			return Recording{}, fileError(bodies, err)
		}
		e := joined.Extents()[i]
		rec.Bytes += b.arrived.n
		rec.Files = append(rec.Files, File{
			Side: sides[i], Party: parties[i], Recording: p.Shown[i], SHA256: b.sum(), Bytes: b.arrived.n, Format: formats[i].String(),
			StartS: e.StartS, DurationS: e.EndS - e.StartS, Told: p.Told,
		})
	}
	rec.SHA256 = SumOfFiles(rec.Files[0].SHA256, rec.Files[1].SHA256)
	rec.Measurements = m.Finish()
	for _, n := range joined.Notes() {
		rec.Findings = append(rec.Findings, finding.FromNote(n))
	}
	return rec, nil
}

// fileError prefers a reader's own failure to the error that a decoder made of it.
func fileError(bodies [2]*bodyOf, err error) error {
	for _, b := range bodies {
		if b.arrived.err != nil {
			return readError(b.arrived, err)
		}
	}
	return err
}

// Join decodes two files as one recording: the left channel is the first and the right channel the
// second. o.Pick is a channel of each. The caller closes the recording.
func Join(ctx context.Context, files [2]io.Reader, o decode.Options, p Pairing) (*decode.Joined, error) {
	var tracks [2]decode.Track
	names := FileNames(p.ByRole)
	for i, r := range files {
		own := o
		own.Alone, own.Pick, own.NoQuote = o.Pick[i], [2]int{}, p.NoQuote[i]
		reader, err := decode.Open(ctx, r, own)
		if err != nil {
			if i == 1 {
				tracks[0].Reader.(io.Closer).Close()
			}
			return nil, fmt.Errorf("%s: %w", names[i], err)
		}
		tracks[i] = decode.Track{Reader: reader, Name: names[i]}
	}
	tracks[0].Start, tracks[1].Start = max(0, -p.RightLate), max(0, p.RightLate)
	joined, err := decode.Join(tracks[0], tracks[1])
	if err != nil {
		for _, t := range tracks {
			t.Reader.(io.Closer).Close()
		}
	}
	return joined, err
}

// Starts are where in the recording its left and its right file begin, in seconds; 0 if it is one file.
func (r *Recording) Starts() (startS [2]float64) {
	for i := range r.Files {
		startS[i] = r.Files[i].StartS
	}
	return startS
}

// formatOf describes how two files are stored.
func formatOf(files []File) string {
	left, right := files[0].Format, files[1].Format
	if left == right {
		return "two files, each " + left
	}
	return "left " + left + "; right " + right
}
