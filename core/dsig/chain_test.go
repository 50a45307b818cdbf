package dsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

var (
	pathBegin = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	pathAt    = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	pathEnd   = time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// holder is a certificate with its key.
type holder struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var serials int64

// issue makes a certificate of that name under issuer, or a self-signed one for nil. edit changes the template first.
func issue(t testing.TB, issuer *holder, name string, edit func(*x509.Certificate)) *holder {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return issueFor(t, key, issuer, name, edit)
}

func issueFor(t testing.TB, key crypto.Signer, issuer *holder, name string, edit func(*x509.Certificate)) *holder {
	t.Helper()
	serials++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serials), NotBefore: pathBegin, NotAfter: pathEnd,
		Subject: pkix.Name{Country: []string{"BE"}, Organization: []string{"BCP"}, CommonName: name},
	}
	if edit != nil {
		edit(template)
	}
	parent, signingKey := template, key
	if issuer != nil {
		parent, signingKey = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signingKey)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &holder{cert, key}
}

// authority makes a template one of a CA.
func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.MaxPathLen = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign,
		-1
}

func with(edits ...func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, edit := range edits {
			if edit != nil {
				edit(c)
			}
		}
	}
}

func signer(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }

func extra(id asn1.ObjectIdentifier, critical bool, value []byte) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: id, Critical: critical, Value: value})
	}
}

// directory is the DER of name constraints with directory names: tag 0 permits, tag 1 excludes.
func directory(t testing.TB, tag int, names ...pkix.Name) []byte {
	var subtrees []byte
	for _, name := range names {
		rdns, err := asn1.Marshal(name.ToRDNSequence())
		require.NoError(t, err)
		subtrees = append(subtrees, tlv(t, asn1.ClassUniversal, asn1.TagSequence,
			tlv(t, asn1.ClassContextSpecific, tagDirectory, rdns))...)
	}
	return tlv(t, asn1.ClassUniversal, asn1.TagSequence, tlv(t, asn1.ClassContextSpecific, tag, subtrees))
}

func tlv(t testing.TB, class, tag int, content []byte) []byte {
	der, err := asn1.Marshal(asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: content})
	require.NoError(t, err)
	return der
}

