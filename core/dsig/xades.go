package dsig

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xsdtype"
)

// qualifying is where the XAdES properties stand; what they say is read after their digest was found good.
type qualifying struct {
	signed *xmldoc.Node // SignedProperties
	id     string
}

// readObject reads the one Object, which holds the QualifyingProperties of the signature with that Id.
//
// UnsignedProperties may stand there, with whatever is in their two lawful elements: nobody signed it, nobody reads it.
func readObject(n *xmldoc.Node, signatureID string) (qualifying, error) {
	c := dsShape.children(n, "Id", "MimeType", "Encoding")
	if c.err == nil && (c.next == nil || !c.next.Is(nsXAdES, "QualifyingProperties")) {
		return qualifying{}, xadesShape.refuse("expected QualifyingProperties of %s in the Object, got %s", nsXAdES,
			describe(c.next))
	}
	properties := c.one(nsXAdES, "QualifyingProperties")
	if err := c.end(); err != nil {
		return qualifying{}, err
	}
	return readQualifying(properties, signatureID)
}

func readQualifying(n *xmldoc.Node, signatureID string) (q qualifying, err error) {
	if target, _ := n.AttrValue("Target"); signatureID == "" || target != "#"+signatureID {
		return q, xadesShape.refuse("expected QualifyingProperties with Target %s, the Signature's Id, got %s",
			bcperr.Quote("#"+signatureID), bcperr.Quote(target))
	}
	c := xadesShape.children(n, "Target", "Id")
	q.signed = c.one(nsXAdES, "SignedProperties")
	unsigned := c.optional(nsXAdES, "UnsignedProperties")
	if err := c.end(); err != nil {
		return q, err
	}
	if unsigned != nil {
		u := xadesShape.children(unsigned, "Id")
		u.optional(nsXAdES, "UnsignedSignatureProperties")
		u.optional(nsXAdES, "UnsignedDataObjectProperties")
		if err := u.end(); err != nil {
			return q, err
		}
	}
	if q.id, _ = q.signed.AttrValue("Id"); q.id == "" {
		return q, xadesShape.refuse("expected an Id on SignedProperties")
	}
	return q, nil
}

// ClockSlack is how far apart two honest clocks are: a moment that lies further ahead is no moment that was seen.
const ClockSlack = 5 * time.Minute

// checkXAdES checks what SignedProperties say about the signer.
//
// The form is XAdES-BES: SigningTime and SigningCertificate must be there; the place of production, the signer's role
// and properties of the data may, and decide nothing. A signature policy is refused, because nobody here applies it.
// SigningTime is the signer's own claim: it never makes an expired certificate good, and only a claim from the future
// is refused.
// Source: XAdES 1.3.2 §4.4.1, §7.2.
func (q qualifying) checkXAdES(signer *x509.Certificate, at time.Time) error {
	c := xadesShape.children(q.signed, "Id")
	properties := c.one(nsXAdES, "SignedSignatureProperties")
	c.optional(nsXAdES, "SignedDataObjectProperties")
	if err := c.end(); err != nil {
		return err
	}
	c = xadesShape.children(properties, "Id")
	signingTime := c.one(nsXAdES, "SigningTime")
	certificate := c.one(nsXAdES, "SigningCertificate")
	c.optional(nsXAdES, "SignatureProductionPlace")
	c.optional(nsXAdES, "SignerRole")
	if err := c.end(); err != nil {
		return err
	}
	if err := checkSigningCertificate(certificate, signer); err != nil {
		return err
	}
	return checkSigningTime(signingTime, at)
}

func checkSigningTime(n *xmldoc.Node, at time.Time) error {
	text, err := xadesShape.text(n)
	if err != nil {
		return err
	}
	t, err := xsdtype.ParseDateTime(text)
	if err != nil || !t.Zoned {
		return xadesShape.refuse("expected a SigningTime that is an xs:dateTime with a time zone, got %s",
			bcperr.Quote(text))
	}
	if t.Time.After(at.Add(ClockSlack)) {
		return bcperr.New(bcperr.IssuedInFuture, "SigningTime is %s, judged at %s: is the clock right?",
			bcperr.Quote(text), stamp(at))
	}
	return nil
}

// checkSigningCertificate checks that one Cert of a SigningCertificate names the signer: others may name its chain.
func checkSigningCertificate(n *xmldoc.Node, signer *x509.Certificate) error {
	c := xadesShape.children(n)
	list := c.many(nsXAdES, "Cert", maxCertificates)
	if err := c.end(); err != nil {
		return err
	}
	mismatch := xadesShape.refuse("expected a Cert in SigningCertificate, found none")
	for _, cert := range list {
		named, err := readCert(cert)
		if err != nil {
			return err
		}
		if err := named.check(signer); err == nil {
			return nil
		} else {
			mismatch = err
		}
	}
	return mismatch
}

// namedCertificate is what a Cert of SigningCertificate says.
type namedCertificate struct {
	hash           crypto.Hash
	digest         string // base64
	issuer, serial string
}

func readCert(n *xmldoc.Node) (cert namedCertificate, err error) {
	c := xadesShape.children(n, "URI") // a hint where it can be had; nobody looks there
	certDigest := c.one(nsXAdES, "CertDigest")
	issuerSerial := c.one(nsXAdES, "IssuerSerial")
	if err := c.end(); err != nil {
		return cert, err
	}
	c = xadesShape.children(certDigest)
	method, value := c.one(nsDS, "DigestMethod"), c.one(nsDS, "DigestValue")
	if err := c.end(); err != nil {
		return cert, err
	}
	c = xadesShape.children(issuerSerial)
	issuer, serial := c.one(nsDS, "X509IssuerName"), c.one(nsDS, "X509SerialNumber")
	if err := c.end(); err != nil {
		return cert, err
	}
	if cert.hash, err = readDigestMethod(method, "CertDigest"); err != nil {
		return cert, err
	}
	if cert.digest, err = xadesShape.text(value); err != nil {
		return cert, err
	}
	if cert.issuer, err = xadesShape.text(issuer); err != nil {
		return cert, err
	}
	cert.serial, err = xadesShape.text(serial)
	return cert, err
}

// check compares digest, serial number and issuer with the certificate that the signature was checked with. This is
// what tells it from another certificate for the same key. Source: XAdES 1.3.2 §7.2.2, G.2.2.5.
func (c namedCertificate) check(signer *x509.Certificate) error {
	digest, err := decodeBase64(c.digest)
	if err != nil {
		return xadesShape.refuse("CertDigest in SigningCertificate is not base64: %w", err)
	}
	h := c.hash.New()
	h.Write(signer.Raw)
	if !bytes.Equal(digest, h.Sum(nil)) {
		return xadesShape.refuse("SigningCertificate names another certificate than the signer's: the digests differ")
	}
	if serial := integer(c.serial); serial != signer.SerialNumber.String() {
		return xadesShape.refuse("SigningCertificate names serial number %s, the signer's is %s", bcperr.Quote(serial),
			signer.SerialNumber)
	}
	if !namesIssuer(c.issuer, signer) {
		return xadesShape.refuse("SigningCertificate names issuer %s, the signer's is %s", bcperr.Quote(c.issuer),
			bcperr.Quote(signer.Issuer.String()))
	}
	return nil
}

// integer returns the canonical form of an xs:integer, and any other text nearly as it is. Source: XML Schema 2
// §3.3.13.
func integer(text string) string {
	text = strings.TrimPrefix(strings.Trim(text, " \t\r\n"), "+")
	digits := strings.TrimLeft(text, "0")
	if digits == "" && text != "" {
		return "0"
	}
	return digits
}
