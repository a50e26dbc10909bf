package db

import (
	"os"

	"golang.org/x/sys/windows"
)

// links returns the number of names of a file.
func links(f *os.File) (uint64, error) {
	var info windows.ByHandleFileInformation
	err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info)
	return uint64(info.NumberOfLinks), err
}
