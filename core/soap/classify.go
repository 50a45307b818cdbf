package soap

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/payload"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
)

// Outcome says how a send ended, so what it means for the choice of the endpoint. failover adds those of a send without
// a complete answer.
type Outcome string

// The outcomes of an answer that came.
const (
	Answered   Outcome = "answered"   // complete and no outage; business faults included
	Switch     Outcome = "switch"     // a switch fault, or a gateway that has no service behind it
	Foreign    Outcome = "foreign"    // complete, but not the service's: a page, text, JSON, nothing
	Incomplete Outcome = "incomplete" // the body is cut, or not well-formed
)

// Answer is an HTTP answer as it came.
//
// Shape: ContentType is the header, "" when absent. ContentLength is the length that the answer announces for Body as
// given, -1 when unknown; so -1 when a Content-Encoding was undone, or may have been. Redirected: a redirect was
// followed.
type Answer struct {
	Status        int
	ContentType   string
	ContentLength int64
	Redirected    bool
	Body          []byte
}

// Verdict is what Classify says.
//
// Shape: Silent goes with Answered: the answer is handed on, but nobody knows whether the service gave it. SwitchCode
// is the SOAP code of a switch fault, so proof that the request was not processed; "" when only the status says so.
// Fault: a complete SOAP fault, which a caller can read. Cacheable: what can be an answer to the same question later.
// Ends is when a Cacheable one ends by what it says itself, see EndOf. Came says in a few words of ours what came in
// the place of an answer; "" for one of the service.
type Verdict struct {
	Outcome    Outcome
	Silent     bool
	SwitchCode string
	Fault      bool
	Cacheable  bool
	Ends       time.Time
	Came       string
}

// Classify judges an HTTP answer by what the request asked for.
//
// Shape: for a SOAP request the service has spoken when a SOAP Envelope with a Body came, bare or as the root of a
// multipart answer, whatever the media type says. For others see judgeOther.
// Source: docs/design.md#what-an-answer-is. WebKit reports a cut chunked body as success, so nothing but the body can
// tell.
func Classify(wanted Wanted, a Answer) Verdict {
	v := Verdict{Outcome: Incomplete, Came: "a body shorter than its Content-Length"}
	switch {
	case a.ContentLength > int64(len(a.Body)):
	case wanted == Envelope:
		v = judgeSOAP(a)
	default:
		v = judgeOther(a, wanted == Page)
	}
	v.Cacheable = v.Cacheable && v.Outcome == Answered && a.Status == 200 && len(a.Body) > 0 && !a.Redirected
	if !v.Cacheable {
		v.Ends = time.Time{}
	}
	return v
}

// isUnavailable: does a gateway say that it has no service behind it?
func isUnavailable(status int) bool { return status >= 502 && status <= 504 }

// IsElsewhere: does a status lead to another host, which nobody signed, or to another protocol, which nobody asked for?
// Fetch takes such an answer for an error of the network, unless the caller follows redirects; a host that follows none
// takes it for foreign.
//
// Source: docs/design.md#sending.
func IsElsewhere(status int) bool {
	switch status {
	case 101, 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// judgeSOAP judges the answer to a SOAP request.
func judgeSOAP(a Answer) Verdict {
	if len(a.Body) == 0 && (a.Status == 200 || a.Status == 202 || a.Status == 204) {
		return Verdict{Outcome: Answered, Silent: true} // one-way
	}
	m := readMessage(a.ContentType, a.Body)
	switch {
	case m.isCut:
		return Verdict{Outcome: Incomplete, Came: m.came}
	case !m.isEnvelope:
		v := Verdict{Outcome: Foreign, Came: m.came}
		if isUnavailable(a.Status) {
			v.Outcome = Switch
		}
		return v
	}
	v := Verdict{Outcome: Answered}
	if m.doc != nil {
		code, switches := switchOf(m.doc)
		_, err := payload.Of(m.doc)
		v.SwitchCode, v.Fault = code, switches || isFault(m.doc)
		v.Cacheable = err == nil && !v.Fault
		v.Ends = endOf(m.doc)
	}
	if v.SwitchCode != "" || isUnavailable(a.Status) {
		v.Outcome = Switch
	}
	return v
}

// message is what a body turned out to be.
//
// Shape: isCut and isEnvelope exclude each other; neither: something else, named by came. doc is nil for an Envelope
// that is larger than what the parser takes.
type message struct {
	doc        *xmldoc.Node
	isCut      bool
	isEnvelope bool
	came       string
}

func cut(came string) message     { return message{isCut: true, came: came} }
func foreign(came string) message { return message{came: came} }

// The words for what came in the place of an Envelope.
const (
	cameNothing  = "nothing"
	camePage     = "an HTML page"
	cameJSON     = "JSON"
	cameText     = "something that is not XML"
	cameXML      = "XML that is no SOAP Envelope"
	cameDoctype  = "a document with a DOCTYPE"
	cameNoBody   = "a SOAP Envelope without a Body"
	cameCut      = "XML that is cut or not well-formed"
	cameCutParts = "a multipart answer that is cut"
	cameNoRoot   = "a multipart answer without its root part"
	cameUnread   = "a part in an encoding that nobody reads"
)
