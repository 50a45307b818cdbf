package gateway_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

func TestForwards(t *testing.T) {
	t.Parallel()
	h := build(t, nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Method", r.Method)
		well(w, r)
	})
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		body := ""
		if method == "POST" || method == "PUT" {
			body = question
		}
		got := h.send(method, endpointPath(h.url(0)), body, nil)
		require.Equal(t, 200, got.StatusCode, method)
		require.Equal(t, method, got.Header.Get("X-Method"))
		require.Equal(t, reply, got.body)
		require.EqualValues(t, len(reply), got.ContentLength)
		require.Empty(t, got.Header.Get("X-Bcp-Not-Sent"))
		require.Equal(t, h.url(0), got.Header.Get("X-Bcp-Endpoint"))
		seen := h.asks()
		require.Equal(t, body, seen[len(seen)-1].body)
	}
	head := h.send("HEAD", endpointPath(h.url(0)), "", nil)
	require.Equal(t, 200, head.StatusCode)
	require.Empty(t, head.body)
	for _, method := range []string{"TRACE", "PATCH", "PROPFIND"} {
		got := h.send(method, endpointPath(h.url(0)), "", nil)
		require.Equal(t, 404, got.StatusCode, method)
		require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"))
	}
	require.Len(t, h.asks(), 5)
}

// An answer of the service is handed on as it is, whatever its status and length; what was compressed stays so.
func TestAnswersStayAsTheyAre(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789abcdef", 100_000)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, reply)
	_ = z.Close()
	h := build(t, nil, func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Soapaction") {
		case "fault":
			w.WriteHeader(500)
			_, _ = io.WriteString(w, reply)
		case "large", "large, length unknown":
			if r.Header.Get("Soapaction") == "large" {
				w.Header().Set("Content-Length", fmt.Sprint(len(large)))
			}
			_, _ = io.WriteString(w, large)
		case "packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		case "none":
			w.WriteHeader(204)
		case "away":
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(302)
		case "made":
			w.Header().Set("Location", "/soap/1")
			w.WriteHeader(201)
		}
	})
	for _, c := range []struct {
		action, body string
		status       int
		length       int64
		location     string
	}{
		{"fault", reply, 500, int64(len(reply)), ""},
		{"large", large, 200, int64(len(large)), ""},
		{"large, length unknown", large, 200, -1, ""},
		{"packed", packed.String(), 200, int64(packed.Len()), ""},
		{"none", "", 204, 0, ""},
		{"away", "", 302, 0, ""},
		{"made", "", 201, 0, "/soap/1"},
	} {
		got := h.send("POST", endpointPath(h.url(0)), question, func(r *http.Request) {
			r.Header.Set("SOAPAction", c.action)
			r.Header.Set("Accept-Encoding", "gzip, br")
		})
		require.Equal(t, c.status, got.StatusCode, c.action)
		require.Equal(t, c.body, got.body, c.action)
		require.Equal(t, c.length, got.ContentLength, c.action)
		require.Equal(t, c.location, got.Header.Get("Location"), c.action)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := build(t, func(_ *house, o *gateway.Options) { o.Forward = []string{"x-own"} },
		func(w http.ResponseWriter, r *http.Request) {
			for name, value := range map[string]string{
				"Set-Cookie": "a=b", "Access-Control-Allow-Origin": "*", "Clear-Site-Data": `"*"`,
				"X-Bcp-Not-Sent": "1",
				"X-Bcp-Code":     "busy", "Strict-Transport-Security": "max-age=1", "Service-Worker-Allowed": "/",
				"X-Theirs":         "kept",
				"Www-Authenticate": "Basic", "X_bcp_not_sent": "1", "Connection": "X-Hop", "X-Hop": "1",
				"Refresh": "0;url=//x",
			} {
				w.Header()[name] = []string{value}
			}
			w.Header().Set("Cache-Control", "public, max-age=86400")
			well(w, r)
		})
	got := h.send("POST", endpointPath(h.url(0)), question, func(r *http.Request) {
		for name, value := range map[string]string{
			"Cookie": "session=1", "Authorization": "Bearer 1", "Origin": h.front.URL,
			"Referer":         h.front.URL + "/patient/7",
			"X-Forwarded-For": "10.0.0.1", "X-Remote-User": "dr.who", "Via": "1.1 x", "Forwarded": "for=1",
			"SOAPAction": `"urn:q"`, "Accept": "text/xml", "X-Own": "mine", "X-Bcp-Repeat": "yes", "Upgrade": "h2c",
		} {
			r.Header.Set(name, value)
		}
	})
	require.Equal(t, 200, got.StatusCode)
	require.Equal(t, []asked{{"POST", http.Header{
		"Accept": {"text/xml"}, "Content-Type": {"text/xml; charset=utf-8"}, "Soapaction": {`"urn:q"`},
		"X-Own":      {"mine"},
		"User-Agent": {"Go-http-client/1.1"}, "Content-Length": {fmt.Sprint(len(question))},
		"Accept-Encoding": {"gzip"},
	}, question}}, h.asks())
	got.Header.Del("Date")
	require.Equal(t, http.Header{
		"Content-Type": {"text/xml; charset=utf-8"}, "Content-Length": {fmt.Sprint(len(reply))}, "X-Theirs": {"kept"},
		"Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"}, "Vary": {"Origin"},
		"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'; sandbox"},
		"X-Bcp-Endpoint":          {h.url(0)},
	}, got.Header)
}

