package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify/declare"
)

// A flagGroup is a set of flags under a separate title in the help text.
type flagGroup struct {
	title string
	flags *pflag.FlagSet
}

// helpWidth is the column at which help texts are wrapped.
const helpWidth = 80

// groupFlags adds flags to a command. The help of the command then shows them by group.
func groupFlags(c *cobra.Command, groups ...flagGroup) {
	for _, g := range groups {
		c.Flags().AddFlagSet(g.flags)
	}
	c.SetUsageFunc(func(c *cobra.Command) error {
		var b strings.Builder
		fmt.Fprintf(&b, "Usage:\n  %s\n\nExamples:\n%s\n", c.UseLine(), c.Example)
		for _, g := range groups {
			fmt.Fprintf(&b, "\n%s:\n%s", g.title, g.flags.FlagUsagesWrapped(helpWidth))
		}
		_, err := fmt.Fprint(c.OutOrStderr(), b.String())
		return err
	})
}

// rootUsage lists the commands. Commands without their own usage have cobra's.
func rootUsage(c *cobra.Command) error {
	if c.HasParent() {
		return (&cobra.Command{}).UsageFunc()(c)
	}
	padding := 0
	for _, sub := range c.Commands() {
		padding = max(padding, len(sub.Name()))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s COMMAND [flags]\n\nCommands:\n", c.Name())
	for _, sub := range c.Commands() {
		if sub.Runnable() || sub.HasSubCommands() {
			fmt.Fprintf(&b, "  %-*s  %s\n", padding, sub.Name(), sub.Short)
		}
	}
	b.WriteString("\nTopics:\n")
	for _, sub := range c.Commands() {
		if sub.IsAdditionalHelpTopicCommand() {
			fmt.Fprintf(&b, "  %-*s  %s\n", padding, sub.Name(), sub.Short)
		}
	}
	fmt.Fprintf(&b, "\nExamples:\n%s\n\nFor more: %s help COMMAND, or %[2]s help TOPIC\n", c.Example, c.Name())
	_, err := fmt.Fprint(c.OutOrStderr(), b.String())
	return err
}

func newHelpCommand(root *cobra.Command) *cobra.Command {
	man := ""
	c := &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Explain a command or a topic",
		Long: `Help explains a command with its flags and its exit status, or shows a page of
the manual. On a terminal pages are wrapped and go through $PAGER (less).

EXIT STATUS

  0  the help was written
  2  there is no such command or topic`,
		Example: `  otoscope help verify
  otoscope help findings
  otoscope help --man /usr/local/share/man/man1`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range root.Commands() {
				if !sub.Hidden {
					names = append(names, sub.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if man != "" {
				if len(args) > 0 {
					return &usageError{sentence{Message: "--man writes all pages and takes no topic", Advice: "Leave out " + quoted(args[:1])[0]}}
				}
				return writeManPages(root, man)
			}
			c, rest, err := root.Find(args)
			if err != nil || c == root && len(args) > 0 || len(rest) > 0 {
				return unknownCommand(root, "otoscope help", args)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
	flags := newFlagSet()
	flags.StringVar(&man, "man", "", "write man pages of all commands and topics into the folder `DIR`")
	groupFlags(c, flagGroup{"Output", flags})
	return c
}

// newConventionsTopic returns a page of help, not a command.
func newConventionsTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "conventions",
		Short: "The systems whose channel order --convention knows",
		Long: "--convention NAME declares the channels in the order that the system NAME uses:\n\n" +
			declare.ConventionHelp() + "\nIf your recordings are laid out differently, use --channels. Sources, dates and\nlimits of each rule: otoscope help facts",
	}
}

// newFlagSet returns a set whose flags keep the order of their addition.
func newFlagSet() *pflag.FlagSet {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SortFlags = false
	return flags
}

// complete offers fixed words for a flag's value in the shell.
func complete(c *cobra.Command, flag string, words ...string) {
	completeWith(c, flag, words, cobra.ShellCompDirectiveNoFileComp)
}

// completeFiles offers files with the given endings.
func completeFiles(c *cobra.Command, flag string, endings ...string) {
	completeWith(c, flag, endings, cobra.ShellCompDirectiveFilterFileExt)
}

// completeRecordings completes arguments by the files that are named like recordings.
func completeRecordings() cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return eitherCase(decode.AllEndings()), cobra.ShellCompDirectiveFilterFileExt
	}
}

// eitherCase are endings as they are and in capitals.
func eitherCase(endings []string) []string {
	var all []string
	for _, e := range endings {
		all = append(all, e, strings.ToUpper(e))
	}
	return all
}

func completeWith(c *cobra.Command, flag string, words []string, directive cobra.ShellCompDirective) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, directive)); err != nil {
		panic(err) // the flag does not exist, or is completed twice: a slip in this package
	}
}
