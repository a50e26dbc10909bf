package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/hint"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
	"github.com/otoscope/otoscope/verify/evidence"
)

// declaredOptions are what is declared and known of recordings: the same flags
// wherever recordings are judged.
type declaredOptions struct {
	channels, attributes, convention string
	recordedBy, direction, joined    string
	agent                            string
	groups                           []string
	minConfidence, prior             float64
	profile                          string
}

// declarationFlags say who should be on which channel.
func (o *declaredOptions) declarationFlags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.channels, "channels", "", "declare `LEFT,RIGHT`, such as others,customer (default customer,others)")
	f.StringVar(&o.attributes, "attributes", "", "read the declaration from the task attributes in `FILE` (- for standard input); without a REF, verify the recording that they name")
	f.StringVar(&o.convention, "convention", "", "declare what the system `NAME` does by its own rule; see: otoscope help conventions")
	return f
}

// factFlags say what is known of the calls besides.
func (o *declaredOptions) factFlags() *pflag.FlagSet {
	f := newFlagSet()
	f.StringVar(&o.direction, "direction", "", "who placed the call; `WAY` is inbound (the customer did) or outbound (the centre did)")
	f.StringVar(&o.recordedBy, "recorded-by", "", "how the call was recorded; `METHOD` is "+strings.Join(declare.Methods(), ", "))
	f.StringVar(&o.joined, "joined", "", "when each party joined; `TIMES` are offsets, such as customer=0s,agent=12.4s, or points in time")
	f.StringVar(&o.agent, "agent", "", "repeat the agent's `NAME` in the result")
	f.StringArrayVar(&o.groups, "group", nil, "repeat `NAME=VALUE` in the result, such as queue=billing; may be given again")
	f.Float64Var(&o.minConfidence, "min-confidence", verify.DefaultMinConfidence, "leave undecided what is less sure than the probability `P`")
	f.StringVar(&o.profile, "profile", "", "weigh the evidence by the profile in `FILE`, as otoscope calibrate writes it")
	f.Float64Var(&o.prior, "prior", verify.DefaultPrior, "probability `P`, before listening, that the customer is on the left")
	return f
}

// complete offers the words that the flags take.
func (o *declaredOptions) complete(c *cobra.Command) {
	complete(c, "channels", "customer,others", "others,customer", "caller,callee", "callee,caller")
	completeFiles(c, "attributes", "json")
	complete(c, "convention", declare.Conventions()...)
	complete(c, "direction", string(declare.Inbound), string(declare.Outbound))
	complete(c, "recorded-by", declare.Methods()...)
	complete(c, "joined", "customer=0s,agent=")
}

// A declaredCase is the part of a verify.Case that is the same for every
// recording of one command line, with what came of reading it.
type declaredCase struct {
	verify.Case
	// failure is why the attributes cannot be used. It concerns the recordings,
	// not the command line, and is told in their verdicts.
	failure error
}

// read makes a case of the flags. Its errors are about the command line.
func (o *declaredOptions) read(ctx context.Context, stdin io.Reader) (declaredCase, error) {
	c := declaredCase{Case: verify.Case{Agent: o.agent, Prior: o.prior, MinConfidence: o.minConfidence}}
	if err := o.check(); err != nil {
		return c, err
	}
	var err error
	if c.Groups, err = o.groupMap(); err != nil {
		return c, err
	}
	if c.Profile, err = readProfile(o.profile); err != nil {
		return c, err
	}
	if c.Facts.Direction, err = declare.ParseDirection(o.direction); err != nil {
		return c, flagValue("direction", err)
	}
	if c.Facts.RecordedBy, err = declare.ParseMethod(o.recordedBy); err != nil {
		return c, flagValue("recorded-by", err)
	}
	if err := o.declaration(ctx, &c, stdin); err != nil {
		return c, err
	}
	if c.Facts.Joined, err = declare.ParseJoined(o.joined, c.Declaration.StartTime); err != nil {
		return c, flagValue("joined", err)
	}
	return c, nil
}

