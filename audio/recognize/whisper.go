package recognize

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/audio/internal/child"
)

const whisperWord = "whisper-cli"

// whisper is the command of whisper.cpp.
type whisper struct {
	command
	model string
}

func newWhisper(o Options) (Engine, error) {
	c, err := look(whisperWord, "build it from github.com/ggml-org/whisper.cpp, and put whisper-cli on the PATH", o)
	if err != nil {
		return nil, err
	}
	if o.Model == "" {
		return nil, &hint.Error{Message: "whisper-cli needs a model", Advice: "name its file with --recognizer-model, such as ggml-base.en.bin; whisper.cpp's download-ggml-model.sh fetches it"}
	}
	model, err := filepath.Abs(o.Model)
	if err == nil {
		_, err = os.Stat(model)
	}
	if err != nil {
		return nil, &hint.Error{Message: "the model of whisper-cli cannot be opened: " + child.Plain(err), Advice: "name its file with --recognizer-model", Cause: err}
	}
	return &whisper{c, model}, nil
}

func (w *whisper) Name() string { return whisperWord }

func (w *whisper) Language() string { return "" }

func (w *whisper) SpeechS() float64 { return 120 }

// Recognize gives the JSON that whisper-cli -ojf writes.
func (w *whisper) Recognize(ctx context.Context, wav []byte) ([]byte, error) {
	return w.recognize(ctx, wav, func(sound string) ([]string, error) {
		return []string{
			"-m", w.model, "-f", sound, "-l", "auto", "-ojf", "-of", filepath.Join(filepath.Dir(sound), "words"), "-np",
			"-t", strconv.Itoa(min(4, runtime.GOMAXPROCS(0))),
		}, nil
	}, func(_ []byte, dir string) ([]byte, error) {
		f, err := os.Open(filepath.Join(dir, "words.json"))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, maxDocument))
	})
}
