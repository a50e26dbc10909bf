package batch

import (
	"context"
	"slices"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/verify/batch/db"
	"github.com/otoscope/otoscope/verify/finding"
)

// rowIdentity is unique among the rows of a batch: rows with the same id, the same recording
// with the same channels picked and the same facts are one row.
type rowIdentity struct{ id, identity, pick, digest string }

func (r *row) is() rowIdentity { return rowIdentity{r.id, r.identity, r.pick, r.digest} }

// match finds the batch's earlier row for each row of a slice: an identical one, or else the
// same recording with other facts, or else the former row with its id. A row that this
// reading has already used is taken: a second recording under one id is a separate row. Rows
// that repeat another have nil, and repeats[i] is the number of that row.
func (in *intake) match(slice []row, existing map[string][]*former) (found []*former, repeats map[int]repeated) {
	found, repeats = make([]*former, len(slice)), map[int]repeated{}
	first := make(map[rowIdentity]int, len(slice))
	for i := range slice {
		r := &slice[i]
		if j, twice := first[r.is()]; twice {
			if of, too := repeats[j]; too {
				repeats[i] = of // of a row that an earlier slice had
			} else {
				repeats[i] = repeated{number: slice[j].number, index: j, inSlice: true}
			}
			continue
		}
		first[r.is()] = i
		for _, old := range existing[r.id] {
			if old.taken || old.identity != r.identity || old.pick != r.pick || old.digest != r.digest {
				continue
			}
			if old.revision == in.revision {
				repeats[i] = repeated{number: old.number, key: old.key}
			} else {
				found[i], old.taken = old, true
			}
			break
		}
	}
	for _, fits := range []func(*row, *former) bool{
		(*row).same,
		func(r *row, old *former) bool { return old.id == r.id || old.identity == "" },
	} {
		for i := range slice {
			r := &slice[i]
			if _, twice := repeats[i]; twice || found[i] != nil {
				continue
			}
			for _, old := range slices.Concat(existing[r.id], existing[r.formerID]) {
				if !old.taken && old.revision != in.revision && fits(r, old) {
					found[i], old.taken = old, true
					break
				}
			}
		}
	}
	return found, repeats
}

// repeated returns the row that another row repeats.
type repeated struct {
	number  int64 // in the manifest
	key     int64
	index   int // in the slice, where it is in it
	inSlice bool
}

// existing returns the batch's rows with the given rows' ids.
func (in *intake) existing(ctx context.Context, t db.Statements, slice []row) (map[string][]*former, error) {
	var ids []string
	for _, r := range slice {
		ids = append(ids, r.id)
		if r.formerID != "" && r.formerID != r.id {
			ids = append(ids, r.formerID)
		}
	}
	slices.Sort(ids)
	cond, list := in.store.db.In("r.id", slices.Compact(ids))
	all := map[string][]*former{}
	err := db.Each(ctx, t, `SELECT r.id, r.row_key, r.row, r.recording, r.identity, r.pick, r.facts_digest, r.revision, r.chunk_id, coalesce(c.needs, ''), f.facts,
			s.outcome, s.error_stage, s.version, s.profile, s.facts_digest, s.measurements_schema, s.stale, coalesce(s.recording_state, ''),
			CASE WHEN EXISTS (SELECT 1 FROM otoscope_findings x WHERE x.row_key = r.row_key AND x.code = '`+string(finding.PartlyHeard)+`') THEN 1 ELSE 0 END
		FROM otoscope_rows r JOIN otoscope_facts f ON f.facts_id = r.facts_id LEFT JOIN otoscope_results s ON s.row_key = r.row_key
			LEFT JOIN otoscope_chunks c ON c.chunk_id = r.chunk_id
		WHERE r.batch_id = ? AND `+cond+` ORDER BY r.row, r.row_key`, []any{in.batch, list}, func(c db.Cursor) error {
		k := &former{}
		var chunk *int64
		var part int64
		if err := c.Scan(&k.id, &k.key, &k.number, &k.recording, &k.identity, &k.pick, &k.digest, &k.revision, &chunk, &k.needs, &k.facts,
			&k.outcome, &k.stage, &k.version, &k.profile, &k.judgedDigest, &k.schema, &k.stale, &k.state, &part); err != nil {
			return err
		}
		if options, err := decode.ParseWords(k.pick); err == nil {
			k.pick = options.Words() // however an earlier reading spelt it
		}
		k.waiting, k.part = chunk != nil, part == 1
		all[k.id] = append(all[k.id], k)
		return nil
	})
	return all, err
}
