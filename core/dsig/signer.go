package dsig

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
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

// parseCertificates decodes the certificates of KeyInfo, the signer's first. One that is an anchor is taken from there,
// which also makes the two the same pointer.
//
// Nobody signed KeyInfo, and a platform may put more into it than a path needs: what cannot be read is left out and
// told, but for the signer's.
func parseCertificates(texts []string, anchors []*x509.Certificate, checked *Checked) ([]*x509.Certificate, []unread,
	error) {
	list := make([]*x509.Certificate, 0, len(texts))
	var skipped []unread
	for i, text := range texts {
		cert, der, err := parseCertificate(text, anchors, checked)
		switch {
		case err == nil:
			list = append(list, cert)
		case i == 0:
			code := bcperr.SignerMissing
			if len(der) > maxCertificateBytes {
				code = bcperr.LimitExceeded
			}
			return nil, nil, bcperr.New(code, "certificate 1 in KeyInfo, the signer's, cannot be read: %w", err)
		default:
			skipped = append(skipped, unread{fmt.Sprintf("KeyInfo, certificate %d", i+1), err, subjectOf(der)})
		}
	}
	return list, skipped, nil
}

// parseCertificate decodes one certificate; also of a bad one it returns what octets there are.
func parseCertificate(text string, anchors []*x509.Certificate, checked *Checked) (*x509.Certificate, []byte, error) {
	der, err := decodeBase64(text)
	if err != nil {
		return nil, nil, fmt.Errorf("it is not base64: %w", err)
	}
	if len(der) > maxCertificateBytes {
		return nil, der, fmt.Errorf("expected at most %d bytes, got %d", maxCertificateBytes, len(der))
	}
	if anchor := findCertificate(anchors, der); anchor != nil {
		return anchor, der, nil
	}
	cert, err := checked.certificate(der)
	return cert, der, err
}

// oidCommonName is the type of a CN. Source: RFC 5280 appendix A.1.
var oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// checkSigner judges the signer's certificate for its task.
//
// Errors: signer-usage when it is of a CA or may not sign; signer-mismatch when its subject does not hold exactly one
// CN equal to want, octet for octet. A text form of the whole name is no use here: the CN itself holds a comma.
func checkSigner(cert *x509.Certificate, want string) error {
	if cert.IsCA {
		return bcperr.New(bcperr.SignerUsage, "certificate %s is of a certification authority, expected a signer's",
			certName(cert))
	}
	if cert.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return bcperr.New(bcperr.SignerUsage, "certificate %s: expected keyUsage digitalSignature or nonRepudiation",
			certName(cert))
	}
	var names []string
	for _, attribute := range cert.Subject.Names {
		if attribute.Type.Equal(oidCommonName) {
			name, _ := attribute.Value.(string)
			names = append(names, name)
		}
	}
	if len(names) != 1 {
		return bcperr.New(bcperr.SignerMismatch, "expected a signer with one common name, %s, got %d",
			bcperr.Quote(want), len(names))
	}
	if names[0] != want {
		return bcperr.New(bcperr.SignerMismatch, "expected a signer with common name %s, got %s", bcperr.Quote(want),
			bcperr.Quote(names[0]))
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
