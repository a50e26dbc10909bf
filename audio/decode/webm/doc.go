// Package webm reads the blocks of one track of a WebM or Matroska file (RFC 9559), one segment after another.
// It knows nothing of codecs.
//
//	r := webm.NewReader(src, func(t webm.Track) bool { return t.Codec == "A_OPUS" })
//	for {
//		block, err := r.Next() // io.EOF after the last block
//		…
//
// A file is EBML (RFC 8794): elements of an identifier, a size and a body, nested. The elements that lead to
// blocks (segment, cluster, group of blocks) are entered, the description of the tracks is read, and all
// else is passed over. Where an entered element ends follows from what comes next: a size that is
// unknown, as browsers and servers write it while they record, needs no rule.
//
// Damage is no error. Where no element can be, the next cluster is searched for. [Block.Gap] says that blocks may
// be missing, [Block.Skipped] how many bytes were passed over. Memory is bounded: a block or
// a description larger than a mebibyte counts as damage.
package webm
