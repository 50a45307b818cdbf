package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
)

// List is a catalogue that was accepted, with the evidence for it. It never changes.
//
// Shape: Octets as they came, SHA256 of them in lower-case hexadecimal. AcceptedAt is when they were first accepted,
// the moment at which they are judged; CheckedAt when a source last confirmed that this is its newest, zero for
// never.
type List struct {
	Catalogue  *core.Catalogue
	Octets     []byte
	SHA256     string
	AcceptedAt time.Time
	CheckedAt  time.Time
	Origin     Origin

	endpoints map[string]Endpoint // by URL, of the services that are not quarantined
}

// Endpoint is one endpoint of a list, ready to be sent to.
//
// Shape: Service is the Id, Order 0 that of the main one, URL as the catalogue writes it.
type Endpoint struct {
	Service string
	Order   int
	URL     string

	target *url.URL
}

// keeper finds the catalogue, keeps it up to date, and keeps what is good when something else comes.
type keeper struct {
	options *Options
	journal *journal
	fetcher *http.Client
	isAway  func(*core.Catalogue) bool // see core.Catalogue.IsAway

	held        atomic.Pointer[List]
	saidDropped atomic.Bool // a damaged record is told once

	checked *dsig.Checked // what one verification keeps for the next, under mu

	mu       sync.Mutex // of what follows, and of every verification
	askedAt  time.Time
	rejected error        // why the last list that came, also of an earlier run, was refused
	foretold map[any]bool // core.Ending, core.Flaw
}

// judgement is by what a list is judged. Held comes in beside it.
func (k *keeper) judgement(at time.Time, held *List) core.Judgement {
	o := k.options
	j := core.Judgement{
		Anchors: o.Anchors, SignerCN: o.SignerCN, Environment: o.Environment, At: at, CRLs: o.CRLs,
		Stylesheets: o.Stylesheets, Cached: o.cached(), Checked: k.checked,
	}
	if held != nil {
		j.Held = held.Catalogue
	}
	return j
}

// open verifies octets and compares them with the list held. Errors: those of core.Open.
func (k *keeper) open(octets []byte, at time.Time, origin Origin, held *List) (*List, error) {
	opened, err := core.Open(octets, k.judgement(at, held))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(octets)
	return &List{
		Catalogue: opened, Octets: octets, SHA256: hex.EncodeToString(sum[:]), AcceptedAt: at, Origin: origin,
		endpoints: endpointsOf(opened),
	}, nil
}

// endpointsOf indexes the endpoints that may be sent to.
func endpointsOf(c *core.Catalogue) map[string]Endpoint {
	all := map[string]Endpoint{}
	for _, s := range c.Services().Services {
		if s.Quarantined != "" {
			continue
		}
		for _, e := range s.Endpoints {
			if target, err := url.Parse(e.URL); err == nil && e.URL != "" {
				if _, known := all[e.URL]; !known {
					all[e.URL] = Endpoint{Service: s.ID, Order: e.Order, URL: e.URL, target: target}
				}
			}
		}
	}
	return all
}

// foresee tells what of the trust ends soon, each threshold once, and what of it was given in vain.
func (k *keeper) foresee() {
	held := k.held.Load()
	if held == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	trust := held.Catalogue.Trust(k.options.Now())
	for _, flaw := range trust.Flaws {
		if !k.foretold[flaw] {
			k.foretold[flaw] = true
			k.journal.report(Event{Kind: TrustFlawed, Code: flaw.Code, Place: flaw.Place})
		}
	}
	for _, ending := range trust.Expiring {
		if !k.foretold[ending] {
			k.foretold[ending] = true
			k.journal.report(Event{Kind: TrustExpiring, Ends: ending.What, EndsAt: time.UnixMilli(ending.EndsMs).UTC(),
				ThresholdDays: ending.ThresholdDays})
		}
	}
}

// take puts a list in force and tells it.
func (k *keeper) take(next *List) {
	k.held.Store(next)
	if k.options.OnAccepted != nil {
		k.options.OnAccepted(*next)
	}
}

