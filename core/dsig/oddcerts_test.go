package dsig

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// derNode is a value in DER that can be changed and written again.
type derNode struct {
	class, tag int
	compound   bool
	wrapped    bool // an OCTET STRING with a value in it
	leaf       []byte
	parts      []*derNode
}

func readDER(der []byte) (list []*derNode, ok bool) {
	for len(der) > 0 {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return nil, false
		}
		n := &derNode{class: v.Class, tag: v.Tag, compound: v.IsCompound, leaf: v.Bytes}
		if inner, ok := readDER(v.Bytes); ok && (v.IsCompound || v.Tag == asn1.TagOctetString && len(inner) == 1) {
			n.parts, n.wrapped = inner, !v.IsCompound
		}
		list, der = append(list, n), rest
	}
	return list, true
}

func (n *derNode) write() []byte {
	content := n.leaf
	if n.compound || n.wrapped {
		content = nil
		for _, p := range n.parts {
			content = append(content, p.write()...)
		}
	}
	der, err := asn1.Marshal(asn1.RawValue{Class: n.class, Tag: n.tag, IsCompound: n.compound, Bytes: content})
	if err != nil {
		panic(err)
	}
	return der
}

// each visits every part under n, with the list that holds it.
func (n *derNode) each(visit func(holder *derNode, i int)) {
	for i := 0; i < len(n.parts); i++ {
		p := n.parts[i]
		visit(n, i)
		p.each(visit)
	}
}

// oddities are what is done to one field. Each returns what stands in its place.
var oddities = map[string]func(n *derNode) []*derNode{
	"absent":  func(*derNode) []*derNode { return nil },
	"doubled": func(n *derNode) []*derNode { return []*derNode{n, n} },
	"empty":   func(n *derNode) []*derNode { return []*derNode{{class: n.class, tag: n.tag, compound: n.compound}} },
	"null":    func(*derNode) []*derNode { return []*derNode{{tag: asn1.TagNull}} },
	"huge": func(n *derNode) []*derNode {
		return []*derNode{{class: n.class, tag: n.tag, leaf: bytes.Repeat([]byte("A"), 12<<10)}}
	},
	"beyond the bound": func(n *derNode) []*derNode {
		return []*derNode{{class: n.class, tag: n.tag, leaf: make([]byte, maxCertificateBytes)}}
	},
	"many": func(n *derNode) (list []*derNode) {
		for size := 0; size < 12<<10; size += len(n.write()) {
			list = append(list, n)
		}
		return list
	},
	"deep": func(n *derNode) []*derNode {
		for range 2000 {
			n = &derNode{tag: asn1.TagSequence, compound: true, parts: []*derNode{n}}
		}
		return []*derNode{n}
	},
}

// oddCertificates makes every certificate that has one oddity in one field, signed by that key, and its name.
func oddCertificates(t *testing.T, cert *x509.Certificate, key crypto.Signer) map[string][]byte {
	t.Helper()
	fields, stride := 0, 1
	if runtime.GOARCH == "wasm" {
		stride = 16 // P-256 is forty times as slow there
	}
	whole := func() *derNode {
		list, ok := readDER(cert.Raw)
		require.True(t, ok)
		return list[0]
	}
	whole().each(func(*derNode, int) { fields++ })
	require.Greater(t, fields, 60)
	odd := map[string][]byte{}
	for oddity, change := range oddities {
		for field := 0; field < fields; field += stride {
			root, at := whole(), -1
			inTBS := false
			root.each(func(holder *derNode, i int) {
				if at++; at != field {
					return
				}
				inTBS = holder != root || i != 0
				part := holder.parts[i]
				holder.parts = append(append(append([]*derNode{}, holder.parts[:i]...), change(part)...),
					holder.parts[i+1:]...)
				at = fields // the list has changed: visit nothing more that counts
			})
			if inTBS && len(root.parts) == 3 {
				digest := sha256.Sum256(root.parts[0].write())
				signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
				require.NoError(t, err)
				if s := root.parts[2]; s.tag == asn1.TagBitString && len(s.leaf) < 100 && len(s.leaf) > 0 {
					s.leaf = append([]byte{0}, signature...)
				}
			}
			odd[fmt.Sprintf("field %d %s", field, oddity)] = root.write()
		}
	}
	return odd
}

