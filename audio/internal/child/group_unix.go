//go:build unix && !linux

package child

import (
	"os/exec"
	"syscall"
)

// Run runs a command in a process group of its own, which is killed as a whole. started is called
// with its process once it runs; nil: nothing is.
func Run(cmd *exec.Cmd, started func(pid int)) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return run(cmd, started)
}
