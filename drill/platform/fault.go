package platform

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// How names a way to fail.
type How string

// The ways to fail. What a browser sees of each: facts in the comments.
const (
	Refused           How = "refused"             // no listener: a network error
	Reset             How = "reset"               // the connection is reset once the request is in: a network error
	TLS               How = "tls"                 // a TLS alert where HTTP is expected: a network error
	NoCORS            How = "no-cors"             // a good answer that a browser may not read: a network error
	Unavailable       How = "unavailable"         // HTTP 503 that a browser may read
	UnavailableNoCORS How = "unavailable-no-cors" // HTTP 503 that a browser may not read: a network error
	SwitchFault       How = "switch-fault"        // SOAP fault with a switch code; VALUE is the code
	BusinessFault     How = "business-fault"      // SOAP fault that is an answer
	Silent            How = "silent"              // no headers until the fault is taken away: a time-out
	Stall             How = "stall"               // half of the body, then nothing: a time-out
	Cut               How = "cut"                 // half of the body, then the connection closes
	HTML              How = "html"                // a page where XML is expected
	Slow              How = "slow"                // a good answer after VALUE milliseconds
)

// hows is every How, in the order in which the control page shows them.
var hows = []How{Refused, Reset, TLS, NoCORS, Unavailable, UnavailableNoCORS, SwitchFault, BusinessFault, Silent, Stall,
	Cut, HTML, Slow}

const (
	defaultSwitchCode = "SOA-02001"
	defaultSlowMs     = 2000
	maxSlowMs         = 600_000 // longer than any time-out of a call
)

// Fault is a way to fail with its parameter.
type Fault struct {
	How   How    `json:"how"`
	Value string `json:"value,omitempty"`
}

// String returns the fault as a command writes it.
func (f Fault) String() string { return strings.TrimSpace(string(f.How) + " " + f.Value) }

// parseFault reads "HOW [VALUE]".
func parseFault(words []string) (Fault, error) {
	if len(words) < 1 || len(words) > 2 {
		return Fault{}, bcperr.New(bcperr.ScenarioInvalid, "expected HOW [VALUE], got %q", strings.Join(words, " "))
	}
	f := Fault{How: How(words[0])}
	if !slices.Contains(hows, f.How) {
		return Fault{}, bcperr.New(bcperr.ScenarioInvalid, "unknown way to fail %q%s, expected one of %v", f.How,
			bcperr.Nearest(string(f.How), texts(hows)), hows)
	}
	if len(words) == 2 {
		f.Value = words[1]
	}
	switch f.How {
	case SwitchFault:
		if f.Value == "" {
			f.Value = defaultSwitchCode
		}
		if len(f.Value) > 20 || strings.ContainsAny(f.Value, "<>&") {
			return Fault{}, bcperr.New(bcperr.ScenarioInvalid, "a switch code is at most 20 plain characters")
		}
	case Slow:
		if f.Value == "" {
			f.Value = strconv.Itoa(defaultSlowMs)
		}
		if ms, err := strconv.Atoi(f.Value); err != nil || ms < 0 || ms > maxSlowMs {
			return Fault{}, bcperr.New(bcperr.ScenarioInvalid, "slow takes 0 to %d milliseconds, got %q", maxSlowMs,
				f.Value)
		}
	default:
		if f.Value != "" {
			return Fault{}, bcperr.New(bcperr.ScenarioInvalid, "%s takes no value, got %q", f.How, f.Value)
		}
	}
	return f, nil
}

// answered is what an endpoint would send if it were well. Status 0 is 200.
type answered struct {
	contentType string
	body        []byte
	status      int
}

// serve answers as the fault says. The channel closes when the fault is taken away.
func (f Fault) serve(w http.ResponseWriter, r *http.Request, good answered, over <-chan struct{}) {
	if f.How != NoCORS && f.How != UnavailableNoCORS {
		allowOrigin(w.Header())
	}
	wait := func(d time.Duration) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-over:
		case <-r.Context().Done():
		}
	}
	switch f.How {
	case Reset:
		takeOver(w, func(conn *net.TCPConn) { _ = conn.SetLinger(0) })
	case TLS:
		// alert: handshake_failure
		takeOver(w, func(conn *net.TCPConn) { _, _ = conn.Write([]byte{21, 3, 3, 0, 2, 2, 40}) })
	case Unavailable, UnavailableNoCORS:
		send(w, answered{"text/plain; charset=utf-8", []byte("service unavailable\n"), http.StatusServiceUnavailable})
	case SwitchFault:
		send(w, soapFault(f.Value, "The service is temporarily unavailable."))
	case BusinessFault:
		send(w, soapFault("DRILL-BUSINESS", "The request is refused for a reason of the field."))
	case Silent:
		wait(maxSlowMs * time.Millisecond)
		takeOver(w, func(*net.TCPConn) {})
	case Stall, Cut:
		w.Header().Set("Content-Type", good.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(good.body)))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(good.body[:len(good.body)/2])
		_ = http.NewResponseController(w).Flush()
		if f.How == Stall {
			wait(maxSlowMs * time.Millisecond)
		}
		// The server closes a connection whose body came out shorter than announced.
	case HTML:
		page := []byte("<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>\n")
		send(w, answered{"text/html; charset=utf-8", page, http.StatusOK})
	case Slow:
		ms, _ := strconv.Atoi(f.Value) // parseFault checked it
		wait(time.Duration(ms) * time.Millisecond)
		send(w, good)
	default:
		send(w, good)
	}
}

func send(w http.ResponseWriter, a answered) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// takeOver ends the connection after do had it.
func takeOver(w http.ResponseWriter, do func(*net.TCPConn)) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if tcp, ok := conn.(*net.TCPConn); ok {
		do(tcp)
	}
}

// allowOrigin lets any page on this machine read the answer.
func allowOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "*")
}

func soapFault(code, text string) answered {
	a := envelope(fmt.Sprintf(`<soap:Fault><faultcode>soap:Server</faultcode><faultstring>%s</faultstring>`+
		`<detail><ns1:SystemError xmlns:ns1="urn:be:fgov:ehealth:errors:soa:v1"><Origin>Server</Origin><Code>%s</Code>`+
		`<Message xml:lang="en">%s</Message></ns1:SystemError></detail></soap:Fault>`, text, code, text))
	a.status = http.StatusInternalServerError // SOAP 1.1 §6.2
	return a
}

func envelope(body string) answered {
	return answered{contentType: "text/xml; charset=utf-8", body: []byte(`<?xml version="1.0" encoding="UTF-8"?>` +
		`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>` + body +
		`</soap:Body></soap:Envelope>`)}
}