func TestFindPath(t *testing.T) {
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	good := issue(t, issuing, "signer", signer)
	belgian := pkix.Name{Country: []string{"BE"}}
	french := pkix.Name{Country: []string{"FR"}}

	// under makes a root, an issuing CA by edit, and a signer below it.
	under := func(edit func(*x509.Certificate)) []*x509.Certificate {
		ca := issue(t, root, "issuing "+big.NewInt(serials).String(), with(authority, edit))
		return []*x509.Certificate{issue(t, ca, "signer", signer).cert, ca.cert}
	}
	named := func(constraints func(*x509.Certificate), edit func(*x509.Certificate)) []*x509.Certificate {
		ca := issue(t, root, "issuing "+big.NewInt(serials).String(), with(authority, constraints))
		return []*x509.Certificate{issue(t, ca, "signer", with(signer, edit)).cert, ca.cert}
	}
	chainOf := func(holders ...*holder) (list []*x509.Certificate) {
		for _, h := range holders {
			list = append(list, h.cert)
		}
		return list
	}
	second := issue(t, issuing, "second", authority)
	third := issue(t, second, "third", authority)
	imposter := issue(t, nil, "root", authority)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	weakCA := issueFor(t, weak, root, "weak", authority)
	rollover := issue(t, root, "issuing", authority) // the name of issuing, another key
	expiredRoot := issue(t, nil, "old root",
		with(authority, func(c *x509.Certificate) { c.NotAfter = pathAt.Add(-time.Second) }))
	limitedRoot := issue(t, nil, "limited root",
		with(authority, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true }))
	limitedCA := issue(t, limitedRoot, "ca", authority)
	nonCA := issue(t, issuing, "no authority", signer)

	for _, c := range []struct {
		name    string
		chain   []*x509.Certificate // the signer's first
		anchors []*holder
		at      time.Time
		want    bcperr.Code
		differs string // why crypto/x509 says otherwise
	}{
		{"root as anchor", chainOf(good, issuing), []*holder{root}, pathAt, "", ""},
		{"issuing CA as anchor", chainOf(good), []*holder{issuing}, pathAt, "", ""},
		{"issuing CA absent", chainOf(good), []*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"other anchor", chainOf(good, issuing), []*holder{second}, pathAt, bcperr.SignerUntrusted, ""},
		{"two anchors, the second is right", chainOf(good, issuing), []*holder{second, root}, pathAt, "", ""},
		{"two anchors of one name, the second is right", chainOf(good, issuing), []*holder{imposter, root}, pathAt, "",
			""},
		{"an anchor of the right name and another key", chainOf(good, issuing), []*holder{imposter}, pathAt,
			bcperr.SignerUntrusted, ""},
		{"two CAs of one name, the second is right", chainOf(good, rollover, issuing), []*holder{root}, pathAt, "", ""},
		{"certificates in any order", chainOf(issue(t, third, "s", signer), issuing, third, second), []*holder{root},
			pathAt, "", ""},
		{"the signer as anchor", chainOf(good), []*holder{good}, pathAt, bcperr.SignerUntrusted,
			"it takes the signer itself for an anchor"},
		{"a self-signed signer", chainOf(issue(t, nil, "s", signer)), []*holder{root}, pathAt, bcperr.SignerUntrusted,
			""},
		{"issued by one that is no CA", chainOf(issue(t, nonCA, "s", signer), nonCA, issuing), []*holder{root}, pathAt,
			bcperr.SignerUntrusted, ""},
		{"an anchor that is no CA", chainOf(issue(t, nonCA, "s", signer)), []*holder{nonCA}, pathAt,
			bcperr.SignerUntrusted, ""},
		{"a CA without basicConstraints", under(func(c *x509.Certificate) { c.BasicConstraintsValid = false }),
			[]*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"a CA that may not sign certificates", under(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }),
			[]*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"a CA without keyUsage", under(func(c *x509.Certificate) { c.KeyUsage = 0 }), []*holder{root}, pathAt, "", ""},
		{"pathLen 0 and no CA below", under(func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true }),
			[]*holder{root}, pathAt, "", ""},
		{"pathLen 0 of the anchor and a CA below", chainOf(issue(t, limitedCA, "s", signer), limitedCA),
			[]*holder{limitedRoot}, pathAt, bcperr.SignerUntrusted, ""},
		{"not yet valid", chainOf(good, issuing), []*holder{root}, pathBegin.Add(-time.Second),
			bcperr.SignerNotYetValid, ""},
		{"first moment", chainOf(good, issuing), []*holder{root}, pathBegin, "", ""},
		{"last moment", chainOf(good, issuing), []*holder{root}, pathEnd, "", ""},
		{"expired", chainOf(good, issuing), []*holder{root}, pathEnd.Add(time.Second), bcperr.SignerExpired, ""},
		{"CA expired", under(func(c *x509.Certificate) { c.NotAfter = pathAt.Add(-time.Second) }), []*holder{root},
			pathAt, bcperr.SignerExpired, ""},
		{"anchor expired", chainOf(issue(t, expiredRoot, "s", signer)), []*holder{expiredRoot}, pathAt,
			bcperr.SignerExpired, ""},
		{"weak signer", chainOf(issueFor(t, weak, issuing, "s", signer), issuing), []*holder{root}, pathAt,
			bcperr.AlgorithmRefused, "it sets no size for RSA keys of signers"},
		{"signer on P-224", chainOf(issueFor(t, p224, issuing, "s", signer), issuing), []*holder{root}, pathAt,
			bcperr.AlgorithmRefused, "it takes P-224"},
		{"weak CA", chainOf(issue(t, weakCA, "s", signer), weakCA), []*holder{root}, pathAt, bcperr.AlgorithmRefused,
			"it sets no size for RSA keys of CAs"},
		{"unknown critical extension of the signer",
			chainOf(issue(t, issuing, "s", with(signer, extra(asn1.ObjectIdentifier{1, 2, 3}, true, []byte{5, 0}))),
				issuing), []*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"unknown extension",
			chainOf(issue(t, issuing, "s", with(signer, extra(asn1.ObjectIdentifier{1, 2, 3}, false, []byte{5, 0}))),
				issuing), []*holder{root}, pathAt, "", ""},
		{"unknown critical extension of a CA", under(extra(asn1.ObjectIdentifier{1, 2, 3}, true, []byte{5, 0})),
			[]*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"critical extKeyUsage",
			chainOf(issue(t, issuing, "s",
				with(signer, extra(asn1.ObjectIdentifier{2, 5, 29, 37}, true, []byte{0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5,
					7, 3, 4}))), issuing), []*holder{root}, pathAt, "", ""},
		{"directory name permitted", under(extra(oidNameConstraints, true, directory(t, 0, french, belgian))),
			[]*holder{root}, pathAt, "", "it does not read constraints on directory names"},
		{"directory name not permitted", under(extra(oidNameConstraints, true, directory(t, 0, french))),
			[]*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"directory name longer than the subject",
			under(extra(oidNameConstraints, true,
				directory(t, 0, pkix.Name{Country: []string{"BE"}, Organization: []string{"BCP"}, CommonName: "signer",
					SerialNumber: "1"}))), []*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"directory name excluded", under(extra(oidNameConstraints, true, directory(t, 1, belgian))), []*holder{root},
			pathAt, bcperr.SignerUntrusted, ""},
		{"another directory name excluded", under(extra(oidNameConstraints, true, directory(t, 1, french))),
			[]*holder{root}, pathAt, "", "it does not read constraints on directory names"},
		{"a directory name that cannot be read",
			under(extra(oidNameConstraints, true, tlv(t, asn1.ClassUniversal, asn1.TagSequence,
				tlv(t, asn1.ClassContextSpecific, 1,
					tlv(t, asn1.ClassUniversal, asn1.TagSequence, tlv(t, asn1.ClassContextSpecific, tagDirectory,
						[]byte{0x04, 0})))))), []*holder{root}, pathAt, bcperr.SignerUntrusted, ""},
		{"host names constrained, none there", named(func(c *x509.Certificate) {
			c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"example"}, true
		}, nil), []*holder{root}, pathAt, "", ""},
		{"host names constrained, one there",
			named(func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example"} },
				func(c *x509.Certificate) { c.DNSNames = []string{"a.test"} }), []*holder{root}, pathAt,
			bcperr.SignerUntrusted, ""},
		{"mail constrained, one there",
			named(func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"example"} },
				func(c *x509.Certificate) { c.EmailAddresses = []string{"a@b.test"} }), []*holder{root}, pathAt,
			bcperr.SignerUntrusted, ""},
		{"mail constrained, one in the subject",
			named(func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"example"} },
				func(c *x509.Certificate) {
					c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: oidEmailAddress, Value: "a@b.test"}}
				}), []*holder{root}, pathAt, bcperr.SignerUntrusted, "it looks at alternative names only"},
		{"URIs constrained, one there", named(func(c *x509.Certificate) { c.PermittedURIDomains = []string{"example"} },
			func(c *x509.Certificate) { c.URIs = []*url.URL{{Scheme: "https", Host: "a.test"}} }), []*holder{root},
			pathAt, bcperr.SignerUntrusted, ""},
		{"IP constrained, one there", named(func(c *x509.Certificate) {
			c.PermittedIPRanges = []*net.IPNet{{IP: net.IP{10, 0, 0, 0}, Mask: net.IPMask{255, 0, 0, 0}}}
		}, func(c *x509.Certificate) { c.IPAddresses = []net.IP{{192, 0, 2, 1}} }), []*holder{root}, pathAt,
			bcperr.SignerUntrusted, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var anchors []*x509.Certificate
			opts := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: c.at,
				KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
			for _, a := range c.anchors {
				anchors = append(anchors, a.cert)
				opts.Roots.AddCert(a.cert)
			}
			for _, i := range c.chain[1:] {
				opts.Intermediates.AddCert(i)
			}
			path, err := findPath(c.chain[0], c.chain[1:], anchors, c.at, nil)
			require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
			if err == nil {
				require.Same(t, c.chain[0], path[0])
				require.Contains(t, anchors, path[len(path)-1])
			}
			_, oracleErr := c.chain[0].Verify(opts)
			require.Equal(t, c.differs == "", (err == nil) == (oracleErr == nil), "crypto/x509: %v", oracleErr)
		})
	}
}

