package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/review"
)

// ReviewOptions are the flags of "otoscope review".
type ReviewOptions struct {
	store     storeOptions
	filter    filterOptions
	again     againOptions
	confirmed sampleFlag
	seed      uint64
	blind     bool
	memory    byteSize

	listen       string
	reviewers    []string
	cert, key    string
	passwordFile string
}

// passwordVariable is the variable of the environment that holds the desk's password.
const passwordVariable = "OTOSCOPE_REVIEW_PASSWORD"

func newReviewCommand(env environment) *cobra.Command {
	o := &ReviewOptions{confirmed: sampleFlag{n: defaultConfirmed}}
	c := &cobra.Command{
		Use:   "review [flags]",
		Short: "Listen to what a batch found, and say who is on which channel",
		Long:  reviewHelp,
		Example: `  otoscope review
  otoscope review --blind --confirmed 100 --group queue=billing
  otoscope review --db postgres://otoscope@db.example.com/otoscope --reviewer ann
  otoscope review --listen desk.example.com:8443 --tls-cert desk.pem --tls-key desk.key --password-file password`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     cobra.NoFileCompletions,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{sentence{Message: fmt.Sprintf("review takes no argument %q", args[0]), Advice: "Choose results with --name, --outcome, --finding, --group and --id"}}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runReview(c.Context(), env, o) },
	}
	what := o.filter.flags()
	what.Var(&o.confirmed, "confirmed", "also review `N` of the confirmed recordings, drawn at random, or a share of them, such as 5%")
	what.Uint64Var(&o.seed, "seed", 1, "draw by the random numbers that follow from `N`")
	what.BoolVar(&o.blind, "blind", false, "hide what otoscope says until a recording is answered, and mix the order")
	fetching := o.again.flags()
	o.memory = review.DefaultMemory
	fetching.Var(&o.memory, "memory", "keep at most `SIZE` of sound in memory, and half of it of one recording")
	serving := newFlagSet()
	serving.StringArrayVar(&o.reviewers, "reviewer", nil, "answers are given by `NAME`; once for each person (default: your user name)")
	serving.StringVar(&o.listen, "listen", "127.0.0.1:0", "serve at `HOST:PORT`; port 0 is any free one; beyond this computer it takes TLS and a password")
	serving.StringVar(&o.cert, "tls-cert", "", "serve over TLS with the certificate in `FILE` (PEM)")
	serving.StringVar(&o.key, "tls-key", "", "read the key of --tls-cert from `FILE` (PEM)")
	serving.StringVar(&o.passwordFile, "password-file", "", "read the password of the desk from `FILE` (or from "+passwordVariable+")")
	groupFlags(c,
		flagGroup{"Database", o.store.flags(env)},
		flagGroup{"What to review", what},
		flagGroup{"The desk", serving},
		flagGroup{groupFetching, fetching},
	)
	o.filter.complete(c)
	o.again.fetch.complete(c)
	completeFiles(c, "tls-cert", "pem", "crt", "cer")
	completeFiles(c, "tls-key", "pem", "key")
	return c
}

const reviewHelp = `Review serves a web page at which people listen to the recordings of a batch and
say who is on which channel: first those that otoscope leaves undecided, then
those that it refutes, then a random sample of those that it confirms. It prints a
link that works once, and runs until it is interrupted.

Answers are kept in the database. otoscope results shows them, otoscope rollout
check counts them, and otoscope results --format labels writes them for otoscope
evaluate and calibrate. The keys, several people, and what is safe: otoscope help
reviewing.

Recordings are fetched again, under the rules of otoscope batch: files in their
manifest's folder; others with --allow-paths, hosts in private networks with
--allow-private. Nothing of them is written to a disk.

EXIT STATUS

    2  there is nothing to review; or wrong usage
  130  interrupted, which is how the desk is closed; all answers are kept`

// defaultConfirmed is how many of the confirmed recordings are reviewed.
const defaultConfirmed = 50

