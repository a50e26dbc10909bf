package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/otoscope/otoscope/audio/decode"
)

// sortedEntries is the number of names of one folder that are held and sorted at a time.
// Except in larger folders, the rows are in the order of the names.
const sortedEntries = 100_000

// folder lists the recordings below a folder; each is known by its path within. others takes those, too,
// that only a decoder reads; otherwise they are counted.
func folder(root string, others bool, left *LeftOut) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		*left = LeftOut{}
		w := walker{root: root, others: others, left: left, yield: yield}
		w.walk("")
	}
}

type walker struct {
	root   string
	others bool
	left   *LeftOut
	row    int64
	yield  func(Entry) bool
}

// walk reports whether to continue.
func (w *walker) walk(inside string) bool {
	dir, err := os.Open(filepath.Join(w.root, inside))
	if err != nil {
		return w.bad(inside, err)
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(sortedEntries)
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, e := range entries {
			if !w.visit(filepath.Join(inside, e.Name()), e) {
				return false
			}
		}
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return w.bad(inside, err)
		}
	}
}

func (w *walker) visit(inside string, e fs.DirEntry) bool {
	switch {
	case e.IsDir():
		return w.walk(inside)
	case decode.HasOtherEnding(inside):
		if !w.others {
			w.left.add(inside)
			return true
		}
	case !decode.HasEnding(inside):
		return true
	}
	w.row++
	path := filepath.Join(w.root, inside)
	if abs, err := filepath.Abs(path); err == nil {
		path = abs // another worker may have another working directory
	}
	entry := Entry{Row: w.row, Fields: Fields{Recording: path, ID: filepath.ToSlash(inside), Shown: filepath.ToSlash(inside)}}
	if cleanText(inside) != nil {
		entry.Fields = Fields{}
		entry.Err = &RowError{Message: fmt.Sprintf("the name of the file %q is not UTF-8 text", inside), Advice: "rename the file"}
	}
	return w.yield(entry)
}

// add counts a file.
func (l *LeftOut) add(name string) {
	l.Files++
	if ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")); !slices.Contains(l.Endings, ending) {
		l.Endings = append(l.Endings, ending)
	}
}

// bad reports a folder that cannot be read as a separate row.
func (w *walker) bad(inside string, err error) bool {
	w.row++
	name := filepath.ToSlash(inside)
	if cleanText(name) != nil {
		name = ""
	}
	return w.yield(Entry{
		Row:    w.row,
		Fields: Fields{ID: name, Shown: name},
		Err:    &RowError{Message: "the folder cannot be read: " + err.Error(), Advice: "make it readable", Cause: err},
	})
}
