package batch

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
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

// A database that is away is told in one sentence, not address by address.
func TestUnreachableDatabase(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nobody listens there now
	_, err = pgconn.Connect(t.Context(), "postgres://kim@"+address+"/x")
	if err == nil {
		t.Fatal("somebody listens there")
	}
	if got := connectReason(err); got == "" || strings.ContainsAny(got, "\n\t") || strings.Contains(got, "kim") {
		t.Errorf("the reason is %q", got)
	}
}
