// Package listing writes the recordings of an account as a manifest that a batch reads: one row a
// recording, with the facts that follow from what its platform says, and groups to count results by.
package listing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/otoscope/otoscope/audio/fetch"
	"github.com/otoscope/otoscope/audio/fetch/twilio"
	"github.com/otoscope/otoscope/audio/provenance"
	"github.com/otoscope/otoscope/verify/batch/manifest"
	"github.com/otoscope/otoscope/verify/declare"
)

// Sources lists Twilio's words for how a recording was started (Recording resource, source).
func Sources() []string {
	return []string{"DialVerb", "Conference", "OutboundAPI", "Trunking", "RecordVerb", "StartCallRecordingAPI", "StartConferenceRecordingAPI"}
}

// Options say which recordings to list. The zero value lists all.
type Options struct {
	Since, Until time.Time // of their creation: from Since on and before Until; zero: no bound
	Sources      []string  // as Twilio names them; nil: all
}

// Stats count what was found.
type Stats struct {
	Listed     int // rows that were written
	Present    int // recordings that the table had already
	Unfinished int // recordings that are still being made, or that have no audio
}

const (
	// slice is how many rows are written at once: what an interrupted list has to look up again.
	slice = 50
	// lookups is how many recordings of a slice are looked up at once.
	lookups = 8
)

// Run adds to a table the recordings of the account that the client's credentials name, those
// that it does not have yet. When it fails or is interrupted, the table holds whole rows, and the
// same call goes on from there.
func Run(ctx context.Context, client *fetch.Client, o Options, to *Table) (Stats, error) {
	var stats Stats
	account, err := client.TwilioAccount()
	if err != nil {
		return stats, err
	}
	l := list{client: client, api: twilio.New(), account: account, to: to, stats: &stats}
	err = l.api.List(ctx, client, account, o.Since, o.Until, func(page []provenance.Recording) error {
		page = slices.DeleteFunc(page, func(r provenance.Recording) bool {
			return o.Sources != nil && !slices.ContainsFunc(o.Sources, func(s string) bool { return strings.EqualFold(s, r.Source) })
		})
		return l.page(ctx, page)
	})
	return stats, err
}

// list is one run.
type list struct {
	client  *fetch.Client
	api     *twilio.API
	account fetch.TwilioAccount
	to      *Table
	stats   *Stats
}

// page writes the recordings of a page that are new.
func (l *list) page(ctx context.Context, page []provenance.Recording) error {
	var fresh []provenance.Recording
	for _, r := range page {
		switch {
		case l.to.Has(r.ID):
			l.stats.Present++
		case r.Status != "completed":
			l.stats.Unfinished++
		default:
			fresh = append(fresh, r)
		}
	}
	for part := range slices.Chunk(fresh, slice) {
		if err := l.write(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// write looks recordings up and writes their rows.
func (l *list) write(ctx context.Context, part []provenance.Recording) error {
	rows := make([][]string, len(part))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(lookups)
	for i, r := range part {
		group.Go(func() error {
			record, err := l.api.Complete(inner, l.client, l.account, r, twilio.Question{})
			if err != nil {
				return fmt.Errorf("looking up the recording %s: %w", r.ID, err)
			}
			rows[i] = row(record)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	if err := l.to.Write(rows); err != nil {
		return err
	}
	l.stats.Listed += len(rows)
	return nil
}

// columns are those of the table. The facts have the names of declare.Table.
func columns() []string {
	return []string{
		"recording", "started", "direction", "recorded_by", "joined", "excerpt",
		manifest.GroupPrefix + "source", manifest.GroupPrefix + "direction",
	}
}

// row is a recording as a row of a manifest.
func row(record *provenance.Record) []string {
	told := declare.Tell(record, declare.TaskCalls{})
	facts, _ := told.Onto(declare.Facts{}, time.Time{}) // there is nothing to contradict
	started := ""
	if !told.Started.IsZero() {
		started = told.Started.Format(time.RFC3339)
	}
	direction := string(facts.Direction)
	if direction == "" {
		direction = "unknown"
	}
	source := record.Recording.Source
	if source == "" {
		source = "unknown"
	}
	return []string{
		record.Recording.ID, started, string(facts.Direction), string(facts.RecordedBy), joined(facts.Joined), string(facts.Excerpt), source, direction,
	}
}

// joined writes join times as declare.ParseJoined reads them.
func joined(j declare.Joined) string {
	var parts []string
	if j.Customer != nil {
		parts = append(parts, "customer="+j.Customer.String())
	}
	if j.Agent != nil {
		parts = append(parts, "agent="+j.Agent.String())
	}
	return strings.Join(parts, ",")
}
