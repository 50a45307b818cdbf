package dsig

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// TestPathLengths: authorities below one that bounds them count, but for those that are self-issued.
//
// Source: RFC 5280 §4.2.1.9, §6.1.4 (l), (m).
func TestPathLengths(t *testing.T) {
	// A path from the anchor down. Each authority has a name and a bound, -1 for none; the anchor is "root".
	type ca struct {
		name  string
		bound int
	}
	for _, c := range []struct {
		name string
		path []ca
		want bcperr.Code
	}{
		{"no bound", []ca{{"root", -1}, {"a", -1}, {"b", -1}}, ""},
		{"0 above a signer", []ca{{"root", -1}, {"a", 0}}, ""},
		{"0 above an authority", []ca{{"root", -1}, {"a", 0}, {"b", -1}}, bcperr.SignerUntrusted},
		{"0 above a self-issued one", []ca{{"root", -1}, {"a", 0}, {"a", -1}}, ""},
		{"0 above two self-issued ones", []ca{{"root", -1}, {"a", 0}, {"a", 0}, {"a", -1}}, ""},
		{"0 above a self-issued one and an authority", []ca{{"root", -1}, {"a", 0}, {"a", -1}, {"b", -1}},
			bcperr.SignerUntrusted},
		{"1 above an authority", []ca{{"root", -1}, {"a", 1}, {"b", -1}}, ""},
		{"1 above an authority that issued itself", []ca{{"root", -1}, {"a", 1}, {"b", -1}, {"b", -1}}, ""},
		{"1 above two authorities", []ca{{"root", -1}, {"a", 1}, {"b", -1}, {"c", -1}}, bcperr.SignerUntrusted},
		{"1 above 0, and no more", []ca{{"root", -1}, {"a", 1}, {"b", 0}}, ""},
		{"a larger bound below changes nothing", []ca{{"root", -1}, {"a", 0}, {"b", 5}}, bcperr.SignerUntrusted},
		{"a self-issued one sets a bound", []ca{{"root", -1}, {"a", 5}, {"a", 0}, {"b", -1}}, bcperr.SignerUntrusted},
		{"a bound of the anchor", []ca{{"root", 0}, {"a", -1}}, bcperr.SignerUntrusted},
		{"a bound of the anchor, self-issued below", []ca{{"root", 0}, {"root", -1}}, ""},
		{"a name that comes again is not self-issued", []ca{{"root", -1}, {"a", 1}, {"b", -1}, {"a", -1}},
			bcperr.SignerUntrusted},
	} {
		t.Run(c.name, func(t *testing.T) {
			var above *holder
			var authorities []*x509.Certificate
			for _, ca := range c.path {
				above = issue(t, above, ca.name, with(authority, func(c *x509.Certificate) {
					c.MaxPathLen, c.MaxPathLenZero = ca.bound, ca.bound == 0
				}))
				authorities = append(authorities, above.cert)
			}
			_, err := findPath(issue(t, above, "signer", signer).cert, authorities[1:], authorities[:1], pathAt, nil)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
		})
	}
}

