package dsig

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Signer is what the signer's certificate says.
//
// Shape: CN is the common name; Issuer the issuing CA's name in RFC 2253 form; Serial a decimal number; SHA256 the
// lower-case hexadecimal digest of the certificate.
type Signer struct {
	CN        string
	Issuer    string
	Serial    string
	NotBefore time.Time
	NotAfter  time.Time
	SHA256    string
}

// maxCertificateBytes bounds one certificate: the genuine ones have 1.6 kB, a large one with many names 5 kB.
const maxCertificateBytes = 16 << 10

// parseCertificates decodes the certificates of KeyInfo. One that is an anchor is taken from there, which also makes
// the two the same pointer.
func parseCertificates(texts []string, anchors []*x509.Certificate, checked *Checked) ([]*x509.Certificate, error) {
	list := make([]*x509.Certificate, len(texts))
	for i, text := range texts {
		der, err := decodeBase64(text)
		if err != nil {
			return nil, bcperr.New(bcperr.SignerMissing, "certificate %d in KeyInfo is not base64: %w", i+1, err)
		}
		if len(der) > maxCertificateBytes {
			return nil, bcperr.New(bcperr.LimitExceeded, "certificate %d in KeyInfo: expected at most %d bytes, got %d", i+1, maxCertificateBytes, len(der))
		}
		if list[i] = findCertificate(anchors, der); list[i] != nil {
			continue
		}
		if list[i], err = checked.certificate(der); err != nil {
			return nil, bcperr.New(bcperr.SignerMissing, "certificate %d in KeyInfo cannot be read: %w", i+1, err)
		}
	}
	return list, nil
}

// oidCommonName is the type of a CN. Source: RFC 5280 appendix A.1.
var oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// checkSigner judges the signer's certificate for its task.
//
// Errors: signer-usage when it is of a CA or may not sign; signer-mismatch when its subject does not hold exactly one
// CN equal to want, octet for octet. A text form of the whole name is no use here: the CN itself holds a comma.
func checkSigner(cert *x509.Certificate, want string) error {
	if cert.IsCA {
		return bcperr.New(bcperr.SignerUsage, "certificate %s is of a certification authority, expected a signer's", certName(cert))
	}
	if cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return bcperr.New(bcperr.SignerUsage, "certificate %s: expected keyUsage digitalSignature or nonRepudiation", certName(cert))
	}
	var names []string
	for _, attribute := range cert.Subject.Names {
		if attribute.Type.Equal(oidCommonName) {
			name, _ := attribute.Value.(string)
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		return bcperr.New(bcperr.SignerMismatch, "expected a signer with one common name, %s, got %d", quote(want), len(names))
	}
	if names[0] != want {
		return bcperr.New(bcperr.SignerMismatch, "expected a signer with common name %s, got %s", quote(want), quote(names[0]))
	}
	return nil
}

func describeSigner(cert *x509.Certificate) Signer {
	digest := sha256.Sum256(cert.Raw)
	return Signer{
		CN:        cert.Subject.CommonName,
		Issuer:    cert.Issuer.String(),
		Serial:    cert.SerialNumber.String(),
		NotBefore: cert.NotBefore,
		NotAfter:  cert.NotAfter,
		SHA256:    hex.EncodeToString(digest[:]),
	}
}

// quote shows text that somebody else chose: escaped, and not without end.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		s = s[:most]
	}
	return strconv.Quote(s)
}
