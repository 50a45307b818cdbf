package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Dir is a Store in a folder, which is made when it is not there. Several processes may share it.
//
// Each record is a file NAME.bcp, and NAME.bcp.before holds the one before it, so whatever happens to a write, one
// whole record stays. A write goes to a temporary file, onto the disk, and then takes the place of the record by a
// rename; the file "lock" is held meanwhile. A file that is torn, empty or of something else counts as absent: each
// begins with the SHA-256 of what follows. Folder and files are readable by their owner alone.
//
// Where the system has no flock (Windows), only the goroutines of one process exclude one another.
type Dir string

var _ Store = Dir("")

// lockPatience bounds how long a writer waits for another one. A write takes milliseconds; who holds the lock for
// longer hangs.
const lockPatience = 5 * time.Second

// maxRecordBytes bounds what is read: a catalogue is at most 4 MiB, the states of 2,000 services 0.5 MB.
const maxRecordBytes = 16 << 20

// Load returns the whole records, the newest first.
//
// Errors: storage-unavailable when the folder cannot be read; a folder that is not there holds nothing. record-dropped
// beside the whole records when one was left out because it is torn or of something else.
func (d Dir) Load(name string) ([][]byte, error) {
	var kept [][]byte
	var dropped error
	for _, file := range []string{d.file(name), d.before(name)} {
		data, err := readRecord(file)
		if bcperr.CodeOf(err) == bcperr.RecordDropped {
			dropped = err
			continue
		}
		if err != nil {
			return kept, unavailable(err)
		}
		if data != nil {
			kept = append(kept, data)
		}
	}
	return kept, dropped
}

// Update replaces a record under the lock of the folder.
//
// Errors: storage-unavailable when the folder cannot be written to, or another process holds the lock for 5 s. Then
// what was kept stays as it was.
func (d Dir) Update(name string, change func(kept [][]byte) []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	unlock, err := d.Lock(ctx, "lock")
	if err != nil {
		return err
	}
	defer unlock()
	kept, err := d.Load(name)
	if err != nil && bcperr.CodeOf(err) != bcperr.RecordDropped {
		return err
	}
	next := change(kept)
	if next == nil || len(kept) > 0 && bytes.Equal(next, kept[0]) {
		return nil
	}
	if err := d.write(name, next); err != nil {
		return unavailable(err)
	}
	return nil
}

// write puts a record in its place. At every instant the current file or the one before it is whole.
func (d Dir) write(name string, data []byte) error {
	sum := sha256.Sum256(data)
	head := recordMagic + hex.EncodeToString(sum[:]) + "\n"
	temporary := d.file(name) + ".tmp"
	if err := writeSynced(temporary, append([]byte(head), data...), 0o600); err != nil {
		return err
	}
	// Only a whole record becomes the one before; a torn one must not push out a whole one.
	if current, err := readRecord(d.file(name)); err == nil && current != nil {
		if err := d.keepBefore(name); err != nil {
			return err
		}
	}
	if err := rename(temporary, d.file(name)); err != nil {
		return err
	}
	return syncFolder(string(d))
}

// keepBefore gives the current file its second name. It is a link and not a move, so that the current one is never
// away.
func (d Dir) keepBefore(name string) error {
	link := d.before(name) + ".tmp"
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Link(d.file(name), link); err != nil {
		return rename(d.file(name), d.before(name)) // a file system without links: the one before is whole meanwhile
	}
	return rename(link, d.before(name))
}

func (d Dir) file(name string) string   { return filepath.Join(string(d), name+".bcp") }
func (d Dir) before(name string) string { return d.file(name) + ".before" }

// Lock makes the caller the only holder of the lock of that name in the folder, in all processes, until release is
// called or the process ends.
//
// Errors: storage-unavailable when the folder cannot be written to, or ctx ends first.
func (d Dir) Lock(ctx context.Context, name string) (release func(), err error) {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return nil, unavailable(err)
	}
	path := filepath.Join(string(d), name)
	for {
		release, held, err := tryLock(path)
		if err != nil {
			return nil, unavailable(err)
		}
		if held {
			return release, nil
		}
		select {
		case <-ctx.Done():
			return nil, bcperr.New(bcperr.StorageUnavailable, "another process holds the lock %q: %w", name,
				context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

const recordMagic = "ehealth-bcp record 1 "

var errDropped = bcperr.New(bcperr.RecordDropped, "a record that cannot be read")

// readRecord returns what is in a file of this form, nil when it is absent. Errors: record-dropped when it is torn or
// of something else.
func readRecord(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	all, err := io.ReadAll(io.LimitReader(file, maxRecordBytes+1))
	if err != nil || len(all) > maxRecordBytes {
		return nil, errDropped // a folder of that name, a bad block
	}
	head, data, found := bytes.Cut(all, []byte("\n"))
	sum := sha256.Sum256(data)
	if !found || string(head) != recordMagic+hex.EncodeToString(sum[:]) {
		return nil, errDropped
	}
	return data, nil
}

// WriteFile puts data in the place of the file at path, whole or not at all: whoever reads the path, also after a crash
// at any instant, finds the old octets or the new ones. It keeps out no other writer: hold a lock for that.
//
// Errors: storage-unavailable.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	temporary := path + ".tmp"
	err := writeSynced(temporary, data, mode)
	if err == nil {
		err = rename(temporary, path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// writeSynced writes a file and waits until the disk has it: a rename that reaches the disk before the octets do would
// leave an empty file after a power cut.
func writeSynced(path string, data []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// rename retries for a moment where a reader keeps Windows from replacing a file (golang/go#32188).
func rename(from, to string) error {
	err := os.Rename(from, to)
	for i := 0; err != nil && runtime.GOOS == "windows" && i < 20; i++ {
		time.Sleep(5 * time.Millisecond)
		err = os.Rename(from, to)
	}
	return err
}

// syncFolder makes the renames in a folder durable. Windows knows no such thing.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func unavailable(err error) error {
	return bcperr.New(bcperr.StorageUnavailable, "the store cannot be used: %w", err)
}