// sampleFlag is a number, or a share.
type sampleFlag struct {
	n     int
	share float64
}

func (f *sampleFlag) Set(s string) error {
	if strings.HasSuffix(strings.TrimSpace(s), "%") {
		var p percentFlag
		if err := p.Set(s); err != nil {
			return err
		}
		f.n, f.share = 0, float64(p)
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 {
		return &sentence{Message: "neither a number nor a share", Advice: "Write 50 or 5%"}
	}
	f.n, f.share = n, 0
	return nil
}

func (f *sampleFlag) String() string {
	if f.share > 0 {
		p := percentFlag(f.share)
		return p.String()
	}
	return strconv.Itoa(f.n)
}

// Type appears in the help only if the usage names no value.
func (*sampleFlag) Type() string { return "number" }

func (o *ReviewOptions) check() error {
	host, port, err := net.SplitHostPort(o.listen)
	switch {
	case err != nil:
		return &usageError{sentence{Message: fmt.Sprintf("--listen %q is not HOST:PORT", o.listen), Advice: "Write --listen 127.0.0.1:8080"}}
	case port == "":
		return &usageError{sentence{Message: "--listen names no port", Advice: "Write --listen 127.0.0.1:8080, or port 0 for any free one"}}
	case (o.cert == "") != (o.key == ""):
		return &usageError{sentence{Message: "--tls-cert and --tls-key belong together", Advice: "Give both"}}
	case !review.IsLoopback(host) && o.cert == "":
		return &usageError{sentence{
			Message: fmt.Sprintf("--listen %s is not this computer alone, and then the desk takes TLS and a password", o.listen),
			Advice:  "Give --tls-cert, --tls-key and --password-file; or leave --listen out, and let people come through ssh -L",
		}}
	case o.memory < minMemory:
		return &usageError{sentence{Message: fmt.Sprintf("--memory %s is too little to listen to anything", &o.memory), Advice: "Give at least 16MiB"}}
	}
	for _, name := range o.reviewers {
		if err := review.CheckName(name); err != nil {
			return &usageError{sentence{Message: "--reviewer: " + err.Error(), Advice: "Give the name that is to stand at the answers"}}
		}
	}
	return nil
}

// minMemory is the least memory for sound.
const minMemory = 16 << 20

// password reads the desk's password; "" if there is none. It must not stand on a command line,
// which other users can read.
func (o *ReviewOptions) password(env environment) (string, error) {
	if o.passwordFile == "" {
		return env.getenv(passwordVariable), nil
	}
	text, err := os.ReadFile(o.passwordFile)
	if err != nil {
		return "", &usageError{sentence{Message: fmt.Sprintf("--password-file cannot be read: %v", err), Advice: "Name a file whose first line is the password"}}
	}
	line, _, _ := strings.Cut(string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))), "\n")
	return strings.TrimRight(line, "\r"), nil
}

// transport says how the desk is served: over TLS or not, and to which names it answers.
func (o *ReviewOptions) transport(env environment) (config *tls.Config, host func(string) bool, password string, err error) {
	if password, err = o.password(env); err != nil {
		return nil, nil, "", err
	}
	listen, _, _ := net.SplitHostPort(o.listen)
	if !review.IsLoopback(listen) && password == "" {
		return nil, nil, "", &usageError{sentence{Message: fmt.Sprintf("--listen %s is not this computer alone, and then the desk takes a password", o.listen), Advice: "Give --password-file FILE, or set " + passwordVariable}}
	}
	if o.cert == "" {
		return nil, nil, password, nil
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, nil, "", &usageError{sentence{Message: fmt.Sprintf("--tls-cert and --tls-key cannot be used: %v", err), Advice: "Give a certificate and its key, both in PEM"}}
	}
	// The names of the certificate are the only ones under which a browser comes without a warning.
	named := func(host string) bool { return pair.Leaf.VerifyHostname(host) == nil }
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, named, password, nil
}

