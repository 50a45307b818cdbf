package dsig

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Verified is a signed ServiceList whose signature, signer and digests were found good. Only Verify makes one that
// holds anything; the zero value holds nothing, and readers refuse it.
type Verified struct {
	root     *xmldoc.Node
	signer   Signer
	digest   [32]byte
	findings []bcperr.Finding
}

// Element is a node of the tree that was digested: its Name, Value, FirstAttr, FirstChild and Next lead on from it.
type Element = xmldoc.Node

// Root returns the ServiceList element as it was digested: the Signature is not in it. It is nil in the zero value.
// Do not change it.
func (v Verified) Root() *Element { return v.root }

// Signer returns what the signer's certificate says.
func (v Verified) Signer() Signer { return v.signer }

// ContentDigest returns the SHA-256 digest of the canonical octets that the signature covers: two lists with equal
// digests say the same.
func (v Verified) ContentDigest() [32]byte { return v.digest }

// Findings returns what was noticed about certificates that cannot be read and about CRLs. It does not cost the list.
func (v Verified) Findings() []bcperr.Finding { return v.findings }
