package dsig

import "crypto/x509"

// maxChecked bounds Checked: a list names one signer and one issuing CA, and a change of either adds a pair.
const maxChecked = 16

// Checked remembers which certificates were found signed by which issuers, so that a client that verifies a list at
// each start and each refresh checks the signature of the CA, the dearest step of a small list, once.
//
// A pair is recognised by all octets of both certificates. Only that the one signed the other is remembered, which
// nothing can change; whether they are trusted, valid at the moment, allowed to sign or revoked is judged each time.
// The zero value and nil remember nothing yet; it is not for use by several goroutines at once.
type Checked struct {
	pairs map[pair]struct{}
}

type pair struct{ cert, issuer string }

// issued is checkIssued for a pair that was not seen before.
func (c *Checked) issued(cert, issuer *x509.Certificate) error {
	if c == nil {
		return checkIssued(cert, issuer)
	}
	p := pair{string(cert.Raw), string(issuer.Raw)}
	if _, known := c.pairs[p]; known {
		return nil
	}
	if err := checkIssued(cert, issuer); err != nil {
		return err
	}
	if c.pairs == nil || len(c.pairs) >= maxChecked {
		c.pairs = map[pair]struct{}{}
	}
	c.pairs[p] = struct{}{}
	return nil
}
