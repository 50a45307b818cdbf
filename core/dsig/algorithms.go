package dsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes of the profile
	_ "crypto/sha512"
	"crypto/x509"
	"math/big"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Algorithm identifiers. Source: XMLDSig 1.1 §6.1, exc-c14n 1.0 §4, RFC 6931 §2.
const (
	algEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	algExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#" // also the namespace of InclusiveNamespaces
)

// digestAlgorithms lists what may digest. SHA-1 and MD5 have known collisions.
var digestAlgorithms = map[string]crypto.Hash{
	"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
}

// signatureMethod is a kind of key with a hash.
type signatureMethod struct {
	key  x509.PublicKeyAlgorithm
	hash crypto.Hash
}

// signatureMethods lists what may sign. There is no HMAC in it: a public key must never serve as a secret.
var signatureMethods = map[string]signatureMethod{
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":   {x509.RSA, crypto.SHA256},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":   {x509.RSA, crypto.SHA384},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":   {x509.RSA, crypto.SHA512},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": {x509.ECDSA, crypto.SHA256},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": {x509.ECDSA, crypto.SHA384},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": {x509.ECDSA, crypto.SHA512},
}

func refusedAlgorithm(n *xmldoc.Node, uri, place string) error {
	return bcperr.New(bcperr.AlgorithmRefused, "%s: %s %s is not in the profile", place, n.Name.Local,
		bcperr.Quote(uri))
}

// readDigestMethod returns the hash that a DigestMethod asks for.
func readDigestMethod(n *xmldoc.Node, place string) (crypto.Hash, error) {
	uri, _ := n.AttrValue("Algorithm")
	hash, known := digestAlgorithms[uri]
	if !known {
		return 0, refusedAlgorithm(n, uri, place)
	}
	return hash, dsShape.empty(n, "Algorithm")
}

// readSignatureMethod returns what a SignatureMethod asks for. An HMACOutputLength inside it is refused with the rest.
func readSignatureMethod(n *xmldoc.Node) (signatureMethod, error) {
	uri, _ := n.AttrValue("Algorithm")
	method, known := signatureMethods[uri]
	if !known {
		return signatureMethod{}, refusedAlgorithm(n, uri, "SignedInfo")
	}
	return method, dsShape.empty(n, "Algorithm")
}

// maxPrefixes bounds a PrefixList: c14n looks at each of its prefixes in each element, and whoever serves the file can
// write it before any signature was checked. The genuine lists have none, and declare two prefixes.
const maxPrefixes = 32

// readExcC14N returns the PrefixList of an element that must ask for exclusive c14n without comments.
func readExcC14N(n *xmldoc.Node, place string) ([]string, error) {
	if uri, _ := n.AttrValue("Algorithm"); uri != algExcC14N {
		return nil, refusedAlgorithm(n, uri, place)
	}
	c := dsShape.children(n, "Algorithm")
	inclusive := c.optional(algExcC14N, "InclusiveNamespaces")
	if err := c.end(); err != nil || inclusive == nil {
		return nil, err
	}
	list, _ := inclusive.AttrValue("PrefixList")
	prefixes := strings.Fields(list)
	if len(prefixes) > maxPrefixes {
		return nil, bcperr.New(bcperr.LimitExceeded, "%s: expected at most %d prefixes in a PrefixList, got %d", place,
			maxPrefixes, len(prefixes))
	}
	return prefixes, dsShape.empty(inclusive, "PrefixList")
}

// Key sizes in bits. Below the minimum a key can be factored by the well-funded; above the maximum one check costs a
// browser tens of milliseconds (2048: 0.25 ms, 4096: 1.04 ms in WebAssembly) and nobody uses it.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// checkKey refuses the key of a certificate that is weak, oversized or of a kind outside the profile.
func checkKey(cert *x509.Certificate) error {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
			return bcperr.New(bcperr.AlgorithmRefused, "certificate %s: expected an RSA key of %d to %d bits, got %d",
				certName(cert), minRSABits, maxRSABits, bits)
		}
		return nil
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
	}
	return bcperr.New(bcperr.AlgorithmRefused,
		"certificate %s: expected an RSA key or an ECDSA key on P-256, P-384 or P-521",
		certName(cert))
}

// verify checks that value is the signature of digest by the key of signer.
//
// Shape: for RSA the PKCS #1 v1.5 signature, as long as the modulus; for ECDSA r and s, each as long as the order of
// the curve. Source: XMLDSig 1.1 §6.4.
func (m signatureMethod) verify(signer *x509.Certificate, digest, value []byte) error {
	if signer.PublicKeyAlgorithm != m.key {
		return bcperr.New(bcperr.AlgorithmRefused, "SignatureMethod asks for %s, the signer's key is %s", m.key,
			signer.PublicKeyAlgorithm)
	}
	var good bool
	switch key := signer.PublicKey.(type) {
	case *rsa.PublicKey:
		good = rsa.VerifyPKCS1v15(key, m.hash, digest, value) == nil
	case *ecdsa.PublicKey:
		size := (key.Params().N.BitLen() + 7) / 8
		good = len(value) == 2*size &&
			ecdsa.Verify(key, digest, new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:]))
	}
	if !good {
		return bcperr.New(bcperr.SignatureInvalid, "SignatureValue does not match SignedInfo under the key of %s",
			certName(signer))
	}
	return nil
}
