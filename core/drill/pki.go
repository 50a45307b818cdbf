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
func NewPKI() (*PKI, error) {
	p := &PKI{}
	var err error
	if p.rootKey, err = storedKey("root"); err != nil {
		return nil, err
	}
	if p.issuingKey, err = storedKey("issuing"); err != nil {
		return nil, err
	}
	root := authority(subject("BCP test root CA"), 1, -1)
	if p.Root, err = issue(root, root, p.rootKey.Public(), p.rootKey); err != nil {
		return nil, err
	}
	issuing := authority(subject("BCP test issuing CA"), 2, 0)
	if p.Issuing, err = issue(issuing, p.Root, p.issuingKey.Public(), p.rootKey); err != nil {
		return nil, err
	}
	p.Signer, err = p.IssueSigner("signer", 16, nil)
	return p, err
}

// IssueSigner makes a signer certificate under the issuing CA for a stored key: signer, rotated, rsa3072, rsa1024, p256,
// p384 or p521. edit, when not nil, changes the template first.
//
// Errors: those of crypto/x509 for a template that it cannot sign.
func (p *PKI) IssueSigner(key string, serial int64, edit func(*x509.Certificate)) (Signer, error) {
	private, err := storedKey(key)
	if err != nil {
		return Signer{}, err
	}
	template := signerTemplate(serial)
	if edit != nil {
		edit(template)
	}
	cert, err := issue(template, p.Issuing, private.Public(), p.issuingKey)
	if err != nil {
		return Signer{}, err
	}
	return Signer{Key: private, Chain: []*x509.Certificate{cert, p.Issuing}}, nil
}

// CRL returns the issuing CA's list (PEM) of revoked serials, valid from thisUpdate to nextUpdate.
//
// Errors: none that a caller can cause, but a nextUpdate before thisUpdate.
func (p *PKI) CRL(thisUpdate, nextUpdate time.Time, serials ...*big.Int) ([]byte, error) {
	return revocationList(p.Issuing, p.issuingKey, thisUpdate, nextUpdate, serials)
}

func revocationList(issuer *x509.Certificate, key crypto.Signer, from, to time.Time, serials []*big.Int) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(from.Unix()), ThisUpdate: from, NextUpdate: to}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: from})
	}
	der, err := x509.CreateRevocationList(nil, list, issuer, key)
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

// authority is the template of a CA; a pathLen below zero means no limit.
func authority(name pkix.Name, serial int64, pathLen int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: name, NotBefore: notBefore, NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, MaxPathLen: pathLen, MaxPathLenZero: pathLen == 0,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// signerTemplate has the usages of the genuine signer.
func signerTemplate(serial int64) *x509.Certificate {
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

// issue signs a template. The random source is nil on purpose: RSA PKCS#1 v1.5 needs none and ECDSA then follows
// RFC 6979, so the certificate is the same on every run.
func issue(template, parent *x509.Certificate, public any, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("drill: certificate of %s: %w", template.Subject, err)
	}
	return x509.ParseCertificate(der)
}

// storedKey reads one of the embedded test keys by its short name.
func storedKey(name string) (crypto.Signer, error) {
	text, err := keyFiles.ReadFile("keys/test-" + name + ".key.pem")
	if err != nil {
		return nil, err
	}
	return parseKey(text)
}