// TestPolicies: what the policy extensions of a path say, when any policy is acceptable.
//
// Source: RFC 5280 §6.1.3 (d) to (f), §6.1.4 (a), (b), (h) to (j), §6.1.5 (a), (b).
func TestPolicies(t *testing.T) {
	p, q, every := testPolicies[1], testPolicies[2], testPolicies[0]
	has := func(list ...x509.OID) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.Policies = list }
	}
	constraints := func(list ...[]byte) func(*x509.Certificate) {
		return extra(asn1.ObjectIdentifier{2, 5, 29, 36}, true, tlv(t, 0, asn1.TagSequence, slices.Concat(list...)))
	}
	explicit := func(n int) func(*x509.Certificate) { return constraints(implicit(0, n)) }
	explicitMapping := func(n int) func(*x509.Certificate) { // required at once, mapping ends after n
		return constraints(implicit(0, 0), implicit(1, n))
	}
	noAny := func(n int) func(*x509.Certificate) {
		return extra(asn1.ObjectIdentifier{2, 5, 29, 54}, true, []byte{asn1.TagInteger, 1, byte(n)})
	}
	maps := func(from, to x509.OID) func(*x509.Certificate) {
		pair, err := asn1.Marshal([]asn1.ObjectIdentifier{parsedOID(from), parsedOID(to)})
		require.NoError(t, err)
		return extra(asn1.ObjectIdentifier{2, 5, 29, 33}, true, tlv(t, 0, asn1.TagSequence, pair))
	}
	none := func(*x509.Certificate) {}
	type edits = []func(*x509.Certificate) // of the upper authority, the lower one and the signer
	for _, c := range []struct {
		name string
		path edits
		good bool
		self bool // the lower authority is the upper one, with another key
	}{
		{"no policies, none required", edits{none, none, none}, true, false},
		{"different ones, none required", edits{has(p), has(q), none}, true, false},
		{"required at once, none there", edits{with(has(p), explicit(0)), has(p), none}, false, false},
		{"required at once, one through", edits{with(has(p), explicit(0)), has(p), has(p)}, true, false},
		{"required at once, another below", edits{with(has(p), explicit(0)), has(p), has(q)}, false, false},
		{"required after one more, none there", edits{with(has(p), explicit(1)), none, none}, false, false},
		{"required after two more, none there", edits{with(has(p), explicit(2)), none, none}, false, false},
		{"required after three more, none there", edits{with(has(p), explicit(3)), none, none}, true, false},
		{"required by the signer itself", edits{none, none, explicit(0)}, false, false},
		{"required by the signer itself, one through", edits{has(p), has(p), with(has(p), explicit(0))}, true, false},
		{"required later by the signer itself", edits{none, none, explicit(1)}, true, false},
		{"a later count does not raise an earlier one", edits{explicit(1), explicit(9), none}, false, false},
		{"anyPolicy above a policy", edits{with(has(every), explicit(0)), has(p), has(p)}, true, false},
		{"anyPolicy below a policy", edits{with(has(p), explicit(0)), has(every), has(p)}, true, false},
		{"anyPolicy of the signer", edits{with(has(p), explicit(0)), has(p), has(every)}, true, false},
		{"anyPolicy inhibited", edits{with(has(p), explicit(0), noAny(0)), has(every), has(p)}, false, false},
		{"anyPolicy inhibited after one more",
			edits{with(has(p), explicit(0), noAny(1)), has(every), has(p)}, true, false},
		{"anyPolicy inhibited for the signer", edits{with(has(p), explicit(0), noAny(1)), has(p), has(every)}, false,
			false},
		{"inhibited where nobody needs it", edits{with(has(p), noAny(0)), has(every), none}, true, false},
		{"mapped", edits{with(has(p), explicit(0), maps(p, q)), has(q), has(q)}, true, false},
		{"mapped, the old one below", edits{with(has(p), explicit(0), maps(p, q)), has(p), has(p)}, false, false},
		{"mapped where mapping is inhibited", edits{with(has(p), explicitMapping(0)),
			with(has(p), maps(p, q)), has(q)}, false, false},
		{"mapped before mapping is inhibited", edits{with(has(p), explicitMapping(1)),
			with(has(p), maps(p, q)), has(q)}, true, false},
		{"anyPolicy mapped", edits{with(has(p), maps(every, q)), has(q), has(q)}, false, false},
		{"mapped to anyPolicy", edits{with(has(p), maps(p, every)), has(p), has(p)}, false, false},
		{"a self-issued authority does not count", edits{explicit(2), none, none}, true, true},
		{"nor for anyPolicy", edits{with(has(p), explicit(0), noAny(1)), has(p), has(every)}, true, true},
		{"and may have anyPolicy", edits{with(has(p), explicit(0), noAny(0)), has(every), has(p)}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := issue(t, nil, "root", authority)
			upper := issue(t, root, "upper", with(authority, c.path[0]))
			name := "lower"
			if c.self {
				name = "upper"
			}
			lower := issue(t, upper, name, with(authority, c.path[1]))
			s := issue(t, lower, "signer", with(signer, c.path[2]))
			_, err := findPath(s.cert, []*x509.Certificate{upper.cert, lower.cert}, []*x509.Certificate{root.cert},
				pathAt, nil)
			want := bcperr.SignerUntrusted
			if c.good {
				want = ""
			}
			require.Equal(t, want, bcperr.CodeOf(err), fmt.Sprint(err))
		})
	}
}