// TestPathLength puts one CA more on a path than the CA above allows.
func TestPathLength(t *testing.T) {
	root := issue(t, nil, "root", authority)
	limited := issue(t, root, "limited", with(authority, func(c *x509.Certificate) { c.MaxPathLen = 1 }))
	first := issue(t, limited, "first", authority)
	second := issue(t, first, "second", authority)
	for _, c := range []struct {
		issuer *holder
		want   bcperr.Code
	}{{first, ""}, {second, bcperr.SignerUntrusted}} {
		s := issue(t, c.issuer, "signer", signer)
		_, err := findPath(s.cert, []*x509.Certificate{limited.cert, first.cert, second.cert},
			[]*x509.Certificate{root.cert}, pathAt, nil)
		require.Equal(t, c.want, bcperr.CodeOf(err), "%v", err)
	}
}

// TestKeySizes judges keys without making them: only their size counts.
func TestKeySizes(t *testing.T) {
	for bits, want := range map[int]bcperr.Code{2047: bcperr.AlgorithmRefused, 2048: "", 8192: "",
		8193: bcperr.AlgorithmRefused} {
		key := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), uint(bits-1)), E: 65537}
		require.Equal(t, want, bcperr.CodeOf(checkKey(&x509.Certificate{PublicKey: key})), "%d bits", bits)
	}
	require.Equal(t, bcperr.AlgorithmRefused, bcperr.CodeOf(checkKey(&x509.Certificate{PublicKey: []byte("ed25519")})))
}

