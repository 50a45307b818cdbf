package vectors

import (
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// schema holds well signed lists that are no ServiceList of either version.
func schema(k *kit) []scenario {
	invalid := func(name, source, comment string, version int, edit func(root *etree.Element)) scenario {
		return refused("schema/"+name, bcperr.SchemaInvalid, source, comment, k.beforeBy(k.pki.Signer, version, edit))
	}
	const v1, v2 = "BCP XSD 1.0", "BCP XSD 2.0"
	return []scenario{
		refused("schema/root-name", bcperr.SchemaInvalid, v1+", ServiceList", "another root element",
			k.after(func(doc *etree.Document) { doc.Root().Tag = "ServiceLists" })),
		invalid("version-3", v2+", targetNamespace", "a version that we do not know", 1,
			func(root *etree.Element) { set(root, "xmlns", "urn:be:fgov:ehealth:bcp:protocol:v3") }),
		invalid("no-service", v1+", ServiceList", "a list without services", 1,
			func(root *etree.Element) { remove(nth(root, "./Service", 1)); remove(nth(root, "./Service", 0)) }),
		invalid("id-missing", v1+", ServiceList", "a root without an Id", 1,
			func(root *etree.Element) { root.RemoveAttr("Id") }),
		invalid("id-no-name", v1+", ServiceList", "a root whose Id is no XML name", 1,
			func(root *etree.Element) { set(root, "Id", "1 2"); set(nth(root, reference, 0), "URI", "#1 2") }),
		invalid("root-attribute", v1+", ServiceList", "an attribute that the schema does not have", 1,
			func(root *etree.Element) { set(root, "Version", "1") }),
		invalid("environment-empty", "docs/design.md#verify", "an empty Environment", 1,
			func(root *etree.Element) { set(root, "Environment", "") }),
		invalid("instant-no-zone", "docs/design.md#verify", "an IssueInstant without a zone", 1,
			func(root *etree.Element) { set(root, "IssueInstant", "2026-05-20T10:20:09") }),
		invalid("endpoint-list-name", v2+", ServiceType", "the list of endpoints by another name", 2,
			func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).Tag = "Endpoints" }),
		invalid("endpoint-list-attribute", v2+", ServiceType", "an attribute on EndpointList", 2,
			func(root *etree.Element) { set(nth(root, "./Service/EndpointList", 0), "Order", "0") }),
		invalid("endpoint-list-child", v2+", ServiceType", "another element in EndpointList", 2,
			func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).CreateElement("Cache") }),
		invalid("endpoint-list-empty", v2+", ServiceType", "an empty EndpointList", 2,
			func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).Child = nil }),
		invalid("endpoint-after-list", v2+", ServiceType", "an Endpoint after the EndpointList", 2,
			func(root *etree.Element) { nth(root, "./Service", 0).CreateElement("Endpoint") }),
		invalid("service-attribute", v1+", ServiceType", "an attribute that a service does not have", 1,
			func(root *etree.Element) { set(nth(root, "./Service", 0), "Status", "ACTIVE") }),
		invalid("endpoint-attribute", v1+", Endpoint", "an attribute that an endpoint does not have", 1,
			func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Url", evil) }),
		refused("schema/comment-in-key", bcperr.XMLForbidden, "docs/design.md#verify",
			"a comment inside a stylesheet's text: it is not signed, and readers differ",
			k.commentInKey()),
		invalid("environment-missing", v1+", ServiceList", "no Environment", 1,
			func(root *etree.Element) { root.RemoveAttr("Environment") }),
		invalid("instant-missing", v1+", ServiceList", "no IssueInstant", 1,
			func(root *etree.Element) { root.RemoveAttr("IssueInstant") }),
		invalid("instant-malformed", "XSD 1.0 Part 2 §3.2.7", "month 13", 1,
			func(root *etree.Element) { set(root, "IssueInstant", "2026-13-01T00:00:00Z") }),
		invalid("instant-date-only", "XSD 1.0 Part 2 §3.2.7", "a date without a time", 1,
			func(root *etree.Element) { set(root, "IssueInstant", "2026-05-20") }),
		invalid("service-without-id", v1+", ServiceType", "a service without an Id", 1,
			func(root *etree.Element) { nth(root, "./Service", 0).RemoveAttr("Id") }),
		invalid("service-without-name", v1+", ServiceType", "a service without a Name", 1,
			func(root *etree.Element) { nth(root, "./Service", 0).RemoveAttr("Name") }),
		invalid("service-without-endpoint", v1+", ServiceType", "a service without endpoints", 1,
			func(root *etree.Element) { nth(root, "./Service", 0).Child = nil }),
		invalid("status-missing", v1+", StatusType", "an endpoint without a Status", 1,
			func(root *etree.Element) { nth(root, "./Service/Endpoint", 0).RemoveAttr("Status") }),
		invalid("status-lower-case", v1+", StatusType", "active", 1,
			func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Status", "active") }),
		invalid("order-missing", v1+", Endpoint", "an endpoint without an Order", 1,
			func(root *etree.Element) { nth(root, "./Service/Endpoint", 0).RemoveAttr("Order") }),
		invalid("order-no-integer", "XSD 1.0 Part 2 §3.3.13", "an Order with two signs", 1,
			func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Order", "+-1") }),
		invalid("element-in-endpoint", v1+", Endpoint", "an element inside an address", 1,
			func(root *etree.Element) {
				nth(root, "./Service/Endpoint", 0).CreateElement("b").SetText(".evil.example")
			}),
		invalid("element-unknown", v1+", ServiceList", "an element that the schema does not have", 1,
			func(root *etree.Element) {
				note := nth(root, "./Service", 0).Copy()
				note.Tag = "Note"
				root.InsertChildAt(0, note)
			}),
		invalid("text-between", v1+", ServiceType", "text between the endpoints", 1,
			func(root *etree.Element) { nth(root, "./Service", 0).CreateText("x") }),
		invalid("text-before", v1+", ServiceType", "text before the endpoints", 1,
			func(root *etree.Element) { nth(root, "./Service", 0).InsertChildAt(0, etree.NewText("x")) }),
		invalid("text-in-list", v2+", ServiceType", "text before the endpoints of an EndpointList", 2,
			func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).InsertChildAt(0, etree.NewText("x")) }),
		refused("schema/text-after-cache", bcperr.SchemaInvalid, v2+", ServiceType", "text after a Cache",
			k.textAfterCache()),
		invalid("attribute-qualified", v1+", Endpoint", "a Status in the schema's namespace beside the real one, "+
			"which has none", 1,
			func(root *etree.Element) {
				e := nth(root, "./Service/Endpoint", 0)
				set(e, "xmlns:x", "urn:be:fgov:ehealth:bcp:protocol:v1")
				set(e, "x:Status", "INACTIVE")
			}),
		invalid("attribute-xsi-nil", "XSD 1.0 Part 1 §2.6", "an xsi:nil, which a schema processor would act on", 1,
			func(root *etree.Element) {
				e := nth(root, "./Service/Endpoint", 0)
				set(e, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
				set(e, "xsi:nil", "true")
			}),
		accepted("schema/attribute-foreign", "docs/design.md#verify",
			"a signed attribute of a foreign namespace is never read",
			k.before(func(root *etree.Element) {
				e := nth(root, "./Service/Endpoint", 0)
				set(e, "xmlns:x", "urn:x")
				set(e, "x:Status", "INACTIVE")
			}), nil),
		invalid("v1-endpoint-list", v1+", ServiceType", "version 2's EndpointList in version 1", 1,
			func(root *etree.Element) { wrap(nth(root, "./Service/Endpoint", 0), "EndpointList") }),
		invalid("v2-bare-endpoint", v2+", ServiceType", "version 1's Endpoint in version 2", 2,
			func(root *etree.Element) {
				s := nth(root, "./Service", 0)
				endpoints := find(s, "./EndpointList").ChildElements()
				s.Child = nil
				for _, e := range endpoints {
					s.AddChild(e)
				}
			}),
		invalid("v1-cache", v1+", ServiceType", "version 2's Cache in version 1", 1,
			func(root *etree.Element) {
				set(nth(root, "./Service", 0).CreateElement("Cache"), "Strategy", "CACHE_FIRST")
			}),
		invalid("v2-cache-first", v2+", ServiceType", "a Cache before the EndpointList", 2,
			func(root *etree.Element) { insertFirst(nth(root, "./Service", 0), etree.NewElement("Cache")) }),
	}
}

// commentInKey is a list whose stylesheet's text got a comment after signing: canonical form drops it.
func (k *kit) commentInKey() []byte {
	d, err := drill.NewDraft(withCache(), k.pki.Signer, time.Time{})
	must(err)
	must(d.Seal())
	insertComment(find(d.Doc.Root(), "./Service/Cache/Key"))
	return d.Bytes()
}

// textAfterCache is a list whose cache is followed by text, signed so.
func (k *kit) textAfterCache() []byte {
	d, err := drill.NewDraft(withCache(), k.pki.Signer, time.Time{})
	must(err)
	nth(d.Doc.Root(), "./Service", 0).CreateText("x")
	must(d.Seal())
	return d.Bytes()
}

func insertComment(e *etree.Element) { e.InsertChildAt(0, etree.NewComment("here")) }