// check finds flags that contradict each other and values out of range.
func (o *declaredOptions) check() error {
	var given []string
	for _, f := range []struct{ name, value string }{
		{"--channels", o.channels}, {"--convention", o.convention}, {"--attributes", o.attributes},
	} {
		if f.value != "" {
			given = append(given, f.name)
		}
	}
	switch {
	case len(given) > 1:
		return &usageError{
			message: strings.Join(given, " and ") + " each declare who is on which channel",
			hint:    "Give one of them",
		}
	case checkWord("agent", o.agent) != nil:
		return checkWord("agent", o.agent)
	case checkMinConfidence(o.minConfidence) != nil:
		return checkMinConfidence(o.minConfidence)
	case !(o.prior > 0 && o.prior < 1):
		return &usageError{message: fmt.Sprintf("--prior %v is no probability between 0 and 1", o.prior), hint: "0.5 says that nothing is known before listening; 0 and 1 would leave nothing to be heard"}
	}
	return nil
}

// checkWord refuses what no database and no JSON can hold.
func checkWord(flag, value string) error {
	if !utf8.ValidString(value) {
		return &usageError{message: fmt.Sprintf("--%s %q is not UTF-8 text", flag, value), hint: "Write it in UTF-8, as the locale of your terminal should"}
	}
	return nil
}

func checkMinConfidence(p float64) error {
	if !(p >= 0.5 && p < 1) {
		return &usageError{message: fmt.Sprintf("--min-confidence %v is no probability from 0.5 to below 1", p), hint: "Certainty is not to be had; 0.99 is the default"}
	}
	return nil
}

// readProfile reads the profile in a file; nil where none is named.
func readProfile(path string) (*evidence.Profile, error) {
	if path == "" {
		return nil, nil
	}
	p, _, err := evidence.OpenProfile(path)
	if err != nil {
		return nil, flagValue("profile", err)
	}
	return &p, nil
}

func (o *declaredOptions) groupMap() (map[string]string, error) {
	if len(o.groups) == 0 {
		return nil, nil
	}
	groups := map[string]string{}
	for _, g := range o.groups {
		if err := checkWord("group", g); err != nil {
			return nil, err
		}
		name, value, ok := strings.Cut(g, "=")
		if !ok || name == "" {
			return nil, &usageError{message: fmt.Sprintf("--group %q has no name and value", g), hint: "Write --group NAME=VALUE, such as --group queue=billing"}
		}
		if _, twice := groups[name]; twice {
			return nil, &usageError{message: fmt.Sprintf("--group %s is given twice", name), hint: "A recording has one value for each name"}
		}
		groups[name] = value
	}
	return groups, nil
}

// declaration finds out who is declared to be on which channel.
func (o *declaredOptions) declaration(ctx context.Context, c *declaredCase, stdin io.Reader) error {
	var err error
	switch {
	case o.channels != "":
		if c.Declaration, err = declare.ParseChannels(o.channels); err != nil {
			return flagValue("channels", err)
		}
	case o.convention != "":
		if c.Declaration, err = declare.Convention(o.convention); err != nil {
			return flagValue("convention", err)
		}
	case o.attributes != "":
		if c.Declaration, err = readAttributes(ctx, o.attributes, stdin); err != nil {
			c.failure = err
			return nil
		}
	default:
		c.Declaration = declare.Default()
	}
	if c.Facts.Direction == declare.UnknownDirection {
		c.Facts.Direction = c.Declaration.Direction
	}
	resolved, err := c.Declaration.Resolve(c.Facts.Direction)
	switch {
	case err == nil:
		c.Declaration = resolved
	case o.attributes != "":
		c.failure = err
	default:
		return err
	}
	return nil
}

// readAttributes reads a file of task attributes, or standard input.
func readAttributes(ctx context.Context, path string, stdin io.Reader) (declare.Declaration, error) {
	f, err := openInput(ctx, path, stdin)
	if err != nil {
		return declare.Declaration{}, &attributesError{err}
	}
	defer f.Close()
	d, err := declare.ReadAttributes(f)
	var own *declare.Error
	if err != nil && !errors.As(err, &own) {
		err = &attributesError{err}
	}
	return d, err
}

// An attributesError is a file of task attributes that cannot be read.
type attributesError struct{ err error }

func (e *attributesError) Error() string {
	return fmt.Sprintf("reading the task attributes: %s", e.err)
}
func (e *attributesError) Unwrap() error { return e.err }
func (e *attributesError) Hint() string {
	return "give --attributes a file with the JSON of the task's attributes, or - for standard input"
}

// flagValue says which flag a value was wrong for.
func flagValue(flag string, err error) error {
	return &usageError{message: "--" + flag + ": " + err.Error(), hint: hint.Of(err)}
}
