package batch

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/batch/db"
)

// A ReviewPlace is a place on a list. The zero place is before the first row.
type ReviewPlace struct {
	kind                   int
	mixed, batch, row, key int64
}

// String gives the place as ParseReviewPlace reads it.
func (p ReviewPlace) String() string {
	return fmt.Sprintf("%d.%d.%d.%d.%d", p.kind, p.mixed, p.batch, p.row, p.key)
}

// ParseReviewPlace reads a place; "" is the zero place.
func ParseReviewPlace(s string) (p ReviewPlace, ok bool) {
	if s == "" {
		return p, true
	}
	words := strings.Split(s, ".")
	if len(words) != 5 {
		return p, false
	}
	var n [5]int64
	for i, w := range words {
		var err error
		if n[i], err = strconv.ParseInt(w, 10, 64); err != nil || n[i] < 0 {
			return p, false
		}
	}
	if n[0] > 2 {
		return p, false
	}
	return ReviewPlace{int(n[0]), n[1], n[2], n[3], n[4]}, true
}

// An order is how results of one stretch of the list are ordered: by a number, as SQL, and where that is the same
// or there is none (""), as in the manifests.
type order string

const asInManifests order = ""

// number is the number of a row r, as SQL.
func (o order) number() string { return cmp.Or(string(o), "0") }

// columns are what rows r are ordered by, as SQL.
func (o order) columns() string {
	if o == asInManifests {
		return "r.batch_id, r.row, r.row_key"
	}
	return string(o) + ", r.batch_id, r.row, r.row_key"
}

// compared compares rows with a place, as SQL.
func (o order) compared(sign string, p ReviewPlace) (string, []any) {
	if o == asInManifests {
		return "(" + o.columns() + ") " + sign + " (?, ?, ?)", []any{p.batch, p.row, p.key}
	}
	return "(" + o.columns() + ") " + sign + " (?, ?, ?, ?)", []any{p.mixed, p.batch, p.row, p.key}
}

// mixing is a random order that follows from a seed. The number of a row is a polynomial of its key over the
// integers modulo a prime. Its coefficients follow from the seed, so that the numbers of any eight rows
// are independent (Wegman and Carter, New Hash Functions and Their Use in Authentication and Set Equality,
// 1981). Two rows may have the same number.
func mixing(seed uint64) order {
	const (
		prime  = 1<<31 - 1 // a product of two numbers below it fits 64 bits
		degree = 7
	)
	coefficient := func(i int) uint64 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %d", seed, i))
		return binary.BigEndian.Uint64(sum[:]) % prime
	}
	number := fmt.Sprintf("%d", coefficient(0))
	for i := range degree { // Horner
		number = fmt.Sprintf("((%s * (r.row_key %% %d) + %d) %% %[2]d)", number, prime, coefficient(i+1))
	}
	return order(number)
}

// A reviewKind is a stretch of the list: results of some outcomes, in one order.
type reviewKind struct {
	outcomes []verify.Outcome
	order    order
}

// kinds are the stretches of the list, in order.
func (l *ReviewList) kinds() []reviewKind {
	undecided, refuted, confirmed := []verify.Outcome{verify.Undecided}, []verify.Outcome{verify.Swapped, verify.Unusable}, []verify.Outcome{verify.Match}
	if l.o.Shuffled {
		return []reviewKind{{slices.Concat(undecided, refuted, confirmed), mixing(l.o.Seed + 1)}}
	}
	return []reviewKind{{undecided, asInManifests}, {refuted, mixing(l.o.Seed)}, {confirmed, mixing(l.o.Seed)}}
}

// condition returns which rows r with results s are of a kind and in a choice, as SQL.
func (l *ReviewList) condition(d db.Database, k reviewKind, f Filter) (string, []any) {
	words := make([]string, len(k.outcomes))
	for i, o := range k.outcomes {
		words[i] = string(o)
	}
	cond, args := f.condition(d)
	of, list := d.In("s.outcome", words)
	cond, args = cond+" AND "+of, append(args, list)
	switch {
	case !slices.Contains(k.outcomes, verify.Match):
	case l.Sample == 0:
		cond += " AND s.outcome <> 'match'"
	default:
		sample, more := mixing(l.o.Seed).compared("<=", l.last)
		cond, args = cond+" AND (s.outcome <> 'match' OR "+sample+")", append(args, more...)
	}
	return cond, args
}
