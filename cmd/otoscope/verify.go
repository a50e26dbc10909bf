package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/escape"
	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/acquire"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/report/html"
)

// judgeOptions are the flags of every command that judges recordings which it is given by name.
type judgeOptions struct {
	declared    declaredOptions
	fetch       fetchOptions
	recognizing recognizeOptions
	noBars      bool
}

// VerifyOptions are the flags of "otoscope verify".
type VerifyOptions struct {
	judgeOptions
	output outputOptions
	page   pageOptions
	measurement.OnRequest
	workers int
	quick   bool
}

func newVerifyCommand(env environment) *cobra.Command {
	o := &VerifyOptions{}
	c := &cobra.Command{
		Use:   "verify [flags] REF...",
		Short: "Check which channel is the customer and which the agent",
		Long:  verifyHelp,
		Example: `  otoscope verify call.wav
  otoscope verify --channels others,customer --direction outbound call.wav
  otoscope verify --attributes task.json
  otoscope verify --agent-audio recording-notice.wav call.wav
  otoscope verify --convention amazon-connect --brief calls/*.wav
  otoscope verify --format json RE0123456789abcdef0123456789abcdef | jq .outcome
  otoscope verify --html call.html --with-audio call.wav
  otoscope verify --left customer.wav --right agent.wav --right-start 1.5s
  otoscope verify --customer-file in.wav --agent-file out.wav
  curl -s https://example.com/call.wav | otoscope verify -`,
		DisableFlagsInUseLine: true,
		ValidArgsFunction:     completeRecordings(),
		RunE: func(c *cobra.Command, args []string) error {
			return runVerify(c.Context(), env, o, args)
		},
	}
	reading := o.declared.flags(declare.AboutReading)
	reading.BoolVar(&o.Voice, "voice", false, "with --detail, also summarise each channel's voice and line (personal data)")
	reading.BoolVar(&o.Waveform, "peaks", false, "with --detail, also give each channel's waveform, for pictures")
	reading.BoolVar(&o.quick, "quick", false, quickUsage)
	reading.IntVarP(&o.workers, "workers", "j", 4, "check `N` recordings at once")
	output := o.output.flags()
	output.BoolVar(&o.output.consumers, "consumers", false, "also say which consumers (Flex Insights, Conversational Intelligence, ...) read the recording rightly as it is, and the setting for each (text and json)")
	o.flags(c, reading, flagGroup{"Output", output}, flagGroup{"A page to look at", o.page.flags()})
	o.output.format.complete(c)
	return c
}

// flags gives a command the flags, and more of its own.
func (o *judgeOptions) flags(c *cobra.Command, reading *pflag.FlagSet, more ...flagGroup) {
	declaration := o.declared.flags(declare.AboutChannels)
	declaration.Lookup("attributes").Usage += " (- for standard input); without a REF, " + c.Name() + " the recording that they name"
	fetching := o.fetch.flags()
	fetching.AddFlagSet(o.declared.flags(declare.AboutFetching))
	more[0].flags.BoolVar(&o.noBars, "no-progress", false, "do not show progress bars for long downloads")
	groupFlags(c, append([]flagGroup{
		{"Who is declared to be on which channel", declaration},
		{"A file a party, in place of REF", o.declared.flags(declare.AboutFiles)},
		{"What is known of the call", o.declared.flags(declare.AboutCall)},
		{groupFetching, fetching},
		{"Reading", reading},
		{"Words", o.recognizing.flags()},
	}, more...)...)
	o.declared.complete(c)
	o.recognizing.complete(c)
	o.fetch.complete(c)
}

const verifyHelp = `Verify fetches each recording, listens to both channels, and says whether left
and right are who they were declared to be.

A REF is an https URL, a path, the SID of a Twilio recording (RE...), or - for
standard input. Give the original recording, with two channels. Without a
declaration, verify expects what Flex Insights expects: the customer on the
left, the agent and everybody else on the right.

OUTCOMES

  match      the channels are as declared
  swapped    the channels are the other way round
  unusable   the channels do not carry one party each: mono, both on one, ...
  undecided  the sound does not say clearly enough; more facts may help
  error      the recording, or its declaration, could not be read

CREDENTIALS

Credentials come from the environment, never from the command line. Each goes
only to the host it belongs to:
  Twilio     TWILIO_API_KEY and TWILIO_API_SECRET, or
             TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. To fetch by SID, set
             TWILIO_ACCOUNT_SID in either case.
  any host   netrc (the file that NETRC names, or ~/.netrc)
  one host   OTOSCOPE_USER and OTOSCOPE_PASSWORD, or OTOSCOPE_BEARER,
             together with --auth-host

EXIT STATUS

    0  every recording matches its declaration
    1  at least one recording is swapped or unusable
    2  none is, but at least one could not be checked; or wrong usage
    3  none of these, but at least one recording is undecided
  130  interrupted`

// A job is one recording to verify.
type job struct {
	name    string // for people, secrets removed
	ref     fetch.Reference
	files   *acquire.Files // the recording in place of ref; nil: it is one file
	failure error          // why there is nothing to fetch
	stage   verify.Stage
}

