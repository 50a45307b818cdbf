package vectors

import "strings"

// caches holds calls of services whose answers are kept: of version v2-cache, insurability is ENDPOINT_FIRST with eight
// hours, the ETK depot CACHE_FIRST with a day.
func caches(k *kit) []scenario {
	const (
		hourMs                 = 60 * minuteMs
		insurability, endpoint = business + "insurability:v2", mainSite + "/Insurability/v2"
		second                 = recovery + "/Insurability/v2"
		third                  = "https://prod.mcn.example:9443/ehealth/bcp/insurability"
		depot, depotEndpoint   = business + "etkdepot:v1", mainSite + "/EtkDepot/v1"
		key                    = "GetInsurabilityRequest|85022500196"
	)
	now := judged.UnixMilli()
	cached := fields{"contentType": xmlType, "facts": fields{"cache": true}}
	expired := fields{"contentType": xmlType, "facts": fields{"cache": true, "serveExpired": true}}
	request, answer := soapOf("GetInsurabilityRequest", "85022500196"), soapOf("Answer", "yes")
	hit := func(storedMs, validMs int64) fields {
		return fields{"kind": "cacheHit", "storedAtMs": now + storedMs, "validUntilMs": now + validMs,
			"contentType": xmlType}
	}
	read := fields{"action": fields{"do": "readCache", "key": key}}
	play := func(name, comment string) *player {
		return k.play("cache/"+name, "docs/design.md#cache", comment).open("catalogues/v2-cache.xml")
	}
	lost := func(name, comment string, facts fields) *player {
		return play(name, comment).
			begin(0, insurability, facts, sent(endpoint), request).
			next(10, ended("timeout"), sent(second)).
			next(20, ended("timeout"), sent(third)).
			next(30, ended("timeout"), read)
	}
	return scenariosOf([]*player{
		play("written", "an answer is kept, until the time that the list says").
			begin(0, insurability, cached, sent(endpoint), request).
			next(10, responded(200, xmlType), fields{"action": fields{"do": "writeCache", "key": key,
				"storedAtMs": now + 10, "validUntilMs": now + 10 + 8*hourMs}}, answer).
			next(20, fields{"kind": "cacheWritten"}, answered(endpoint)),
		play("not-written", "what cannot be kept still answers").
			begin(0, insurability, cached, sent(endpoint), request).
			next(10, responded(200, xmlType), fields{"action": fields{"do": "writeCache"}}, answer).
			next(20, fields{"kind": "cacheFailed"}, answered(endpoint)),
		lost("endpoint-first", "nothing answers: the kept answer does", cached).
			next(40, hit(-hourMs, 7*hourMs), fields{"action": fields{"do": "answer", "source": "cache",
				"storedAtMs": now - hourMs}}, answer),
		lost("miss", "nothing answers and nothing is kept", cached).
			next(40, fields{"kind": "cacheMiss"}, fields{"action": fields{"do": "fail",
				"code": "endpoints-exhausted", "cache": "cache-miss"}}),
		lost("expired", "an expired answer is not given", cached).
			next(40, hit(-9*hourMs, -hourMs), fields{"action": fields{"do": "fail",
				"code": "endpoints-exhausted", "cache": "cache-expired"}}, answer),
		lost("expired-served", "unless the caller takes it; it says so", expired).
			next(40, hit(-9*hourMs, -hourMs), fields{"action": fields{"do": "answer", "source": "cache",
				"expired": true}}, answer),
		lost("of-tomorrow", "an answer kept at a moment that is still to come is of unknown age", cached).
			next(40, hit(hourMs, 9*hourMs), fields{"action": fields{"do": "fail"}}, answer),
		play("cache-first", "a fresh answer is given before anything is sent").
			begin(0, depot, cached, fields{"action": fields{"do": "readCache"}}, soapOf("GetEtk", "1")).
			next(10, hit(-hourMs, hourMs), fields{"action": fields{"do": "answer", "source": "cache",
				"attempts": 0}}, answer),
		play("cache-first-miss", "without one the call goes out").
			begin(0, depot, cached, fields{"action": fields{"do": "readCache"}}, soapOf("GetEtk", "1")).
			next(10, fields{"kind": "cacheMiss"}, sent(depotEndpoint)),
		play("fault", "a fault is never kept").
			begin(0, insurability, cached, sent(endpoint), request).
			next(10, responded(500, xmlType), answered(endpoint), envelope(soap11, `<s:Fault><faultcode>s:Server`+
				`</faultcode><faultstring>f</faultstring></s:Fault>`)),
		play("off", "the application did not turn it on").
			begin(0, insurability, fields{"facts": fields{"repeat": "yes"}}, sent(endpoint), request).
			next(10, responded(200, xmlType), answered(endpoint), answer),
		play("no-key", "a request without values has no key: the call has no cache").
			begin(0, insurability, cached, fields{"action": fields{"do": "send"}},
				envelope(soap11, "<GetInsurabilityRequest/>")).
			next(10, responded(200, xmlType), answered(endpoint), answer),
	})
}

