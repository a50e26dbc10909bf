// Package twilio asks Twilio's API what it knows of a recording: how it was made, the legs of its
// call, and who joined its conference when. Every request follows the rules of package fetch.
//
//	api := twilio.New()
//	record, err := api.Know(ctx, client, twilio.Question{Reference: ref})
//
// The resources are those of Twilio's documentation: Recording and Call of the API of 2010-04-01,
// and Conference Participant Summary of Voice Insights, which alone tells who was in a conference
// after it has ended.
package twilio