// Nothing but the exact URL of an endpoint of the verified list is called, however it is spelled.
func TestForwardsToNothingElse(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	good := h.url(0)
	host := strings.TrimSuffix(strings.TrimPrefix(good, "http://"), "/soap")
	_, port, err := net.SplitHostPort(host)
	require.NoError(t, err)
	addresses := []string{
		"", " ", "/", "//", "soap", "/soap", host, host + "/soap", "//" + host + "/soap", "https://" + host + "/soap",
		"HTTP://" + host + "/soap", "http:/" + host + "/soap", "http:" + host + "/soap",
		"http:\\\\" + host + "\\soap",
		"http://user@" + host + "/soap", "http://user:pw@" + host + "/soap", "http://@" + host + "/soap",
		"http://" + host + "@evil.example/soap", "http://evil.example#@" + host + "/soap",
		"http://evil.example/" + good,
		"http://" + host + ".evil.example/soap", "http://evil.example?" + good, good + "?x=1", good + "#x",
		good + "/",
		good + "/..", good + "/../admin", good + "/%2e%2e/admin", good + "%2f..%2fadmin", good + "/./", good + "//",
		"http://" + host + "//soap", "http://" + host + "/./soap", "http://" + host + "/x/../soap",
		"http://" + host + "/SOAP",
		"http://" + host + "/so%61p", "http://" + host + "/", "http://" + host, "http://127.0.0.1:1/soap",
		"http://127.0.0.1/soap",
		"http://localhost:" + port + "/soap", "http://localtest.me:" + port + "/soap",
		"http://127.1:" + port + "/soap",
		"http://0x7f.1:" + port + "/soap", "http://2130706433:" + port + "/soap", "http://[::1]:" + port + "/soap",
		"http://[::ffff:127.0.0.1]:" + port + "/soap", "http://0.0.0.0:" + port + "/soap",
		"http://127.0.0.1.:" + port + "/soap",
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/",
		"http://metadata.google.internal/",
		"file:///etc/passwd", "ftp://" + host + "/soap", "gopher://" + host + "/soap", "data:text/xml,<a/>",
		"javascript:1",
		"unix:///run/x", "uddi:example.org:a:v1", good + "\r\nX-Injected: 1", good + "\n", good + "\x00",
		"\t" + good, " " + good,
		good + " ", good + "\ufeff", "\ufeff" + good, strings.ToUpper(good), good + "%00", good + "%0d%0aX: 1",
		good + "\\..\\x",
		strings.Replace(good, "127.0.0.1", "127.0.0.1:80@127.0.0.1", 1), strings.Replace(good, ":", "%3a", 1),
		strings.Replace(good, "/soap", ";x/soap", 1), strings.Replace(good, "/soap", "%2Fsoap", 1),
		strings.Replace(good, "127.0.0.1", "①②⑦.⓪.⓪.①", 1), strings.Repeat("http://", 3000) + host,
	}
	for _, p := range []string{"80", "443", "0", "65535", "65536", "-1", "0" + port, port + "0", "+" + port,
		"%32" + port} {
		addresses = append(addresses, "http://127.0.0.1:"+p+"/soap")
	}
	for i := range 256 { // one octet of the address changed, all over it
		spoiled := []byte(good)
		spoiled[i%len(good)] ^= byte(1 + i%7)
		addresses = append(addresses, string(spoiled))
	}
	refused := 0
	for _, address := range addresses {
		if address == good {
			continue
		}
		got := h.send("POST", endpointPath(address), question, nil)
		require.Equal(t, 403, got.StatusCode, "%q", address)
		require.Equal(t, "endpoint-unknown", got.Header.Get("X-Bcp-Code"), "%q", address)
		require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"), "%q", address)
		refused++
	}
	query := endpointPath(good)
	for _, path := range []string{
		"/endpoint", "/endpoint?", "/endpoint?URL=" + query[len("/endpoint?url="):], query + "&url=x",
		query + "&" + query[10:],
		query + "&x=1", "/endpoint?" + query[10:] + ";x=1", "/endpoint?url=%zz", "/endpoint?x=1&" + query[10:],
	} {
		require.Equal(t, 403, h.send("POST", path, question, nil).StatusCode, path)
		refused++
	}
	require.Empty(t, h.asks(), "something was sent")
	require.Greater(t, refused, 200)
	require.Equal(t, 200, h.send("POST", query, question, nil).StatusCode)
}