func runVerify(ctx context.Context, env environment, o *VerifyOptions, refs []string) error {
	if err := o.output.check(); err != nil {
		return err
	}
	if err := o.judgeOptions.check("verify", refs); err != nil {
		return err
	}
	if o.workers < 1 {
		return &usageError{sentence{Message: fmt.Sprintf("--workers must be at least 1, not %d", o.workers)}}
	}
	if err := o.page.check(len(refs), o.read(refs)); err != nil {
		return err
	}
	if err := checkQuick(o.quick, &o.recognizing, map[string]bool{"html": o.page.file != "", "peaks": o.Waveform}); err != nil {
		return err
	}
	if o.OnRequest != (measurement.OnRequest{}) && !o.output.detail {
		return &usageError{sentence{Message: "--voice and --peaks need --detail", Advice: "Add --detail"}}
	}
	defer lean(env)()
	v, err := o.verifier(ctx, env, refs, o.OnRequest)
	if err != nil {
		return err
	}
	v.page, v.peaks, v.quick = o.page, o.Waveform, o.quick
	if o.page.file != "" {
		v.declared.measure.Waveform = true
	}
	verdictPrinter, err := o.output.verdictPrinter(env)
	if err != nil {
		return err
	}
	return v.run(ctx, o.workers, verdictPrinter)
}

// verifier prepares to judge recordings.
func (o *judgeOptions) verifier(ctx context.Context, env environment, refs []string, asked measurement.OnRequest) (verifier, error) {
	options, err := o.fetch.options(env)
	if err != nil {
		return verifier{}, err
	}
	o.declared.sid = slices.ContainsFunc(refs, func(s string) bool {
		ref, err := fetch.Parse(s)
		return err == nil && ref.IsSID()
	})
	decoder, err := o.fetch.decoding.decoder()
	if err != nil {
		return verifier{}, err
	}
	declared, err := o.declared.read(ctx, env.stdin, decoder)
	if err != nil {
		return verifier{}, err
	}
	declared.measure.OnRequest = asked
	recognizer, err := o.recognizing.recognizer(env, options)
	if err != nil {
		return verifier{}, err
	}
	return verifier{
		declared: declared,
		fetch:    options,
		twilio:   twilio.New(), recognizer: recognizer,
		progress: newProgress(env.stderr, !o.noBars && !o.fetch.verbose),
		jobs:     jobs(refs, o.declared.word("attributes"), declared),
	}, nil
}

// check finds references of a command that conflict with each other or with the flags.
func (o *judgeOptions) check(command string, refs []string) error {
	stdin, files := 0, o.declared.saidOf(declare.AboutFiles)
	for _, r := range slices.Concat([]string{o.declared.word("attributes")}, refs, o.declared.references()) {
		if r == "-" {
			stdin++
		}
	}
	switch {
	case len(refs) > 0 && len(files) > 0:
		return &usageError{sentence{
			Message: fmt.Sprintf("--%s speaks of a recording with a file a party, and %s is given, too", files[0].Flag(), escape.Text(refs[0])),
			Advice:  "Give the two files, or the one recording that holds both parties",
		}}
	case len(refs) == 0 && len(files) == 0 && o.declared.word("attributes") == "":
		return &usageError{sentence{
			Message: "which recording?",
			Advice:  "Give a URL, a path, a recording SID or - : otoscope " + command + " call.wav",
		}}
	case stdin > 1:
		return &usageError{sentence{Message: "standard input (-) is named twice, but can be read only once", Advice: "Name - once, and the others by path or URL"}}
	case len(refs) > 1 && o.declared.word("transcript") != "":
		return &usageError{sentence{Message: "--transcript names the words of one recording, and several are given", Advice: "Verify them one by one, or with a manifest that has a column transcript"}}
	}
	return nil
}

// read lists the files that are read, among other words: the references, and what the facts name.
func (o *judgeOptions) read(refs []string) []string {
	all := slices.Clone(refs)
	for _, w := range o.declared.words {
		all = append(all, w.Value)
		for piece := range strings.FieldsFuncSeq(w.Value, func(r rune) bool { return r == ',' || r == '=' }) { // left=FILE,right=FILE
			all = append(all, piece)
		}
	}
	return all
}

// jobs lists the recordings to verify: the references, or the two files, or otherwise the recording
// that the attributes name.
func jobs(refs []string, attributes string, declared declaredCase) []job {
	var all []job
	for i, r := range refs {
		j := job{name: fmt.Sprintf("argument %d", i+1), failure: declared.failure, stage: verify.StageDeclare}
		if ref, err := fetch.Parse(r); err != nil {
			j.failure, j.stage = err, verify.StageFetch
		} else {
			j.name, j.ref = ref.String(), ref
		}
		all = append(all, j)
	}
	if len(refs) > 0 {
		return all
	}
	j := job{name: attributes, failure: declared.failure, stage: verify.StageDeclare}
	if declared.files != nil {
		files, err := acquire.ParseFiles(*declared.files, fetch.Parse)
		j.name, j.files = "the two files", &files
		if err != nil {
			j.failure, j.stage = err, verify.StageFetch
		} else {
			j.name = files.Shown()
		}
		return []job{j}
	}
	switch url := declared.Declaration.Recording; {
	case j.failure != nil:
	case url == "":
		j.failure = &usageError{sentence{Message: "the task attributes do not name a recording", Advice: "Give the recording as REF, together with --attributes"}}
	default:
		ref, err := fetch.ParseUntrusted(url)
		if err != nil {
			j.failure, j.stage = err, verify.StageFetch
		} else {
			j.name, j.ref = ref.String(), ref
		}
	}
	return []job{j}
}

