//go:build !unix

package recognize

import "os/exec"

// runGroup runs a command.
func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
