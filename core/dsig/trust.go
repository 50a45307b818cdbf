package dsig

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/pemtext"
)

// DefaultSignerCN is the common name of the platform's signer: one attribute, whose value holds a comma.
const DefaultSignerCN = "CBE=0809394427, SERVICELIST"

// Trust says whom the caller believes, for one environment of the platform.
//
// Shape: Anchors are certificates of certification authorities, issuing ones too; during a change of CA both stand in
// it. SignerCN is the only common name the signer may have; "" means DefaultSignerCN. Each of CRLs is one DER list or a
// PEM file with any number of them. Unread tells of anchors that could not be read: they become findings. Checked, when
// not nil, spares what was checked before.
type Trust struct {
	Anchors  []*x509.Certificate
	SignerCN string
	CRLs     [][]byte
	Unread   []bcperr.Finding
	Checked  *Checked
}

// maxAnchors bounds the anchors of one Trust: the platform has had two issuing CAs in ten years.
const maxAnchors = 100

// ParseAnchors reads the trust anchors of PEM files into a Trust, in order, each certificate once.
//
// Shape: the CERTIFICATE blocks become Anchors, the X509 CRL blocks CRLs, and what cannot be read Unread: one bad block
// costs no other. Text around the blocks is allowed, as openssl writes it.
// Errors: bad-call, saying which file and block, for a file without a block, for a private key, and when no certificate
// is left.
func ParseAnchors(files ...[]byte) (Trust, error) {
	return (*Checked)(nil).ParseAnchors(files...)
}

// ParseAnchors is the function ParseAnchors; certificates that were read before are taken from c.
func (c *Checked) ParseAnchors(files ...[]byte) (Trust, error) {
	trust := Trust{Checked: c}
	for i, file := range files {
		blocks := pemtext.Blocks(file)
		if len(blocks) == 0 {
			seems := bcperr.Looks(file)
			if seems == "DER bytes" {
				seems += ", which openssl x509 -inform DER turns into it"
			}
			return Trust{}, bcperr.New(bcperr.BadCall, "anchors file %d: expected PEM text with a CERTIFICATE block, "+
				"got %s", i+1, seems)
		}
		for j, block := range blocks {
			if err := trust.addBlock(block, fmt.Sprintf("anchors file %d, block %d", i+1, j+1)); err != nil {
				return Trust{}, err
			}
		}
	}
	if len(trust.Anchors) > maxAnchors {
		return Trust{}, bcperr.New(bcperr.BadCall, "expected at most %d trust anchors, got %d", maxAnchors,
			len(trust.Anchors))
	}
	if len(trust.Anchors) == 0 && len(files) > 0 {
		return Trust{}, bcperr.New(bcperr.BadCall, "expected a certificate among the trust anchors, found none%s",
			tell(trust.Unread))
	}
	return trust, nil
}

// addBlock takes one block of an anchors file.
func (t *Trust) addBlock(block pemtext.Block, place string) error {
	skip := func(err error) {
		t.Unread = append(t.Unread, unread{place, err, subjectOf(block.DER)}.finding())
	}
	switch {
	case strings.Contains(block.Label, "PRIVATE KEY"):
		return bcperr.New(bcperr.BadCall, "%s: expected a CERTIFICATE, got a private key, which must not leave its "+
			"owner", place)
	case block.Err != nil:
		skip(block.Err)
	case block.Label == crlLabel && len(t.CRLs) == maxCRLs:
		skip(fmt.Errorf("expected at most %d revocation lists", maxCRLs))
	case block.Label == crlLabel:
		t.CRLs = append(t.CRLs, block.DER)
	case block.Label != "CERTIFICATE":
		skip(fmt.Errorf("expected a CERTIFICATE, got %s", bcperr.Quote(block.Label)))
	default:
		cert, err := t.Checked.certificate(block.DER)
		if err != nil {
			skip(err)
		} else if findCertificate(t.Anchors, cert.Raw) == nil {
			t.Anchors = append(t.Anchors, cert)
		}
	}
	return nil
}

// tell puts findings into an error that they may explain.
func tell(findings []bcperr.Finding) string {
	text := ""
	for _, f := range findings {
		text += "; " + f.Place + ": " + f.Detail
	}
	return text
}

// findCertificate returns the certificate of list that has those octets, or nil.
func findCertificate(list []*x509.Certificate, der []byte) *x509.Certificate {
	for _, c := range list {
		if bytes.Equal(c.Raw, der) {
			return c
		}
	}
	return nil
}
