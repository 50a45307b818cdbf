package vectors

import (
	"strings"
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
		invalid("id-missing", v1+", ServiceList", "a root without an Id", 1, func(root *etree.Element) { root.RemoveAttr("Id") }),
		invalid("id-no-name", v1+", ServiceList", "a root whose Id is no XML name", 1,
			func(root *etree.Element) { set(root, "Id", "1 2"); set(nth(root, reference, 0), "URI", "#1 2") }),
		invalid("root-attribute", v1+", ServiceList", "an attribute that the schema does not have", 1, func(root *etree.Element) { set(root, "Version", "1") }),
		invalid("environment-empty", "DESIGN §4", "an empty Environment", 1, func(root *etree.Element) { set(root, "Environment", "") }),
		invalid("instant-no-zone", "DESIGN §4", "an IssueInstant without a zone", 1, func(root *etree.Element) { set(root, "IssueInstant", "2026-05-20T10:20:09") }),
		invalid("endpoint-list-attribute", v2+", ServiceType", "an attribute on EndpointList", 2, func(root *etree.Element) { set(nth(root, "./Service/EndpointList", 0), "Order", "0") }),
		invalid("endpoint-list-child", v2+", ServiceType", "another element in EndpointList", 2, func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).CreateElement("Cache") }),
		invalid("endpoint-list-empty", v2+", ServiceType", "an empty EndpointList", 2, func(root *etree.Element) { nth(root, "./Service/EndpointList", 0).Child = nil }),
		invalid("endpoint-after-list", v2+", ServiceType", "an Endpoint after the EndpointList", 2, func(root *etree.Element) { nth(root, "./Service", 0).CreateElement("Endpoint") }),
		invalid("service-attribute", v1+", ServiceType", "an attribute that a service does not have", 1, func(root *etree.Element) { set(nth(root, "./Service", 0), "Status", "ACTIVE") }),
		invalid("endpoint-attribute", v1+", Endpoint", "an attribute that an endpoint does not have", 1, func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 0), "Url", evil) }),
		refused("schema/comment-in-key", bcperr.XMLForbidden, "DESIGN §4", "a comment inside a stylesheet's text: it is not signed, and readers differ",
			k.commentInKey()),
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
		accepted("lint/order-huge", "XSD 1.0 Part 2 §3.3.13", "an Order that no machine word holds",
			k.before(func(root *etree.Element) { set(nth(root, "./Service/Endpoint", 1), "Order", "99999999999999999999") }), []bcperr.Code{bcperr.OrderInvalid}),
		found("service-id-empty", bcperr.ServiceIDInvalid, "DESIGN §4", "a service whose Id is empty", func(l *drill.List) { l.Services[1].ID = "" }),
		url("ip", "an IP address", "https://192.0.2.1/Kgss/v1"),
		url("ip-decimal", "an IP address as one number, as browsers read it", "https://3221225985/Kgss/v1"),
		url("ipv6", "an IPv6 address", "https://[2001:db8::1]/Kgss/v1"),
		url("one-label", "a host of one label", "https://intranet/Kgss/v1"),
		url("trailing-dot", "a dot after the host", "https://services.bcp2.example./Kgss/v1"),
		url("punycode", "a host whose name people cannot read", "https://xn--srvices-eya.bcp.example/Kgss/v1"),
		url("not-ascii", "a letter outside ASCII in the host", "https://sеrvices.bcp.example/Kgss/v1"),
		url("port-zero", "port 0", "https://services.bcp2.example:0/Kgss/v1"),
		url("port-large", "port 65536", "https://services.bcp2.example:65536/Kgss/v1"),
		url("fragment", "a fragment", "https://services.bcp2.example/Kgss/v1#x"),
		url("backslash", "a backslash, which browsers take for a slash", `https://services.bcp2.example\@evil.example/Kgss/v1`),
		url("dot-segments", "dot segments, which browsers resolve", "https://services.bcp2.example/Kgss/%2e./v1"),
		url("percent", "a percent sign alone", "https://services.bcp2.example/Kgss/%v1"),
		url("percent-control", "a line feed in percent form", "https://services.bcp2.example/Kgss/%0Av1"),
		url("long", "2,001 octets", "https://services.bcp2.example/"+strings.Repeat("a", 2001-len("https://services.bcp2.example/"))),
		url("scheme-relative", "no scheme", "//services.bcp2.example/Kgss/v1"),
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
		cached("cache-attribute", bcperr.CacheInvalid, "an attribute that a cache does not have", func(_, cache *etree.Element) { set(cache, "Id", "x") }),
		cached("cache-strategy-missing", bcperr.CacheInvalid, "no strategy", func(_, cache *etree.Element) { cache.RemoveAttr("Strategy") }),
		cached("cache-expiry-missing", bcperr.CacheInvalid, "no Expiry", func(_, cache *etree.Element) { remove(find(cache, "./Expiry")) }),
		cached("cache-child", bcperr.CacheInvalid, "another element after Expiry", func(_, cache *etree.Element) { cache.CreateElement("Key") }),
		cached("cache-key-attribute", bcperr.CacheInvalid, "an attribute that a key does not have", func(_, cache *etree.Element) { set(find(cache, "./Key"), "Id", "x") }),
		cached("cache-inline-missing", bcperr.CacheInvalid, "no Inline", func(_, cache *etree.Element) { find(cache, "./Key").RemoveAttr("Inline") }),
		cached("cache-key-relative", bcperr.CacheInvalid, "a stylesheet by a relative location", func(_, cache *etree.Element) {
			set(find(cache, "./Key"), "Inline", "false")
			find(cache, "./Key").SetText("key.xslt")
		}),
		cached("expiry-attribute", bcperr.CacheInvalid, "an attribute that an expiry does not have", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Id", "x") }),
		cached("expiry-type", bcperr.ExpiryInvalid, "an expiry that is neither none nor ttl", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Type", "never") }),
		cached("expiry-long", bcperr.ExpiryInvalid, "a time to live of a year", func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "P1Y") }),
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

// commentInKey is a list whose stylesheet's text got a comment after signing: canonical form drops it.
func (k *kit) commentInKey() []byte {
	d, err := drill.NewDraft(withCache(), k.pki.Signer, time.Time{})
	must(err)
	must(d.Seal())
	insertComment(find(d.Doc.Root(), "./Service/Cache/Key"))
	return d.Bytes()
}

func insertComment(e *etree.Element) { e.InsertChildAt(0, etree.NewComment("here")) }

// withCache is the list of version 2 whose first service has a cache.
func withCache() drill.List {
	l := list(2)
	l.Services[0].Cache = drill.SampleCache("ENDPOINT_FIRST", "PT8H")
	return l
}
