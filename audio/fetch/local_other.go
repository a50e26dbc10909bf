//go:build !unix

package fetch

// noControllingTerminal keeps a terminal that is opened from becoming this process's own.
const noControllingTerminal = 0
