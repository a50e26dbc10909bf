//go:build unix

package child

import (
	"os/exec"
	"syscall"
)

func run(cmd *exec.Cmd, started func(pid int)) error {
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return startAndWait(cmd, started)
}
