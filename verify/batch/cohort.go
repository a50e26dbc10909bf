package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/otoscope/otoscope/audio/fingerprint"
	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/cohort"
)

// Cohort is the selected results for the second stage. It holds of each recording what the stage
// needs apart from its traces, which it reads from the store.
type Cohort struct {
	s          *Store
	recordings []cohort.Recording
	keys       []int64
	opinions   []verify.Outcome
	repeats    cohort.Repeats
}

// Cohort reads the results that a filter selects, each recording once: see [Cohort.Repeated].
func (s *Store) Cohort(ctx context.Context, f Filter) (*Cohort, error) {
	f, err := s.resolve(ctx, f)
	if err != nil {
		return nil, err
	}
	c := &Cohort{s: s}
	bases := map[int64]string{}
	err = db.Each(ctx, s.db, `SELECT batch_id, coalesce(manifest, '') FROM otoscope_batches`, nil, func(cursor db.Cursor) error {
		var id int64
		var manifest string
		err := cursor.Scan(&id, &manifest)
		bases[id] = baseOf(manifest)
		return err
	})
	if err != nil {
		return nil, s.storageError("reading the batches", err)
	}
	cond, args := f.condition(s.db)
	err = db.Each(ctx, s.db, `SELECT r.row_key, r.batch_id, r.id, f.facts, d.verdict, d.cohort
		FROM otoscope_rows r JOIN otoscope_facts f ON f.facts_id = r.facts_id JOIN otoscope_results s ON s.row_key = r.row_key
		JOIN otoscope_details d ON d.row_key = r.row_key
		WHERE `+cond+` ORDER BY r.batch_id, r.row, r.row_key`, args, func(cursor db.Cursor) error {
		var key, batch int64
		var id, text, verdict string
		var stored *string
		if err := cursor.Scan(&key, &batch, &id, &text, &verdict, &stored); err != nil {
			return err
		}
		var opinion cohort.Opinion
		if stored != nil {
			if err := json.Unmarshal([]byte(*stored), &opinion); err != nil {
				return fmt.Errorf("reading the second opinion on %s: %w", id, err)
			}
		}
		var known facts
		if err := json.Unmarshal([]byte(text), &known); err != nil {
			return fmt.Errorf("reading the facts of %s: %w", id, err)
		}
		var v verify.Verdict
		if err := json.Unmarshal([]byte(verdict), &v); err != nil {
			return fmt.Errorf("reading the result of %s: %w", id, err)
		}
		if len(bases) > 1 && c.repeats.Add(strconv.FormatInt(batch, 10), cohort.Identify(filePath(bases[batch], v.Recording), &v)) {
			return nil
		}
		r := cohort.Result(id, &v, known.Facts)
		r.MinConfidence, r.At = known.MinConfidence, known.started()
		c.recordings, c.keys = append(c.recordings, r), append(c.keys, key)
		c.opinions = append(c.opinions, opinion.Outcome)
		return nil
	})
	return c, s.storageError("reading the results", err)
}

// Repeated is how many results were left out because another batch has their recordings too.
func (c *Cohort) Repeated() int { return c.repeats.Count }

// Key is that of a recording's result in the store.
func (c *Cohort) Key(number int) int64 { return c.keys[number] }

// Opinions returns the stored outcomes of the second stage, in the order of the recordings; "" for
// one on which it has none.
func (c *Cohort) Opinions() []verify.Outcome { return c.opinions }

// Len is the number of recordings.
func (c *Cohort) Len() int { return len(c.keys) }

// Recordings returns the recordings, in the order of their numbers.
func (c *Cohort) Recordings(context.Context) ([]cohort.Recording, error) { return c.recordings, nil }

// Voices returns the voice summaries of the recordings, where they were asked for.
func (c *Cohort) Voices(ctx context.Context) ([]cohort.Voices, error) {
	out := make([]cohort.Voices, len(c.keys))
	numbers := make([]int, len(c.keys))
	for i := range numbers {
		numbers[i] = i
	}
	return out, c.each(ctx, numbers, func(number int, left, right *channel) error {
		out[number] = cohort.Voices{Left: left.Voice, Right: right.Voice}
		return nil
	})
}

// tracesAtOnce is how many recordings are read in one query.
const tracesAtOnce = 200

// A channel is what the second stage needs of the stored measurements of a channel.
type channel struct {
	Trace fingerprint.Trace  `json:"trace"`
	Voice *measurement.Voice `json:"voice"`
}

// Traces calls each with the traces of recordings. A recording without one has an empty trace.
func (c *Cohort) Traces(ctx context.Context, numbers []int, each func(number int, left, right *fingerprint.Trace) error) error {
	return c.each(ctx, numbers, func(number int, left, right *channel) error { return each(number, &left.Trace, &right.Trace) })
}

// each reads the measurements of both channels of recordings.
func (c *Cohort) each(ctx context.Context, numbers []int, each func(number int, left, right *channel) error) error {
	for some := range slices.Chunk(numbers, tracesAtOnce) {
		number := map[int64]int{}
		var keys []int64
		for _, n := range some {
			keys, number[c.keys[n]] = append(keys, c.keys[n]), n
		}
		cond, list := c.s.db.InKeys("row_key", keys)
		err := db.Each(ctx, c.s.db, `SELECT row_key, recording FROM otoscope_details WHERE `+cond+` ORDER BY row_key`, []any{list}, func(cursor db.Cursor) error {
			var key int64
			var recording *string
			if err := cursor.Scan(&key, &recording); err != nil {
				return err
			}
			var stored struct {
				Measurements struct{ Left, Right channel } `json:"measurements"`
			}
			if recording != nil {
				if err := json.Unmarshal([]byte(*recording), &stored); err != nil {
					return fmt.Errorf("reading the measurements of %s: %w", c.recordings[number[key]].ID, err)
				}
			}
			return each(number[key], &stored.Measurements.Left, &stored.Measurements.Right)
		})
		if err != nil {
			return c.s.storageError("reading the measurements", err)
		}
	}
	return nil
}

// opinionsAtOnce is how many opinions are stored in one transaction.
const opinionsAtOnce = 1000

// Keep stores the opinions, in the order of the recordings, in place of earlier ones. A
// recording whose row was purged or judged again since is left alone.
func (c *Cohort) Keep(ctx context.Context, opinions []cohort.Opinion) error {
	if len(opinions) != len(c.keys) {
		return fmt.Errorf("there are %d opinions on %d recordings", len(opinions), len(c.keys))
	}
	for from := 0; from < len(opinions); from += opinionsAtOnce {
		to := min(from+opinionsAtOnce, len(opinions))
		var rows [][]any
		for i := from; i < to; i++ {
			var text any
			if o := opinions[i]; o.Outcome != "" {
				b, err := json.Marshal(o)
				if err != nil {
					return fmt.Errorf("keeping an opinion: %w", err)
				}
				text = string(b)
			}
			rows = append(rows, []any{text, c.keys[i]})
		}
		err := c.s.retry(ctx, defaultPatience, func() error {
			return c.s.db.Tx(ctx, func(t db.Statements) error {
				return t.ExecMany(ctx, `UPDATE otoscope_details SET cohort = ? WHERE row_key = ?`, rows)
			})
		})
		if err != nil {
			return c.s.storageError("keeping what the cohort says", err)
		}
	}
	return nil
}

var _ cohort.Stored = (*Cohort)(nil)
