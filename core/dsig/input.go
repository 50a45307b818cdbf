package dsig

import (
	"bytes"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// parse turns octets into the tree of a ServiceList, or says what came instead of one.
func parse(signed []byte) (*xmldoc.Node, error) {
	document, err := xmldoc.Parse(signed, xmldoc.CatalogueLimits)
	if err != nil {
		code := bcperr.CodeOf(err)
		if what := recognize(signed); what != "" && code != bcperr.InputTooLarge {
			return nil, bcperr.New(code, "expected a signed ServiceList, got %s: %s", what, bcperr.DetailOf(err))
		}
		return nil, err
	}
	root := document.DocumentElement()
	if !root.Is(nsBCPv1, "ServiceList") && !root.Is(nsBCPv2, "ServiceList") {
		return nil, bcperr.New(bcperr.SchemaInvalid, "expected root element ServiceList of %s or %s, got %s of %s",
			nsBCPv1, nsBCPv2, describe(root), quote(root.Name.Space))
	}
	if id, _ := root.AttrValue("Id"); !xmldoc.IsNCName(id) {
		return nil, bcperr.New(bcperr.SchemaInvalid, "expected an Id on ServiceList that is an XML name, got %s", quote(id))
	}
	return root, nil
}

// recognize says what octets that are no XML most likely are, or "".
func recognize(b []byte) string {
	start := bytes.ToLower(bytes.TrimLeft(b[:min(len(b), 512)], " \t\r\n\ufeff"))
	switch {
	case len(start) == 0:
		return "an empty body"
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}):
		return "gzip data"
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "an HTML page"
	case start[0] == '{', start[0] == '[':
		return "JSON"
	case start[0] != '<':
		return "something that is not XML"
	}
	return ""
}
