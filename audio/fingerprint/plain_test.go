package fingerprint_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
	"github.com/otoscope/otoscope/audio/fingerprint"
)

const greeting = "../../testdata/prompt-greeting.wav"

// plain is what Plain makes of a file.
func plain(t *testing.T, file []byte, d decode.Decoder) ([]byte, error) {
	t.Helper()
	r, err := fingerprint.Plain(t.Context(), bytes.NewReader(file), d)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b, nil
}

func TestKnownAudioOfAnotherFormatHasThePrintOfItsSamples(t *testing.T) {
	file, err := os.ReadFile(greeting)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fingerprint.Read("greeting", bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := plain(t, decodetest.Foreign(file), decodetest.Decoder{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := fingerprint.Read("greeting", bytes.NewReader(decoded))
	if err != nil || got.SHA256() != want.SHA256() {
		t.Errorf("the print is %s, not %s; %v", got.SHA256(), want.SHA256(), err)
	}
}

func TestKnownAudioThatIsReadStaysAsItIs(t *testing.T) {
	file, err := os.ReadFile(greeting)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []decode.Decoder{nil, decodetest.Decoder{}} {
		if got, err := plain(t, file, d); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%d bytes of %d, %v", len(got), len(file), err)
		}
	}
	if got, err := plain(t, decodetest.Foreign(file), nil); err != nil || len(got) <= len(file) {
		t.Errorf("without a decoder: %d bytes, %v", len(got), err)
	}
}

func TestKnownAudioThatNobodyReadsIsAnError(t *testing.T) {
	var refused *decode.Error
	if _, err := plain(t, []byte("no sound at all, though there are some words"), decodetest.Decoder{}); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := fingerprint.Plain(ctx, bytes.NewReader(decodetest.Foreign(nil)), ended{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Of known audio longer than any search, no more is kept than is searched for.
func TestNoMoreOfKnownAudioIsKeptThanIsSearchedFor(t *testing.T) {
	long := decodetest.Lengthened(t, greeting, 0, 20)
	decoded, err := plain(t, decodetest.Foreign(long), decodetest.Decoder{})
	if most := int(fingerprint.MaxDuration.Seconds()+1) * 8000 * 2; err != nil || len(decoded) > most || len(long) <= most {
		t.Errorf("%d bytes of %d are kept, %v", len(decoded), len(long), err)
	}
}

// ended decodes nothing once its context has ended.
type ended struct{}

func (ended) Open(ctx context.Context, _ io.Reader, _ string, _ decode.Options) (decode.ReadCloser, error) {
	return nil, ctx.Err()
}
