//go:build !unix

package child

import "os/exec"

// Run runs a command. started is called with its process once it runs; nil: nothing is.
func Run(cmd *exec.Cmd, started func(pid int)) error { return startAndWait(cmd, started) }
