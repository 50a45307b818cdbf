package core

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// shortestWindow is the delay below which the reference renews at once.
//
// Source: docs/design.md#token.
const shortestWindow = 100 * time.Millisecond

// Renewal is when to renew a token of the token service (STS).
//
// Shape: RenewAtMs lies in the middle of what is left; it is the moment asked about when as good as nothing is left.
// Ended: the token is of no use; a new one is needed before the next call.
// Units: milliseconds since 1970.
type Renewal struct {
	RenewAtMs int64 `json:"renewAtMs"`
	EndsMs    int64 `json:"endsMs"`
	Ended     bool  `json:"ended"`
}

// TokenRenewal says when a token that is held should be renewed: in the middle of the life that it has left.
//
// Shape: token is the answer of the token service, or the SAML assertion alone. Ask when a token came, and again after
// each try that failed: the window slides, so that an outage is waited out with tries that come closer together, 15 in
// the last hour. It decides nothing about the token's signature.
// Errors: input-too-large; token-invalid when it holds no assertion that names an end which can be read.
// Source: docs/design.md#token.
func TokenRenewal(token []byte, now time.Time) (Renewal, error) {
	if len(token) > MaxMessageBytes {
		return Renewal{}, bcperr.New(bcperr.InputTooLarge, "expected a token of at most %d bytes, got %d",
			MaxMessageBytes, len(token))
	}
	end := soap.EndOf("", token)
	if end.IsZero() || end.Equal(soap.Ended) {
		return Renewal{}, bcperr.New(bcperr.TokenInvalid,
			"expected a SAML assertion whose Conditions name a moment as NotOnOrAfter, got %s", bcperr.Looks(token))
	}
	left := end.Sub(now)
	if left/2 <= shortestWindow {
		return Renewal{RenewAtMs: now.UnixMilli(), EndsMs: end.UnixMilli(), Ended: left <= 0}, nil
	}
	return Renewal{RenewAtMs: now.Add(left / 2).UnixMilli(), EndsMs: end.UnixMilli()}, nil
}
