package dsig_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
)

const (
	sig        = "./Signature"
	info       = sig + "/SignedInfo"
	reference1 = info + "/Reference[1]"
	reference2 = info + "/Reference[2]"
	qualifying = sig + "/Object/QualifyingProperties"
	properties = qualifying + "/SignedProperties/SignedSignatureProperties"
	cert       = properties + "/SigningCertificate/Cert"
)

// formTest gives what refuses a list with one thing in the Signature that the profile does not name: it is signed well,
// so that nothing but the form can refuse it.
func formTest(t *testing.T) (refuse func(name string, code bcperr.Code, edit func(root *etree.Element))) {
	t.Helper()
	pki := newPKI(t)
	quick := quickSigner(t, pki)
	return func(name string, code bcperr.Code, edit func(root *etree.Element)) {
		t.Run(name, func(t *testing.T) {
			_, err := dsig.Verify(signed(t, quick, edit), trustIn(pki.Root), judged)
			require.Equal(t, code, bcperr.CodeOf(err), "%v", err)
		})
	}
}

const (
	shape = bcperr.SignatureShape
	xades = bcperr.XAdESInvalid
)

// TestClosedForm puts an attribute, an element, a text and an instruction into each element of the Signature.
func TestClosedForm(t *testing.T) {
	refuse := formTest(t)
	hasText := []string{reference1 + "/DigestValue", sig + "/SignatureValue",
		sig + "/KeyInfo/X509Data[1]/X509Certificate",
		properties + "/SigningTime", cert + "/CertDigest/DigestValue", cert + "/IssuerSerial/X509IssuerName",
		cert + "/IssuerSerial/X509SerialNumber"}
	for path, code := range map[string]bcperr.Code{
		sig: shape, info: shape, info + "/CanonicalizationMethod": shape, info + "/SignatureMethod": shape,
		reference1: shape, reference2: shape, reference1 + "/Transforms": shape,
		reference1 + "/Transforms/Transform[1]": shape,
		reference1 + "/Transforms/Transform[2]": shape, reference1 + "/DigestMethod": shape,
		reference1 + "/DigestValue": shape,
		sig + "/SignatureValue":     shape, sig + "/KeyInfo": shape, sig + "/KeyInfo/X509Data[1]": shape,
		sig + "/KeyInfo/X509Data[1]/X509Certificate": shape, sig + "/Object": shape,
		qualifying: xades, qualifying + "/SignedProperties": xades, properties: xades,
		properties + "/SigningTime":        xades,
		properties + "/SigningCertificate": xades, cert: xades, cert + "/CertDigest": xades,
		cert + "/CertDigest/DigestMethod": shape,
		cert + "/CertDigest/DigestValue":  xades, cert + "/IssuerSerial": xades,
		cert + "/IssuerSerial/X509IssuerName":   xades,
		cert + "/IssuerSerial/X509SerialNumber": xades,
	} {
		refuse("attribute on "+path, code, func(root *etree.Element) { find(root, path).CreateAttr("other", "x") })
		refuse("prefixed attribute on "+path, code,
			func(root *etree.Element) { find(root, path).CreateAttr("ns2:Id", "x") })
		refuse("processing instruction in "+path, code, func(root *etree.Element) {
			find(root, path).InsertChildAt(0, etree.NewProcInst("x", ""))
		})
		refuse("element in "+path, code, func(root *etree.Element) { find(root, path).CreateElement("Other") })
		if !slices.Contains(hasText, path) {
			refuse("text in "+path, code, func(root *etree.Element) { find(root, path).CreateText("x") })
		}
	}
}

