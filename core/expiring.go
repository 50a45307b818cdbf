package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
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

// Flaw is a file of the trust that does not do what it was given for.
//
// Shape: Code is crl-invalid, crl-expired or certificate-unreadable; Place says which file. The sentence is in the
// finding of the catalogue. Equal Flaws are the same news, which a host tells once.
type Flaw struct {
	Code  bcperr.Code `json:"code"`
	Place string      `json:"place"`
}

// Trust is how long the trust in a catalogue lasts, what of it ends within 60 days, the first to end first, and what of
// it was given in vain.
//
// Source: docs/design.md#foresight.
type Trust struct {
	Foresight
	Expiring []Ending `json:"expiring,omitempty"`
	Flaws    []Flaw   `json:"flaws,omitempty"`
}

// thresholds are days before the end at which a host tells it, each once: time for a release, for a hurried one, for a
// telephone call; and the end itself.
var thresholds = [...]int{0, 7, 30, 60}

// Trust returns how long the trust lasts, from what was verified with the catalogue. A catalogue in force stays in
// force after its signer's certificate has ended: it is the next one that will be refused.
func (c *Catalogue) Trust(now time.Time) Trust {
	t := Trust{Foresight: c.Foresight(now), Flaws: c.flaws}
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

// flawsOf are the findings that the application can mend, by another file: an anchor that cannot be read, a CRL that is
// none or has ended; of a file the first. That a CRL is of another CA, or came after the list, happens in the best of
// houses.
func flawsOf(unread, lint []bcperr.Finding) (all []Flaw) {
	of := ""
	for i, f := range append(unread[:len(unread):len(unread)], lint...) {
		isFlaw := i < len(unread) || f.Code == bcperr.CRLInvalid || f.Code == bcperr.CRLExpired
		if isFlaw && f.Place != of {
			of = f.Place
			all = append(all, Flaw{f.Code, of})
		}
	}
	return all
}
