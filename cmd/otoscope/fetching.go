package main

import (
	"io"
	"log/slog"
	"net/http"

	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
)

// fetchOptions say how recordings are fetched.
type fetchOptions struct {
	authHost, caFile         string
	allowPrivate, allowPaths bool
	checkExposure            bool
	maxBytes                 byteSize
	verbose                  bool
}

func (o *fetchOptions) flags() *pflag.FlagSet {
	o.maxBytes = 1 << 30
	f := newFlagSet()
	f.StringVar(&o.authHost, "auth-host", "", "send OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER, to `HOST` (or HOST:PORT)")
	f.StringVar(&o.caFile, "ca-file", "", "trust the certificate authorities in `FILE` (PEM) besides the system's")
	f.BoolVar(&o.allowPrivate, "allow-private", false, "let attributes and redirects lead to private addresses")
	f.BoolVar(&o.allowPaths, "allow-paths", false, "let attributes name a file on this computer")
	f.BoolVar(&o.checkExposure, "check-exposure", false, "also find out whether the recording can be had without credentials")
	f.Var(&o.maxBytes, "max-bytes", "refuse recordings larger than `SIZE`, such as 500MB or 2GiB")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "say on standard error what is retried and why")
	return f
}

// options makes fetch.Options of the flags; what they all share is read once.
func (o *fetchOptions) options(env environment) (fetch.Options, error) {
	credentials, err := fetch.CredentialsFromEnv(env.getenv, o.authHost)
	if err != nil {
		return fetch.Options{}, err
	}
	options := fetch.Options{
		Credentials:   credentials,
		Proxy:         http.ProxyFromEnvironment,
		MaxBytes:      int64(o.maxBytes),
		AllowPrivate:  o.allowPrivate,
		AllowPaths:    o.allowPaths,
		CheckExposure: o.checkExposure,
		Stdin:         env.stdin,
		UserAgent:     "otoscope/" + version().Version,
	}
	if o.caFile != "" {
		if options.RootCAs, err = fetch.LoadCAFile(o.caFile); err != nil {
			return fetch.Options{}, err
		}
	}
	if o.verbose {
		options.Logger = newLogger(env.stderr)
	}
	return options, nil
}

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
