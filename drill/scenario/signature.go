package scenario

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// signatureSuffix is added to the name of a report for the file with its signature.
const signatureSuffix = ".sig"

// minRSABits is what a catalogue's signer needs, too.
const minRSABits = 2048

// SignReport signs the octets of a report with a private key in PEM, RSA of 2048 bits or more, or ECDSA.
//
// Shape: as `openssl dgst -sha256 -sign` makes it: PKCS #1 v1.5, or the ASN.1 form of ECDSA.
// Errors: BadCall when the key cannot be read or used.
func SignReport(report, key []byte) ([]byte, error) {
	signer, err := drill.ParseKey(key)
	if err != nil {
		return nil, err
	}
	if err := strongEnough(signer.Public()); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(report)
	signature, err := signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the key cannot sign: %w", err)
	}
	return signature, nil
}

// VerifySignature checks the signature of a report with a public key, or the certificate of one, in PEM.
//
// Errors: BadCall when the key cannot be read; SignatureInvalid.
func VerifySignature(report, signature, key []byte) error {
	public, err := parsePublicKey(key)
	if err != nil {
		return err
	}
	if err := strongEnough(public); err != nil {
		return err
	}
	sum := sha256.Sum256(report)
	isGood := false
	switch k := public.(type) {
	case *rsa.PublicKey:
		isGood = rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PublicKey:
		isGood = ecdsa.VerifyASN1(k, sum[:], signature)
	default:
		return bcperr.New(bcperr.BadCall, "the key is neither RSA nor ECDSA")
	}
	if !isGood {
		return bcperr.New(bcperr.SignatureInvalid, "the signature is not that of this report by this key: "+
			"the report was changed, or another key signed it")
	}
	return nil
}

func strongEnough(key crypto.PublicKey) error {
	if k, isRSA := key.(*rsa.PublicKey); isRSA && k.N.BitLen() < minRSABits {
		return bcperr.New(bcperr.BadCall, "an RSA key of %d bits: %d are needed", k.N.BitLen(), minRSABits)
	}
	return nil
}

func parsePublicKey(text []byte) (any, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, bcperr.New(bcperr.BadCall, "the key is not PEM: expected a public key or a certificate, got %s",
			bcperr.Looks(text))
	}
	switch block.Type {
	case "CERTIFICATE":
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, bcperr.New(bcperr.BadCall, "the certificate cannot be read: %w", err)
		}
		return cert.PublicKey, nil
	case "RSA PUBLIC KEY":
		if public, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
			return public, nil
		}
	default:
		if public, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			return public, nil
		}
	}
	return nil, bcperr.New(bcperr.BadCall, "expected a public key or a certificate, got %s", bcperr.Quote(block.Type))
}
