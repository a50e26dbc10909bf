package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machine identifies the context in which process numbers mean the same as here: this boot
// of this machine, and this process namespace. It is "" if unknown.
func machine() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + namespace
}

// errEnded says that a process has ended; at most it is still listed.
var errEnded = errors.New("the process has ended")

// started is the start time of a process, in clock ticks after the machine's.
func started(pid int) (int64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ESRCH):
		return 0, errEnded
	case err != nil:
		return 0, err
	}
	// proc(5): the second field is a name in brackets, which may hold anything; the
	// third is the state, and the 22nd the time.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return 0, fmt.Errorf("the state of process %d cannot be read", pid)
	}
	if bytes.ContainsAny(fields[0], "ZX") {
		return 0, errEnded
	}
	return strconv.ParseInt(string(fields[19]), 10, 64)
}

// gone reports whether a process of this machine has certainly ended.
func gone(pid int, began int64) bool {
	if err := unix.Kill(pid, 0); err != nil {
		return errors.Is(err, unix.ESRCH) // or it lives, and belongs to somebody else
	}
	ticks, err := started(pid)
	return errors.Is(err, errEnded) || err == nil && ticks != began // another has its number
}
