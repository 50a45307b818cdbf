package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// MirrorResult is what one run of Mirror came to.
type MirrorResult string

// The results.
const (
	MirrorUpdated     MirrorResult = "updated"     // a newer list took the place of the one before
	MirrorUnchanged   MirrorResult = "unchanged"   // a source confirmed the list
	MirrorRefused     MirrorResult = "refused"     // what the source gave is not good; the last good list stays
	MirrorUnreachable MirrorResult = "unreachable" // no source gave a list; the last good one stays
	MirrorUnwritable  MirrorResult = "unwritable"  // the folder or its history cannot be written to, see Code
)

// MirrorStatus is the file status.json of a mirror, and what the command prints.
//
// Shape: At is when the run ended; Code and Detail say why it helped nothing. List is absent while none was ever good.
type MirrorStatus struct {
	OK      bool                    `json:"ok"`
	Result  MirrorResult            `json:"result"`
	At      time.Time               `json:"at"`
	Code    bcperr.Code             `json:"code,omitempty"`
	Detail  string                  `json:"detail,omitempty"`
	List    *client.CatalogueStatus `json:"list,omitempty"`
	History HistoryStatus           `json:"history"`
}

// The files of a mirror beside its history.
const (
	listFile   = "servicelist.xml"
	sha2File   = "servicelist.sha2"
	statusFile = "status.json"
	historyDir = "history"
	stateDir   = ".state" // what the next run compares with; readable by its owner alone
)

// Mirror fetches the list once, verifies it against the one that the folder holds, and publishes it there when it is
// newer: servicelist.xml, then servicelist.sha2, each whole or not at all, with history/ and status.json beside them.
// Whatever happens, the last good list stays in its place; a file that somebody changed or deleted is written again.
//
// The folder may be the root of a web server. One run at a time has it; another waits, until ctx ends.
// Errors: bad-call for options that cannot work. What the run came to is in the status, also when nothing could be
// written.
func Mirror(ctx context.Context, o client.Options, dir string) (MirrorStatus, error) {
	if dir == "" {
		return MirrorStatus{}, bcperr.New(bcperr.BadCall, "expected the folder to publish in")
	}
	// A web server reads it, as another user; what it cannot make, Lock says.
	_ = os.MkdirAll(filepath.Join(dir, historyDir), 0o755)
	state := client.Dir(filepath.Join(dir, stateDir))
	unlock, err := state.Lock(ctx, "run") // two runs at once would publish in any order
	if err != nil {
		return MirrorStatus{
			Result: MirrorUnwritable, At: time.Now().UTC(), Code: bcperr.CodeOf(err), Detail: bcperr.DetailOf(err),
		}, nil
	}
	defer unlock()
	m := &mirror{dir: dir, archive: openArchive(filepath.Join(dir, historyDir))}
	o.Store, o.Manual, o.OnAccepted = state, true, m.accepted
	if stands, err := readBounded(filepath.Join(dir, listFile), core.MaxCatalogueBytes); err == nil && len(stands) > 0 {
		o.Bundled = stands // when the state was lost, no older list may take its place
	}
	if o.Transport == nil {
		transport := newTransport()
		defer transport.CloseIdleConnections()
		o.Transport = transport
	}
	c, err := client.New(o)
	if err != nil {
		return MirrorStatus{}, err
	}
	defer func() { _ = c.Close() }()
	updated, err := c.Refresh(ctx)
	return m.finish(c, updated, err), nil
}

type mirror struct {
	dir     string
	archive *archive
	fault   error
}

// accepted keeps a list in the history.
func (m *mirror) accepted(list client.List) {
	if err := m.archive.keep(list); err != nil {
		m.fault = err
	}
}

// finish publishes what is held and says what the run came to.
func (m *mirror) finish(c *client.Client, updated bool, asked error) MirrorStatus {
	s := MirrorStatus{Result: MirrorUnchanged, At: time.Now().UTC(), List: c.Status().Catalogue}
	if updated {
		s.Result = MirrorUpdated
	}
	if held, found := c.Held(); found {
		if err := m.publish(held); err != nil {
			m.fault = err
		}
	}
	switch {
	case errors.Is(asked, bcperr.Network), errors.Is(asked, bcperr.Aborted):
		s.Result = MirrorUnreachable
	case asked != nil:
		s.Result = MirrorRefused
	case m.fault != nil:
		s.Result, asked = MirrorUnwritable, m.fault
	}
	if asked != nil {
		s.Code, s.Detail = bcperr.CodeOf(asked), bcperr.DetailOf(asked)
	}
	s.OK = asked == nil
	chain, fault := m.archive.state()
	s.History = HistoryStatus{Entries: len(chain.Entries), Head: chain.Head()}
	if fault != nil {
		s.History.Code = bcperr.CodeOf(fault)
	}
	if err := m.write(statusFile, append(encode(s), '\n')); err != nil && s.OK {
		s.OK, s.Result, s.Code, s.Detail = false, MirrorUnwritable, bcperr.CodeOf(err), bcperr.DetailOf(err)
	}
	return s
}

// publish puts the list in its place before the hint: the reverse would announce a change and serve the old list.
func (m *mirror) publish(held client.List) error {
	if err := m.write(listFile, held.Octets); err != nil {
		return err
	}
	return m.write(sha2File, []byte(held.SHA256+"\n"))
}

// write writes a file of the mirror, which is never empty, unless it is so already.
func (m *mirror) write(name string, octets []byte) error {
	path := filepath.Join(m.dir, name)
	if stands, err := readBounded(path, len(octets)); err == nil && bytes.Equal(stands, octets) {
		return nil
	}
	return client.WriteFile(path, octets, 0o644)
}

func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: our own types
	}
	return text
}
