// Package lint checks, before any call is made, what will declare the channels of recordings: task
// attributes, attributes of the Send To Flex widget with their Liquid variables, whole Studio
// flows, the configuration of the dual-channel plugin, transcript requests, and manifests.
//
// [Check] looks at several files together, since some mistakes show only there. [Rules] documents
// every finding. A finding has its place (file, line, JSON pointer), and, where the right text is
// certain, an edit; [Report.Fixed] applies the edits to a copy.
//
// Text is untrusted: files have at most [MaxFile] bytes and [maxDepth] levels. Widgets and fields
// that are not known are passed over.
package lint