// TestFormOfSignedInfo has what stands in SignedInfo and KeyInfo in another form.
func TestFormOfSignedInfo(t *testing.T) {
	refuse := formTest(t)
	refuse("InclusiveNamespaces twice", shape, func(root *etree.Element) {
		addPrefixList(find(root, info+"/CanonicalizationMethod"), "ds")
		addPrefixList(find(root, info+"/CanonicalizationMethod"), "ds")
	})
	refuse("InclusiveNamespaces with another attribute", shape, func(root *etree.Element) {
		addPrefixList(find(root, info+"/CanonicalizationMethod"), "ds").CreateAttr("other", "x")
	})
	refuse("a PrefixList without end", bcperr.LimitExceeded, func(root *etree.Element) {
		addPrefixList(find(root, reference1+"/Transforms/Transform[2]"), strings.Repeat("a ", 33))
	})
	refuse("Object of another namespace", shape, func(root *etree.Element) { find(root, sig+"/Object").Space = "" })
	refuse("PrefixList on the enveloped transform", shape, func(root *etree.Element) {
		addPrefixList(find(root, reference1+"/Transforms/Transform[1]"), "ds")
	})
	refuse("two transforms for SignedProperties", bcperr.AlgorithmRefused, func(root *etree.Element) {
		transforms := find(root, reference2+"/Transforms")
		transforms.AddChild(transforms.SelectElement("Transform").Copy())
	})
	refuse("a Type on the Reference to the root", shape, func(root *etree.Element) {
		find(root, reference1).CreateAttr("Type", "http://www.w3.org/2000/09/xmldsig#Object")
	})
}

// TestFormOfProperties has what XAdES adds in another form.
func TestFormOfProperties(t *testing.T) {
	refuse := formTest(t)
	refuse("SigningCertificate without Cert", xades, func(root *etree.Element) {
		certificate := find(root, properties+"/SigningCertificate")
		certificate.RemoveChild(certificate.SelectElement("Cert"))
	})
	refuse("eleven Certs", xades, func(root *etree.Element) {
		for range 10 {
			find(root, properties+"/SigningCertificate").AddChild(find(root, cert).Copy())
		}
	})
	refuse("signature policy", xades,
		func(root *etree.Element) { find(root, properties).CreateElement("SignaturePolicyIdentifier") })
	refuse("SigningTime after SigningCertificate", xades, func(root *etree.Element) {
		p := find(root, properties)
		p.AddChild(p.RemoveChild(p.SelectElement("SigningTime")))
	})
	refuse("UnsignedProperties with an attribute", xades, func(root *etree.Element) {
		find(root, qualifying).CreateElement("UnsignedProperties").CreateAttr("other", "x")
	})
	refuse("UnsignedProperties before SignedProperties", xades, func(root *etree.Element) {
		find(root, qualifying).InsertChildAt(0, etree.NewElement("UnsignedProperties"))
	})
	refuse("Service in UnsignedProperties", xades, func(root *etree.Element) {
		find(root, qualifying).CreateElement("UnsignedProperties").CreateElement("Service")
	})
	refuse("Id with a blank", bcperr.SchemaInvalid, func(root *etree.Element) {
		root.CreateAttr("Id", "a b")
		find(root, reference1).CreateAttr("URI", "#a b")
	})
	refuse("empty Id of SignedProperties", xades, func(root *etree.Element) {
		find(root, qualifying+"/SignedProperties").CreateAttr("Id", "")
		find(root, reference2).CreateAttr("URI", "#")
	})
	refuse("empty Id of Signature", xades, func(root *etree.Element) {
		find(root, sig).CreateAttr("Id", "")
		find(root, qualifying).CreateAttr("Target", "#")
	})
}

func addPrefixList(n *etree.Element, list string) *etree.Element {
	inclusive := n.CreateElement("ec:InclusiveNamespaces")
	inclusive.CreateAttr("xmlns:ec", "http://www.w3.org/2001/10/xml-exc-c14n#")
	inclusive.CreateAttr("PrefixList", list)
	return inclusive
}

