package vectors

import (
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// tampering holds small changes to a good file: a digest or the signature value must find each.
func tampering(k *kit) []scenario {
	changed := func(name string, code bcperr.Code, comment, old, with string) scenario {
		return refused("tampered/"+name, code, "XMLDSig 1.1 §3.2", comment, k.replaced(old, with))
	}
	flip := func(path string, i int) []byte {
		return k.after(func(doc *etree.Document) {
			value := nth(doc.Root(), path, i)
			value.SetText(flipped(value.Text()))
		})
	}
	return []scenario{
		changed("endpoint", bcperr.DigestMismatch, "another host", "https://services.bcp.example/Kgss/v1", evil),
		changed("status", bcperr.DigestMismatch, "the recovery endpoint of a service made active",
			`Status="INACTIVE">https://services.bcp2.example/Kgss/v1`,
			`Status="ACTIVE">https://services.bcp2.example/Kgss/v1`),
		changed("instant", bcperr.DigestMismatch, "a newer IssueInstant", `IssueInstant="2026-05-20T10`,
			`IssueInstant="2026-05-20T11`),
		refused("tampered/environment", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2",
			"another environment, which is the client's own",
			k.replaced(`Environment="Production"`, `Environment="Acceptation"`), environment("Acceptation")),
		changed("blank-between-services", bcperr.DigestMismatch, "a blank between two services", "</Service><Service",
			"</Service> <Service"),
		changed("attribute-added", bcperr.DigestMismatch, "an attribute more on the root", `Environment="Production"`,
			`Environment="Production" Added="1"`),
		changed("signing-time", bcperr.DigestMismatch, "another SigningTime", "<SigningTime>2026-05-20",
			"<SigningTime>2026-05-21"),
		changed("namespace", bcperr.DigestMismatch, "version 2 for version 1: the same names in another namespace",
			`xmlns="urn:be:fgov:ehealth:bcp:protocol:v1"`, `xmlns="urn:be:fgov:ehealth:bcp:protocol:v2"`),
		refused("tampered/digest-of-root", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2.1",
			"a wrong digest of the root, and a right signature value over it", k.wrongDigest(0)),
		refused("tampered/digest-of-properties", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2.1",
			"a wrong digest of SignedProperties, and a right signature value over it", k.wrongDigest(1)),
		refused("tampered/digest-value", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2",
			"a DigestValue changed after signing: neither it nor the signature value holds",
			flip(reference+"/DigestValue", 0)),
		refused("tampered/second-digest-value", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2",
			"the second DigestValue changed after signing", flip(reference+"/DigestValue", 1)),
		refused("tampered/signature-value", bcperr.SignatureInvalid, "XMLDSig 1.1 §3.2.2",
			"one bit of the signature value", flip(signature+"/SignatureValue", 0)),
		changed("signed-info-blank", bcperr.SignatureInvalid, "a line break less in SignedInfo", "<ds:SignedInfo>\n",
			"<ds:SignedInfo>"),
		refused("tampered/value-longer", bcperr.SignatureInvalid, "RFC 8017 §8.2.2",
			"a zero octet before the signature value",
			k.after(func(doc *etree.Document) {
				value := find(doc.Root(), signature+"/SignatureValue")
				value.SetText(zeroBefore(value.Text()))
			})),
		refused("tampered/ecdsa-der", bcperr.SignatureInvalid, "XMLDSig 1.1 §6.4.3",
			"an ECDSA value as DER, where r and s one after the other are wanted",
			k.derValue()),
		refused("tampered/ecdsa-zero", bcperr.SignatureInvalid, "CVE-2022-21449", "r and s are zero", k.zeroValue()),
	}
}

// flipped changes one character in the middle of a base64 text, which stays base64.
func flipped(text string) string {
	middle := len(text) / 2
	for strings.ContainsRune(" \r\n=", rune(text[middle])) {
		middle--
	}
	with := "A"
	if text[middle] == 'A' {
		with = "B"
	}
	return text[:middle] + with + text[middle+1:]
}

// octets decodes base64 with its white space.
func octets(text string) []byte {
	out, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	must(err)
	return out
}

// zeroBefore is the base64 of the same octets with a zero octet before them.
func zeroBefore(text string) string {
	return base64.StdEncoding.EncodeToString(append([]byte{0}, octets(text)...))
}

// wrongDigest is a catalogue whose Reference i has a wrong digest under a right signature value.
func (k *kit) wrongDigest(i int) []byte {
	d := k.sealed(k.pki.Signer)
	value := nth(d.Doc.Root(), reference+"/DigestValue", i)
	value.SetText(flipped(value.Text()))
	must(d.SealValue())
	return d.Bytes()
}

// derValue is a catalogue signed with ECDSA, its value in the form that X.509 uses.
func (k *kit) derValue() []byte {
	return k.withECDSAValue(func(raw []byte) []byte {
		half := len(raw) / 2
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]),
			new(big.Int).SetBytes(raw[half:])})
		must(err)
		return der
	})
}

// zeroValue is a catalogue signed with ECDSA, its r and s set to zero.
func (k *kit) zeroValue() []byte {
	return k.withECDSAValue(func(raw []byte) []byte { return make([]byte, len(raw)) })
}

func (k *kit) withECDSAValue(edit func(raw []byte) []byte) []byte {
	d := k.sealed(k.signerOf("p256"))
	value := find(d.Doc.Root(), signature+"/SignatureValue")
	value.SetText(base64.StdEncoding.EncodeToString(edit(octets(value.Text()))))
	return d.Bytes()
}

func (k *kit) sealed(signer drill.Signer) *drill.Draft {
	d, err := drill.NewDraft(list(1), signer, time.Time{})
	must(err)
	must(d.Seal())
	return d
}
