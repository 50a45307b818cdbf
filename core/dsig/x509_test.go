package dsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	random "math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The traits of a generated chain: what is odd in it.
const (
	otherSpelling = "an issuer's name in another spelling"
	selfIssued    = "a self-issued authority"
	directoryTree = "name constraints on directory names"
	dnsTree       = "name constraints on host names"
	weakKey       = "a key on P-224"
	anyMapped     = "a mapping of anyPolicy"
)

// difference is a case in which crypto/x509 and these rules may judge a chain differently.
type difference struct {
	trait    string
	accepted bool // here, and refused there; or the other way about
	reason   string
}

// differences are all there may be. Anything else is a fault of one of the two.
var differences = []difference{
	{otherSpelling, true, "crypto/x509 compares names octet for octet, RFC 5280 §7.1 does not"},
	{selfIssued, true, "crypto/x509 counts self-issued authorities for a path length, RFC 5280 §4.2.1.9 does not"},
	{directoryTree, true, "crypto/x509 knows no constraints on directory names and refuses critical ones"},
	{directoryTree, false, "crypto/x509 passes over constraints on directory names that are not critical"},
	{dnsTree, false, "a signer needs no host names, so one under constraints on them is refused unread"},
	{anyMapped, false, "RFC 5280 §6.1.4 (a) refuses it; crypto/x509 does so only while a policy is left"},
	{weakKey, false, "P-224 is not in the profile"},
}

// generated is a chain with all that a verdict needs, and its traits.
type generated struct {
	signer                 *x509.Certificate
	intermediates, anchors []*x509.Certificate
	traits                 []string
}

// generator makes chains from a seed. The keys are any.
type generator struct {
	t      *testing.T
	random *random.Rand
	keys   []crypto.Signer
	weak   crypto.Signer
	serial int64
	traits []string
}

func (g *generator) oneIn(n int) bool { return g.random.IntN(n) == 0 }

func (g *generator) trait(name string) { g.traits = append(g.traits, name) }

func (g *generator) key() crypto.Signer {
	if g.oneIn(60) {
		g.trait(weakKey)
		return g.weak
	}
	return g.keys[g.random.IntN(len(g.keys))]
}

// implicit is an INTEGER with an implicit tag.
func implicit(tag, n int) []byte { return []byte{0x80 | byte(tag), 1, byte(n)} }

var testPolicies = []x509.OID{oidOf(2, 5, 29, 32, 0), oidOf(1, 2, 3, 1), oidOf(1, 2, 3, 2)}

func oidOf(arcs ...uint64) x509.OID {
	id, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic(err)
	}
	return id
}

// addPolicies gives a certificate policies, and what constrains and maps them.
func (g *generator) addPolicies(c *x509.Certificate) {
	for _, id := range testPolicies {
		if g.oneIn(2) {
			c.Policies = append(c.Policies, id)
		}
	}
	if g.oneIn(3) {
		var constraints []byte
		if g.oneIn(2) {
			constraints = append(constraints, implicit(0, g.random.IntN(3))...)
		}
		if g.oneIn(2) || len(constraints) == 0 {
			constraints = append(constraints, implicit(1, g.random.IntN(3))...)
		}
		extra(asn1.ObjectIdentifier{2, 5, 29, 36}, true, tlv(g.t, 0, asn1.TagSequence, constraints))(c)
	}
	if g.oneIn(4) {
		extra(asn1.ObjectIdentifier{2, 5, 29, 54}, true, []byte{asn1.TagInteger, 1, byte(g.random.IntN(3))})(c)
	}
	if c.IsCA && g.oneIn(4) {
		from, to := testPolicies[g.random.IntN(3)], testPolicies[g.random.IntN(3)]
		if from.Equal(testPolicies[0]) || to.Equal(testPolicies[0]) {
			g.trait(anyMapped)
		}
		mapping, err := asn1.Marshal([]asn1.ObjectIdentifier{parsedOID(from), parsedOID(to)})
		require.NoError(g.t, err)
		extra(asn1.ObjectIdentifier{2, 5, 29, 33}, g.oneIn(2), tlv(g.t, 0, asn1.TagSequence, mapping))(c)
	}
}

func parsedOID(id x509.OID) (out asn1.ObjectIdentifier) {
	der, err := id.MarshalBinary()
	if err != nil {
		panic(err)
	}
	_, err = asn1.Unmarshal(append([]byte{asn1.TagOID, byte(len(der))}, der...), &out)
	if err != nil {
		panic(err)
	}
	return out
}

// addOddities gives any certificate what spoils it, seldom.
func (g *generator) addOddities(c *x509.Certificate) {
	if g.oneIn(25) {
		c.NotAfter = pathAt.Add(time.Duration(g.random.IntN(3)-1) * time.Second)
	}
	if g.oneIn(25) {
		c.NotBefore = pathAt.Add(time.Duration(g.random.IntN(3)-1) * time.Second)
	}
	if g.oneIn(40) {
		extra(asn1.ObjectIdentifier{1, 2, 3, 4}, g.oneIn(2), []byte{asn1.TagNull, 0})(c)
	}
	if g.oneIn(5) {
		g.addPolicies(c)
	}
}

