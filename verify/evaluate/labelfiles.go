package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/otoscope/otoscope/verify"
	"github.com/otoscope/otoscope/verify/declare"
)

// A File is one of the two files of a labelled recording that has one a party.
type File struct {
	Name    string // relative to the labels' folder; of an Address the part that may be printed
	Address string // where it is fetched from; "": it is a file. It may hold secrets.
}

// A LabelledPair is a recording that has a file a party.
type LabelledPair struct {
	Left, Right File
	Pairing     verify.Pairing
}

// file tells a file from an address.
func (t AddressTeller) file(name string) File {
	if t != nil {
		if shown, is := t(name); is {
			return File{shown, name}
		}
	}
	return File{Name: name}
}

// place tells labels of one recording from those of others.
func (f File) place() string {
	if f.Address != "" {
		return f.Address
	}
	return filepath.Clean(f.Name)
}

// The facts that name the files. In a label, "left" says who is there, and these are left_file and
// right_file.
const (
	factLeft  = "left"
	factRight = "right"
)

// readFiles reads where the recording is: one file, or two.
func (l *Label) readFiles(line []byte, address AddressTeller) error {
	var two struct {
		Left  string `json:"left_file"`
		Right string `json:"right_file"`
	}
	if err := json.Unmarshal(line, &two); err != nil {
		return labelError(err)
	}
	switch {
	case two.Left+two.Right == "" && l.File == "":
		return errors.New(`it names no "file"`)
	case two.Left+two.Right == "":
		f := address.file(l.File)
		l.File, l.Address = f.Name, f.Address
		return nil
	case l.File != "":
		return fmt.Errorf("%q is a file, and two files are named, too", address.file(l.File).Name)
	case two.Left == "" || two.Right == "":
		return fmt.Errorf("%q is one file of two, and the other one is missing", address.file(two.Left+two.Right).Name)
	}
	l.Pair = &LabelledPair{Left: address.file(two.Left), Right: address.file(two.Right)}
	if l.Pair.Left.place() == l.Pair.Right.place() {
		return fmt.Errorf("%q is said to hold both parties", l.Pair.Left.Name)
	}
	l.File = l.Pair.Left.Name + verify.BetweenFiles + l.Pair.Right.Name
	return nil
}

// setFiles tells the facts of the two files, so that what is said of their starts is read.
func (p *LabelledPair) setFiles(call *declare.Call) error {
	for _, f := range declare.Table() {
		name := map[string]string{factLeft: p.Left.place(), factRight: p.Right.place()}[f.Name]
		if name == "" {
			continue
		}
		if err := f.Set(call, name); err != nil {
			return ofLabel(&declare.FactError{Fact: f.Name, Err: err})
		}
	}
	return nil
}

// ofLabel names the key of a label that an error about a fact is of.
func ofLabel(err error) error {
	var of *declare.FactError
	if errors.As(err, &of) && (of.Fact == factLeft || of.Fact == factRight) {
		return &declare.FactError{Fact: of.Fact + "_file", Err: of.Err}
	}
	return err
}

// begun takes what the facts say of when the files began.
func (p *LabelledPair) begun(call *declare.Call) error {
	files, err := call.Files()
	if err != nil {
		return err
	}
	p.Pairing = verify.Pairing{
		Files: declare.Files{RightLate: files.RightLate, Told: files.Told},
		Shown: [2]string{p.Left.Name, p.Right.Name},
	}
	return nil
}

// place tells labels of one recording from those of others.
func (l *Label) place() string {
	if l.Pair == nil {
		return File{l.File, l.Address}.place()
	}
	return fmt.Sprintf("%q %q %d", l.Pair.Left.place(), l.Pair.Right.place(), l.Pair.Pairing.RightLate)
}
