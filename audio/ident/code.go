package ident

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Party is whose ident it is. Each has its own bands, so that both can be heard at once.
type Party int

// The two parties.
const (
	A Party = iota
	B
)

// String is the party's letter.
func (p Party) String() string { return string('a' + rune(p)) }

// IDs is how many different idents a party has: 1 to IDs.
const IDs = 4

// Ident is one of the signals.
type Ident struct {
	Party Party
	ID    int // 1 to IDs
}

// Valid reports whether there is such an ident.
func (i Ident) Valid() bool { return (i.Party == A || i.Party == B) && i.ID >= 1 && i.ID <= IDs }

// String is the ident's name, such as a1.
func (i Ident) String() string { return fmt.Sprintf("%s%d", i.Party, i.ID) }

// WordS is how long a word is, in seconds. An ident repeats it.
const WordS = wordSlots * slotS

// A word is heard by halves. In each slot each of the party's bands is open or closed: a chip.
const (
	parties   = 2
	slotS     = 0.160
	chips     = 4 // a slot
	halves    = 2
	halfSlots = 30
	wordSlots = halves * halfSlots
	halfS     = halfSlots * slotS
	halfChips = halfSlots * chips
)

// A quarter of a word has 60 chips, which fit into 64 bits: the chips of the newest slot are the
// lowest, and of a slot that of the lowest band is.
const (
	quarterSlots = halfSlots / 2
	quarterMask  = 1<<(quarterSlots*chips) - 1
)

// The bands lie side by side, those of A and B in turn. They end where a telephone line does (ITU-T
// G.712).
const (
	bands  = parties * chips
	lowHz  = 300.0
	highHz = 3400.0
	bandHz = (highHz - lowHz) / bands
)

// A half is the pattern of half a word, by quarters, the older one first.
type half [2]uint64

// word is an ident's pattern.
type word [halves]half

// word draws the pattern: the first bits of the SHA-256 of the ident's name.
func (i Ident) word() (w word) {
	sum := sha256.Sum256([]byte("otoscope ident " + i.String()))
	for h := range w {
		for q := range w[h] {
			w[h][q] = binary.BigEndian.Uint64(sum[8*(2*h+q):]) & quarterMask
		}
	}
	return w
}

// chip is 1 where a band of the party is open, and 0 where it is closed. The words follow each other
// without end.
func (w *word) chip(slot, band int) float64 {
	slot = (slot%wordSlots + wordSlots) % wordSlots
	h, within := slot/halfSlots, slot%halfSlots
	quarter, ago := within/quarterSlots, quarterSlots-1-within%quarterSlots
	return float64(w[h][quarter] >> (ago*chips + band) & 1)
}

// A pattern is half a word of some ident.
const patterns = parties * IDs * halves

// identOf is the ident of a pattern, and which half of its word it is.
func identOf(pattern int) (Ident, int) {
	i := pattern / halves
	return Ident{Party: Party(i / IDs), ID: i%IDs + 1}, pattern % halves
}

// allPatterns are the halves of all words.
func allPatterns() *[patterns]half {
	var all [patterns]half
	for k := range all {
		i, h := identOf(k)
		all[k] = i.word()[h]
	}
	return &all
}
