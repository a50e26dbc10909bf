//go:build unix

package fetch

import "syscall"

// noControllingTerminal keeps a terminal that is opened from becoming this process's own.
const noControllingTerminal = syscall.O_NOCTTY
