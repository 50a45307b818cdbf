package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
)

// Foresight says how long the trust in a catalogue lasts, so that somebody acts before it ends.
//
// Shape: SignerDaysLeft until the signer's certificate ends, AnchorDaysLeft until the last of the anchors does, both
// from the moment asked for, in whole days: 0 is less than one, and what has ended is negative.
// Source: docs/design.md#foresight.
type Foresight struct {
	SignerDaysLeft int `json:"signerDaysLeft"`
	AnchorDaysLeft int `json:"anchorDaysLeft"`
}

// Foresight returns how long the trust lasts, from what was verified with the catalogue.
func (c *Catalogue) Foresight(now time.Time) Foresight {
	return Foresight{daysBetween(now, c.list.Signer.NotAfter), daysBetween(now, c.anchorsEnd)}
}

const day = 24 * time.Hour

// daysBetween rounds down, so that a certificate that ended an hour ago has -1 days left.
func daysBetween(now, end time.Time) int {
	span := end.Sub(now)
	days := int(span / day)
	if span < 0 && span%day != 0 {
		days--
	}
	return days
}

// endOf is when the last of the anchors ends.
func endOf(trust dsig.Trust) time.Time {
	var last time.Time
	for _, anchor := range trust.Anchors {
		last = later(last, anchor.NotAfter)
	}
	return last
}
