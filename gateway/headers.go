package gateway

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// The headers of the gateway itself.
const (
	headerNotSent   = "X-Bcp-Not-Sent"  // 1: nothing reached the endpoint
	headerCode      = "X-Bcp-Code"      // the gateway refused by itself, why
	headerSource    = "X-Bcp-Source"    // of an answer by /service: network or cache
	headerEndpoint  = "X-Bcp-Endpoint"  // the one that answered: without it, a page of another server was
	headerAttempts  = "X-Bcp-Attempts"  // how many endpoints were asked
	headerExhausted = "X-Bcp-Exhausted" // 1: a SOAP fault, handed on because no endpoint did better
	headerRepeat    = "X-Bcp-Repeat"    // of a request: yes or no, may it run twice
)

// forwarded are the headers of a request that go to the endpoint. The list names what services need; everything else
// may say who the user is (a reverse proxy adds such headers) or is about the connection.
var forwarded = []string{
	"Accept", "Accept-Language", "Content-Encoding", "Content-Language", "Content-Type", "If-Match",
	"If-Modified-Since",
	"If-None-Match", "If-Unmodified-Since", "Mime-Version", "Prefer", "Soapaction", "User-Agent",
	"X-Correlation-Id", "X-Request-Id",
}

// neverForwarded cannot be added to them.
var neverForwarded = []string{
	"Connection", "Content-Length", "Cookie", "Expect", "Forwarded", "Host", "Keep-Alive", "Origin",
	"Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// outgoing is what the endpoint gets of a request's headers.
func (g *Gateway) outgoing(in http.Header) http.Header {
	out := http.Header{}
	hopByHop := connectionNames(in)
	for _, names := range [][]string{forwarded, g.options.Forward} {
		for _, name := range names {
			if values := in[name]; len(values) > 0 && !slices.Contains(hopByHop, name) {
				out[name] = slices.Clone(values)
			}
		}
	}
	if strings.Contains(in.Get("Accept-Encoding"), "gzip") {
		out.Set("Accept-Encoding", "gzip") // and no other: the answer is judged
	}
	if _, says := out["User-Agent"]; !says {
		out["User-Agent"] = []string{""} // else the transport names itself
	}
	return out
}

// dropped are headers of the endpoint's answer that would speak for the application's origin, or are about the
// connection (RFC 9110 §7.6.1).
var dropped = []string{
	"Alt-Svc", "Clear-Site-Data", "Connection", "Content-Security-Policy", "Content-Security-Policy-Report-Only",
	"Expect-Ct", "Keep-Alive", "Link", "Location", "Nel", "Origin-Agent-Cluster", "Permissions-Policy",
	"Proxy-Authenticate", "Proxy-Connection", "Public-Key-Pins", "Refresh", "Report-To", "Reporting-Endpoints",
	"Service-Worker-Allowed", "Set-Cookie", "Set-Cookie2", "Sourcemap", "Strict-Transport-Security", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Www-Authenticate", "X-Frame-Options",
}

// incoming writes what the caller gets of the endpoint's headers.
//
// An answer opened as a page must not run on the application's origin: it is sandboxed whatever it is. Location stays
// out of redirects, which a browser would follow past the gateway, and stays in with 201, where it names what was made.
func incoming(w http.ResponseWriter, answer *http.Response) {
	h, hopByHop := w.Header(), connectionNames(answer.Header)
	for name, values := range answer.Header {
		isForUs := strings.HasPrefix(name, "X-Bcp-") || strings.HasPrefix(name, "Access-Control-") ||
			strings.HasPrefix(name, "Cross-Origin-") || strings.Contains(name, "_")
		mayLocate := name == "Location" && answer.StatusCode == http.StatusCreated
		if isForUs || slices.Contains(dropped, name) && !mayLocate || slices.Contains(hopByHop, name) {
			continue
		}
		h[name] = append(h[name], values...)
	}
	sandbox(h)
}

// sandbox keeps an answer from being stored, guessed at or run.
func sandbox(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
}

// connectionNames are the headers that Connection says are for the next hop alone.
func connectionNames(h http.Header) []string {
	var names []string
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			names = append(names, textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)))
		}
	}
	return names
}