// A verifier processes jobs, several at a time, and prints the verdicts in the order of the
// jobs.
type verifier struct {
	declared declaredCase
	fetch    fetch.Options
	twilio   *twilio.API
	// recognizer adds words; nil: none is named.
	recognizer *acquire.Recognizer
	progress   *progress
	jobs       []job
	page       pageOptions
	peaks      bool // waveforms are part of the verdict, not of the page alone
	quick      bool // no more is read than the verdict needs
}

// grace is how long an interrupted command waits for its workers to remove temporary files.
// Most end at once; this is for the others.
const grace = 2 * time.Second

func (v *verifier) run(ctx context.Context, workers int, t *verdictPrinter) error {
	v.declared.measure.Concurrent = len(v.jobs) == 1 && runtime.GOMAXPROCS(0) > 1
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	verdicts := make([]chan verify.Verdict, len(v.jobs))
	for i := range verdicts {
		verdicts[i] = make(chan verify.Verdict, 1)
	}
	next := make(chan int)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(next)
		for i := range v.jobs {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range min(workers, len(v.jobs)) {
		group.Go(func() error { return v.work(ctx, next, verdicts) })
	}

	err := v.tellAll(ctx, verdicts, t)
	cancel() // after an error nothing more is wanted; after none, nothing is left to do
	ended := make(chan error, 1)
	go func() { ended <- group.Wait() }()
	select {
	case failed := <-ended:
		if failed != nil && !errors.Is(failed, context.Canceled) {
			return failed
		}
	case <-time.After(grace):
	}
	if err != nil {
		return err
	}
	return verdictStatus(t.outcomes)
}

// tellAll prints each verdict as soon as all earlier ones are printed.
func (v *verifier) tellAll(ctx context.Context, verdicts []chan verify.Verdict, t *verdictPrinter) error {
	defer v.progress.close()
	for _, c := range verdicts {
		select {
		case verdict := <-c:
			if err := v.progress.aside(func() error { return t.print(verdict) }); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	v.progress.close()
	return t.results.Close()
}

// work verifies recordings in sequence.
func (v *verifier) work(ctx context.Context, next <-chan int, verdicts []chan verify.Verdict) error {
	track := v.progress.track()
	options := v.fetch
	options.Progress = track.report
	client, err := fetch.New(options)
	if err != nil {
		return err
	}
	defer client.Close()
	for i := range next {
		track.begin(v.jobs[i].name)
		recorder := v.page.recorder()
		verdict, facts := v.verify(ctx, client, v.jobs[i], recorder)
		track.end()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := v.page.write(verdict, facts, recorder); err != nil {
			return err
		}
		if !v.peaks && verdict.Measurements != nil { // only the page asked for them
			verdict.Measurements.Left.Waveform, verdict.Measurements.Right.Waveform = nil, nil
		}
		verdicts[i] <- verdict
	}
	return nil
}

// verify returns the verdict on one recording, and the facts that it rests on. A recorder keeps its
// sound; nil: nobody does.
func (v *verifier) verify(ctx context.Context, client *fetch.Client, j job, recorder *html.Recorder) (verify.Verdict, declare.Facts) {
	c := v.declared.Case
	c.Reference = j.name
	if j.failure != nil {
		return verify.ErrorVerdict(c, j.stage, j.failure), c.Facts
	}
	if v.declared.transcript.SID != "" {
		t, err := acquire.Transcript(ctx, v.declared.transcript, client, v.twilio, nil)
		c = acquire.Transcribed(c, t, err)
	}
	options := v.declared.measure
	sound := v.recognizer.Keep(&options)
	defer sound.Close()
	if recorder != nil {
		options.Keep = verify.Keepers(options.Keep, recorder)
	}
	asked := acquire.Job{
		Client: client, Reference: j.ref, Files: j.files, Options: options,
		Platform: acquire.Platform{Twilio: v.twilio, Ask: v.declared.twilioFacts, Task: c.Declaration.Task},
	}
	if v.quick && c.Transcript == nil {
		asked.Quick = func(part verify.Recording) verify.Hearing { return verify.Suffices(part, c) }
	}
	recording, _, err := acquire.Measure(ctx, asked)
	facts := verify.KnownFacts(recording, c)
	if err != nil {
		return acquire.Verdict(recording, err, c), facts
	}
	verdict, err := v.recognizer.Judge(ctx, &recording, sound, c)
	if err != nil { // ctx has ended, and nobody waits for this
		return acquire.Verdict(recording, err, c), facts
	}
	return verdict, facts
}
