package drill

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Draft is a catalogue that is complete but for its digests and its signature value. Vectors change Doc, then Seal it,
// and so sign what a wrong or hostile signer would sign.
type Draft struct {
	Doc    *etree.Document
	signer Signer
}

// NewDraft builds the tree of l with an unsealed signature by signer. at is as in Sign.
//
// Errors: BadCall for a list or a signer that cannot be written.
func NewDraft(l List, signer Signer, at time.Time) (*Draft, error) {
	doc, err := build(l)
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		at = l.IssueInstant
	}
	if err := addSignature(doc, signer, at); err != nil {
		return nil, err
	}
	return &Draft{Doc: doc, signer: signer}, nil
}

// Bytes returns the document in the byte form of the genuine files.
func (d *Draft) Bytes() []byte { return serialise(d.Doc) }

// Seal computes the digests of the References that it can resolve, in the tree as it stands, then the signature value.
// A Reference to anything else keeps its digest, so that vectors can say what they like there.
//
// Errors: BadCall when the tree has lost a part that is needed to sign.
func (d *Draft) Seal() error {
	root := d.Doc.Root()
	sig := root.FindElement("./Signature")
	if sig == nil {
		return bcperr.New(bcperr.BadCall, "the draft has no signature to seal")
	}
	info := sig.SelectElement("SignedInfo")
	for _, ref := range info.SelectElements("Reference") {
		if err := sealReference(root, sig, ref); err != nil {
			return err
		}
	}
	return d.SealValue()
}

// SealValue computes the signature value over SignedInfo as it stands, digests included.
//
// Errors: BadCall when the tree has lost a part that is needed to sign.
func (d *Draft) SealValue() error {
	info := d.Doc.FindElement("./ServiceList/Signature/SignedInfo")
	if info == nil {
		return bcperr.New(bcperr.BadCall, "the draft has no SignedInfo to sign")
	}
	octets, err := canonical(info, prefixList(info.SelectElement("CanonicalizationMethod")))
	if err != nil {
		return err
	}
	method := info.SelectElement("SignatureMethod").SelectAttrValue("Algorithm", "")
	value, err := signOctets(d.signer.Key, hashes[method], octets)
	if err != nil {
		return err
	}
	info.Parent().SelectElement("SignatureValue").SetText(indented(value, 12))
	return nil
}

func sealReference(root, sig, ref *etree.Element) error {
	id, isLocal := strings.CutPrefix(ref.SelectAttrValue("URI", ""), "#")
	hash := hashes[ref.SelectElement("DigestMethod").SelectAttrValue("Algorithm", "")]
	if !isLocal || hash == 0 {
		return nil
	}
	var target *etree.Element
	if id == root.SelectAttrValue("Id", "") {
		target = root.Copy()
		target.RemoveChildAt(sig.Index())
	} else {
		for _, p := range sig.FindElements("./Object/QualifyingProperties/SignedProperties") {
			if p.SelectAttrValue("Id", "") == id {
				target = p
			}
		}
	}
	if target == nil {
		return nil
	}
	list := ref.SelectElement("Transforms").SelectElements("Transform")
	octets, err := canonical(target, prefixList(list[len(list)-1]))
	if err != nil {
		return err
	}
	h := hash.New()
	h.Write(octets)
	ref.SelectElement("DigestValue").SetText(base64.StdEncoding.EncodeToString(h.Sum(nil)))
	return nil
}

// addSignature appends a ds:Signature with empty DigestValue and SignatureValue texts, for seal to fill.
func addSignature(doc *etree.Document, signer Signer, at time.Time) error {
	if signer.Key == nil || len(signer.Chain) == 0 {
		return bcperr.New(bcperr.BadCall, "a signer needs a key and at least its own certificate")
	}
	root := doc.Root()
	content, err := canonical(root, "")
	if err != nil {
		return err
	}
	signatureID := "xmldsig-" + uuidOf("signature", string(content))
	propertiesID := "xmldsig-" + uuidOf("properties", string(content)) + "-xades-signedprops"

	method := algRSASHA256
	if _, isECDSA := signer.Key.Public().(*ecdsa.PublicKey); isECDSA {
		method = algECDSASHA256
	}
	sig := child(root, "ds:Signature", "xmlns:ds", nsDSig, "Id", signatureID)
	addSignedInfo(sig, method, root.SelectAttrValue("Id", ""), propertiesID)
	child(sig, "ds:SignatureValue")
	info := child(sig, "ds:KeyInfo")
	for _, cert := range signer.Chain {
		addCertificate(info, cert)
	}
	addQualifyingProperties(sig, signer.Chain[0], signatureID, propertiesID, at)
	return nil
}

// addSignedInfo writes Santuario's form: a line break after each tag inside SignedInfo.
func addSignedInfo(sig *etree.Element, method, rootID, propertiesID string) {
	info := child(sig, "ds:SignedInfo")
	info.CreateText("\n")
	child(info, "ds:CanonicalizationMethod", "Algorithm", algExcC14N)
	info.CreateText("\n")
	child(info, "ds:SignatureMethod", "Algorithm", method)
	info.CreateText("\n")
	addReference(info, []string{"URI", "#" + rootID}, algEnveloped, algExcC14N)
	addReference(info, []string{"Type", typeSignedProps, "URI", "#" + propertiesID}, algExcC14N)
}

func addReference(info *etree.Element, attrs []string, transforms ...string) {
	ref := child(info, "ds:Reference", attrs...)
	ref.CreateText("\n")
	list := child(ref, "ds:Transforms")
	list.CreateText("\n")
	for _, t := range transforms {
		child(list, "ds:Transform", "Algorithm", t)
		list.CreateText("\n")
	}
	ref.CreateText("\n")
	child(ref, "ds:DigestMethod", "Algorithm", algSHA256)
	ref.CreateText("\n")
	child(ref, "ds:DigestValue")
	ref.CreateText("\n")
	info.CreateText("\n")
}

func addCertificate(info *etree.Element, cert *x509.Certificate) {
	data := child(info, "ds:X509Data")
	child(data, "ds:X509Certificate").SetText(indented(cert.Raw, 20))
}

func addQualifyingProperties(sig *etree.Element, cert *x509.Certificate, signatureID, propertiesID string,
	at time.Time) {
	object := child(sig, "ds:Object")
	qualifying := child(object, "QualifyingProperties", "xmlns", nsXAdES, "Target", "#"+signatureID)
	properties := child(child(qualifying, "SignedProperties", "Id", propertiesID), "SignedSignatureProperties")
	child(properties, "SigningTime").SetText(at.Format(instantLayout))
	certificate := child(child(properties, "SigningCertificate"), "Cert")
	digest := child(certificate, "CertDigest")
	sum := sha256.Sum256(cert.Raw)
	child(digest, "ns2:DigestMethod", "Algorithm", algSHA256)
	child(digest, "ns2:DigestValue").SetText(base64.StdEncoding.EncodeToString(sum[:]))
	serial := child(certificate, "IssuerSerial")
	child(serial, "ns2:X509IssuerName").SetText(cert.Issuer.String())
	child(serial, "ns2:X509SerialNumber").SetText(cert.SerialNumber.String())
}
