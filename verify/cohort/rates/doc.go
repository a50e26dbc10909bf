// Package rates estimates how often the recordings of a group are exchanged, from the
// likelihood ratios of all of them, also of those that are undecided by themselves; and from
// when on.
//
// The model of a group has four parts, each of which keeps many recordings from making
// certainty that they do not carry:
//
//   - Each recording is exchanged or not, and its likelihood ratio tells which, more or less
//     surely (a mixture of two).
//   - Calls of one cluster, such as an agent or a day, go together: each cluster has a rate
//     that varies about the group's (beta distribution, whose spread is averaged out).
//   - The likelihood ratios of a group may all err in one direction, since its calls share a
//     manner: a bias of [BiasLog10] (standard deviation) is averaged out.
//   - Beside the estimate stand the bounds that hold whatever the undecided recordings are.
package rates
