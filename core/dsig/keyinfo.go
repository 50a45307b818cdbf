package dsig

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// readKeyInfo returns the base64 text of the certificates in document order.
//
// What else X509Data may say about the signer (names, serial, key identifier) is allowed and never read: only the
// certificate counts. Bare keys and retrieval by reference are not in the profile.
func readKeyInfo(n *xmldoc.Node) ([]string, error) {
	var certificates []string
	for data := range n.Elements() {
		if !data.Is(nsDS, "X509Data") {
			continue
		}
		for e := range data.Elements() {
			if !e.Is(nsDS, "X509Certificate") {
				continue
			}
			if len(certificates) == maxCertificates {
				return nil, bcperr.New(bcperr.LimitExceeded, "expected at most %d certificates in KeyInfo",
					maxCertificates)
			}
			certificates = append(certificates, e.Text()) // checkKeyInfo refuses anything but text
		}
	}
	if len(certificates) == 0 {
		return nil, bcperr.New(bcperr.SignerMissing, "expected an X509Certificate in KeyInfo, found none")
	}
	return certificates, checkKeyInfo(n)
}

// checkKeyInfo refuses what KeyInfo holds besides X509Data, and X509Data besides what describes a certificate.
func checkKeyInfo(n *xmldoc.Node) error {
	c := dsShape.children(n, "Id")
	list := c.many(nsDS, "X509Data", maxCertificates)
	if err := c.end(); err != nil {
		return err
	}
	for _, data := range list {
		if err := checkX509Data(data); err != nil {
			return err
		}
	}
	return nil
}

func checkX509Data(n *xmldoc.Node) error {
	c := dsShape.children(n)
	for c.err == nil && c.next != nil {
		e := c.next
		var err error
		switch {
		case e.Is(nsDS, "X509Certificate"), e.Is(nsDS, "X509SubjectName"), e.Is(nsDS, "X509SKI"):
			_, err = dsShape.text(e)
		case e.Is(nsDS, "X509IssuerSerial"):
			err = checkIssuerSerial(e)
		default:
			return dsShape.refuse("expected no %s in X509Data", describe(e))
		}
		if err != nil {
			return err
		}
		c.optional(e.Name.Space, e.Name.Local)
	}
	return c.end()
}

func checkIssuerSerial(n *xmldoc.Node) error {
	c := dsShape.children(n)
	name, serial := c.one(nsDS, "X509IssuerName"), c.one(nsDS, "X509SerialNumber")
	if err := c.end(); err != nil {
		return err
	}
	if _, err := dsShape.text(name); err != nil {
		return err
	}
	_, err := dsShape.text(serial)
	return err
}
