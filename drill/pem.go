package drill

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// parseSigner reads a private key and its certificates from PEM: the signer's own certificate first.
//
// Errors: BadCall when either cannot be read, the key is neither RSA nor ECDSA, or the first certificate is not the
// key's.
func parseSigner(key, chain []byte) (Signer, error) {
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

// ParseKey reads the first private key of a PEM file: PKCS#8, PKCS#1 or SEC 1. What stands before it, such as the
// parameters that openssl writes, is passed over.
//
// Errors: BadCall when there is none, it is encrypted or cannot be read, or is neither RSA nor ECDSA.
func ParseKey(text []byte) (crypto.Signer, error) {
	other := ""
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			other = cmp.Or(other, block.Type)
			continue
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil, bcperr.New(bcperr.BadCall,
				"the key is encrypted, and nobody is asked for a password: openssl pkey -in KEY.pem -out CLEAR.pem")
		}
		return parsePrivate(block)
	}
	if other != "" {
		return nil, bcperr.New(bcperr.BadCall, "expected a private key, got %s", bcperr.Quote(other))
	}
	return nil, bcperr.New(bcperr.BadCall, "the key is not PEM: expected a private key, got %s", bcperr.Looks(text))
}

func parsePrivate(block *pem.Block) (crypto.Signer, error) {
	key, err := parseKeyDER(block)
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "the key (%s) cannot be read: %w", block.Type, err)
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
