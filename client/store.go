package client

import (
	"bytes"
	"sync"
)

// Store keeps what must survive a restart: the last good catalogue and the states of the services. No answers are in
// it.
//
// What is in a Store is evidence, not truth: a catalogue is verified again whenever it is read. So a Store need not be
// trusted, only be able to keep octets. Its methods may be called at once from several goroutines.
type Store interface {
	// Load returns the records of that name, the newest first: the current one and, where the store can, the one before
	// it. A record that was damaged is left out, and may be told by the error record-dropped beside the others; none
	// is no error.
	Load(name string) ([][]byte, error)

	// Update replaces the current record by what change makes of the records that are kept, in the order of Load,
	// with no other writer in between. Nil leaves everything as it is. A write happens whole or not at all.
	Update(name string, change func(kept [][]byte) []byte) error
}

// The names under which the client stores.
const (
	catalogueRecord = "catalogue" // a catalogue and when it was accepted
	checkRecord     = "check"     // when a source last confirmed it
	statesRecord    = "states"    // what is known of the endpoints
)

// Memory returns a Store that ends with the process. It is for tests and drills, where a client starts again and finds
// what the one before it stored.
func Memory() Store { return &memory{} }

type memory struct {
	mu   sync.Mutex
	kept map[string][][]byte
}

func (m *memory) Load(name string) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[name], nil
}

func (m *memory) Update(name string, change func(kept [][]byte) []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.kept[name]
	next := change(kept)
	if next == nil {
		return nil
	}
	if m.kept == nil {
		m.kept = map[string][][]byte{}
	}
	m.kept[name] = append([][]byte{bytes.Clone(next)}, kept[:min(len(kept), 1)]...)
	return nil
}
