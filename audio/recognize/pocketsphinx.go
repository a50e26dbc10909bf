package recognize

import (
	"context"
	"os"
	"path/filepath"
)

const pocketsphinxWord = "pocketsphinx"

// pocketsphinx is CMU's recogniser, as Debian packages it.
type pocketsphinx struct {
	command
	model string
}

func newPocketsphinx(o Options) (Engine, error) {
	c, err := look("pocketsphinx_continuous", "install it: apt-get install pocketsphinx pocketsphinx-en-us", o)
	if err != nil {
		return nil, err
	}
	model := o.Model
	if model != "" {
		if model, err = filepath.Abs(model); err != nil {
			return nil, err
		}
	}
	return &pocketsphinx{c, model}, nil
}

func (p *pocketsphinx) Name() string { return pocketsphinxWord }

// Language is that of the usual model, which is Debian's.
func (p *pocketsphinx) Language() string {
	if p.model == "" {
		return "en-US"
	}
	return ""
}

// SpeechS is less than that of the others: pocketsphinx is slow for what it hears.
func (p *pocketsphinx) SpeechS() float64 { return 60 }

// Recognize gives what pocketsphinx_continuous -time yes prints.
func (p *pocketsphinx) Recognize(ctx context.Context, wav []byte) ([]byte, error) {
	return p.recognize(ctx, wav, func(sound string) []string {
		// Narrower beams than usual take a third of the time; the words are as good.
		args := []string{"-infile", sound, "-time", "yes", "-logfn", os.DevNull, "-ds", "2", "-maxhmmpf", "5000", "-maxwpf", "10"}
		if p.model != "" {
			args = append(args, "-hmm", p.model)
		}
		return args
	}, func(printed []byte, _ string) ([]byte, error) { return printed, nil })
}
