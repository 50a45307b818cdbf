package gateway

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// methods are those that are forwarded. CONNECT and TRACE would tunnel and echo.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete,
}

// told are the headers of an answer that a page of another origin may read.
var told = []string{
	"Content-Encoding", "Content-Length", "ETag", "Retry-After", headerNotSent, headerCode, headerSource,
	headerEndpoint, headerAttempts, headerExhausted,
}

// guard lets through what comes under a known name, and from the gateway's own or a listed origin.
//
// CORS alone stops nothing: a browser sends a simple request whatever the answer allows. So the server itself refuses,
// and only then are the headers of CORS written.
// Source: docs/design.md#gateway.
func (g *Gateway) guard(next http.Handler) http.Handler {
	crossOrigin := cors.New(cors.Options{
		AllowOriginFunc: func(origin string) bool { return slices.Contains(g.options.Origins, origin) },
		AllowedMethods:  methods,
		// What is not forwarded is dropped; a refused preflight would look like an outage.
		AllowedHeaders: []string{"*"},
		ExposedHeaders: told,
		MaxAge:         7200, // Chromium keeps no preflight for longer
	}).Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := g.refuses(r); why != "" {
			refuse(w, http.StatusForbidden, bcperr.New(bcperr.OriginRefused, "%s", why))
			return
		}
		crossOrigin.ServeHTTP(w, r)
	})
}

// refuses says in a sentence why a request does not come from where it may, "" when it does.
func (g *Gateway) refuses(r *http.Request) string {
	if r.URL.Host != "" || !strings.HasPrefix(r.URL.Path, "/") {
		return "expected the path of a resource, not the address of another server"
	}
	if !g.isOwnName(r.Host) {
		return "the Host is none of this gateway's names: --allow-host names the others"
	}
	origins, site := r.Header["Origin"], r.Header.Get("Sec-Fetch-Site")
	switch {
	case len(origins) > 1:
		return "expected one Origin"
	case len(origins) == 1 && slices.Contains(g.options.Origins, origins[0]):
		return ""
	case site != "" && site != "same-origin" && site != "none":
		return "the page's origin is not allowed: --allow-origin names those that are"
	case len(origins) == 0 || site == "same-origin" && origins[0] != "null":
		return "" // no page of another origin: its browser would say so
	case isOriginOf(origins[0], r.Host):
		return ""
	}
	return "the page's origin is not allowed: --allow-origin names those that are"
}

// isOriginOf: is the origin that of the host, for browsers that say nothing of the site?
func isOriginOf(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && u.Path == "" && u.Host != "" &&
		strings.EqualFold(u.Host, host)
}

func (g *Gateway) isOwnName(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip := net.ParseIP(name); name == "localhost" || ip != nil && ip.IsLoopback() {
		return true
	}
	return slices.Contains(g.options.Hosts, name)
}
