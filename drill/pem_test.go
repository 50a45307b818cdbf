package drill

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/stretchr/testify/require"
)

// A vendor's key comes in the forms that openssl writes; what is none is told in a sentence.
func TestParseKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("keys/test-p256.key.pem")
	require.NoError(t, err)
	key, err := ParseKey(text)
	require.NoError(t, err)
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	block := func(kind string, der []byte, headers ...string) []byte {
		b := &pem.Block{Type: kind, Bytes: der}
		if len(headers) > 0 {
			b.Headers = map[string]string{headers[0]: headers[1]}
		}
		return pem.EncodeToMemory(b)
	}
	curve := block("EC PARAMETERS", []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}) // as openssl ecparam -genkey
	same, err := ParseKey(bytes.Join([][]byte{curve, block("EC PRIVATE KEY", der)}, nil))
	require.NoError(t, err)
	require.Equal(t, key, same)

	for want, text := range map[string][]byte{
		"the key is encrypted, and nobody is asked": block("ENCRYPTED PRIVATE KEY", der),
		"the key is encrypted, ":                    block("EC PRIVATE KEY", der, "DEK-Info", "AES-256-CBC,00"),
		`expected a private key, got "PUBLIC KEY"`:  block("PUBLIC KEY", public),
		`a private key, got "EC PARAMETERS"`:        curve,
		"the key (PRIVATE KEY) cannot be read: ":    block("PRIVATE KEY", der[:9]),
		"expected a private key, got an empty":      nil,
	} {
		_, err := ParseKey(text)
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), want)
		require.Contains(t, bcperr.DetailOf(err), want)
	}
}
