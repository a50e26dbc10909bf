package batch

import (
	"context"
	"log/slog"
)

// riverLogger lowers River's complaints to level info: if the database is unavailable River
// complains many times a second, and the outcome is reported here once. It drops River's
// reports of every start and stop.
func riverLogger(l *slog.Logger) *slog.Logger { return slog.New(complaints{l.Handler()}) }

type complaints struct{ slog.Handler }

func (h complaints) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, slog.LevelInfo)
}

func (h complaints) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelInfo
	return h.Handler.Handle(ctx, r)
}

func (h complaints) WithAttrs(a []slog.Attr) slog.Handler { return complaints{h.Handler.WithAttrs(a)} }
func (h complaints) WithGroup(name string) slog.Handler   { return complaints{h.Handler.WithGroup(name)} }
