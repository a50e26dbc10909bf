package child

import (
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Run runs a command in a process group of its own, which is killed as a whole. The kernel kills
// the command when this process dies. started is called with its process once it runs; nil: nothing is.
func Run(cmd *exec.Cmd, started func(pid int)) error {
	// Pdeathsig is about the thread that started the command.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return run(cmd, started)
}

// Limit bounds what a process may use. It is called before the process gets anything that could
// mislead it.
func Limit(pid int, l Limits) error {
	for what, most := range map[int]uint64{
		unix.RLIMIT_AS: uint64(l.MemoryBytes), unix.RLIMIT_CPU: uint64(l.CPU.Seconds()),
		unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Prlimit(pid, what, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return err
		}
	}
	return nil
}
