package gateway

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
)

// The files of an archive, in its folder.
const (
	chainFile = "chain.txt" // package history has its form
	lockFile  = "lock"
)

// lockPatience bounds the wait for another process that appends, which takes milliseconds.
const lockPatience = 5 * time.Second

// archive keeps every list that was accepted, and the chain that holds them together. Several processes may share its
// folder.
type archive struct {
	dir client.Dir

	mu    sync.Mutex
	chain history.Chain // as last read
	fault error         // of the last try to keep a list
}

func openArchive(folder string) *archive {
	a := &archive{dir: client.Dir(folder)}
	a.chain, a.fault = a.read()
	return a
}

func (a *archive) path(name string) string { return filepath.Join(string(a.dir), name) }

// read checks the chain on disk. Errors: history-broken; storage-unavailable.
func (a *archive) read() (history.Chain, error) {
	text, err := readBounded(a.path(chainFile), history.MaxBytes)
	if err != nil {
		return history.Chain{}, err
	}
	return history.Read(text)
}

// readBounded reads a file, one octet more than maxBytes at most; one that is not there is empty.
func readBounded(path string, maxBytes int) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, int64(maxBytes)+1))
	if err != nil {
		return nil, unavailable(err)
	}
	return text, nil
}

// keep adds a list, unless it is the last one already. A chain that does not hold is left as it is: that it was changed
// must stay to be seen.
//
// Errors: history-broken, storage-unavailable. The list is in force all the same.
func (a *archive) keep(list client.List) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	chain, err := a.append(list)
	if err == nil {
		a.chain = chain
	}
	a.fault = err
	return err
}

func (a *archive) append(list client.List) (history.Chain, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	unlock, err := a.dir.Lock(ctx, lockFile)
	if err != nil {
		return history.Chain{}, err
	}
	defer unlock()
	chain, err := a.read()
	if err != nil {
		return chain, err
	}
	if err := a.keepOctets(list); err != nil {
		return chain, err
	}
	line, err := chain.Next(list.SHA256, list.Catalogue.Summary().IssueInstant)
	if err != nil || line == "" {
		return chain, err
	}
	if err := appendLine(a.path(chainFile), line, chain.Torn); err != nil {
		return chain, unavailable(err)
	}
	return a.read()
}

// keepOctets writes the list itself, before the line that names it.
func (a *archive) keepOctets(list client.List) error {
	path := a.path(list.SHA256 + ".xml")
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(list.Octets)) {
		return nil
	}
	return client.WriteFile(path, list.Octets, 0o644)
}

// appendLine writes a line at the end, in the place of a line that a crash cut.
func appendLine(path, line string, torn int) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	end, err := file.Seek(-int64(torn), io.SeekEnd)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = io.WriteString(file, line)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// state is the chain as last read, and why the last list could not be kept.
func (a *archive) state() (history.Chain, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.chain, a.fault
}

// octets are those of a list that was kept, by its digest.
func (a *archive) octets(digest string) ([]byte, error) {
	text, err := readBounded(a.path(digest+".xml"), core.MaxCatalogueBytes)
	if err == nil && len(text) == 0 {
		err = bcperr.New(bcperr.StorageUnavailable, "the list is not in the archive")
	}
	return text, err
}

func unavailable(err error) error {
	return bcperr.New(bcperr.StorageUnavailable, "the folder cannot be used: %w", err)
}
