package dsig

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// parse turns octets into the root element of a ServiceList.
func parse(signed []byte) (*xmldoc.Node, error) {
	document, err := xmldoc.Parse(signed, xmldoc.CatalogueLimits)
	if err != nil {
		return nil, err
	}
	root := document.DocumentElement()
	if !root.Is(NamespaceV1, "ServiceList") && !root.Is(NamespaceV2, "ServiceList") {
		return nil, bcperr.New(bcperr.SchemaInvalid, "expected root element ServiceList of %s or %s, got %s of %s",
			NamespaceV1, NamespaceV2, describe(root), bcperr.Quote(root.Name.Space))
	}
	if id, _ := root.AttrValue("Id"); !xmldoc.IsNCName(id) {
		return nil, bcperr.New(bcperr.SchemaInvalid, "expected an Id on ServiceList that is an XML name, got %s",
			bcperr.Quote(id))
	}
	return root, nil
}