// TestLawfulForms signs lists in forms that the profile leaves open.
func TestLawfulForms(t *testing.T) {
	pki := newPKI(t)
	quick := quickSigner(t, pki)
	for name, edit := range map[string]func(root *etree.Element){
		"as it comes": nil,
		"Ids on everything": func(root *etree.Element) {
			for i, path := range []string{info, reference1, reference2, sig + "/SignatureValue", sig + "/KeyInfo",
				sig + "/Object", qualifying, properties} {
				find(root, path).CreateAttr("Id", "id-"+strconv.Itoa(i))
			}
		},
		"optional signed properties": func(root *etree.Element) {
			find(root, properties).CreateElement("SignatureProductionPlace").CreateElement("City").SetText("Brussels")
			find(root, properties).CreateElement("SignerRole")
			find(root, qualifying+"/SignedProperties").CreateElement("SignedDataObjectProperties")
		},
		"a long PrefixList": func(root *etree.Element) {
			addPrefixList(find(root, reference1+"/Transforms/Transform[2]"), strings.Repeat("ns2 ", 32))
		},
		"UnsignedProperties": func(root *etree.Element) {
			unsigned := find(root, qualifying).CreateElement("UnsignedProperties")
			unsigned.CreateElement("UnsignedSignatureProperties").CreateElement("Anything").CreateAttr("at", "all")
			unsigned.CreateElement("UnsignedDataObjectProperties")
		},
		"a second Cert, before the signer's": func(root *etree.Element) {
			other := find(root, cert).Copy()
			find(other, "./IssuerSerial/X509SerialNumber").SetText("1")
			certificate := find(root, properties+"/SigningCertificate")
			certificate.InsertChildAt(0, other)
		},
		"a second Cert, after the signer's": func(root *etree.Element) {
			other := find(root, cert).Copy()
			find(other, "./IssuerSerial/X509SerialNumber").SetText("1")
			find(root, properties+"/SigningCertificate").AddChild(other)
		},
		"comments between the parts of the Signature": func(root *etree.Element) {
			for _, path := range []string{sig, info, qualifying, cert} {
				find(root, path).CreateComment("x")
			}
		},
		"names of the signer in X509Data": func(root *etree.Element) {
			data := find(root, sig+"/KeyInfo/X509Data")
			data.CreateElement("ds:X509SubjectName").SetText("CN=somebody else")
			data.CreateElement("ds:X509SKI").SetText("AA==")
			serial := data.CreateElement("ds:X509IssuerSerial")
			serial.CreateElement("ds:X509IssuerName").SetText("CN=x")
			serial.CreateElement("ds:X509SerialNumber").SetText("1")
		},
		"a serial number with a sign, zeros and blanks": func(root *etree.Element) {
			serial := find(root, cert+"/IssuerSerial/X509SerialNumber")
			serial.SetText("\n  +00" + serial.Text() + " ")
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dsig.Verify(signed(t, quick, edit), trustIn(pki.Root), judged)
			require.NoError(t, err)
		})
	}
}

// TestX509DataIsClosed checks what stands beside a certificate.
func TestX509DataIsClosed(t *testing.T) {
	pki := newPKI(t)
	quick := quickSigner(t, pki)
	for name, edit := range map[string]func(data *etree.Element){
		"a list of revocations": func(data *etree.Element) { data.CreateElement("ds:X509CRL").SetText("AA==") },
		"an element in the name": func(data *etree.Element) {
			data.CreateElement("ds:X509SubjectName").CreateElement("Service")
		},
		"an empty issuer serial": func(data *etree.Element) { data.CreateElement("ds:X509IssuerSerial") },
		"element in issuer name": func(data *etree.Element) {
			issuerSerial(data).ChildElements()[0].CreateElement("x")
		},
		"element in serial": func(data *etree.Element) {
			issuerSerial(data).ChildElements()[1].CreateElement("x")
		},
		"attribute on the serial": func(data *etree.Element) { issuerSerial(data).CreateAttr("other", "x") },
	} {
		t.Run(name, func(t *testing.T) {
			file := signed(t, quick, func(root *etree.Element) { edit(find(root, sig+"/KeyInfo/X509Data")) })
			_, err := dsig.Verify(file, trustIn(pki.Root), judged)
			require.Equal(t, bcperr.SignatureShape, bcperr.CodeOf(err), "%v", err)
		})
	}
}

func issuerSerial(data *etree.Element) *etree.Element {
	serial := data.CreateElement("ds:X509IssuerSerial")
	serial.CreateElement("ds:X509IssuerName").SetText("CN=x")
	serial.CreateElement("ds:X509SerialNumber").SetText("1")
	return serial
}
