// Package rollout decides, from the verdicts on a sample of recordings, whether a centre
// records its channels as declared often enough.
//
// [Goal] states what is asked: the highest rate of recordings that are not as declared
// (swapped or unusable), and the risks of a wrong answer. [Goal.Fixed] and
// [Goal.Sequential] say how many recordings that takes, [Draw] chooses them, [Check]
// decides, and [Watch] looks for a change in a centre that runs.
//
// # Betting
//
// Check and Watch bet (Ramdas, Grünwald, Vovk and Shafer, Statistical Science 38, 2023).
// Capital of 1 is staked against the hypothesis that is to be refuted, on terms under
// which it cannot be expected to grow if the hypothesis is true. By Ville's inequality it
// then exceeds 1/risk with a probability of at most risk, however often one looks. The
// stakes are likelihood ratios, so a recording counts for as much as its evidence:
//
//	bet(L; p, q) = ((1−q)·L + q) / ((1−p)·L + p)
//
// L is the likelihood ratio of the recording's sound, as declared against not. p is the
// rate in question and q the rate that is bet on. An undecided recording has an L near 1
// and changes little. A recording that a person listened to has an L of infinity or 0.
//
// # The verifier's own errors
//
// Likelihood ratios may be wrong. So a share of recordings of at most [Errors.Rate] may
// have any evidence whatever, and the stakes are reduced by what that could add. The rate
// is an upper bound from labelled recordings. Part of the risk pays for that bound.
//
// # What people say
//
// People answer a random part of what the verifier decides. A part of the capital is bet on
// their answers and on the verifier's outcomes together, without likelihood ratios: the outcomes
// predict, and the answers correct them (prediction-powered inference: Angelopoulos, Bates,
// Fannjiang, Jordan and Zrnic, Science 382, 2023; here anytime-valid and exact for small
// numbers). How many faults the verifier confirms is unknown; the least capital over all such
// shares counts (see union). With labelled recordings a large share loses against them; without
// them the capital holds however the verifier errs. The probability with which a recording was
// drawn need not be known, because recordings count within their outcome.
package rollout
