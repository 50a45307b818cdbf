package gateway

import (
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Gateway is an http.Handler for the application's own origin. Admin is the handler for its operator, which belongs on
// an address that pages cannot reach. Both may be used by any number of goroutines.
type Gateway struct {
	options Options
	client  *client.Client
	archive *archive
	bodies  *bodies
	answers *answers
	lanes   *lanes
	metrics *metrics
	leaving atomic.Bool
	public  http.Handler
	admin   http.Handler
}

// New makes a gateway, which polls the catalogue until Close. It does not wait for the network.
//
// Errors: bad-call for options that cannot work; those of client.New. A folder that cannot be written to is no error.
func New(o Options) (*Gateway, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	g := &Gateway{
		options: o, archive: openArchive(filepath.Join(o.Dir, "history")), bodies: newBodies(), lanes: newLanes(),
	}
	g.metrics = newMetrics(g)
	own := o.Client
	own.Store = client.Dir(o.Dir)
	if own.Transport == nil {
		own.Transport = newTransport()
	}
	g.answers = &answers{own.Transport, semaphore.NewWeighted(answerMemory)}
	own.Transport = g.answers
	own.OnAccepted, own.OnEvent = g.accepted(own.OnAccepted), g.metrics.event(own.OnEvent)
	own.OnAttempt = g.metrics.attempt(own.OnAttempt)
	var err error
	if g.client, err = client.New(own); err != nil {
		return nil, err
	}
	g.route()
	return g, nil
}

// accepted keeps a new list in the history, and drops what belonged to the one before.
func (g *Gateway) accepted(also func(client.List)) func(client.List) {
	return func(list client.List) {
		if err := g.archive.keep(list); err != nil && g.options.Client.Log != nil {
			g.options.Client.Log.Warn("history-failed", "code", string(bcperr.CodeOf(err)))
		}
		endpoints := map[string]bool{}
		for _, s := range list.Catalogue.Services().Services {
			endpoints[s.ID] = true
			for _, e := range s.Endpoints {
				endpoints[e.URL] = true
			}
		}
		g.lanes.keep(func(name string) bool { return endpoints[name] })
		g.metrics.keep(list)
		if also != nil {
			also(list)
		}
	}
}

func (g *Gateway) route() {
	public := http.NewServeMux()
	public.HandleFunc("GET /servicelist.xml", g.list)
	public.HandleFunc("GET /servicelist.sha2", g.hint)
	public.HandleFunc("GET /history", g.history)
	public.HandleFunc("GET /history/{digest}", g.kept)
	public.HandleFunc("GET /states", g.states)
	public.HandleFunc("GET /healthz", g.health)
	for _, method := range methods {
		if method == http.MethodHead {
			continue // a pattern of GET takes it too
		}
		public.HandleFunc(method+" /endpoint", g.endpoint)
		public.HandleFunc(method+" /service", g.service)
	}
	g.public = g.metrics.count(g.options.AccessLog, g.guard(notFound(public)))
	admin := http.NewServeMux()
	admin.HandleFunc("GET /status", g.status)
	admin.Handle("GET /metrics", g.metrics.handler())
	admin.HandleFunc("GET /healthz", g.health)
	g.admin = notFound(admin)
}

// notFound answers for paths and methods that nobody serves in the form of all other refusals.
func notFound(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		refuse(w, http.StatusNotFound,
			bcperr.New(bcperr.BadCall, "the gateway has no such resource, or not by this method"))
	})
}

// ServeHTTP serves the application's pages.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.public.ServeHTTP(w, r) }

// Admin serves /status, /metrics and /healthz to the operator.
func (g *Gateway) Admin() http.Handler { return g.admin }

// Client is the client that the gateway stands on.
func (g *Gateway) Client() *client.Client { return g.client }

// Leave makes /healthz say that the gateway is about to end, so that a balancer sends nothing new. Everything else goes
// on.
func (g *Gateway) Leave() { g.leaving.Store(true) }

// Close ends the polling and stores the states. Errors: storage-unavailable.
func (g *Gateway) Close() error { return g.client.Close() }

// newTransport sends to endpoints and fetches the catalogue.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: refuseLinkLocal}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 10 * time.Second, MaxIdleConns: 512, MaxIdleConnsPerHost: maxEndpoint,
		IdleConnTimeout: 60 * time.Second, MaxResponseHeaderBytes: 64 << 10, WriteBufferSize: 16 << 10,
		ReadBufferSize: 16 << 10,
		// The length of an answer stays known, and what the endpoint said is handed on as it said it.
		DisableCompression: true,
	}
}

// refuseLinkLocal judges the address that a name resolved to: a cloud's metadata service lives on a link-local one, and
// no endpoint does.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	host, _, _ = strings.Cut(host, "%")
	ip := net.ParseIP(host)
	if ip == nil || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
		return bcperr.New(bcperr.EndpointUnknown, "the name of the endpoint leads to an address where none can be")
	}
	return nil
}
