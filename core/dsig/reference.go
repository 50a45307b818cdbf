package dsig

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// reference is a ds:Reference of the closed form.
type reference struct {
	place    string
	uri      string
	isXAdES  bool // its Type says SignedProperties
	isOther  bool // its Type says something else
	prefixes []string
	hash     crypto.Hash
	digest   string // base64
}

// newReference reads the attributes of the Reference that stands at that number, from 1.
func newReference(n *xmldoc.Node, number int) (r reference) {
	r.uri, _ = n.AttrValue("URI")
	r.place = fmt.Sprintf("reference %d (URI %s)", number, bcperr.Quote(r.uri))
	if !strings.HasPrefix(r.uri, "#") {
		// an attacker's address stays out of logs
		r.place = fmt.Sprintf("reference %d (URI not in the document)", number)
	}
	typ, given := n.AttrValue("Type")
	r.isXAdES = typ == typeSignedProperties
	r.isOther = given && !r.isXAdES
	return r
}

// readContent reads what a Reference of known attributes says about its digest.
func (r *reference) readContent(n *xmldoc.Node) error {
	if r.isOther {
		return dsShape.refuse("%s: expected no Type but %q", r.place, typeSignedProperties)
	}
	c := dsShape.children(n, "Id", "URI", "Type")
	transforms := c.one(nsDS, "Transforms")
	method := c.one(nsDS, "DigestMethod")
	value := c.one(nsDS, "DigestValue")
	if err := c.end(); err != nil {
		return err
	}
	var err error
	if r.prefixes, err = readTransforms(transforms, !r.isXAdES, r.place); err != nil {
		return err
	}
	if r.hash, err = readDigestMethod(method, r.place); err != nil {
		return err
	}
	r.digest, err = dsShape.text(value)
	return err
}

// readTransforms checks that the transforms are exclusive c14n, after enveloped-signature where it is due, and nothing
// else: any other transform can leave out what the reader then takes for signed.
func readTransforms(n *xmldoc.Node, enveloped bool, place string) ([]string, error) {
	want := 1
	if enveloped {
		want = 2
	}
	c := dsShape.children(n)
	var list []*xmldoc.Node
	for t := c.optional(nsDS, "Transform"); t != nil; t = c.optional(nsDS, "Transform") {
		list = append(list, t)
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	if len(list) != want {
		return nil, bcperr.New(bcperr.AlgorithmRefused, "%s: expected %d Transform elements, got %d", place, want,
			len(list))
	}
	if enveloped {
		if uri, _ := list[0].AttrValue("Algorithm"); uri != algEnveloped {
			return nil, refusedAlgorithm(list[0], uri, place)
		}
		if err := dsShape.empty(list[0], "Algorithm"); err != nil {
			return nil, err
		}
	}
	return readExcC14N(list[want-1], place)
}

// check digests the canonical form of apex and compares. With content, the SHA-256 digest of the same octets goes
// there.
func (r reference) check(apex *xmldoc.Node, content *[sha256.Size]byte) error {
	want, err := decodeBase64(r.digest)
	if err != nil {
		return bcperr.New(bcperr.DigestMismatch, "%s: DigestValue is not base64: %w", r.place, err)
	}
	own := r.hash.New()
	var w io.Writer = own
	sum := own
	if content != nil && r.hash != crypto.SHA256 {
		sum = sha256.New()
		w = io.MultiWriter(own, sum)
	}
	if err := xmldoc.Canonicalize(w, apex, r.prefixes); err != nil {
		return err
	}
	if !bytes.Equal(want, own.Sum(nil)) {
		return bcperr.New(bcperr.DigestMismatch, "%s: %s was changed after it was signed", r.place,
			apex.Name.Qualified())
	}
	if content != nil {
		sum.Sum(content[:0])
	}
	return nil
}
