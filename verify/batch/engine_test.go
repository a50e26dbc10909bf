package batch

import (
	"bytes"
	"log/slog"
	"testing"
)

// What River complains of does not bury what a person is told.
func TestRiverLogger(t *testing.T) {
	for level, want := range map[slog.Level]string{slog.LevelWarn: "", slog.LevelInfo: "level=INFO msg=\"no connection\" queue=q\n"} {
		var b bytes.Buffer
		withoutTime := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
		l := riverLogger(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutTime})))
		l.Info("started")
		l.With("queue", "q").Error("no connection")
		if b.String() != want {
			t.Errorf("at %v %q is told, want %q", level, b.String(), want)
		}
	}
}
