package core

import (
	"time"
)

// TrustPart is what a catalogue's trust rests on.
type TrustPart string

// The parts.
const (
	SignerPart  TrustPart = "signer"  // the certificate of the list's signer
	AnchorsPart TrustPart = "anchors" // the last of the application's anchors
)

// Ending is a part of the trust that ends soon, or has ended.
//
// Shape: ThresholdDays is the threshold that was passed last: 60, 30 or 7 days before the end, 0 at the end. EndsMs is
// in milliseconds since 1970. Equal Endings are the same news, which a host tells once.
type Ending struct {
	What          TrustPart `json:"what"`
	EndsMs        int64     `json:"endsMs"`
	ThresholdDays int       `json:"thresholdDays"`
}

// Trust is how long the trust in a catalogue lasts, and what of it ends within 60 days, the first to end first.
//
// Source: docs/design.md#foresight.
type Trust struct {
	Foresight
	Expiring []Ending `json:"expiring,omitempty"`
}

// thresholds are days before the end at which a host tells it, each once: time for a release, for a hurried one, for a
// telephone call; and the end itself.
var thresholds = [...]int{0, 7, 30, 60}

// Trust returns how long the trust lasts, from what was verified with the catalogue. A catalogue in force stays in
// force after its signer's certificate has ended: it is the next one that will be refused.
func (c *Catalogue) Trust(now time.Time) Trust {
	t := Trust{Foresight: c.Foresight(now)}
	t.warn(SignerPart, c.list.Signer.NotAfter, now)
	t.warn(AnchorsPart, c.anchorsEnd, now)
	if e := t.Expiring; len(e) == 2 && e[1].EndsMs < e[0].EndsMs {
		e[0], e[1] = e[1], e[0]
	}
	return t
}

func (t *Trust) warn(what TrustPart, end, now time.Time) {
	for _, days := range thresholds {
		if end.Sub(now) <= time.Duration(days)*day {
			t.Expiring = append(t.Expiring, Ending{what, end.UnixMilli(), days})
			return
		}
	}
}
