package dsig

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// DefaultSignerCN is the common name of the platform's signer: one attribute, whose value holds a comma.
const DefaultSignerCN = "CBE=0809394427, SERVICELIST"

// Trust says whom the caller believes, for one environment of the platform.
//
// Shape: Anchors are certificates of certification authorities, issuing ones too; during a change of CA both stand in
// it. SignerCN is the only common name the signer may have; "" means DefaultSignerCN. Each of CRLs is one DER list or a
// PEM file with any number of them. Checked, when not nil, spares what was checked before.
type Trust struct {
	Anchors  []*x509.Certificate
	SignerCN string
	CRLs     [][]byte
	Checked  *Checked
}

// maxAnchors bounds the anchors of one Trust: the platform has had two issuing CAs in ten years.
const maxAnchors = 100

// ParseAnchors reads the trust anchors of PEM files, in order, each certificate once.
//
// Shape: only CERTIFICATE blocks count; text around them is allowed, as openssl writes it.
// Errors: bad-call, saying which file and block, when a file holds no certificate, another kind of block, a block that
// is cut off, or a certificate that cannot be read.
func ParseAnchors(files ...[]byte) ([]*x509.Certificate, error) {
	return (*Checked)(nil).ParseAnchors(files...)
}

// ParseAnchors is the function ParseAnchors; certificates that were read before are taken from c.
func (c *Checked) ParseAnchors(files ...[]byte) ([]*x509.Certificate, error) {
	var anchors []*x509.Certificate
	for i, file := range files {
		rest, count := file, 0
		for {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			count++
			if block.Type != "CERTIFICATE" {
				return nil, bcperr.New(bcperr.BadCall, "anchors file %d, block %d: expected CERTIFICATE, got %.40q", i+1, count, block.Type)
			}
			cert, err := c.certificate(block.Bytes)
			if err != nil {
				return nil, bcperr.New(bcperr.BadCall, "anchors file %d, block %d: not a certificate: %w", i+1, count, err)
			}
			if findCertificate(anchors, cert.Raw) == nil {
				anchors = append(anchors, cert)
			}
		}
		if began := bytes.Count(file, []byte("-----BEGIN ")); began > count {
			return nil, bcperr.New(bcperr.BadCall, "anchors file %d: %d of %d PEM blocks cannot be read", i+1, began-count, began)
		}
		if count == 0 {
			seems := bcperr.Looks(file)
			if seems == "DER bytes" {
				seems += ", which openssl x509 -inform DER turns into it"
			}
			return nil, bcperr.New(bcperr.BadCall, "anchors file %d: expected PEM text with a CERTIFICATE block, got %s", i+1, seems)
		}
	}
	if len(anchors) > maxAnchors {
		return nil, bcperr.New(bcperr.BadCall, "expected at most %d trust anchors, got %d", maxAnchors, len(anchors))
	}
	return anchors, nil
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
