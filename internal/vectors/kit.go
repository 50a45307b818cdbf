package vectors

import (
	"bytes"
	"crypto/x509"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// kit makes catalogues for scenarios: good ones, ones that a wrong signer signed, ones that were changed afterwards.
type kit struct {
	pki     *drill.PKI
	foreign *drill.PKI
	files   map[string][]byte // of testdata, those that vectors share
}

func newKit() *kit {
	pki, err := drill.NewPKI()
	must(err)
	foreign, err := drill.NewForeignPKI()
	must(err)
	return &kit{pki, foreign, map[string][]byte{}}
}

// list is the smallest list that shows everything: two services of two endpoints.
func list(version int) drill.List {
	l := drill.Sample(version)
	l.Services = l.Services[:2]
	return l
}

// evil is an address that no output may show unless it was signed.
const evil = "https://evil.example/Kgss/v1"

// sign signs a list with the usual signer.
func (k *kit) sign(l drill.List) []byte { return k.signBy(k.pki.Signer, l) }

func (k *kit) signBy(signer drill.Signer, l drill.List) []byte {
	out, err := drill.Sign(l, signer, time.Time{})
	must(err)
	return out
}

// good is the list of version 1, signed.
func (k *kit) good() []byte { return k.sign(list(1)) }

// listed signs a list of version 2 after a change to it.
func (k *kit) listed(edit func(*drill.List)) []byte {
	l := list(2)
	edit(&l)
	return k.sign(l)
}

// before changes the tree, then signs it: what a wrong signer would publish.
func (k *kit) before(edit func(root *etree.Element)) []byte {
	return k.beforeBy(k.pki.Signer, 1, edit)
}

func (k *kit) beforeBy(signer drill.Signer, version int, edit func(root *etree.Element)) []byte {
	d, err := drill.NewDraft(list(version), signer, time.Time{})
	must(err)
	edit(d.Doc.Root())
	must(d.Seal())
	return d.Bytes()
}

// after signs, then changes the tree: what an attacker can do.
func (k *kit) after(edit func(doc *etree.Document)) []byte {
	d, err := drill.NewDraft(list(1), k.pki.Signer, time.Time{})
	must(err)
	must(d.Seal())
	edit(d.Doc)
	return d.Bytes()
}

// replaced is the good catalogue with one text in the place of another, which must occur exactly once.
func (k *kit) replaced(old, with string) []byte { return replaced(k.good(), old, with) }

func replaced(catalogue []byte, old, with string) []byte {
	if n := bytes.Count(catalogue, []byte(old)); n != 1 {
		panic("internal error: " + old + " does not occur exactly once")
	}
	return bytes.Replace(catalogue, []byte(old), []byte(with), 1)
}

// signerWith is the usual signer with another certificate for the same key.
func (k *kit) signerWith(edit func(*x509.Certificate)) drill.Signer {
	s, err := k.pki.IssueSigner("signer", 17, edit)
	must(err)
	return s
}

// signerOf is a signer with a good certificate for another stored key.
func (k *kit) signerOf(key string) drill.Signer {
	s, err := k.pki.IssueSigner(key, 18, nil)
	must(err)
	return s
}

// find returns the one element of a path below the root; a missing one is a mistake in the scenario.
func find(root *etree.Element, path string) *etree.Element {
	found := root.FindElements(path)
	if len(found) != 1 {
		panic("internal error: not exactly one " + path)
	}
	return found[0]
}

// nth returns an element of several.
func nth(root *etree.Element, path string, i int) *etree.Element {
	found := root.FindElements(path)
	if i >= len(found) {
		panic("internal error: too few " + path)
	}
	return found[i]
}

// set gives an element an attribute where it has one of that name, at the end otherwise.
func set(e *etree.Element, name, value string) { e.CreateAttr(name, value) }

// remove takes a token out of its parent.
func remove(e *etree.Element) { e.Parent().RemoveChildAt(e.Index()) }

// insertFirst makes e the first child of parent.
func insertFirst(parent, e *etree.Element) { parent.InsertChildAt(0, e) }

// wrap puts a new element of this name around e, where e stood.
func wrap(e *etree.Element, tag string) *etree.Element {
	parent, place := e.Parent(), e.Index()
	parent.RemoveChildAt(place)
	outer := etree.NewElement(tag)
	outer.AddChild(e)
	parent.InsertChildAt(place, outer)
	return outer
}

// fragment parses one element, to be put into a tree.
func fragment(text string) *etree.Element {
	doc := etree.NewDocument()
	must(doc.ReadFromString(text))
	return doc.Root().Copy()
}

// forged is a copy of a signed root without its signature, whose first endpoint is the attacker's.
func forged(root *etree.Element, id string) *etree.Element {
	e := root.Copy()
	e.RemoveChildAt(find(e, "./Signature").Index())
	nth(e, "./Service/Endpoint", 0).SetText(evil)
	set(e, "Id", id)
	return e
}

// summarise reads from a catalogue, with etree, what an accepted one must report.
func summarise(catalogue []byte) Summary {
	doc := etree.NewDocument()
	must(doc.ReadFromBytes(bytes.TrimPrefix(catalogue, []byte("\xef\xbb\xbf"))))
	root := doc.Root()
	version := 1
	if strings.HasSuffix(root.NamespaceURI(), ":v2") {
		version = 2
	}
	return Summary{
		Version: version, ID: root.SelectAttrValue("Id", ""), Environment: root.SelectAttrValue("Environment", ""),
		Services: len(root.SelectElements("Service")), Endpoints: len(root.FindElements("./Service//Endpoint")),
	}
}
