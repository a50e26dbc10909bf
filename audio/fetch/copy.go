package fetch

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/otoscope/otoscope/audio/internal/unnamed"
)

// A Copy is a fetched recording on disk, to be read more than once. Several goroutines may read it
// at once.
type Copy struct {
	file *os.File
	size int64
}

// Copy fetches the recording that ref names into a private file of the folder dir; "" means the
// system's for temporary files. The file is gone when the copy is closed; where the system allows
// it, it has no name before either. The error is that of Get.
func (c *Client) Copy(ctx context.Context, ref Reference, dir string) (*Copy, error) {
	file, err := unnamed.Create(dir)
	if err != nil {
		return nil, fmt.Errorf("making a file for the recording: %w", err)
	}
	out := &Copy{file: file}
	_, err = c.Get(ctx, ref, func(r io.Reader) error {
		err := file.Truncate(0) // of a download that began again
		if err == nil {
			out.size, err = io.Copy(io.NewOffsetWriter(file, 0), r)
		}
		if err != nil {
			return fmt.Errorf("keeping the recording on disk: %w", err)
		}
		return nil
	})
	if err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// Reader reads the copy from its beginning. It is valid until the copy is closed.
func (c *Copy) Reader() *io.SectionReader { return io.NewSectionReader(c.file, 0, c.size) }

// Close forgets the copy.
func (c *Copy) Close() error { return c.file.Close() }
