package dsig_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// FuzzVerify looks for octets that make Verify panic, fail without a code, or accept what was not signed: whatever is
// accepted must have the content of the seed.
func FuzzVerify(f *testing.F) {
	pki := newPKI(f)
	seed := signed(f, pki.Signer, nil)
	trust := trustIn(pki.Root)
	good, err := dsig.Verify(seed, trust, judged)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(bytes.ReplaceAll(seed, []byte("\n"), []byte("\r\n")))
	f.Add(bytes.Replace(seed, []byte("<ds:SignedInfo>"), []byte("<ds:SignedInfo><!-- x -->"), 1))
	f.Add([]byte("<ServiceList xmlns='urn:be:fgov:ehealth:bcp:protocol:v1' Id='a'>" +
		"<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></ServiceList>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := dsig.Verify(data, trust, judged)
		if err != nil {
			if code := bcperr.CodeOf(err); code == bcperr.Internal || code == "" {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		if v.ContentDigest() != good.ContentDigest() {
			t.Fatal("accepted what was not signed")
		}
		var octets bytes.Buffer
		if err := xmldoc.Canonicalize(&octets, v.Root(), nil); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzParseAnchors looks for text that makes ParseAnchors panic or return what cannot be an anchor.
func FuzzParseAnchors(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), []byte("x"))
	f.Fuzz(func(t *testing.T, anchors, crl []byte) {
		trust, err := dsig.ParseAnchors(anchors)
		if err != nil {
			if bcperr.CodeOf(err) != bcperr.BadCall {
				t.Fatalf("code: %v", err)
			}
			return
		}
		trust.CRLs = append(trust.CRLs, crl)
		_, _ = dsig.Verify([]byte("<a/>"), trust, time.Time{})
	})
}
