// Package discover finds the rule by which a system puts the parties on the channels, from
// what was heard in many of its recordings.
//
// A rule predicts, of each call, who is on the left: by role, by who placed the call, by the
// leg that was recorded, by who joined first, by who is heard first, or in turns.
// [Rules] gives each rule's posterior probability. The rule "by configuration" predicts
// nothing: it stands for every order that these facts do not explain. Rules that predict the
// same of all calls cannot be told apart; the result names them together, and the kind of
// call that would separate them.
package discover