const soap11 = "http://schemas.xmlsoap.org/soap/envelope/"

// soapOf is a message whose payload has that name, with the number of a patient.
func soapOf(name, inss string) string {
	return envelope(soap11, `<q:`+name+` xmlns:q="urn:q"><q:INSS>`+inss+`</q:INSS></q:`+name+`>`)
}

// keys holds requests and stylesheets, and the key that they make.
func keys(k *kit) []scenario {
	const insurability = business + "insurability:v2"
	const source = "docs/design.md#keys"
	sheet := func(body string) string {
		return `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
			`<xsl:output method="text"/>` + body + `</xsl:stylesheet>`
	}
	selects := func(expression string) string {
		return sheet(`<xsl:template match="/"><xsl:value-of select="` + expression + `"/></xsl:template>`)
	}
	request, long := soapOf("Q", "85022500196"), strings.Repeat("0123456789", 5000)
	ofList := func(name, comment, target, request string, want Want) *player {
		return k.play("key/"+name, source, comment).open("catalogues/v2-cache.xml").
			do("cacheKey", fields{"handle": 1, "target": target}, want, request)
	}
	bare := func(name, comment, stylesheet, request string, want Want) *player {
		return k.play("key/"+name, source, comment).do("cacheKey", fields{}, want, request, stylesheet)
	}
	key := func(text string) Want { return value(fields{"key": text}) }
	all := []*player{
		ofList("of-a-list", "the stylesheet that the list carries", insurability, request, key("Q|85022500196")),
		ofList("of-an-address", "the service found by its address", mainSite+"/Insurability/v2", request,
			key("Q|85022500196")),
		ofList("off", "a service without a cache", business+"kgss:v1", request, Want{Code: "cache-off"}),
		ofList("unknown", "a service that the list does not have", business+"none:v1", request,
			Want{Code: "service-unknown"}),
		ofList("cut", "a request that is cut", insurability, request[:len(request)/2], Want{Code: "xml-malformed"}),
		bare("text", "a value and a name", selects("concat(local-name(/*), ':', //*[local-name()='INSS'])"), request,
			key("Q:85022500196")),
		bare("accents", "octets beyond ASCII", selects("translate(//*[local-name()='INSS'], 'ab', 'éß')"),
			soapOf("Q", "a b 漢 𝔘"), key("é ß 漢 𝔘")),
		bare("numbers", "the numbers of XPath", selects("concat(sum(//*[local-name()='INSS']) div 3, '|', "+
			"round(-0.5), '|', 1 div 0, '|', 0 div 0)"), soapOf("Q", "10"), key("3.3333333333333335|0|Infinity|NaN")),
		bare("formatted", "a number by its picture", selects("format-number(//*[local-name()='INSS'], '#,##0.00')"),
			soapOf("Q", "1234567.891"), key("1,234,567.89")),
		bare("sorted", "an order by number", sheet(`<xsl:template match="/"><xsl:for-each select="//n"><xsl:sort `+
			`data-type="number" order="descending"/><xsl:value-of select="."/>,</xsl:for-each></xsl:template>`),
			envelope(soap11, "<Q><n>9</n><n>10</n><n>-1</n></Q>"), key("10,9,-1,")),
		bare("constant", "a key that says nothing of the request is marked", selects("'all'"), request,
			value(fields{"key": "all", "constant": true})),
		bare("counts", "neither does a count", selects("count(//*)"), request,
			value(fields{"key": "2", "constant": true})),
		bare("empty", "an empty key is none", selects("//none"), request, Want{Code: "key-empty"}),
		bare("document", "document() would load what nobody signed", selects("document('https://x.example/')"),
			request, Want{Code: "xslt-forbidden"}),
		bare("import", "import would too", sheet(`<xsl:import href="https://x.example/a.xslt"/>`), request,
			Want{Code: "xslt-forbidden"}),
		bare("unknown-function", "not a function of XPath or XSLT", selects("frob(1)"), request,
			Want{Code: "xslt-invalid"}),
		bare("terminated", "the stylesheet says that it failed",
			sheet(`<xsl:template match="/"><xsl:message terminate="yes">no</xsl:message></xsl:template>`), request,
			Want{Code: "xslt-failed"}),
		bare("endless", "a template that calls itself", sheet(`<xsl:template match="/" name="t">`+
			`<xsl:call-template name="t"/></xsl:template>`), request, Want{Code: "limit-exceeded"}),
		bare("no-stylesheet", "no XML", "no", request, Want{Code: "xml-malformed"}),
		bare("large", "a long value", selects("//*[local-name()='INSS']"), soapOf("Q", long), key(long)),
	}
	return scenariosOf(all)
}