// TestSHA1ChainIsRefused: Go makes no certificate with SHA-1, so the algorithm is put in afterwards.
func TestSHA1ChainIsRefused(t *testing.T) {
	root := issue(t, nil, "root", authority)
	s := issue(t, root, "signer", signer)
	for _, algorithm := range []x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA,
		x509.PureEd25519, x509.UnknownSignatureAlgorithm} {
		c := *s.cert
		c.SignatureAlgorithm = algorithm
		_, err := findPath(&c, nil, []*x509.Certificate{root.cert}, pathAt, nil)
		require.Equal(t, bcperr.AlgorithmRefused, bcperr.CodeOf(err), "%v", err)
	}
}

func TestCheckSigner(t *testing.T) {
	root := issue(t, nil, "root", authority)
	name := func(cns ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.Subject = pkix.Name{}
			for _, cn := range cns {
				c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: oidCommonName,
					Value: cn})
			}
		}
	}
	for _, c := range []struct {
		name string
		edit func(*x509.Certificate)
		want bcperr.Code
	}{
		{"digitalSignature", with(signer, name("pin")), ""},
		{"nonRepudiation", with(name("pin"), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }),
			""},
		{"keyEncipherment", with(name("pin"), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
			bcperr.SignerUsage},
		{"no keyUsage", name("pin"), bcperr.SignerUsage},
		{"an authority",
			with(authority, name("pin"), func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDigitalSignature }),
			bcperr.SignerUsage},
		{"another name", with(signer, name("Pin")), bcperr.SignerMismatch},
		{"longer", with(signer, name("pin ")), bcperr.SignerMismatch},
		{"no name", with(signer, name()), bcperr.SignerMismatch},
		{"the name twice", with(signer, name("pin", "pin")), bcperr.SignerMismatch},
		{"the name, then another", with(signer, name("pin", "other")), bcperr.SignerMismatch},
		{"another, then the name", with(signer, name("other", "pin")), bcperr.SignerMismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, bcperr.CodeOf(checkSigner(issue(t, root, "", c.edit).cert, "pin")))
		})
	}
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func base64Of(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }
