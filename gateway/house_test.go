package gateway_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

const (
	question = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>1</q></s:Body></s:Envelope>`
	reply    = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r>1</r></s:Body></s:Envelope>`
	serviceA = "uddi:example.org:a:v1"
)

// asked is what an endpoint saw of a request.
type asked struct {
	method string
	header http.Header
	body   string
}

// house is a source of catalogues, endpoints of our own making, and a gateway in front of them, bare or under a prefix.
type house struct {
	t       *testing.T
	pki     *drill.PKI
	source  *httptest.Server
	gateway *gateway.Gateway
	front   *httptest.Server
	admin   *httptest.Server
	dir     string

	mu     sync.Mutex
	list   drill.List
	signed []byte
	broken func(http.ResponseWriter) bool // answers in the place of the source
	seen   []asked
}

// endpoint starts a server that notes what it was asked and then answers.
func (h *house) endpoint(answer http.HandlerFunc) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.seen = append(h.seen, asked{r.Method, r.Header.Clone(), string(body)})
		h.mu.Unlock()
		answer(w, r)
	}))
	h.t.Cleanup(server.CloseClientConnections)
	h.t.Cleanup(server.Close)
	return server.URL + "/soap"
}

// well answers as a healthy service does.
func well(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, reply)
}

// build starts a gateway for one service with these endpoints; change may alter the options.
func build(t *testing.T, change func(*house, *gateway.Options), endpoints ...http.HandlerFunc) *house {
	t.Helper()
	pki, err := drill.NewPKI()
	require.NoError(t, err)
	h := &house{t: t, pki: pki, dir: t.TempDir()}
	service := drill.Service{ID: serviceA, Name: "A"}
	for order, answer := range endpoints {
		status := drill.Inactive
		if order == 0 {
			status = drill.Active
		}
		one := drill.Endpoint{Order: order, Status: status, URL: h.endpoint(answer)}
		service.Endpoints = append(service.Endpoints, one)
	}
	h.list = drill.List{
		Version: 2, Environment: "Drill", IssueInstant: time.Now().Add(-time.Hour).Truncate(time.Second),
		Services: []drill.Service{service},
	}
	h.publish(nil)
	h.source = httptest.NewServer(http.HandlerFunc(h.serveList))
	t.Cleanup(h.source.Close)
	h.start(change)
	return h
}

// start makes a gateway in the folder of the house, as a restart does.
func (h *house) start(change func(*house, *gateway.Options)) {
	h.t.Helper()
	o := gateway.Options{
		Client: client.Options{
			Environment: "Drill", Catalogue: h.source.URL + "/list.xml", Anchors: [][]byte{drill.PEM(h.pki.Root)},
			Policy: failover.DefaultPolicy(), Manual: true,
		},
		Dir: h.dir,
	}
	if change != nil {
		change(h, &o)
	}
	var err error
	h.gateway, err = gateway.New(o)
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = h.gateway.Close() })
	if o.Client.Manual { // else the client asks by itself
		_, _ = h.gateway.Client().Refresh(h.t.Context())
	}
	h.front, h.admin = httptest.NewServer(h.gateway), httptest.NewServer(h.gateway.Admin())
	h.t.Cleanup(h.front.Close)
	h.t.Cleanup(h.admin.Close)
}

// publish signs the list as edit leaves it, a second later than the one before.
func (h *house) publish(edit func(*drill.List)) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list.IssueInstant = h.list.IssueInstant.Add(time.Second)
	if edit != nil {
		edit(&h.list)
	}
	signed, err := drill.Sign(h.list, h.pki.Signer, h.list.IssueInstant)
	require.NoError(h.t, err)
	h.signed = signed
}

func (h *house) serveList(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	broken, signed := h.broken, h.signed
	h.mu.Unlock()
	if broken != nil && broken(w) {
		return
	}
	if strings.HasSuffix(r.URL.Path, ".sha2") {
		_, _ = w.Write(drill.SHA2(signed))
		return
	}
	_, _ = w.Write(signed)
}

// breaks puts something in the place of the source.
func (h *house) breaks(how func(http.ResponseWriter) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = how
}

func (h *house) url(order int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.list.Services[0].Endpoints[order].URL
}

// asks returns what the endpoints saw.
func (h *house) asks() []asked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]asked(nil), h.seen...)
}

// answer is what came back of a request.
type answer struct {
	*http.Response
	body string
}

// send sends a request to a path of the gateway; change may alter it.
func (h *house) send(method, path, body string, change func(*http.Request)) answer {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), method, h.front.URL+path, strings.NewReader(body))
	require.NoError(h.t, err)
	if body != "" {
		request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	}
	if change != nil {
		change(request)
	}
	return h.do(request)
}

func (h *house) do(request *http.Request) answer {
	h.t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(h.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	return answer{response, string(text)}
}

func endpointPath(address string) string { return "/endpoint?url=" + url.QueryEscape(address) }
func servicePath(id string) string       { return "/service?id=" + url.QueryEscape(id) }

// get asks the operator's address.
func (h *house) get(path string) string {
	h.t.Helper()
	response, err := http.Get(h.admin.URL + path)
	require.NoError(h.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	return string(bytes.TrimSpace(text))
}
