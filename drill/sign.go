package drill

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

// Algorithms of the profile.
const (
	algExcC14N      = "http://www.w3.org/2001/10/xml-exc-c14n#"
	algEnveloped    = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	algSHA256       = "http://www.w3.org/2001/04/xmlenc#sha256"
	algSHA384       = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	algSHA512       = "http://www.w3.org/2001/04/xmlenc#sha512"
	algRSASHA256    = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	algECDSASHA256  = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	typeSignedProps = "http://uri.etsi.org/01903#SignedProperties"
)

// hashes are the digest and signature algorithms that seal can compute, by their URI.
var hashes = map[string]crypto.Hash{
	algSHA256:      crypto.SHA256,
	algSHA384:      crypto.SHA384,
	algSHA512:      crypto.SHA512,
	algRSASHA256:   crypto.SHA256,
	algECDSASHA256: crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":   crypto.SHA384,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":   crypto.SHA512,
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": crypto.SHA512,
	"http://www.w3.org/2000/09/xmldsig#sha1":              crypto.SHA1, // for vectors that must be refused
	"http://www.w3.org/2000/09/xmldsig#rsa-sha1":          crypto.SHA1,
}

// Signer is a private key with its certificates: first its own, then those that the signature carries along.
type Signer struct {
	Key   crypto.Signer
	Chain []*x509.Certificate
}

// Sign returns the catalogue of l, signed at the given time (the claim in SigningTime; zero means IssueInstant).
//
// Shape: the bytes of a genuine file: declaration with standalone="no", one line of services, Santuario's
// signature with XAdES-BES. RSA keys sign with RSA-SHA256, ECDSA keys with ECDSA-SHA256.
//
// Errors: BadCall for a list or a signer that cannot be written.
//
// Source: XMLDSig 1.1 §4, XAdES 1.3.2 §7 (ETSI TS 101 903), a production file of 2020.
func Sign(l List, signer Signer, at time.Time) ([]byte, error) {
	d, err := NewDraft(l, signer, at)
	if err != nil {
		return nil, err
	}
	if err := d.Seal(); err != nil {
		return nil, err
	}
	return d.Bytes(), nil
}

// SHA2 returns the text that the platform publishes beside a catalogue so that clients see when it changes: here the
// SHA-256 of the file in lower-case hex.
func SHA2(catalogue []byte) []byte {
	sum := sha256.Sum256(catalogue)
	return []byte(hex.EncodeToString(sum[:]))
}

// indented is base64 in the odd form of the genuine files: lines of 76 characters that end in CR LF (the CR is
// written as &#13;), each indented, and a closing line four columns to the left.
func indented(octets []byte, columns int) string {
	const lineLength = 76 // RFC 2045, what Java's MIME encoder writes
	text := base64.StdEncoding.EncodeToString(octets)
	indent := strings.Repeat(" ", columns)
	var lines []string
	for len(text) > lineLength {
		lines = append(lines, text[:lineLength])
		text = text[lineLength:]
	}
	lines = append(lines, text)
	return "\n" + indent + strings.Join(lines, "\r\n"+indent) + "\n" + indent[4:]
}

// canonical returns the exclusive canonical form of an element where it stands.
//
// goxmldsig's canonicaliser changes the element it is given and knows no ancestors, so it gets a copy that declares
// what is in scope. A root needs no more than the copy; NSDetatch would refuse one of more than 1,000 elements.
func canonical(e *etree.Element, prefixes string) ([]byte, error) {
	c14n := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes)
	if e.Parent() == nil || e.Parent().Parent() == nil {
		return c14n.Canonicalize(e.Copy())
	}
	scope, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(scope, e)
	if err != nil {
		return nil, err
	}
	return c14n.Canonicalize(detached)
}

// prefixList reads the PrefixList of an exclusive canonicalisation, "" when it has none.
func prefixList(method *etree.Element) string {
	if list := method.SelectElement("InclusiveNamespaces"); list != nil {
		return list.SelectAttrValue("PrefixList", "")
	}
	return ""
}

// signOctets signs with PKCS#1 v1.5, or with RFC 6979 and the r‖s form of XMLDSig. No random source: the same key and
// octets give the same value. A method that it does not know gives a value of zeros, for vectors of refused algorithms.
func signOctets(key crypto.Signer, hash crypto.Hash, octets []byte) ([]byte, error) {
	if hash == 0 {
		return make([]byte, 256), nil
	}
	h := hash.New()
	h.Write(octets)
	digest := h.Sum(nil)
	private, isECDSA := key.(*ecdsa.PrivateKey)
	if !isECDSA {
		return key.Sign(nil, digest, hash)
	}
	der, err := private.Sign(nil, digest, hash)
	if err != nil {
		return nil, err
	}
	return rawECDSA(der, (private.Curve.Params().BitSize+7)/8)
}

// rawECDSA turns a DER signature into r and s of equal size, one after the other.
//
// Source: XMLDSig 1.1 §6.4.3.
func rawECDSA(der []byte, size int) ([]byte, error) {
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, err
	}
	raw := make([]byte, 2*size)
	rs.R.FillBytes(raw[:size])
	rs.S.FillBytes(raw[size:])
	return raw, nil
}
