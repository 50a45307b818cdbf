package vectors

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// revocation holds lists judged with CRLs.
func revocation(k *kit) []scenario {
	crl := func(issuer drill.Signer, from, to time.Time, serials ...*big.Int) []byte {
		out, err := drill.CRL(issuer, from, to, serials...)
		must(err)
		return out
	}
	issuing, revoked := k.pki.IssuingCA(), k.pki.Signer.Chain[0].SerialNumber
	const source = "RFC 5280 §5, §6.3"
	return []scenario{
		refused("crl/signer-revoked", bcperr.SignerRevoked, source, "the signer's serial is on its issuer's list",
			k.good(),
			withCRL(crl(issuing, lastYear, nextYear, revoked))),
		refused("crl/issuing-revoked", bcperr.SignerRevoked, source, "the issuing CA's serial is on the root's list",
			k.good(),
			withCRL(crl(k.pki.RootCA(), lastYear, nextYear, k.pki.Issuing.SerialNumber))),
		accepted("crl/other-serial", source, "a list that revokes another certificate", k.good(), nil,
			withCRL(crl(issuing, lastYear, nextYear, big.NewInt(999)))),
		accepted("crl/expired", source, "a list past its nextUpdate: a finding, no refusal", k.good(),
			[]bcperr.Code{bcperr.CRLExpired},
			withCRL(crl(issuing, lastYear, judged.Add(-time.Hour), big.NewInt(999)))),
		accepted("crl/foreign", source, "a list of an authority outside the chain that revokes the same serial",
			k.good(), []bcperr.Code{bcperr.CRLForeign},
			withCRL(crl(k.otherAuthority(), lastYear, nextYear, revoked))),
		accepted("crl/forged", source, "a list in the issuer's name, signed with an attacker's key", k.good(),
			[]bcperr.Code{bcperr.CRLInvalid},
			withCRL(crl(k.foreign.IssuingCA(), lastYear, nextYear, revoked))),
		accepted("crl/not-yet-valid", source, "a list of tomorrow that revokes another certificate", k.good(),
			[]bcperr.Code{bcperr.CRLNotYetValid},
			withCRL(crl(issuing, judged.Add(24*time.Hour), nextYear, big.NewInt(999)))),
		refused("crl/expired-revoked", bcperr.SignerRevoked, source, "a list past its nextUpdate: who was revoked "+
			"stays so", k.good(),
			withCRL(crl(issuing, lastYear, judged.Add(-time.Hour), revoked))),
		refused("crl/partial-revoked", bcperr.SignerRevoked, source, "a list for a part of the certificates, which a "+
			"critical extension says, and the signer is one",
			k.good(), withCRL(k.partialCRL(revoked))),
		accepted("crl/partial", source, "a list for a part of the certificates, which a critical extension says: "+
			"that the signer is absent proves nothing",
			k.good(), []bcperr.Code{bcperr.CRLPartial}, withCRL(k.partialCRL(big.NewInt(999)))),
		refused("crl/beside-certificate", bcperr.SignerRevoked, source,
			"a list and the certificate of its issuer in one file", k.good(),
			withCRL(slices.Concat(drill.PEM(k.pki.Issuing), crl(issuing, lastYear, nextYear, revoked)))),
		refused("crl/byte-order-mark", bcperr.SignerRevoked, source, "a list in PEM after a byte order mark", k.good(),
			withCRL(slices.Concat([]byte("\xef\xbb\xbf"), crl(issuing, lastYear, nextYear, revoked)))),
		accepted("crl/other-block", source, "PEM of a certificate", k.good(), []bcperr.Code{bcperr.CRLInvalid},
			withCRL(drill.PEM(k.pki.Issuing))),
		refused("crl/second-in-file", bcperr.SignerRevoked, source, "two lists in one file, the second one revokes "+
			"the signer", k.good(),
			withCRL(slices.Concat(crl(k.pki.RootCA(), lastYear, nextYear), crl(issuing, lastYear, nextYear, revoked)))),
		refused("crl/der", bcperr.SignerRevoked, source, "a list in DER", k.good(),
			withCRL(derOf(crl(issuing, lastYear, nextYear, revoked)))),
		accepted("crl/many", "docs/design.md#revocation", "one list more than is used", k.good(),
			[]bcperr.Code{bcperr.CRLInvalid}, many(16, withCRL(crl(issuing, lastYear, nextYear))),
			withCRL(crl(issuing, lastYear, nextYear))),
		accepted("crl/garbage", source, "no CRL at all", k.good(), []bcperr.Code{bcperr.CRLInvalid},
			withCRL([]byte("garbage\n"))),
	}
}

// many does the same several times.
func many(times int, o option) option {
	return func(s *scenario) {
		for range times {
			o(s)
		}
	}
}

// partialCRL is a list of the issuing CA with an issuing distribution point. Source: RFC 5280 §5.2.5.
func (k *kit) partialCRL(serial *big.Int) []byte {
	issuer := k.pki.IssuingCA()
	der, err := x509.CreateRevocationList(nil, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: lastYear, NextUpdate: nextYear,
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: lastYear}},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true,
			Value: []byte{0x30, 0x03, 0x82, 0x01, 0xff}}},
	}, issuer.Chain[0], issuer.Key)
	must(err)
	return der
}

func derOf(text []byte) []byte {
	block, _ := pem.Decode(text)
	return block.Bytes
}

// anchors holds anchors that are none. The catalogue is good.
func anchors(k *kit) []scenario {
	bad := func(name, comment string, content []byte) scenario {
		return refused("anchors/"+name, bcperr.BadCall, "docs/design.md#verify", comment, k.good(),
			anchoredBy("anchors.pem"),
			func(s *scenario) { s.files["anchors.pem"] = content })
	}
	key, err := drill.StoredKeyPEM("signer")
	must(err)
	root := drill.PEM(k.pki.Root)
	return []scenario{
		refused("anchors/none", bcperr.BadCall, "docs/design.md#verify", "no anchors: never the system's", k.good(),
			anchoredBy()),
		bad("empty", "an empty file", []byte("\n")),
		bad("garbage", "a block that is no certificate",
			pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("garbage")})),
		bad("key", "a private key beside the certificate", slices.Concat(root, key)),
		bad("cut", "a certificate that is cut off, alone", root[:len(root)/2]),
		accepted("anchors/cut-beside", "RFC 7468 §3", "a second certificate that is cut off: it was not needed",
			k.good(), []bcperr.Code{bcperr.CertificateUnreadable},
			anchoredBy("anchors.pem"),
			func(s *scenario) { s.files["anchors.pem"] = slices.Concat(root, root[:len(root)/2]) }),
	}
}

// otherAuthority is a CA of another name under the same root.
func (k *kit) otherAuthority() drill.Signer {
	ca, err := drill.Issue(drill.AuthorityTemplate("BCP test other CA", 22, 0), k.pki.RootCA(), "rotated")
	must(err)
	return ca
}
