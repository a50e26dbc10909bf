// Package unnamed makes private temporary files that no other process can open by a name, and that
// the system deletes when they are closed, also when the process is killed.
package unnamed

// Prefix begins the names that such files have for an instant on some systems.
const Prefix = "otoscope-sound-"
