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

// signature is a ds:Signature of the closed form, read but not believed.
type signature struct {
	id           string
	signedInfo   *xmldoc.Node
	prefixes     []string // PrefixList of CanonicalizationMethod
	method       signatureMethod
	root         reference // covers the root
	properties   reference // covers SignedProperties
	value        string    // base64
	certificates []string  // base64, the signer's first
	qualifying   qualifying
}

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

// readSignature reads n, a ds:Signature, and refuses every form but the profile's.
func readSignature(n *xmldoc.Node) (*signature, error) {
	s := &signature{}
	s.id, _ = n.AttrValue("Id")
	c := dsShape.children(n, "Id")
	s.signedInfo = c.one(nsDS, "SignedInfo")
	value := c.one(nsDS, "SignatureValue")
	if c.err != nil {
		return nil, c.err
	}
	if err := s.readSignedInfo(); err != nil {
		return nil, err
	}
	var err error
	if s.value, err = dsShape.text(value, "Id"); err != nil {
		return nil, err
	}
	if !hasElement(n, nsDS, "KeyInfo") {
		return nil, bcperr.New(bcperr.SignerMissing, "expected a KeyInfo with the signer's certificate in the Signature")
	}
	keyInfo := c.one(nsDS, "KeyInfo")
	objects := c.many(nsDS, "Object", 1)
	if err := c.end(); err != nil {
		return nil, err
	}
	if s.certificates, err = readKeyInfo(keyInfo); err != nil {
		return nil, err
	}
	if len(objects) == 0 {
		return nil, xadesShape.refuse("expected an Object with QualifyingProperties in the Signature, found none")
	}
	s.qualifying, err = readObject(objects[0], s.id)
	return s, err
}

func hasElement(parent *xmldoc.Node, space, local string) bool {
	for e := range parent.Elements() {
		if e.Is(space, local) {
			return true
		}
	}
	return false
}

func (s *signature) readSignedInfo() error {
	c := dsShape.children(s.signedInfo, "Id")
	c14n := c.one(nsDS, "CanonicalizationMethod")
	method := c.one(nsDS, "SignatureMethod")
	// One more than lawful is read, so that the message can count them; two thousand of them are no work.
	references := c.many(nsDS, "Reference", 3)
	if err := c.end(); err != nil {
		return err
	}
	var err error
	if s.prefixes, err = readExcC14N(c14n, "SignedInfo"); err != nil {
		return err
	}
	if s.method, err = readSignatureMethod(method); err != nil {
		return err
	}
	return s.readReferences(references)
}

// readReferences takes the two References of the profile, in either order: the Type tells them apart.
func (s *signature) readReferences(list []*xmldoc.Node) error {
	read := make([]reference, len(list))
	typed := 0
	for i, n := range list {
		if read[i] = newReference(n, i+1); read[i].isXAdES {
			typed++
		}
	}
	switch {
	case typed == 0 && len(list) <= 2:
		return xadesShape.refuse("expected a Reference of Type %q: XAdES is required", typeSignedProperties)
	case len(list) != 2:
		return dsShape.refuse("expected exactly 2 References, to the root and to SignedProperties, got %d", len(list))
	case typed != 1:
		return xadesShape.refuse("expected one Reference of Type %q, got %d", typeSignedProperties, typed)
	}
	for i, n := range list {
		if err := read[i].readContent(n); err != nil {
			return err
		}
		if read[i].isXAdES {
			s.properties = read[i]
		} else {
			s.root = read[i]
		}
	}
	return nil
}

// newReference reads the attributes of the Reference that stands at that number, from 1.
func newReference(n *xmldoc.Node, number int) (r reference) {
	r.uri, _ = n.AttrValue("URI")
	r.place = fmt.Sprintf("reference %d (URI %s)", number, quote(r.uri))
	if !strings.HasPrefix(r.uri, "#") {
		r.place = fmt.Sprintf("reference %d (URI not in the document)", number) // an attacker's address stays out of logs
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
		return nil, bcperr.New(bcperr.AlgorithmRefused, "%s: expected %d Transform elements, got %d", place, want, len(list))
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
			text, err := dsShape.text(e)
			if err != nil {
				return nil, err
			}
			if len(certificates) == maxCertificates {
				return nil, bcperr.New(bcperr.LimitExceeded, "expected at most %d certificates in KeyInfo", maxCertificates)
			}
			certificates = append(certificates, text)
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

// check digests the canonical form of apex and compares. With content, the SHA-256 digest of the same octets goes there.
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
		return bcperr.New(bcperr.DigestMismatch, "%s: %s was changed after it was signed", r.place, apex.Name.Qualified())
	}
	if content != nil {
		sum.Sum(content[:0])
	}
	return nil
}
