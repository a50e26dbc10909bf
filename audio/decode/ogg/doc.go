// Package ogg reads the pages of an Ogg file (RFC 3533) and gives the packets of one logical
// stream after another. It knows nothing of codecs.
//
//	r := ogg.NewReader(src, func(first []byte) bool { return bytes.HasPrefix(first, []byte("OpusHead")) })
//	for {
//		page, err := r.Next() // io.EOF after the last page
//		…
//		for _, packet := range page.Packets {
//
// # Streams
//
// An Ogg file holds logical streams: some at the same time (multiplexed), some one after another
// (chained). The caller's function sees the first packet of each stream and says whether it is one
// to follow. The first such stream is followed up to its end, and then the next one that begins.
// Pages of all other streams are passed over. A stream that could have been followed but runs beside
// the followed one is counted by [Reader.Others].
//
// # Damage
//
// Each page has a checksum. A page that fails it is left out, and the next page is searched for from
// the byte behind its mark, because its length may be wrong too. [Page.Skipped] counts the bytes
// that were passed over, and [Page.Gap] says that pages of the stream are missing, by their numbers
// or because the beginning of a packet is not there. Nothing of a packet is given unless all of it is there.
//
// Memory is bounded: a page has at most 65,307 bytes, and a packet longer than [MaxPacketBytes]
// is given as nil. So is time: where a file is made of marks, the search behind damaged pages passes
// over some of it unseen.
package ogg
