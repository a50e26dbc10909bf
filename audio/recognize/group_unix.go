//go:build unix && !linux

package recognize

import (
	"os/exec"
	"syscall"
)

// runGroup runs a command in a process group of its own, which is killed as a whole.
func runGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd.Run()
}
