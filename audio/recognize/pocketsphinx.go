package recognize

import (
	"context"
	"os"
	"path/filepath"

	"github.com/otoscope/otoscope/audio/hint"
)

const pocketsphinxWord = "pocketsphinx"

// pocketsphinx is CMU's recogniser with its American English voices, as Debian packages it, and
// with the language model of this package.
type pocketsphinx struct{ command }

func newPocketsphinx(o Options) (Engine, error) {
	if o.Model != "" {
		return nil, &hint.Error{Message: "pocketsphinx is used with its own model, and takes no other", Advice: "leave --recognizer-model out"}
	}
	c, err := look("pocketsphinx_continuous", "install it: apt-get install pocketsphinx pocketsphinx-en-us", o)
	return &pocketsphinx{c}, err
}

func (p *pocketsphinx) Name() string     { return pocketsphinxWord }
func (p *pocketsphinx) Language() string { return "en-US" }

// SpeechS is less than that of the others: pocketsphinx is slow for what it hears.
func (p *pocketsphinx) SpeechS() float64 { return 60 }

// Recognize gives what pocketsphinx_continuous -time yes prints.
func (p *pocketsphinx) Recognize(ctx context.Context, wav []byte) ([]byte, error) {
	return p.recognize(ctx, wav, func(sound string) ([]string, error) {
		model, dictionary, err := writeLanguageModel(filepath.Dir(sound))
		// Narrower beams than usual take a third of the time; the words are as good.
		return []string{
			"-infile", sound, "-time", "yes", "-logfn", os.DevNull, "-lm", model, "-dict", dictionary,
			"-ds", "2", "-maxhmmpf", "5000", "-maxwpf", "10",
		}, err
	}, func(printed []byte, _ string) ([]byte, error) { return printed, nil })
}
