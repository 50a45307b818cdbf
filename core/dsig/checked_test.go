package dsig

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckedRemembersGoodPairsOnly(t *testing.T) {
	root, other := issue(t, nil, "root", authority), issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	var checked Checked
	require.Error(t, checked.issued(s.cert, other.cert), "the same name, another key")
	require.Empty(t, checked.pairs)
	require.NoError(t, checked.issued(s.cert, root.cert))
	require.Len(t, checked.pairs, 1)
	require.Error(t, checked.issued(s.cert, other.cert), "still")

	// A signature that is spoiled afterwards shows that the remembered pair is not checked again.
	spoiled := *s.cert
	spoiled.Signature = nil
	require.NoError(t, checked.issued(&spoiled, root.cert))
	require.Error(t, (*Checked)(nil).issued(&spoiled, root.cert))
}

func TestCheckedReadsACertificateOnce(t *testing.T) {
	root := issue(t, nil, "root", authority)
	var checked Checked
	first, err := checked.certificate(root.cert.Raw)
	require.NoError(t, err)
	again, err := checked.certificate(root.cert.Raw)
	require.NoError(t, err)
	require.Same(t, first, again)
	_, err = checked.certificate([]byte("no certificate"))
	require.Error(t, err)
	for range maxChecked + 1 {
		_, err := checked.certificate(issue(t, root, "signer", signer).cert.Raw)
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(checked.read), maxChecked)
}

func TestCheckedIsBounded(t *testing.T) {
	root := issue(t, nil, "root", authority)
	var checked Checked
	for range maxChecked + 1 {
		require.NoError(t, checked.issued(issue(t, root, "signer", signer).cert, root.cert))
	}
	require.Len(t, checked.pairs, 1, "full, it starts anew")
}
