package vectors

import (
	"fmt"
	"strings"
)

// The media types of the rows.
const (
	xmlType     = "text/xml; charset=utf-8"
	soap12Type  = "application/soap+xml; charset=utf-8"
	htmlType    = "text/html; charset=utf-8"
	jsonType    = "application/json"
	relatedType = `multipart/related; type="text/xml"; start="<root@vector>"; boundary=edge`
)

func envelope(version, body string) string {
	return `<s:Envelope xmlns:s="` + version + `"><s:Body>` + body + `</s:Body></s:Envelope>`
}

// parts is a multipart answer of these parts; the Content-ID of the first is the root's.
func parts(all ...string) string {
	ids := []string{"root@vector", "second@vector", "third@vector"}
	var b strings.Builder
	for i, part := range all {
		fmt.Fprintf(&b, "--edge\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <%s>\r\n\r\n%s\r\n",
			ids[i], part)
	}
	return b.String() + "--edge--\r\n"
}

// body is the body of an answer, by name.
type body struct{ name, text string }

// row is one HTTP answer, and what it is.
type row struct {
	status  int
	media   string
	body    body
	want    Answer
	comment string
}

// answers holds HTTP answers to requests, and what each is: what the service itself said, what somebody else
// did, what was cut.
func answers() []scenario {
	const soap12 = "http://www.w3.org/2003/05/soap-envelope"
	fault := func(code string) string {
		return envelope(soap11, `<s:Fault><faultcode>s:Server</faultcode><faultstring>f</faultstring><detail>`+
			`<e:SystemError xmlns:e="urn:be:fgov:ehealth:errors:soa:v1"><Code>`+code+
			`</Code></e:SystemError></detail></s:Fault>`)
	}
	var (
		answer    = body{"answer", envelope(soap11, `<q:Answer xmlns:q="urn:q"><q:Inss>1</q:Inss></q:Answer>`)}
		answer12  = body{"answer12", envelope(soap12, `<q:Answer xmlns:q="urn:q"/>`)}
		business  = body{"business-fault", fault("BUSINESS-1")}
		switching = body{"switch-02001", fault("SOA-02001")}
		consumer  = body{"switch-01002", fault("SOA-01002")}
		other     = body{"soa-03001", fault("SOA-03001")}
		page      = body{"page", "<!DOCTYPE html>\n<html><body><h1>Not found</h1><br></body></html>"}
		xhtml     = body{"xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`}
		notice    = body{"maintenance", "<maintenance>until 6</maintenance>"}
		object    = body{"json", `{"error":"no such service"}`}
		words     = body{"text", "upstream connect error"}
		nothing   = body{"nothing", ""}
		bare      = body{"empty-body", envelope(soap11, "")}
		headless  = body{"no-body", `<s:Envelope xmlns:s="` + soap11 + `"/>`}
		alien     = body{"foreign-envelope", `<s:Envelope xmlns:s="urn:x"><s:Body><a/></s:Body></s:Envelope>`}
		half      = body{"truncated", answer.text[:len(answer.text)/2]}
		two       = body{"two-envelopes", answer.text + answer.text}
		details   = body{"thousand-details", envelope(soap11, `<s:Fault><faultcode>s:Server</faultcode><detail>`+
			strings.Repeat(`<e><Code>X</Code></e>`, 999)+`<e><Code>SOA-02002</Code></e></detail></s:Fault>`)}
		related   = body{"related", parts(answer.text, "<attachment/>")}
		attached  = body{"envelope-attached", parts("<attachment/>", answer.text)}
		withFault = body{"related-switch", parts(switching.text)}
		cutParts  = body{"related-cut", strings.TrimSuffix(parts(answer.text), "--edge--\r\n")}
		latin     = body{"latin-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + envelope(soap11,
			"<n>caf\xe9</n>")}
		unreadable = body{"wrong-charset", envelope(soap11, "<n>caf\xe9</n>")}
	)
	spoke := Answer{Outcome: "answered", Cacheable: true}
	silent := Answer{Outcome: "answered", Silent: true}
	said := Answer{Outcome: "answered"}
	saidFault := Answer{Outcome: "answered", Fault: true}
	foreign, cut, gone := Answer{Outcome: "foreign"}, Answer{Outcome: "incomplete"}, Answer{Outcome: "switch"}
	goneWithFault := Answer{Outcome: "switch", Fault: true}
	switches := func(code string) Answer { return Answer{Outcome: "switch", SwitchCode: code, Fault: true} }
	var rows []row
	add := func(comment string, want Answer, media string, b body, statuses ...int) {
		for _, status := range statuses {
			rows = append(rows, row{status, media, b, want, comment})
		}
	}
	add("the service's answer", spoke, xmlType, answer, 200)
	add("an Envelope speaks whatever the status says", said, xmlType, answer, 201, 202, 400, 403, 404, 418, 500, 520)
	add("an Envelope from a gateway that has no service behind it", gone, xmlType, answer, 502, 503, 504)
	add("SOAP 1.2", spoke, soap12Type, answer12, 200)
	add("the body says what it is, not the media type", spoke, htmlType, answer, 200)
	add("no media type", spoke, "", answer, 200)
	add("a business fault is an answer", saidFault, xmlType, business, 200, 500)
	add("a code that does not switch", saidFault, xmlType, other, 500)
	add("a business fault behind a gateway error", goneWithFault, xmlType, business, 503)
	add("the service says: take another endpoint", switches("SOA-02001"), xmlType, switching, 200, 500, 503)
	add("the consumer's own error has a switch code too", switches("SOA-01002"), xmlType, consumer, 200, 500)
	add("a switch code after 999 others", switches("SOA-02002"), xmlType, details, 500)
	add("a page is no answer", foreign, htmlType, page, 200, 301, 400, 401, 403, 404, 429, 500, 501, 511, 520, 530)
	add("a page of a gateway that has no service behind it", gone, htmlType, page, 502, 503, 504)
	add("a page that says that it is XML", foreign, xmlType, page, 200, 404)
	add("well-formed HTML", foreign, "application/xhtml+xml", xhtml, 200)
	add("XML that is no Envelope", foreign, xmlType, notice, 200, 404, 500)
	add("JSON", foreign, jsonType, object, 200, 403, 500)
	add("text", foreign, "text/plain", words, 200, 404)
	add("nothing, as a one-way operation answers", silent, "", nothing, 200, 202, 204)
	add("nothing, where something was asked for", foreign, "", nothing, 201, 206, 301, 304, 400, 403, 404, 500, 525)
	add("nothing from a gateway", gone, "", nothing, 502, 503, 504)
	add("an Envelope with an empty Body is not kept", said, xmlType, bare, 200)
	add("an Envelope without Body", foreign, xmlType, headless, 200)
	add("an Envelope of no SOAP", foreign, xmlType, alien, 200)
	add("cut in the middle", cut, xmlType, half, 200, 500)
	add("more after the end", cut, xmlType, two, 200)
	add("with attachments", spoke, relatedType, related, 200)
	add("an Envelope in an attachment that is not the root", foreign, relatedType, attached, 200)
	add("a switch fault in a multipart answer", switches("SOA-02001"), relatedType, withFault, 500)
	add("a multipart answer without its end", cut, relatedType, cutParts, 200)
	add("its own encoding", spoke, "text/xml", latin, 200)
	add("octets that are not what they say", cut, xmlType, unreadable, 200)
	var all []scenario
	for _, r := range rows {
		args := AnswerArgs{RequestContentType: xmlType, Status: r.status, ContentType: r.media}
		name := fmt.Sprintf("answer/soap-%s-%s-%d", r.body.name, mediaName(r.media), r.status)
		all = append(all, answerScenario(name, r.comment, args, r.body, r.want))
	}
	return append(all, otherAnswers(answer, page, object, nothing)...)
}

