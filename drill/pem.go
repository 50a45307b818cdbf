package drill

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// ParseSigner reads a private key and its certificates from PEM: the signer's own certificate first.
//
// Errors: BadCall when either cannot be read, the key is neither RSA nor ECDSA, or the first certificate is not the
// key's.
func ParseSigner(key, chain []byte) (Signer, error) {
	private, err := ParseKey(key)
	if err != nil {
		return Signer{}, err
	}
	signer := Signer{Key: private}
	for rest := chain; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Signer{}, bcperr.New(bcperr.BadCall, "certificate %d of the chain: %w", len(signer.Chain)+1, err)
		}
		signer.Chain = append(signer.Chain, cert)
	}
	if len(signer.Chain) == 0 {
		return Signer{}, bcperr.New(bcperr.BadCall, "the chain holds no CERTIFICATE block")
	}
	public, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(signer.Chain[0].PublicKey) {
		return Signer{}, bcperr.New(bcperr.BadCall, "the first certificate of the chain is not that of the key")
	}
	return signer, nil
}

// ParseKey reads a private key from the first PEM block: PKCS#8, PKCS#1 or SEC 1.
//
// Errors: BadCall when it cannot be read, or is neither RSA nor ECDSA.
func ParseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, bcperr.New(bcperr.BadCall, "the key is not PEM")
	}
	key, err := parseKeyDER(block)
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the key (%s): %w", block.Type, err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k, nil
	}
	return nil, bcperr.New(bcperr.BadCall, "the key is neither RSA nor ECDSA")
}

func parseKeyDER(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}
