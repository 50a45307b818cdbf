package core

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// When the sources are asked for the catalogue. Every host asks by these, so that a drill behaves as a browser does.
//
// Source: docs/design.md#asking.
const (
	askCalm = 60 * time.Minute
	askAway = 15 * time.Minute // as the platform's connector polls after a failover

	// RetryAfter is when the sources are asked again without any catalogue. Calls wait for them, once in this time.
	RetryAfter = 30 * time.Second
	// ReadyTimeout bounds how long a call waits for the first catalogue before it goes out unprotected.
	ReadyTimeout = 8 * time.Second
	// FetchTimeout bounds one question to one source: a list of 0.6 MB over a slow line.
	FetchTimeout = 10 * time.Second
	// FreshFor is how long an answer of a source is as good as a new one, at start and when a page becomes visible.
	FreshFor = time.Minute
	// RefreshFor is how long the answer to one call's question serves the calls that ask after it.
	RefreshFor = 10 * time.Second
	// HintTimeout bounds the wait for a hint, which can only save a download.
	HintTimeout = 3 * time.Second
	// staleAfter is the age of the last check from which a host warns. The catalogue stays in force.
	staleAfter = 24 * time.Hour
	// ClockSlack is how far apart two honest clocks are: a moment that lies further ahead is no moment that was seen.
	ClockSlack = dsig.ClockSlack
)

// Asked is what a host knows of its questions for the catalogue.
//
// Shape: At is when a source was asked last, whatever came of it, and Confirmed when one last confirmed or gave what is
// held. The zero Time stands for never and for unknown; a moment in the future counts as unknown.
type Asked struct{ At, Confirmed time.Time }

// AskAgain returns when the sources are to be asked for the catalogue again; a moment that has passed means at once.
//
// Shape: 60 minutes after the last question, 15 while a service IsAway, each up to a third earlier or a tenth later:
// drawn from random, which is of the client and at most 2^53-1, and from the moment of the last question. Without a
// catalogue (c is nil) 30 seconds. None ends later than that after now, whatever the clocks say.
// Errors: bad-call as Status.
func (c *Catalogue) AskAgain(a Asked, states map[string]failover.State, p failover.Policy, random uint64,
	now time.Time) (time.Time, error) {
	last := later(known(a.At, now), known(a.Confirmed, now))
	if last.IsZero() {
		return now, nil
	}
	if c == nil {
		return earlier(last.Add(RetryAfter), now.Add(RetryAfter)), nil
	}
	isAway, err := c.IsAway(states, p, now)
	if err != nil {
		return time.Time{}, err
	}
	interval := askCalm
	if isAway {
		interval = askAway
	}
	// A country fails over in minutes, and a hospital's computers start together: with a tenth to both sides they asked
	// in waves for two hours (docs/scale.md). Later would leave them longer with what the platform has replaced.
	interval = interval / 1000 * time.Duration(667+failover.Draw(random, c.list.ID, last.UnixMilli(), 0)%434)
	return earlier(last.Add(interval), now.Add(interval)), nil
}

// IsAway reports whether a service is not at its preferred endpoint, or has none that is not known to fail: one that
// the catalogue publishes without an ACTIVE endpoint is so, too, and one that it sends elsewhere than to its main
// endpoint: such a catalogue is of an outage, and the next one ends it. Then one source that confirms the catalogue is
// not enough: its copy may be the one that stopped.
//
// Errors: bad-call as Status.
func (c *Catalogue) IsAway(states map[string]failover.State, p failover.Policy, now time.Time) (bool, error) {
	for i := range c.list.Services {
		s := &c.list.Services[i]
		health, err := failover.Status(c.choosable(s), p, states[s.ID], now)
		if err != nil || health.FailedOver || health.Down ||
			s.Quarantined == "" && s.Endpoints[0].Status != servicelist.Active {
			return err == nil, err
		}
	}
	return false, nil
}

// IsStale reports whether the last check is so old, or unknown, that a host warns.
func IsStale(confirmed, now time.Time) bool {
	confirmed = known(confirmed, now)
	return confirmed.IsZero() || now.Sub(confirmed) > staleAfter
}

// HintOf is the address of the hint beside a catalogue, "" when none is known.
//
// Source: docs/design.md#domain.
func HintOf(catalogue string) string {
	if base, found := strings.CutSuffix(catalogue, ".xml"); found {
		return base + ".sha2"
	}
	return ""
}

// HintConfirms reports whether an unsigned hint (`.sha2`) stands for the octets that are held: only when it is their
// SHA-256, in hexadecimal, alone or before a file name. Anything else says nothing, and the catalogue is fetched.
func HintConfirms(hint, signed []byte) bool {
	hint = bytes.TrimPrefix(hint, []byte("\ufeff")) // editors on Windows begin a file with it
	words := bytes.Fields(hint)
	if len(words) == 0 || len(words) > 2 || len(words[0]) != hex.EncodedLen(sha256.Size) {
		return false
	}
	var digest [sha256.Size]byte
	if _, err := hex.Decode(digest[:], words[0]); err != nil {
		return false
	}
	return digest == sha256.Sum256(signed)
}

// known returns the moment when it is one that was seen: not in the future, beyond what clocks differ.
func known(t, now time.Time) time.Time {
	if t.After(now.Add(ClockSlack)) {
		return time.Time{}
	}
	return t
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