// A list that comes while a body is still on its way decides, not the one of the beginning.
func TestTheListThatIsInForceWhenItIsSent(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well, well)
	dropped := h.url(1)
	reading, writing := io.Pipe()
	answered := make(chan answer, 1)
	go func() {
		answered <- h.send("POST", endpointPath(dropped), "", func(r *http.Request) {
			r.Body, r.ContentLength = reading, int64(len(question))
			r.Header.Set("Content-Type", "text/xml")
		})
	}()
	_, err := io.WriteString(writing, question[:10])
	require.NoError(t, err)
	h.publish(func(l *drill.List) { l.Services[0].Endpoints = l.Services[0].Endpoints[:1] })
	_, err = h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	_, err = io.WriteString(writing, question[10:])
	require.NoError(t, err)
	require.NoError(t, writing.Close())
	require.Equal(t, 403, (<-answered).StatusCode)
	require.Empty(t, h.asks())
}

// raw sends octets to the gateway as they are, and returns the first line of the answer.
func (h *house) raw(text string) string {
	h.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.front.URL, "http://"))
	require.NoError(h.t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(h.t, conn.SetDeadline(time.Now().Add(5*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(h.t, err)
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line)
}

// Requests that no HTTP library would write.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	path, host := endpointPath(h.url(0)), strings.TrimPrefix(h.front.URL, "http://")
	for _, c := range []struct{ name, text, says string }{
		{"a tunnel", "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "HTTP/1.1 403"},
		{"a tunnel on the path", "CONNECT " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "HTTP/1.1 404"},
		{"absolute form", "GET http://evil.example" + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n",
			"HTTP/1.1 403"},
		{"absolute form, own name", "GET " + h.front.URL + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
			"HTTP/1.1 403"},
		{"no Host", "GET " + path + " HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
		{"two Hosts", "GET " + path + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400"},
		{"a line end in the query", "GET /endpoint?url=a\rb HTTP/1.1\r\nHost: " + host + "\r\n\r\n", "HTTP/1.1 400"},
		{"a length that is none", "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: +1\r\n\r\n",
			"HTTP/1.1 400"},
		{"a body too large",
			"POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 99999999999\r\n\r\n",
			"HTTP/1.1 413"},
		{"a body that breaks", "POST " + path + " HTTP/1.1\r\nHost: " + host +
			"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400"},
	} {
		require.True(t, strings.HasPrefix(h.raw(c.text), c.says), "%s: %s", c.name, h.raw(c.text))
	}
	require.Empty(t, h.asks())
}

// The body of a request without a length is read to its end before the endpoint is asked, within the bound.
func TestBodies(t *testing.T) {
	t.Parallel()
	h := build(t, nil, well)
	chunked := func(size int) answer {
		return h.send("POST", endpointPath(h.url(0)), "", func(r *http.Request) {
			r.Body = io.NopCloser(io.LimitReader(endless{}, int64(size)))
			r.ContentLength = -1
		})
	}
	require.Equal(t, 200, chunked(100_000).StatusCode)
	require.Len(t, h.asks()[0].body, 100_000)
	got := chunked(16<<20 + 1)
	require.Equal(t, 413, got.StatusCode)
	require.Equal(t, "input-too-large", got.Header.Get("X-Bcp-Code"))
	require.Equal(t, "1", got.Header.Get("X-Bcp-Not-Sent"))
	require.Len(t, h.asks(), 1)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// dead is an address at which nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return "http://" + listener.Addr().String() + "/soap"
}

// What the endpoint does wrong is told apart: nothing was sent, or it may have been processed.
func TestEndpointsThatFail(t *testing.T) {
	t.Parallel()
	hijacked := func(write string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, write)
				_ = conn.Close()
			}
		}
	}
	h := build(t, nil,
		hijacked(""),
		hijacked("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<half"),
		hijacked("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
		hijacked("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
	)
	gone := dead(t)
	h.publish(func(l *drill.List) {
		l.Services[0].Endpoints = append(l.Services[0].Endpoints, drill.Endpoint{Order: 4, Status: drill.Inactive,
			URL: gone})
	})
	_, err := h.gateway.Client().Refresh(t.Context())
	require.NoError(t, err)
	for _, c := range []struct {
		order   int
		status  int
		code    string
		notSent string
	}{
		{0, 502, "network", ""}, {1, 502, "incomplete", ""}, {2, 502, "incomplete", ""}, {3, 502, "incomplete", ""},
		{4, 502, "network", "1"},
	} {
		got := h.send("POST", endpointPath(h.url(c.order)), question, nil)
		require.Equal(t, c.status, got.StatusCode, c.order)
		require.Contains(t, got.body, `"code":"`+c.code+`"`, c.order)
		require.Equal(t, c.notSent, got.Header.Get("X-Bcp-Not-Sent"), c.order)
		require.Empty(t, got.Header.Get("X-Bcp-Code"), "the endpoint is to blame")
	}
}

// What a caller's expired token says of an endpoint is that it lives: the house learns of no outage.
func TestWhoIsRefusedBlamesNobody(t *testing.T) {
	t.Parallel()
	for code, isBlamed := range map[string]bool{"SOA-01001": false, "SOA-01002": false, "SOA-02001": true} {
		h := build(t, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>`+
				`<faultcode>s:Server</faultcode><detail><e><Code>`+code+`</Code></e></detail>`+
				`</s:Fault></s:Body></s:Envelope>`)
		})
		require.Equal(t, 500, h.send("POST", endpointPath(h.url(0)), question, nil).StatusCode)
		states := h.send("GET", "/states", "", nil).body
		require.Equal(t, isBlamed, strings.Contains(states, `"down"`), "%s: %s", code, states)
	}
}

// An answer that breaks after its first part breaks the caller's answer too.
func TestCutInTheMiddle(t *testing.T) {
	t.Parallel()
	h := build(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.CopyN(w, endless{}, 1<<20)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	response, err := http.Post(h.front.URL+endpointPath(h.url(0)), "text/xml", strings.NewReader(question))
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	_, err = io.ReadAll(response.Body)
	require.Error(t, err, "a part was taken for the whole")
}

// A caller who leaves takes the connection to the endpoint with him, and nobody is blamed.
func TestCallerLeaves(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	h := build(t, nil, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(ended)
	})
	client := &http.Client{Timeout: 200 * time.Millisecond}
	_, err := client.Post(h.front.URL+endpointPath(h.url(0)), "text/xml", strings.NewReader(question))
	require.Error(t, err)
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the endpoint was not told")
	}
	require.NotContains(t, h.get("/status"), `"failed":1`)
}
