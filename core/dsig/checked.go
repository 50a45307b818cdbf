package dsig

import "crypto/x509"

// maxChecked bounds Checked: a list names one signer and one issuing CA, and a change of either adds a pair.
const maxChecked = 16

// Checked remembers certificates that were read, and which of them were found signed by which issuers, so that a client
// that verifies a list at each start and each refresh does these dearest steps of a small list once.
//
// A certificate is recognised by all its octets. Only what they say and that one signed the other is remembered, which
// nothing can change; whether they are trusted, valid at the moment, allowed to sign or revoked is judged each time.
// The zero value and nil remember nothing yet; it is not for use by several goroutines at once.
type Checked struct {
	pairs map[pair]struct{}
	read  map[string]*x509.Certificate
}

type pair struct{ cert, issuer string }

// certificate is x509.ParseCertificate for octets that were not seen before.
func (c *Checked) certificate(der []byte) (*x509.Certificate, error) {
	if c == nil {
		return x509.ParseCertificate(der)
	}
	if known := c.read[string(der)]; known != nil {
		return known, nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if c.read == nil || len(c.read) >= maxChecked {
		c.read = map[string]*x509.Certificate{}
	}
	c.read[string(der)] = cert
	return cert, nil
}

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
