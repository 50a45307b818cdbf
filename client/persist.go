package client

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The record of a catalogue is one line of JSON and the octets; that of a check is the line alone. What a later version
// adds to the line is passed over.
type recordHead struct {
	AcceptedAtMs   int64  `json:"acceptedAtMs,omitempty"`
	IssueInstantMs int64  `json:"issueInstantMs,omitempty"` // for the Node client, which compares it before it verifies
	SHA256         string `json:"sha256,omitempty"`         // of the list that was checked
	CheckedAtMs    int64  `json:"checkedAtMs,omitempty"`
}

// moment reads a stored moment. One that no honest clock could have stored is unknown: the zero Time.
//
// Source: docs/design.md#time.
func moment(ms int64, now time.Time) time.Time {
	t := time.UnixMilli(ms)
	if t.Year() < 2020 || t.Year() > 2100 || t.After(now.Add(core.ClockSlack)) {
		return time.Time{}
	}
	return t
}

// takeStored takes the newest stored list that verifies, unless it is no newer than the one held.
func (k *keeper) takeStored() {
	store, now := k.options.Store, k.options.Now()
	if store == nil {
		return
	}
	records, err := store.Load(catalogueRecord)
	if err != nil {
		k.degraded(err)
	}
	for _, record := range records {
		held := k.held.Load()
		head, octets, found := bytes.Cut(record, []byte("\n"))
		if !found || held != nil && bytes.Equal(held.Octets, octets) {
			continue
		}
		if next := k.reopen(head, octets, held); next != nil {
			k.take(next)
			k.journal.report(Event{Kind: CatalogueUpdated, Origin: FromStore, SHA256: next.SHA256})
		}
	}
	checks, err := store.Load(checkRecord)
	if err != nil {
		k.degraded(err)
	}
	if held := k.held.Load(); held != nil && len(checks) > 0 {
		if at := checkedAt(checks[0], held.SHA256, now); at.After(held.CheckedAt) {
			list := *held
			list.CheckedAt = at
			k.held.Store(&list)
		}
	}
}

// checkedAt is when the list of that hash was checked, as far as a stored record says.
func checkedAt(record []byte, hash string, now time.Time) time.Time {
	var check recordHead
	_ = json.Unmarshal(record, &check) // what cannot be read is unknown
	if check.SHA256 != hash {
		return time.Time{}
	}
	return moment(check.CheckedAtMs, now)
}

// reopen verifies a stored list at the moment at which it was accepted. Nil: it is of no use, because it was tampered
// with, the anchors changed, or what is held is newer.
func (k *keeper) reopen(line, octets []byte, held *List) *List {
	var head recordHead
	_ = json.Unmarshal(line, &head) // what cannot be read is unknown
	at := moment(head.AcceptedAtMs, k.options.Now())
	next, err := k.open(octets, at, FromStore, held)
	if err != nil {
		if code := bcperr.CodeOf(err); code != bcperr.CatalogueRollback {
			k.rejected = err
			k.journal.report(Event{Kind: CatalogueRejected, Origin: FromStore, Code: code})
		}
		return nil
	}
	return next
}

// store keeps the list in force, unless another process has stored a newer one meanwhile, which then is not replaced
// by an older one.
func (k *keeper) store(list *List) {
	if k.options.Store == nil {
		return
	}
	line, err := json.Marshal(recordHead{
		AcceptedAtMs: list.AcceptedAt.UnixMilli(), IssueInstantMs: list.Catalogue.Summary().IssueInstantMs,
	})
	if err != nil {
		return // unreachable
	}
	record := append(append(line, '\n'), list.Octets...)
	err = k.options.Store.Update(catalogueRecord, func(kept [][]byte) []byte {
		if len(kept) > 0 {
			head, octets, _ := bytes.Cut(kept[0], []byte("\n"))
			if bytes.Equal(octets, list.Octets) || k.reopen(head, octets, list) != nil {
				return nil
			}
		}
		return record
	})
	if err != nil {
		k.degraded(err)
	}
}

// storeCheck keeps when a source last confirmed the list, unless another process knows of a later check: this one may
// have been stopped meanwhile.
func (k *keeper) storeCheck(list *List) {
	if k.options.Store == nil {
		return
	}
	record, err := json.Marshal(recordHead{SHA256: list.SHA256, CheckedAtMs: list.CheckedAt.UnixMilli()})
	if err != nil {
		return // unreachable
	}
	err = k.options.Store.Update(checkRecord, func(kept [][]byte) []byte {
		if len(kept) > 0 && checkedAt(kept[0], list.SHA256, k.options.Now()).After(list.CheckedAt) {
			return nil
		}
		return record
	})
	if err != nil {
		k.degraded(err)
	}
}

func (k *keeper) degraded(err error) {
	code := bcperr.CodeOf(err)
	if code == bcperr.Internal { // a Store of the application
		code = bcperr.StorageUnavailable
	}
	if code == bcperr.RecordDropped && k.saidDropped.Swap(true) {
		return // a record stays damaged until it is written again
	}
	k.journal.report(Event{Kind: StorageDegraded, Code: code})
}
