package recognize

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/hint"
)

// An Engine is a recogniser. Several goroutines may use it at once.
type Engine interface {
	// Name is what the recogniser is called, without secrets.
	Name() string
	// Language is the BCP 47 tag of the only language that it hears; "" where its documents say it.
	Language() string
	// SpeechS is how much speech of a channel it is given, in s.
	SpeechS() float64
	// Recognize gives what the recogniser writes of a WAV file with one channel, in its own form.
	// The error is a *hint.Error, or that of ctx.
	Recognize(ctx context.Context, wav []byte) (document []byte, err error)
}

// Options say how a recogniser is used.
type Options struct {
	// Model is the recogniser's model: of whisper-cli, the path of its file; of a server, a name,
	// "" for what is usual. pocketsphinx takes none.
	Model string
	// Key is sent to a server, and to nobody else; "": none is.
	Key string
	// RootCAs are the certificate authorities that a server's certificate is checked with; nil:
	// the system's.
	RootCAs *x509.CertPool
	// Proxy chooses the proxy for a server, as in http.Transport; nil: none.
	Proxy func(*http.Request) (*url.URL, error)
	// Timeout bounds how long one channel may take; 0: DefaultTimeout.
	Timeout time.Duration
	// Dir is the folder for temporary files; "": the system's.
	Dir string
}

// DefaultTimeout bounds how long one channel may take. pocketsphinx takes some ten seconds.
const DefaultTimeout = 3 * time.Minute

// Words are what New accepts, beside the address of a server.
func Words() []string { return []string{pocketsphinxWord, whisperWord} }

// New makes a recogniser of a word of [Words], or of the URL of a server that speaks OpenAI's
// /v1/audio/transcriptions. It fails if a command is not installed.
func New(word string, o Options) (Engine, error) {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	lower := strings.ToLower(word)
	switch {
	case word == pocketsphinxWord:
		return newPocketsphinx(o)
	case word == whisperWord:
		return newWhisper(o)
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "http://"):
		return newServer(word, o)
	}
	return nil, &hint.Error{
		Message: fmt.Sprintf("%s is no recogniser that is known", escape.Quote(word, 60)),
		Advice:  "name pocketsphinx, whisper-cli, or the https URL of a server of your own that speaks OpenAI's /v1/audio/transcriptions",
	}
}
