package dsig

import (
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// TestBoundCostsNoGoodPath: whatever else stands in KeyInfo and among the anchors under the same names, and in
// whichever order, the good path is found within the bound.
func TestBoundCostsNoGoodPath(t *testing.T) {
	expired := with(authority, func(c *x509.Certificate) { c.NotAfter = pathAt.Add(-time.Second) })
	roots := make([]*holder, 12) // generations of one root, each with a key of its own
	anchors := make([]*x509.Certificate, len(roots))
	for i := range roots {
		roots[i] = issue(t, nil, "root", authority)
		anchors[i] = roots[i].cert
	}
	root := roots[7]
	// again is another certificate for the key of h.
	again := func(h, issuer *holder, name string, edit func(*x509.Certificate)) *x509.Certificate {
		return issueFor(t, h.key, issuer, name, edit).cert
	}
	unnamed := func(c x509.Certificate) *x509.Certificate {
		c.SubjectKeyId, c.AuthorityKeyId = nil, nil
		return &c
	}
	other := func(c x509.Certificate) *x509.Certificate {
		c.AuthorityKeyId = []byte("another key")
		return &c
	}

	issuing := issue(t, root, "issuing", authority)
	good := issue(t, issuing, "signer", signer)
	crossed := []*x509.Certificate{issuing.cert}
	for range 8 {
		crossed = append(crossed, again(issuing, issue(t, nil, "root", authority), "issuing", authority))
	}

	renewed := issue(t, root, "issuing", authority)
	renewals := []*x509.Certificate{renewed.cert}
	for range 8 {
		renewals = append(renewals, again(renewed, renewed, "issuing", authority))
	}

	// Five certificates of an upper authority and four of a lower one: one of each is good, the others have expired.
	upper := issue(t, root, "upper", authority)
	lower := issue(t, upper, "lower", authority)
	layers := []*x509.Certificate{upper.cert, lower.cert}
	for i := range 7 {
		if i < 4 {
			layers = append(layers, again(upper, root, "upper", expired))
		} else {
			layers = append(layers, again(lower, upper, "lower", expired))
		}
	}

	for _, c := range []struct {
		name          string
		signer        *x509.Certificate
		intermediates []*x509.Certificate
	}{
		{"cross-certificates of roots that have the name of an anchor", good.cert, crossed},
		{"an authority that certified its own key again and again", issue(t, renewed, "s", signer).cert, renewals},
		{"expired ones of two authorities", issue(t, lower, "s", signer).cert, layers},
		{"no key is named", unnamed(*good.cert), []*x509.Certificate{unnamed(*issuing.cert)}},
		{"the keys are named wrongly", other(*good.cert), []*x509.Certificate{other(*issuing.cert)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for turn := range c.intermediates {
				turned := slices.Concat(c.intermediates[turn:], c.intermediates[:turn])
				for _, list := range [][]*x509.Certificate{turned, reversed(turned)} {
					path, err := findPath(c.signer, list, anchors, pathAt, nil)
					require.NoError(t, err, "turned by %d", turn)
					require.Same(t, root.cert, path[len(path)-1])
				}
			}
		})
	}
}

func reversed(list []*x509.Certificate) []*x509.Certificate {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// TestPathSearchIsBounded gives certificates that all have one name and keys of their own, so that each may have issued
// each.
func TestPathSearchIsBounded(t *testing.T) {
	var list []*x509.Certificate
	issuer := issue(t, nil, "same", authority)
	for range maxCertificates {
		list = append(list, issue(t, issuer, "same", authority).cert)
	}
	other := issue(t, nil, "anchor", authority)
	s := &pathSearch{anchors: []*x509.Certificate{other.cert}, intermediates: list[1:], at: pathAt, names: names{}}
	_, err := s.find(list[0])
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	require.LessOrEqual(t, s.steps, maxPathSteps+1)
	require.Zero(t, s.checks)

	anchors := make([]*x509.Certificate, 20)
	for i := range anchors {
		anchors[i] = issue(t, nil, "same", authority).cert
	}
	s = &pathSearch{anchors: anchors, intermediates: list[1:], at: pathAt, names: names{}}
	_, err = s.find(list[0])
	require.Equal(t, bcperr.LimitExceeded, bcperr.CodeOf(err))
	require.LessOrEqual(t, s.checks, maxPathChecks+1)
}

// TestNobodyIsAskedTwice: a signature that does not hold costs one check, however many paths it stands on.
func TestNobodyIsAskedTwice(t *testing.T) {
	root, imposter := issue(t, nil, "root", authority), issue(t, nil, "root", authority)
	low := issue(t, root, "low", authority)
	s := &pathSearch{anchors: []*x509.Certificate{imposter.cert}, intermediates: []*x509.Certificate{low.cert,
		issueFor(t, low.key, root, "low", authority).cert}, at: pathAt, names: names{}}
	_, err := s.find(issue(t, low, "signer", signer).cert)
	require.Equal(t, bcperr.SignerUntrusted, bcperr.CodeOf(err))
	require.ErrorContains(t, err, `"low" is not signed by "root"`)
	require.Equal(t, 2, s.checks)
}
