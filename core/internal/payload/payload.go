package payload

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// The namespaces of the two versions.
const (
	SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
	SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
)

// IsEnvelope says whether a root element of that name is a SOAP Envelope.
func IsEnvelope(root *xmldoc.Name) bool {
	return root.Local == "Envelope" && (root.Space == SOAP11 || root.Space == SOAP12)
}

// Body returns the Body of an Envelope, nil when it has none.
func Body(doc *xmldoc.Node) *xmldoc.Node {
	envelope := doc.DocumentElement()
	for e := range envelope.Elements() {
		if e.Is(envelope.Name.Space, "Body") {
			return e
		}
	}
	return nil
}

// Read returns the first child element of Body as a document of its own, in the form in which the reference's
// stylesheets see it.
//
// Shape: attributes by qualified name; in scope is what the payload declares itself, not what Envelope and Body
// declare, unless the name of an element or an attribute uses it: then it is declared on that element.
// The octets of a string are UTF-8, whatever its declaration says; others are read as they declare.
// Errors: those of xmldoc.ParseEncoded; soap-malformed when it is no Envelope with a Body that holds an element.
// Source: JDK 17, DOMSource of an element read by the XSLT processor; an Xerces DOM keeps attributes by name.
func Read(envelope []byte) (*xmldoc.Node, error) {
	doc, err := xmldoc.ParseEncoded(envelope, "utf-8", xmldoc.RequestLimits)
	if err != nil {
		return nil, err
	}
	payload, err := Of(doc)
	if err != nil {
		return nil, err
	}
	c := copier{b: xmldoc.NewBuilder(&xmldoc.Sequence{}), bound: map[string]string{"xml": xmldoc.XMLNamespace}}
	c.copy(payload)
	return c.b.Document(), nil
}

// Of returns the first child element of Body, in its place.
//
// Errors: soap-malformed when doc is no Envelope with a Body that holds an element.
func Of(doc *xmldoc.Node) (*xmldoc.Node, error) {
	envelope := doc.DocumentElement()
	if !IsEnvelope(envelope.Name) {
		return nil, bcperr.New(bcperr.SOAPMalformed, "the root element is {%s}%s, not a SOAP Envelope",
			envelope.Name.Space, envelope.Name.Local)
	}
	body := Body(doc)
	if body == nil {
		return nil, bcperr.New(bcperr.SOAPMalformed, "the SOAP Envelope has no Body")
	}
	if payload := body.FirstElement(); payload != nil {
		return payload, nil
	}
	return nil, bcperr.New(bcperr.SOAPMalformed, "the SOAP Body holds no element")
}

// copier copies a payload out of its envelope.
type copier struct {
	b     *xmldoc.Builder
	bound map[string]string // the prefixes declared in the copy, to their namespaces
	undo  []binding         // what the open elements changed in bound
	marks []int             // len(undo) at the start of each open element
}

// binding is what a prefix stood for before an element declared it anew.
type binding struct {
	prefix, space string
	was           bool
}

// copy copies the element and all below it, without recursion: the parser allows a depth of 1000.
func (c *copier) copy(apex *xmldoc.Node) {
	for n := apex; ; {
		switch n.Kind {
		case xmldoc.Element:
			c.start(n)
			if n.FirstChild != nil {
				n = n.FirstChild
				continue
			}
			c.end()
		case xmldoc.Text:
			c.b.Text(n.Value)
		case xmldoc.Comment:
			c.b.Comment(n.Value)
		case xmldoc.ProcInst:
			c.b.ProcInst(n.Name.Local, n.Value)
		}
		for n != apex && n.Next == nil {
			n = n.Parent
			c.end()
		}
		if n == apex {
			return
		}
		n = n.Next
	}
}

// start opens the copy of an element: its declarations, those that its names imply, its attributes.
func (c *copier) start(e *xmldoc.Node) {
	c.b.StartElement(e.Name)
	c.marks = append(c.marks, len(c.undo))
	for _, d := range byName(e.FirstDecl) {
		c.declare(d.Name, d.Value)
	}
	attributes := byName(e.FirstAttr)
	for _, a := range attributes {
		if a.Name.Prefix != "" {
			c.imply(a.Name)
		}
	}
	c.imply(e.Name)
	for _, a := range attributes {
		c.b.NewAttribute(a.Name, a.Value)
	}
}

func (c *copier) end() {
	c.b.EndElement()
	mark := c.marks[len(c.marks)-1]
	c.marks = c.marks[:len(c.marks)-1]
	for _, u := range slices.Backward(c.undo[mark:]) {
		if u.was {
			c.bound[u.prefix] = u.space
		} else {
			delete(c.bound, u.prefix)
		}
	}
	c.undo = c.undo[:mark]
}

// declare declares the prefix that is the Local of name.
func (c *copier) declare(name *xmldoc.Name, space string) {
	prefix := name.Local
	old, was := c.bound[prefix]
	c.undo = append(c.undo, binding{prefix, old, was})
	c.bound[prefix] = space
	c.b.NewDeclaration(name, space)
}

// imply declares the prefix of a name where the copy does not have it in scope.
func (c *copier) imply(name *xmldoc.Name) {
	if c.bound[name.Prefix] != name.Space {
		c.declare(&xmldoc.Name{Local: name.Prefix}, name.Space)
	}
}

// byName returns a list of attributes or declarations by qualified name.
func byName(first *xmldoc.Node) []*xmldoc.Node {
	var list []*xmldoc.Node
	for n := first; n != nil; n = n.Next {
		list = append(list, n)
	}
	slices.SortStableFunc(list, func(a, b *xmldoc.Node) int { return compareNames(a.Name, b.Name) })
	return list
}

// compareNames compares qualified names as text.
func compareNames(a, b *xmldoc.Name) int {
	if a.Prefix == b.Prefix { // most have none
		return strings.Compare(a.Local, b.Local)
	}
	return strings.Compare(a.Qualified(), b.Qualified())
}
