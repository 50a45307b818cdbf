package dsig

import (
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Verify checks a signed ServiceList against trust, as it stands at the moment at: now for a new list, the moment of
// first acceptance for a stored one.
//
// The checks run in a fixed order, cheap ones first and trust before work: size, encoding, XML and its limits; root
// element; one Signature, last, closed in form; unique Ids; algorithms; two References to the root and to
// SignedProperties; certificates, path to an anchor, revocation, usage, pinned subject; SignatureValue; both digests;
// XAdES. The first that fails is the error. Nothing outside the octets is looked up: no URI is followed.
// Errors: bad-call without anchors; see the table in the package documentation for the rest.
func Verify(signed []byte, trust Trust, at time.Time) (Verified, error) {
	if len(trust.Anchors) == 0 {
		return Verified{}, bcperr.New(bcperr.BadCall, "expected at least one trust anchor, got none")
	}
	root, err := parse(signed)
	if err != nil {
		return Verified{}, err
	}
	element, err := findSignature(root)
	if err != nil {
		return Verified{}, err
	}
	s, err := readSignature(element)
	if err != nil {
		return Verified{}, err
	}
	if err := s.checkTargets(root); err != nil {
		return Verified{}, err
	}
	path, findings, err := trust.judge(s.certificates, at)
	if err != nil {
		return Verified{}, err
	}
	signer := path[0]
	// From here on the tree is what the enveloped-signature transform leaves of it: the tree that is digested is the
	// tree that is handed on.
	element.Detach()
	if err := s.checkValue(signer); err != nil {
		return Verified{}, s.explain(err, root)
	}
	content, err := s.checkDigests(root)
	if err != nil {
		return Verified{}, err
	}
	if err := s.qualifying.checkXAdES(signer, at); err != nil {
		return Verified{}, err
	}
	return Verified{root: root, signer: describeSigner(signer), digest: content, findings: findings}, nil
}

// findSignature returns the one Signature of the document, which must be the root's last child element, and checks that
// no Id occurs twice.
//
// An Id counts where the schemas make it an ID: everywhere but on Service, whose Id is a UDDI key.
// Source: BCP XSD 1.0 and 2.0, ServiceList: a sequence that ends in ds:Signature.
func findSignature(root *xmldoc.Node) (*xmldoc.Node, error) {
	var found *xmldoc.Node
	signatures := 0
	ids := make(map[string]bool)
	repeated, repeats := "", false
	for n := root; n != nil; n = n.After(root, false) {
		if n.Kind != xmldoc.Element {
			continue
		}
		if n.Is(nsDS, "Signature") {
			found = n
			signatures++
		}
		if n.Name.Local == "Service" && n.Name.Space == root.Name.Space {
			continue
		}
		if id, given := n.AttrValue("Id"); given {
			if ids[id] {
				repeated, repeats = id, true
			}
			ids[id] = true
		}
	}
	switch {
	case signatures == 0:
		return nil, bcperr.New(bcperr.SignatureMissing, "expected a Signature in the ServiceList, found none")
	case signatures > 1:
		return nil, bcperr.New(bcperr.SignatureAmbiguous, "expected one Signature in the document, found %d",
			signatures)
	case repeats:
		return nil, bcperr.New(bcperr.SignatureAmbiguous, "Id %s occurs more than once", bcperr.Quote(repeated))
	case found.Parent != root || found.NextElement() != nil:
		return nil, bcperr.New(bcperr.SignatureShape, "expected the Signature as last child element of the root")
	}
	return found, nil
}

// checkTargets checks that the References name the root and the SignedProperties, which are found by their place: a
// URI is compared, never resolved.
func (s *signature) checkTargets(root *xmldoc.Node) error {
	if id, _ := root.AttrValue("Id"); s.root.uri != "#"+id {
		return dsShape.refuse("%s: expected %s, the root's Id", s.root.place, bcperr.Quote("#"+id))
	}
	if s.properties.uri != "#"+s.qualifying.id {
		return xadesShape.refuse("%s: expected %s, the Id of SignedProperties", s.properties.place,
			bcperr.Quote("#"+s.qualifying.id))
	}
	return nil
}

// judge returns the path from the signer, first, to an anchor, and findings about certificates and CRLs.
func (t Trust) judge(certificates []string, at time.Time) ([]*x509.Certificate, []bcperr.Finding, error) {
	list, skipped, err := parseCertificates(certificates, t.Anchors, t.Checked)
	if err != nil {
		return nil, nil, err
	}
	findings := slices.Clone(t.Unread)
	for _, u := range skipped {
		findings = append(findings, u.finding())
	}
	path, err := findPath(list[0], list[1:], t.Anchors, at, t.Checked)
	if bcperr.CodeOf(err) == bcperr.SignerUntrusted && len(findings) > 0 {
		return nil, nil, bcperr.New(bcperr.SignerUntrusted, "%s%s", bcperr.DetailOf(err), tell(findings))
	}
	if err != nil {
		return nil, nil, err
	}
	found, err := checkRevocation(path, t.Anchors, t.CRLs, at)
	if err != nil {
		return nil, nil, err
	}
	findings = append(findings, found...)
	cn := t.SignerCN
	if cn == "" {
		cn = DefaultSignerCN
	}
	return path, findings, checkSigner(path[0], cn)
}

// checkValue checks SignatureValue over the canonical form of SignedInfo.
func (s *signature) checkValue(signer *x509.Certificate) error {
	value, err := decodeBase64(s.value)
	if err != nil {
		return bcperr.New(bcperr.SignatureInvalid, "SignatureValue is not base64: %w", err)
	}
	h := s.method.hash.New()
	if err := xmldoc.Canonicalize(h, s.signedInfo, s.prefixes); err != nil {
		return err
	}
	return s.method.verify(signer, h.Sum(nil), value)
}

// checkDigests checks both References and returns the SHA-256 digest of the root.
func (s *signature) checkDigests(root *xmldoc.Node) (content [sha256.Size]byte, err error) {
	if err := s.root.check(root, &content); err != nil {
		return content, err
	}
	return content, s.properties.check(s.qualifying.signed, nil)
}

// explain returns the reason that says most for a SignatureValue that does not match. A list that was edited as a
// whole, or pretty-printed, no longer matches in SignedInfo; what a person can act on is that its content was changed.
func (s *signature) explain(err error, root *xmldoc.Node) error {
	if bcperr.CodeOf(err) != bcperr.SignatureInvalid {
		return err
	}
	if _, digestErr := s.checkDigests(root); bcperr.CodeOf(digestErr) == bcperr.DigestMismatch {
		return bcperr.New(bcperr.DigestMismatch, "%s; SignatureValue does not match either", bcperr.DetailOf(digestErr))
	}
	return err
}
