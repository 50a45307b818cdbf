package core_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/stretchr/testify/require"
)

// The days left are those until the signer's certificate ends, and until the last of the anchors does.
func TestForesight(t *testing.T) {
	j := judgement(t)
	j.Anchors = append(j.Anchors, testdata(t, "pki/issuing.pem"))
	c, err := core.Open(testdata(t, "catalogues/v1.xml"), j)
	require.NoError(t, err)
	end, err := time.Parse(time.RFC3339, c.Summary().Signer.NotAfter)
	require.NoError(t, err)
	for _, row := range []struct {
		before time.Duration
		want   int
	}{{0, 0}, {time.Hour, 0}, {24 * time.Hour, 1}, {60*24*time.Hour + time.Minute, 60}, {-time.Hour, -1},
		{-24 * time.Hour, -1}, {-25 * time.Hour, -2}} {
		require.Equal(t, row.want, c.Foresight(end.Add(-row.before)).SignerDaysLeft, row.before.String())
	}

	last := time.Time{}
	for _, file := range j.Anchors {
		block, _ := pem.Decode(file)
		cert, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		if cert.NotAfter.After(last) {
			last = cert.NotAfter
		}
	}
	require.Equal(t, 3, c.Foresight(last.Add(-3*24*time.Hour)).AnchorDaysLeft)
	require.Equal(t, -1, c.Foresight(last.Add(time.Second)).AnchorDaysLeft)
}