// TestOddCertificates gives every field of a certificate every oddity. Whoever holds it, nothing panics, every refusal
// has a code and a bounded message, and a certificate that no path needs costs nothing.
func TestOddCertificates(t *testing.T) {
	full := func(c *x509.Certificate) {
		c.DNSNames, c.IPAddresses = []string{"a.bcp.example"}, []net.IP{{10, 0, 0, 1}}
		c.Policies = testPolicies[1:]
		c.CRLDistributionPoints = []string{"http://bcp.example/crl"}
		c.PermittedDNSDomains, c.ExcludedDNSDomains = []string{"example"}, []string{"evil.example"}
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		c.ExtraExtensions = nil
	}
	root := issue(t, nil, "root", authority)
	issuing := issue(t, root, "issuing", authority)
	s := issue(t, issuing, DefaultSignerCN, signer)
	fullSigner := issue(t, issuing, DefaultSignerCN, with(signer, func(c *x509.Certificate) {
		c.DNSNames, c.Policies = []string{"a.bcp.example"}, testPolicies[1:]
		c.CRLDistributionPoints = []string{"http://bcp.example/crl"}
	}))
	fullCA := issueFor(t, issuing.key, root, "issuing", with(authority, full))
	list := revoke(t, issuing, nil, big.NewInt(1<<60))
	trust := Trust{Anchors: []*x509.Certificate{root.cert}, CRLs: [][]byte{list}}
	good := []string{base64Of(s.cert.Raw), base64Of(issuing.cert.Raw)}

	check := func(t *testing.T, err error, findings []bcperr.Finding) {
		t.Helper()
		if err != nil {
			require.NotEmpty(t, bcperr.CodeOf(err), "%v", err)
			require.NotEqual(t, bcperr.Internal, bcperr.CodeOf(err), "%v", err)
			checkText(t, err.Error(), 2000)
		}
		for _, f := range findings {
			checkText(t, f.Detail, 1000)
		}
	}
	verdicts := map[bcperr.Code]int{}
	for name, der := range oddCertificates(t, fullSigner.cert, issuing.key) {
		_, findings, err := trust.judge([]string{base64Of(der), good[1]}, pathAt)
		check(t, err, findings)
		verdicts[bcperr.CodeOf(err)]++
		_, findings, err = trust.judge([]string{good[0], base64Of(der), good[1]}, pathAt)
		require.NoError(t, err, "%s, not needed", name)
		check(t, err, findings)
	}
	for name, der := range oddCertificates(t, fullCA.cert, root.key) {
		_, findings, err := trust.judge([]string{good[0], base64Of(der)}, pathAt)
		check(t, err, findings)
		verdicts[bcperr.CodeOf(err)]++
		_, findings, err = trust.judge([]string{good[0], base64Of(der), good[1]}, pathAt)
		require.NoError(t, err, "%s, with another for the same key", name)
		check(t, err, findings)

		anchors, err := ParseAnchors(append(pemOf("CERTIFICATE", der), pemOf("CERTIFICATE", root.cert.Raw)...))
		require.NoError(t, err, "%s, among the anchors", name)
		_, findings, err = anchors.judge(good, pathAt)
		require.NoError(t, err, "%s, among the anchors", name)
		check(t, err, append(findings, anchors.Unread...))
	}
	t.Logf("verdicts where it is needed: %v", verdicts)
	require.NotZero(t, verdicts[""])
	require.NotZero(t, verdicts[bcperr.SignerMissing])
	require.NotZero(t, verdicts[bcperr.SignerUntrusted])
	require.NotZero(t, verdicts[bcperr.LimitExceeded])
}

// checkText checks that a text for people is bounded and holds no control character.
func checkText(t *testing.T, text string, most int) {
	t.Helper()
	require.LessOrEqual(t, len(text), most, text)
	require.Negative(t, strings.IndexFunc(text, unicode.IsControl), "%q", text)
}
