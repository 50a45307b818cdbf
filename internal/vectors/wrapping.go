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
	wrapped := func(name string, code bcperr.Code, comment string,
		edit func(doc *etree.Document, good, sig *etree.Element)) scenario {
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
		wrapped("xsw7-same-id", bcperr.SignatureAmbiguous, "the good root; a forged list with its Id in the Object "+
			"of the XAdES part",
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
		wrapped("xsw8-same-id", bcperr.SignatureAmbiguous, "a forged root with the good Id; the good list in the "+
			"Object of the XAdES part",
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
