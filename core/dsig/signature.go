package dsig

import (
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
		return nil, bcperr.New(bcperr.SignerMissing,
			"expected a KeyInfo with the signer's certificate in the Signature")
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
	// One more than lawful is taken, so that the message can count them.
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
