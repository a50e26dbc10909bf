// Package recognize turns speech into words, by a recogniser that the user names: a command on
// this machine, or a server that the user runs. Nothing is recognised, and no sound leaves the
// program, unless one is named.
//
//	engine, err := recognize.New("pocketsphinx", recognize.Options{})
//	…
//	sound := recognize.NewSound("")
//	defer sound.Close()
//	sound.Begin(8000, 2) // and Add, block by block, while the recording is measured
//	…
//	excerpt, err := sound.Excerpt(0, segments, engine.SpeechS())
//	document, err := engine.Recognize(ctx, excerpt.WAV)
//
// A document is what the recogniser wrote, in its own form. Its times are those of the excerpt,
// which [Excerpt.At] leads back to the recording.
//
// Sound on its way to a recogniser is personal data. The samples of a recording are kept in a
// file that has no name, the excerpts in a folder that only the user may open and that is
// removed when the recogniser has ended. [Sweep] removes what a killed process left. Errors
// repeat nothing of the words.
package recognize