// start takes the list of an earlier run, or the one that came with the application when that is newer.
func (k *keeper) start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.takeStored()
	if k.options.Bundled == nil {
		return
	}
	held := k.held.Load()
	next, err := k.open(k.options.Bundled, k.options.Now(), FromBundle, held)
	switch {
	case err == nil && (held == nil || held.SHA256 != next.SHA256):
		k.take(next)
		k.store(next)
		k.journal.report(Event{Kind: CatalogueUpdated, Origin: FromBundle, SHA256: next.SHA256})
	case err != nil && !errors.Is(err, bcperr.CatalogueRollback): // what is held may well be newer than what came along
		k.rejected = err
		k.journal.report(Event{Kind: CatalogueRejected, Origin: FromBundle, Code: bcperr.CodeOf(err)})
	}
}

// confirm notes that a source has the list that is held.
func (k *keeper) confirm(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := *k.held.Load()
	list.CheckedAt = now
	k.held.Store(&list)
	k.storeCheck(&list)
}

// offer judges octets that a source gave, and takes them when they are newer than what is held.
//
// Shape: whether they took its place. Errors: those of core.Open; then everything stays.
func (k *keeper) offer(octets []byte, now time.Time) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.takeStored() // another process may have a newer one
	held := k.held.Load()
	next, err := k.open(octets, now, FromNetwork, held)
	if err != nil {
		k.rejected = err
		k.journal.report(Event{Kind: CatalogueRejected, Origin: FromNetwork, Code: bcperr.CodeOf(err)})
		return false, err
	}
	k.rejected = nil
	next.CheckedAt = now
	if held != nil && bytes.Equal(held.Octets, octets) {
		next.AcceptedAt, next.Origin = held.AcceptedAt, held.Origin
		k.held.Store(next)
		k.storeCheck(next)
		return false, nil
	}
	k.take(next)
	k.store(next)
	k.storeCheck(next)
	k.journal.report(Event{Kind: CatalogueUpdated, Origin: FromNetwork, SHA256: next.SHA256})
	return true, nil
}

// ask asks the sources in turn until one helps, or all of them: the newest list wins. When one confirms what is held
// and a service is away from its main endpoint, the others are asked too: that copy may be the one that stopped.
//
// Shape: whether a newer list was taken. Errors: the refusal of the last file that came; network when none came.
// Source: docs/design.md#hint.
func (k *keeper) ask(ctx context.Context, every bool) (updated bool, err error) {
	before := k.held.Load()
	k.mu.Lock()
	k.askedAt = k.options.Now()
	k.mu.Unlock()
	confirmed := false
	for _, from := range k.options.sources() {
		var one error
		var newer bool
		if newer, one = k.askOne(ctx, from); one == nil {
			confirmed = true
		}
		updated = updated || newer
		if !every && (updated || confirmed && !k.isAway(k.held.Load().Catalogue)) {
			break
		}
		if err == nil || !errors.Is(one, bcperr.Network) {
			err = one
		}
	}
	if now := k.held.Load(); before != nil && now.SHA256 != before.SHA256 {
		updated = true // another process was quicker
	}
	if updated || confirmed {
		return updated, nil
	}
	if errors.Is(err, bcperr.Network) {
		k.journal.report(Event{Kind: CatalogueUnreachable, Code: bcperr.Network})
	}
	return false, err
}

func (k *keeper) askOne(ctx context.Context, from source) (updated bool, err error) {
	held := k.held.Load()
	if held != nil && from.hint != "" {
		text, err := k.get(ctx, from.hint, core.MaxHintBytes, core.HintTimeout)
		if err == nil && core.HintConfirms(text, held.Octets) {
			k.confirm(k.options.Now())
			return false, nil
		}
	}
	octets, err := k.get(ctx, from.catalogue, core.MaxCatalogueBytes, core.FetchTimeout)
	if err != nil {
		return false, err
	}
	return k.offer(octets, k.options.Now())
}

// asked is what core.AskAgain wants to know.
func (k *keeper) asked() core.Asked {
	k.mu.Lock()
	defer k.mu.Unlock()
	asked := core.Asked{At: k.askedAt}
	if held := k.held.Load(); held != nil {
		asked.Confirmed = held.CheckedAt
	}
	return asked
}

// missing says why there is no list: the refusal of the last one that came, whatever asked says of the sources.
func (k *keeper) missing(asked error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rejected != nil {
		return k.rejected
	}
	if asked != nil {
		return asked
	}
	return bcperr.New(bcperr.Network, "there is no catalogue yet: no source gave one")
}
