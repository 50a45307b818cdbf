package servicelist

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// nsXSI is the namespace of the attributes that XML Schema gives a meaning on every element.
const nsXSI = "http://www.w3.org/2001/XMLSchema-instance"

func schemaError(format string, args ...any) error {
	return bcperr.New(bcperr.SchemaInvalid, format, args...)
}

// checkAttributes checks that the attributes of n that have no namespace are the allowed ones.
//
// Attributes of foreign namespaces are not read: they were signed, and no schema of ours says what they mean. Refused
// are those that could be taken for the real ones, by their namespace or because XML Schema gives them a meaning.
func checkAttributes(n *xmldoc.Node, allowed ...string) error {
	for a := n.FirstAttr; a != nil; a = a.Next {
		if a.Name.Space == "" && !slices.Contains(allowed, a.Name.Local) || versions[a.Name.Space] != 0 ||
			hasMeaning(a) {
			return schemaError("expected no attribute %s on %s", bcperr.Quote(a.Name.Qualified()), n.Name.Local)
		}
	}
	return nil
}

// hasMeaning says whether a is xml:id, or one of the attributes of XML Schema other than those that only hint where a
// schema is.
func hasMeaning(a *xmldoc.Node) bool {
	if a.Name.Space == nsXSI {
		return a.Name.Local != "schemaLocation" && a.Name.Local != "noNamespaceSchemaLocation"
	}
	return a.Is(xmldoc.XMLNamespace, "id")
}

// required returns the value of an attribute that must be there.
func required(n *xmldoc.Node, name string) (string, error) {
	value, given := n.AttrValue(name)
	if !given {
		return "", schemaError("expected attribute %s on %s", name, n.Name.Local)
	}
	return value, nil
}

// nextElement returns the first element from c on, over white space, comments and processing instructions, or nil.
func nextElement(parent, c *xmldoc.Node) (*xmldoc.Node, error) {
	for ; c != nil; c = c.Next {
		switch {
		case c.Kind == xmldoc.Element:
			return c, nil
		case c.Kind == xmldoc.Text && strings.Trim(c.Value, " \t\r\n") != "":
			return nil, schemaError("expected only elements in %s, got text", parent.Name.Local)
		}
	}
	return nil, nil
}

// errContent tells of an element inside a value.
func errContent(n *xmldoc.Node) error { return schemaError("expected only text in %s", n.Name.Local) }

// value returns the text of an element with simple content.
func value(n *xmldoc.Node) (string, error) {
	for c := n.FirstChild; c != nil; c = c.Next {
		switch c.Kind {
		case xmldoc.Text:
		case xmldoc.Element:
			return "", errContent(n)
		default:
			return "", bcperr.New(bcperr.XMLForbidden, "expected no comment or processing instruction inside the "+
				"text of %s", n.Name.Local)
		}
	}
	return n.Text(), nil
}

// describe names what stands where something else was expected.
func describe(n *xmldoc.Node) string {
	if n == nil {
		return "nothing"
	}
	return bcperr.Quote(n.Name.Qualified())
}
