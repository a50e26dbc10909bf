package recognize

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runGroup runs a command in a process group of its own, which is killed as a whole. The kernel
// kills the command when this process dies.
func runGroup(cmd *exec.Cmd) error {
	// Pdeathsig is about the thread that started the command.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd.Run()
}
