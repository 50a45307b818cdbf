package contract

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// askArgs: without a handle there is no catalogue; a moment that is absent is unknown.
type askArgs struct {
	Handle        int                       `json:"handle"`
	AskedAtMs     *int64                    `json:"askedAtMs"`
	ConfirmedAtMs *int64                    `json:"confirmedAtMs"`
	Policy        policyArg                 `json:"policy"`
	States        map[string]failover.State `json:"states"`
	Random        uint64                    `json:"random"`
	NowMs         int64                     `json:"nowMs"`
}

// askValue: AtMs is when to ask again, IsStale whether a host warns of the age of the last check, IsAway whether one
// source that confirms the catalogue is enough (see Catalogue.IsAway), Trust how long the trust in the catalogue lasts;
// absent without one.
type askValue struct {
	AtMs    int64       `json:"atMs"`
	IsStale bool        `json:"stale"`
	IsAway  bool        `json:"away,omitempty"`
	Trust   *core.Trust `json:"trust,omitempty"`
}

func askAgain(s *Session, a askArgs, _ [][]byte) (askValue, error) {
	var c *core.Catalogue
	if a.Handle != 0 {
		var err error
		if c, err = s.catalogue(a.Handle); err != nil {
			return askValue{}, err
		}
	}
	if a.Random > failover.MaxRandom {
		return askValue{}, bcperr.New(bcperr.BadCall, "random must be at most 2^53-1, got %d", a.Random)
	}
	now := time.UnixMilli(a.NowMs)
	asked := core.Asked{At: momentOf(a.AskedAtMs), Confirmed: momentOf(a.ConfirmedAtMs)}
	at, err := c.AskAgain(asked, a.States, a.Policy.value(), a.Random, now)
	value := askValue{AtMs: at.UnixMilli(), IsStale: core.IsStale(asked.Confirmed, now)}
	if c == nil || err != nil {
		return value, err
	}
	trust := c.Trust(now)
	value.Trust = &trust
	value.IsAway, err = c.IsAway(a.States, a.Policy.value(), now)
	return value, err
}

func momentOf(ms *int64) time.Time {
	if ms == nil {
		return time.Time{}
	}
	return time.UnixMilli(*ms)
}

// hintValue is {"confirms"}.
type hintValue struct {
	Confirms bool `json:"confirms"`
}

// hintConfirms. Blobs: the hint, the octets held.
func hintConfirms(_ *Session, _ none, blobs [][]byte) (hintValue, error) {
	if err := exactly(blobs, 2); err != nil {
		return hintValue{}, err
	}
	if len(blobs[0]) > core.MaxHintBytes {
		return hintValue{}, bcperr.New(bcperr.InputTooLarge, "a hint of %d bytes, at most %d", len(blobs[0]),
			core.MaxHintBytes)
	}
	return hintValue{core.HintConfirms(blobs[0], blobs[1])}, nil
}