// addAuthority makes a template one of an authority, most often a sound one.
func (g *generator) addAuthority(c *x509.Certificate) {
	authority(c)
	switch g.random.IntN(20) {
	case 0:
		c.IsCA, c.BasicConstraintsValid = false, g.oneIn(2)
	case 1:
		c.KeyUsage = []x509.KeyUsage{0, x509.KeyUsageCRLSign, x509.KeyUsageDigitalSignature}[g.random.IntN(3)]
	case 2, 3, 4, 5:
		c.MaxPathLen = g.random.IntN(3)
		c.MaxPathLenZero = c.MaxPathLen == 0
	case 6:
		g.trait(directoryTree)
		names := []pkix.Name{{Country: []string{"BE"}}, {Country: []string{"FR"}}}
		value := directory(g.t, g.random.IntN(2), names[g.random.IntN(2)])
		extra(oidNameConstraints, g.oneIn(2), value)(c)
	case 7:
		g.trait(dnsTree)
		c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"bcp.example"}, g.oneIn(2)
	}
}

// make signs a template under issuer, or by itself for nil.
func (g *generator) make(issuer *holder, name string, edit ...func(*x509.Certificate)) *holder {
	g.serial++
	key := g.key()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(g.serial), NotBefore: pathBegin, NotAfter: pathEnd,
		Subject: pkix.Name{Country: []string{"BE"}, Organization: []string{"BCP"}, CommonName: name},
	}
	with(edit...)(c)
	g.addOddities(c)
	if issuer == nil {
		return g.signed(c, c, key, key)
	}
	parent, signing := *issuer.cert, issuer.key
	if g.oneIn(20) {
		spelled := parent.Subject
		spelled.CommonName = " " + strings.ToUpper(spelled.CommonName)
		parent.Subject, parent.RawSubject = spelled, nil
		g.trait(otherSpelling)
	}
	if g.oneIn(40) {
		signing = g.key() // an imposter, now and then the right one
		if signing.Public().(*ecdsa.PublicKey).Curve != issuer.key.Public().(*ecdsa.PublicKey).Curve {
			signing = issuer.key
		}
		parent.PublicKey = signing.Public()
	}
	return g.signed(c, &parent, key, signing)
}

func (g *generator) signed(c, parent *x509.Certificate, key, signing crypto.Signer) *holder {
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signing)
	require.NoError(g.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(g.t, err)
	return &holder{cert, key}
}

// chain makes a chain of an anchor, up to three authorities and a signer, in any order, with others beside it.
func (g *generator) chain() generated {
	g.traits = nil
	anchor := g.make(nil, "root", g.addAuthority)
	out := generated{anchors: []*x509.Certificate{anchor.cert}}
	if g.oneIn(10) { // of the same name, with another key
		out.anchors = append(out.anchors, g.make(nil, "root", authority).cert)
	}
	last := anchor
	for i := range g.random.IntN(4) {
		name := fmt.Sprintf("authority %d", i)
		if g.oneIn(8) {
			name = last.cert.Subject.CommonName
			g.trait(selfIssued)
		}
		issuer := last
		last = g.make(issuer, name, g.addAuthority)
		if !g.oneIn(40) { // or it is missing
			out.intermediates = append(out.intermediates, last.cert)
		}
		if g.oneIn(15) {
			out.intermediates = append(out.intermediates, g.make(issuer, name, g.addAuthority).cert)
		}
	}
	out.signer = g.make(last, "signer", func(c *x509.Certificate) {
		signer(c)
		if g.oneIn(8) {
			c.DNSNames = []string{[]string{"a.bcp.example", "a.example"}[g.random.IntN(2)]}
		}
	}).cert
	g.random.Shuffle(len(out.intermediates), func(i, k int) {
		out.intermediates[i], out.intermediates[k] = out.intermediates[k], out.intermediates[i]
	})
	out.traits = g.traits
	return out
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}

// TestAgainstX509 feeds our rules and crypto/x509 the same chains. Each difference must be one that is listed; natively
// each of those occurs.
func TestAgainstX509(t *testing.T) {
	count := 10_000
	if runtime.GOARCH == "wasm" {
		count = 150 // P-256 is forty times as slow there
	}
	g := &generator{t: t, random: random.New(random.NewPCG(15, 5280))}
	var err error
	g.weak, err = ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	for range 12 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		g.keys = append(g.keys, key)
	}
	both, neither, seen := 0, 0, map[string]int{}
	for i := range count {
		c := g.chain()
		_, ours := findPath(c.signer, c.intermediates, c.anchors, pathAt, nil)
		_, theirs := c.signer.Verify(x509.VerifyOptions{
			Roots: pool(c.anchors), Intermediates: pool(c.intermediates), CurrentTime: pathAt,
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		})
		switch {
		case ours == nil && theirs == nil:
			both++
			continue
		case ours != nil && theirs != nil:
			neither++
			continue
		}
		known := slices.IndexFunc(differences, func(d difference) bool {
			return d.accepted == (ours == nil) && slices.Contains(c.traits, d.trait)
		})
		require.GreaterOrEqual(t, known, 0, "chain %d %v: here %v, there %v", i, c.traits, ours, theirs)
		seen[differences[known].reason]++
	}
	t.Logf("%d chains: both accept %d, both refuse %d; else %v", count, both, neither, seen)
	require.Greater(t, both, count/5)
	require.Greater(t, neither, count/10)
	for _, d := range differences {
		if runtime.GOARCH != "wasm" {
			require.NotZero(t, seen[d.reason], d.reason)
		}
	}
}
