package vectors

import (
	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// wrapping holds the eight classic arrangements of a forged list around a good signature, with another Id and with the
// same Id, after Somorovsky et al., "On Breaking SAML", USENIX Security 2012. Their Response and Assertion are both our
// ServiceList: it is the root and it is what is signed.
func wrapping(k *kit) []scenario {
	const source = "USENIX Security 2012, Somorovsky et al."
	const other = "_evil"
	wrapped := func(name string, code bcperr.Code, comment string, edit func(doc *etree.Document, good, sig *etree.Element)) scenario {
		return refused("wrapping/"+name, code, source, comment, k.after(func(doc *etree.Document) {
			good := doc.Root()
			edit(doc, good, find(good, signature))
		}))
	}
	// become makes a forged root that stands in the place of the good one.
	become := func(doc *etree.Document, good *etree.Element, id string) *etree.Element {
		root := forged(good, id)
		doc.SetRoot(root)
		return root
	}
	return []scenario{
		wrapped("xsw1", bcperr.SignatureShape, "a forged root; the signature in it holds the good list",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, other)
				remove(sig)
				sig.AddChild(good)
				root.AddChild(sig)
			}),
		wrapped("xsw2", bcperr.SignatureShape, "a forged root; the good list, then its signature, detached",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, other)
				remove(sig)
				root.AddChild(good)
				root.AddChild(sig)
			}),
		wrapped("xsw3", bcperr.SchemaInvalid, "a new root around the forged and the good list",
			func(doc *etree.Document, good, _ *etree.Element) {
				outer := etree.NewElement("ServiceLists")
				doc.SetRoot(outer)
				outer.AddChild(forged(good, other))
				outer.AddChild(good)
			}),
		wrapped("xsw4", bcperr.SignatureShape, "a forged root around the good, signed list",
			func(doc *etree.Document, good, _ *etree.Element) {
				root := become(doc, good, other)
				root.AddChild(good)
			}),
		wrapped("xsw5", bcperr.SignatureShape, "a forged root with the signature; the good list after it",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, other)
				remove(sig)
				root.AddChild(sig)
				root.AddChild(good)
			}),
		wrapped("xsw6", bcperr.SignatureShape, "a forged root with the signature; the good list in KeyInfo",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, other)
				remove(sig)
				root.AddChild(sig)
				find(sig, "./KeyInfo").AddChild(good)
			}),
		wrapped("xsw7", bcperr.SignatureShape, "the good root; a forged list in an Object more",
			func(_ *etree.Document, good, sig *etree.Element) {
				sig.CreateElement("ds:Object").AddChild(forged(good, other))
			}),
		wrapped("xsw7-same-id", bcperr.SignatureAmbiguous, "the good root; a forged list with its Id in the Object of the XAdES part",
			func(_ *etree.Document, good, sig *etree.Element) {
				find(sig, "./Object").AddChild(forged(good, good.SelectAttrValue("Id", "")))
			}),
		wrapped("xsw8", bcperr.SignatureShape, "a forged root; the good list in an Object of the signature",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, other)
				remove(sig)
				root.AddChild(sig)
				sig.CreateElement("ds:Object").AddChild(good)
			}),
		wrapped("xsw8-same-id", bcperr.SignatureAmbiguous, "a forged root with the good Id; the good list in the Object of the XAdES part",
			func(doc *etree.Document, good, sig *etree.Element) {
				root := become(doc, good, good.SelectAttrValue("Id", ""))
				remove(sig)
				root.AddChild(sig)
				find(sig, "./Object").AddChild(good)
			}),
		wrapped("soap-envelope", bcperr.SchemaInvalid, "the good list inside another document",
			func(doc *etree.Document, good, _ *etree.Element) {
				envelope := fragment(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>`)
				doc.SetRoot(envelope)
				find(envelope, "./Body").AddChild(good)
			}),
		wrapped("duplicate-id", bcperr.SignatureAmbiguous, "SignedProperties have the root's Id",
			func(_ *etree.Document, good, _ *etree.Element) {
				set(find(good, properties), "Id", good.SelectAttrValue("Id", ""))
			}),
		wrapped("duplicate-id-signature", bcperr.SignatureAmbiguous, "the signature has the Id of SignedProperties",
			func(_ *etree.Document, good, sig *etree.Element) {
				set(sig, "Id", find(good, properties).SelectAttrValue("Id", ""))
			}),
		wrapped("root-id-changed", bcperr.SignatureShape, "the Reference names the old Id of the root",
			func(_ *etree.Document, good, _ *etree.Element) { set(good, "Id", other) }),
		wrapped("root-id-lower-case", bcperr.SignatureShape, "the right Id in an attribute named id, another in Id",
			func(_ *etree.Document, good, _ *etree.Element) {
				set(good, "id", good.SelectAttrValue("Id", ""))
				set(good, "Id", other)
			}),
		wrapped("xml-id", bcperr.SignatureShape, "the right Id in xml:id, another in Id",
			func(_ *etree.Document, good, _ *etree.Element) {
				set(good, "xml:id", good.SelectAttrValue("Id", ""))
				set(good, "Id", other)
			}),
	}
}

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
			`Status="INACTIVE">https://services.bcp2.example/Kgss/v1`, `Status="ACTIVE">https://services.bcp2.example/Kgss/v1`),
		changed("instant", bcperr.DigestMismatch, "a newer IssueInstant", `IssueInstant="2026-05-20T10`, `IssueInstant="2026-05-20T11`),
		refused("tampered/environment", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2", "another environment, which is the client's own",
			k.replaced(`Environment="Production"`, `Environment="Acceptation"`), environment("Acceptation")),
		changed("blank-between-services", bcperr.DigestMismatch, "a blank between two services", "</Service><Service", "</Service> <Service"),
		changed("attribute-added", bcperr.DigestMismatch, "an attribute more on the root", `Environment="Production"`, `Environment="Production" Added="1"`),
		changed("signing-time", bcperr.DigestMismatch, "another SigningTime", "<SigningTime>2026-05-20", "<SigningTime>2026-05-21"),
		changed("namespace", bcperr.DigestMismatch, "version 2 for version 1: the same names in another namespace",
			`xmlns="urn:be:fgov:ehealth:bcp:protocol:v1"`, `xmlns="urn:be:fgov:ehealth:bcp:protocol:v2"`),
		refused("tampered/digest-of-root", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2.1", "a wrong digest of the root, and a right signature value over it", k.wrongDigest(0)),
		refused("tampered/digest-of-properties", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2.1", "a wrong digest of SignedProperties, and a right signature value over it", k.wrongDigest(1)),
		refused("tampered/digest-value", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2", "a DigestValue changed after signing: neither it nor the signature value holds", flip(reference+"/DigestValue", 0)),
		refused("tampered/second-digest-value", bcperr.DigestMismatch, "XMLDSig 1.1 §3.2", "the second DigestValue changed after signing", flip(reference+"/DigestValue", 1)),
		refused("tampered/signature-value", bcperr.SignatureInvalid, "XMLDSig 1.1 §3.2.2", "one bit of the signature value", flip(signature+"/SignatureValue", 0)),
		changed("signed-info-blank", bcperr.SignatureInvalid, "a line break less in SignedInfo", "<ds:SignedInfo>\n", "<ds:SignedInfo>"),
		refused("tampered/value-longer", bcperr.SignatureInvalid, "RFC 8017 §8.2.2", "a zero octet before the signature value",
			k.after(func(doc *etree.Document) {
				value := find(doc.Root(), signature+"/SignatureValue")
				value.SetText(zeroBefore(value.Text()))
			})),
		refused("tampered/ecdsa-der", bcperr.SignatureInvalid, "XMLDSig 1.1 §6.4.3", "an ECDSA value as DER, where r and s one after the other are wanted",
			k.derValue()),
		refused("tampered/ecdsa-zero", bcperr.SignatureInvalid, "CVE-2022-21449", "r and s are zero", k.zeroValue()),
	}
}
