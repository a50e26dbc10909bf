package main

import (
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/fetch"
)

// fetchOptions control how recordings are fetched and decoded.
type fetchOptions struct {
	decoding                 decoderOption
	authHost, caFile         string
	clientCert, clientKey    string
	allowPrivate, allowPaths bool
	checkExposure            bool
	maxBytes                 byteSize
	minSpeed                 byteSpeed
	timeout                  time.Duration
	verbose                  bool
	flagSet                  *pflag.FlagSet // which flags were given
}

func (o *fetchOptions) flags() *pflag.FlagSet {
	o.maxBytes = 1 << 30
	f := newFlagSet()
	f.StringVar(&o.authHost, "auth-host", "", "send OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER, to `HOST` (or HOST:PORT)")
	f.StringVar(&o.caFile, "ca-file", "", "trust the certificate authorities in `FILE` (PEM) as well as the system's")
	f.StringVar(&o.clientCert, "client-cert", "", "show the client certificate in `FILE` (PEM) to --auth-host where it asks for one")
	f.StringVar(&o.clientKey, "client-key", "", "read the key of --client-cert from `FILE` (PEM), if it is not in the same file")
	f.BoolVar(&o.allowPrivate, "allow-private", false, "let attributes, tables and redirects lead to private addresses, and through a proxy to any host (only the proxy sees where a name leads)")
	f.BoolVar(&o.allowPaths, "allow-paths", false, "let attributes, and manifests outside their own folder, name files on this computer")
	f.BoolVar(&o.checkExposure, "check-exposure", false, "also find out whether the recording can be had without credentials")
	f.Var(&o.maxBytes, "max-bytes", "refuse recordings larger than `SIZE`, such as 500MB or 2GiB")
	f.Var(&o.minSpeed, "min-speed", "give up downloads that bring less than `SIZE` a second, averaged over 45s; 0 accepts any (default 1kB for what tables, attributes and redirects name)")
	f.DurationVar(&o.timeout, "timeout", 0, "give up downloads that take longer than `TIME` in all, such as 90s or 2h; 0 waits for ever (default 15m for what tables, attributes and redirects name)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log retries and their reasons on standard error")
	o.decoding.add(f)
	o.flagSet = f
	return f
}

// groupFetching is what the help calls the flags.
const groupFetching = "Fetching and decoding"

// complete offers what the flags accept, of those that the command has.
func (o *fetchOptions) complete(c *cobra.Command) {
	completeFiles(c, "ca-file", "pem", "crt", "cer")
	if c.Flags().Lookup("decoder") != nil {
		o.decoding.complete(c)
	}
}

// options turns the flags into fetch.Options; shared files are read once.
func (o *fetchOptions) options(env environment) (fetch.Options, error) {
	authHost := o.authHost
	if o.clientCert != "" && env.getenv("OTOSCOPE_USER")+env.getenv("OTOSCOPE_PASSWORD")+env.getenv("OTOSCOPE_BEARER") == "" {
		authHost = "" // the certificate is all that the host is shown
	}
	credentials, err := fetch.CredentialsFromEnv(env.getenv, authHost)
	if err != nil {
		return fetch.Options{}, err
	}
	options := fetch.Options{
		Credentials:   credentials,
		Proxy:         fetch.ProxyFromEnv(env.getenv),
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
	if o.clientCert != "" || o.clientKey != "" {
		if options.ClientCertificate, err = fetch.LoadClientCertificate(o.clientCert, o.clientKey, o.authHost); err != nil {
			return fetch.Options{}, err
		}
	}
	if options.MinSpeed = int64(o.minSpeed.byteSize); o.flagSet.Changed("min-speed") && o.minSpeed.byteSize == 0 {
		options.MinSpeed = -1 // 0 is the default of fetch
	}
	if options.Timeout = o.timeout; o.flagSet.Changed("timeout") && o.timeout <= 0 {
		options.Timeout = -1
	}
	if o.verbose {
		options.Logger = newLogger(env.stderr)
	}
	return options, nil
}

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