// otherAnswers are those to requests that are no SOAP, and those whose length or way says something.
func otherAnswers(answer, page, object, nothing body) []scenario {
	kept := Answer{Outcome: "answered", Cacheable: true}
	said, foreign, gone := Answer{Outcome: "answered"}, Answer{Outcome: "foreign"}, Answer{Outcome: "switch"}
	longer, exact := int64(len(object.text)+1), int64(len(object.text))
	one := func(name, comment string, args AnswerArgs, b body, want Answer) scenario {
		return answerScenario("answer/other-"+name, comment, args, b, want)
	}
	return []scenario{
		one("json-200", "what was asked for", AnswerArgs{Status: 200, ContentType: jsonType}, object, kept),
		one("json-404", "an error of the service's own", AnswerArgs{Status: 404, ContentType: jsonType}, object, said),
		one("json-503", "a gateway", AnswerArgs{Status: 503, ContentType: jsonType}, object, gone),
		one("json-520", "a front door", AnswerArgs{Status: 520, ContentType: jsonType}, object, gone),
		one("nothing-204", "nothing", AnswerArgs{Status: 204}, nothing, said),
		one("page-404", "a page where none was asked for", AnswerArgs{Status: 404, ContentType: htmlType},
			page, foreign),
		one("page-asked", "a page that was asked for, of unknown length",
			AnswerArgs{Accept: "text/html", Status: 200, ContentType: htmlType}, page, said),
		one("cut", "shorter than it says", AnswerArgs{Status: 200, ContentType: jsonType,
			ContentLength: &longer}, object,
			Answer{Outcome: "incomplete"}),
		one("exact", "as long as it says", AnswerArgs{Status: 200, ContentType: jsonType,
			ContentLength: &exact}, object, kept),
		one("redirected", "what came by a redirect is not kept",
			AnswerArgs{RequestContentType: xmlType, Status: 200, ContentType: xmlType, Redirected: true}, answer, said),
	}
}

func answerScenario(name, comment string, args AnswerArgs, b body, want Answer) scenario {
	return scenario{
		name: name,
		Vector: Vector{
			Comment: comment, Source: "docs/design.md#what-an-answer-is",
			Call: Call{Operation: Classify, Args: compact(args), Blobs: []string{"body"}, Want: Want{Answer: &want}},
		},
		files: map[string][]byte{"body": []byte(b.text)},
	}
}

// mediaName is a media type as a part of a name.
func mediaName(media string) string {
	kind, _, _ := strings.Cut(media, ";")
	if kind == "" {
		return "untyped"
	}
	return strings.NewReplacer("/", "-", "+", "-").Replace(kind)
}
