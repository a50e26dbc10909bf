package batch

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/otoscope/otoscope/verify/batch/db"
)

// numbered are the numbers of rows in a random order, as the database computes them.
func numbered(t *testing.T, s *Store, seed uint64, keys []int64) map[int64]int64 {
	t.Helper()
	numbers := map[int64]int64{}
	cond, list := s.db.InKeys("r.row_key", keys)
	rows := ` FROM (SELECT row_key FROM otoscope_rows) r WHERE `
	err := db.Each(t.Context(), s.db, `SELECT r.row_key, `+mixing(seed).number()+rows+cond, []any{list}, func(c db.Cursor) error {
		var key, number int64
		err := c.Scan(&key, &number)
		numbers[key] = number
		return err
	})
	if err != nil || len(numbers) != len(keys) {
		t.Fatalf("%d of %d rows have numbers: %v", len(numbers), len(keys), err)
	}
	return numbers
}

// Both databases order rows by the same numbers: the polynomial that the seed gives, also for the largest keys.
func TestTheRandomOrderIsOneOnAllDatabases(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s, _, _ := reviewed(t, target, 1)
		keys := []int64{2, 1000, 1<<31 - 2, 1<<31 - 1, 1 << 31, 1 << 40, 1<<63 - 1}
		for _, key := range keys {
			if _, err := s.db.Exec(t.Context(), fmt.Sprintf(`UPDATE otoscope_rows SET row_key = %d`, key)); err != nil {
				t.Fatal(err)
			}
			for _, seed := range []uint64{0, 1, 1<<64 - 1} {
				prime, want := big.NewInt(1<<31-1), new(big.Int)
				for i := range 8 {
					sum := sha256.Sum256(fmt.Appendf(nil, "%d %d", seed, i))
					c := new(big.Int).SetUint64(binary.BigEndian.Uint64(sum[:]))
					want.Mul(want, big.NewInt(key)).Add(want, c).Mod(want, prime)
				}
				if got := numbered(t, s, seed, []int64{key})[key]; got != want.Int64() {
					t.Errorf("row %d, seed %d: %d, want %s", key, seed, got, want)
				}
			}
		}
	})
}

// Over many seeds each row comes first as often as every other, and neighbours come no more often together than
// rows that are far apart.
func TestTheRandomOrderFavoursNoRow(t *testing.T) {
	const rows, seeds, drawn = 20, 2000, 5
	s, keys, _ := reviewed(t, freshSQLite(t), rows)
	alone, together := map[int64]int{}, map[[2]int64]int{}
	for seed := range uint64(seeds) {
		numbers := numbered(t, s, seed, keys)
		var sample []int64
		for _, a := range keys {
			before := 0
			for _, b := range keys {
				if numbers[b] < numbers[a] {
					before++
				}
			}
			if before < drawn {
				sample = append(sample, a)
			}
		}
		for i, a := range sample {
			alone[a]++
			for _, b := range sample[i+1:] {
				together[[2]int64{a, b}]++
			}
		}
	}
	// Five standard deviations of a binomial count: a good order fails in fewer than one of 10,000 choices of seeds.
	check := func(what any, n int, p float64) {
		mean, sd := p*seeds, math.Sqrt(p*(1-p)*seeds)
		if float64(n) < mean-5*sd || float64(n) > mean+5*sd {
			t.Errorf("%v: %d of %d times, expected %.0f ± %.0f", what, n, seeds, mean, sd)
		}
	}
	for _, a := range keys {
		check(a, alone[a], drawn/float64(rows))
	}
	for i, a := range keys {
		for _, b := range keys[i+1:] {
			check([2]int64{a, b}, together[[2]int64{a, b}], drawn*(drawn-1)/float64(rows*(rows-1)))
		}
	}
}