// people are those who answer.
func (o *ReviewOptions) people(password string) []string {
	if len(o.reviewers) > 0 || password != "" {
		return o.reviewers
	}
	if u, err := user.Current(); err == nil && review.CheckName(u.Username) == nil {
		return []string{u.Username}
	}
	return []string{"reviewer"}
}

func runReview(ctx context.Context, env environment, o *ReviewOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	filter, err := o.filter.read()
	if err != nil {
		return err
	}
	config, host, password, err := o.transport(env)
	if err != nil {
		return err
	}
	store, err := o.store.open(ctx, env)
	if err != nil {
		return err
	}
	defer store.Close()
	choice := batch.ReviewOptions{Filter: filter, Confirmed: o.confirmed.n, ConfirmedShare: o.confirmed.share, Seed: o.seed}
	fetcher, where, err := o.again.fetcher(ctx, env, store, func() ([]int64, error) {
		list, err := store.ReviewList(ctx, choice)
		if err != nil {
			return nil, err
		}
		var keys []int64
		err = store.Reviewables(ctx, list, batch.ReviewScan{}, func(r batch.Reviewable) bool {
			keys = append(keys, r.Key)
			return true
		})
		return keys, err
	})
	if err != nil {
		return err
	}
	defer fetcher.Close()
	desk, err := review.New(ctx, review.Options{
		Store: store, Listener: fetcher, Review: choice, Whereabouts: where, Blind: o.blind, Reviewers: o.people(password),
		Password: password, Host: host, Secure: config != nil, Memory: int64(o.memory), Logger: reviewLogger(env, o.again.fetch.verbose),
	})
	if err != nil {
		return err
	}
	return o.serve(ctx, env, desk, config)
}

// serve tells how to get to the desk, and serves it until ctx ends.
func (o *ReviewOptions) serve(ctx context.Context, env environment, desk *review.Desk, config *tls.Config) error {
	list := desk.List()
	if list.Total().Of == 0 {
		if err := desk.Close(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		return &sentence{Message: "there is nothing to review", Advice: "Run otoscope batch first, choose fewer conditions, or review more of the confirmed recordings with --confirmed"}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		_ = desk.Close(context.WithoutCancel(ctx)) // nobody has been at it
		return &usageError{sentence{Message: fmt.Sprintf("--listen %s: %v", o.listen, err), Advice: "Choose another port, or 0 for any free one"}}
	}
	total := list.Total()
	recordings := fmt.Sprintf("%d recordings", total.Of)
	if total.Of == 1 {
		recordings = "1 recording"
	}
	fmt.Fprintf(env.stderr, "otoscope: %s to review, %d of them answered; %d are drawn from the %d confirmed (--seed %d)\n", recordings, total.Answered, list.Sample, list.Confirmed, o.seed)
	address := o.address(listener, config)
	links := desk.Links(address)
	for i, link := range links {
		name := ""
		if len(links) > 1 {
			name = escape.Text(o.reviewers[i]) + ": "
		}
		fmt.Fprintf(env.stdout, "%s%s\n", name, link)
	}
	if len(links) == 0 {
		fmt.Fprintln(env.stdout, address)
	} else {
		fmt.Fprintln(env.stderr, "otoscope: open the link in a browser; it works once. To close the desk: Ctrl-C")
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	if err := desk.Serve(ctx, listener); err != nil {
		return err
	}
	fmt.Fprintln(env.stderr, "otoscope: the desk is closed; all answers are kept")
	return ctx.Err()
}

// address is where a browser finds the desk.
func (o *ReviewOptions) address(l net.Listener, config *tls.Config) string {
	scheme := "http"
	host, _, _ := net.SplitHostPort(o.listen)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if config != nil {
		scheme = "https"
		if names := config.Certificates[0].Leaf.DNSNames; len(names) > 0 && (host == "" || net.ParseIP(host).IsUnspecified()) {
			host = names[0]
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// reviewLogger writes what goes wrong at the desk on standard error.
func reviewLogger(env environment, verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(logWriter{env.stderr, false}, &slog.HandlerOptions{Level: level}))
}
