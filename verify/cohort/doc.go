// Package cohort says what only many recordings together can say. It is a second stage over
// stored results, repeatable at any time, and never changes a recording's own verdict.
//
// [Judge] takes the results of a batch and the traces of their channels. It looks for sound
// that recurs (sounds.go): a greeting, a recording notice or a prompt that is heard in many
// calls belongs to the centre, and the channel that plays it is the agent's side. It
// estimates how often each group is exchanged, and since when (package rates). Together
// with what each recording says by itself this gives a second opinion on each.
//
// Package discover finds the rule behind the channels, and package rollout decides whether
// to go ahead.
package cohort
