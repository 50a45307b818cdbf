package drill

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

//go:embed keys/*.pem
var keyFiles embed.FS

// SignerCN is the subject CN of the platform's signer, and therefore of ours.
const SignerCN = "CBE=0809394427, SERVICELIST"

// Dates of the test PKI. Long enough that a drill works for years; the variants for tests have their own.
var (
	notBefore = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2049, time.December, 31, 23, 59, 59, 0, time.UTC)
)

// PKI is the test hierarchy: a root, an issuing CA and the signer of the catalogues.
//
// Shape: Signer.Chain holds the signer and the issuing CA, as the genuine files carry them; either Root or Issuing
// may serve as the anchor.
type PKI struct {
	Root    *x509.Certificate
	Issuing *x509.Certificate
	Signer  Signer

	rootKey    crypto.Signer
	issuingKey crypto.Signer
}

// NewPKI makes the hierarchy from the stored keys: the same bytes on every call.
//
// Errors: none that a caller can cause.
func NewPKI() (*PKI, error) { return newPKI("root", "issuing", "signer") }

// NewForeignPKI makes a hierarchy that looks the same, names and serials included, with the key of an attacker.
//
// Errors: none that a caller can cause.
func NewForeignPKI() (*PKI, error) { return newPKI("attacker", "attacker", "attacker") }

func newPKI(root, issuing, signer string) (*PKI, error) {
	p := &PKI{}
	var err error
	if p.rootKey, err = storedKey(root); err != nil {
		return nil, err
	}
	self := AuthorityTemplate("BCP test root CA", 1, -1)
	if p.Root, err = certify(self, self, p.rootKey.Public(), p.rootKey); err != nil {
		return nil, err
	}
	ca, err := Issue(AuthorityTemplate("BCP test issuing CA", 2, 0), p.RootCA(), issuing)
	if err != nil {
		return nil, err
	}
	p.Issuing, p.issuingKey = ca.Chain[0], ca.Key
	p.Signer, err = p.IssueSigner(signer, 16, nil)
	return p, err
}

// RootCA and IssuingCA return the two authorities as issuers for Issue. The root is absent from the chains that it
// issues, as in the genuine files.
func (p *PKI) RootCA() Signer { return Signer{Key: p.rootKey, Chain: []*x509.Certificate{p.Root}} }
func (p *PKI) IssuingCA() Signer {
	return Signer{Key: p.issuingKey, Chain: []*x509.Certificate{p.Issuing}}
}

// IssueSigner makes a signer certificate under the issuing CA for a stored key: signer, rotated, rsa3072, rsa1024,
// p256, p384 or p521. edit, when not nil, changes the template first.
//
// Errors: those of crypto/x509 for a template that it cannot sign.
func (p *PKI) IssueSigner(key string, serial int64, edit func(*x509.Certificate)) (Signer, error) {
	template := SignerTemplate(serial)
	if edit != nil {
		edit(template)
	}
	return Issue(template, p.IssuingCA(), key)
}

// Issue makes a certificate for a stored key. The new chain carries the issuer's, without self-signed certificates.
//
// Errors: those of crypto/x509 for a template that it cannot sign.
func Issue(template *x509.Certificate, issuer Signer, key string) (Signer, error) {
	private, err := storedKey(key)
	if err != nil {
		return Signer{}, err
	}
	cert, err := certify(template, issuer.Chain[0], private.Public(), issuer.Key)
	if err != nil {
		return Signer{}, err
	}
	chain := []*x509.Certificate{cert}
	for _, c := range issuer.Chain {
		if c.Subject.String() != c.Issuer.String() {
			chain = append(chain, c)
		}
	}
	return Signer{Key: private, Chain: chain}, nil
}

// CRL returns an authority's list (PEM) of revoked serials, valid from thisUpdate to nextUpdate.
//
// Errors: none that a caller can cause, but a nextUpdate before thisUpdate.
func CRL(issuer Signer, thisUpdate, nextUpdate time.Time, serials ...*big.Int) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(thisUpdate.Unix()), ThisUpdate: thisUpdate, NextUpdate: nextUpdate}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: thisUpdate})
	}
	der, err := x509.CreateRevocationList(nil, list, issuer.Chain[0], issuer.Key)
	if err != nil {
		return nil, fmt.Errorf("drill: CRL: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}

// PEM returns certificates one after the other as PEM.
func PEM(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, cert := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})...)
	}
	return out
}

// AuthorityTemplate is the template of a CA; a pathLen below zero means no limit.
func AuthorityTemplate(cn string, serial int64, pathLen int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: subject(cn), NotBefore: notBefore, NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, MaxPathLen: pathLen, MaxPathLenZero: pathLen == 0,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// SignerTemplate has the usages of the genuine signer.
func SignerTemplate(serial int64) *x509.Certificate {
	name := subject(SignerCN)
	name.OrganizationalUnit = []string{"SERVICELIST"}
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: name, NotBefore: notBefore, NotAfter: notAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection},
	}
}

// subject names everything as a test, in the place where a person looks first.
func subject(cn string) pkix.Name {
	return pkix.Name{Country: []string{"BE"}, Organization: []string{"TEST ONLY ehealth-bcp"}, CommonName: cn}
}

// certify signs a template. The random source is nil on purpose: RSA PKCS#1 v1.5 needs none and ECDSA then follows
// RFC 6979, so the certificate is the same on every run.
func certify(template, parent *x509.Certificate, public any, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("drill: certificate of %s: %w", template.Subject, err)
	}
	return x509.ParseCertificate(der)
}

// storedKey reads one of the embedded test keys by its short name.
//
// Errors: that of a missing file.
func storedKey(name string) (crypto.Signer, error) {
	text, err := StoredKeyPEM(name)
	if err != nil {
		return nil, err
	}
	return ParseKey(text)
}

// StoredKeyPEM returns one of the embedded test keys as it is stored.
//
// Errors: that of a missing file.
func StoredKeyPEM(name string) ([]byte, error) {
	return keyFiles.ReadFile("keys/test-" + name + ".key.pem")
}
