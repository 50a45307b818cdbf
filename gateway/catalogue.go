package gateway

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
)

// list serves the last good list, octet for octet as it was signed.
func (g *Gateway) list(w http.ResponseWriter, r *http.Request) {
	held, err := g.inForce(r)
	if err != nil {
		g.noList(w, err)
		return
	}
	serve(w, r, "application/xml", held.SHA256, held.Octets)
}

// hint serves the hash of the list that the same moment's /servicelist.xml is.
func (g *Gateway) hint(w http.ResponseWriter, r *http.Request) {
	held, err := g.inForce(r)
	if err != nil {
		g.noList(w, err)
		return
	}
	serve(w, r, "text/plain; charset=utf-8", "hint-"+held.SHA256, []byte(held.SHA256+"\n"))
}

// inForce returns the list. Who comes in the first moments of a gateway waits for the first list, as a call does.
func (g *Gateway) inForce(r *http.Request) (client.List, error) {
	held, err := g.client.List(r.Context())
	if err != nil {
		return client.List{}, g.client.Missing()
	}
	return held, nil
}

func (g *Gateway) noList(w http.ResponseWriter, why error) {
	w.Header().Set("Retry-After", strconv.Itoa(int(core.RetryAfter.Seconds())))
	refuse(w, http.StatusServiceUnavailable, why)
}

// serve answers with octets that may be asked for again by their tag.
func serve(w http.ResponseWriter, r *http.Request, kind, tag string, octets []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", `"`+tag+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(octets))
}

// history serves the chain of the lists that were accepted.
func (g *Gateway) history(w http.ResponseWriter, r *http.Request) {
	text, err := readBounded(g.archive.path(chainFile), history.MaxBytes)
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err)
		return
	}
	chain, _ := g.archive.state()
	serve(w, r, "text/plain; charset=utf-8", "head-"+chain.Head(), text)
}

// kept serves one list of the history.
func (g *Gateway) kept(w http.ResponseWriter, r *http.Request) {
	digest, isXML := strings.CutSuffix(r.PathValue("digest"), ".xml")
	chain, _ := g.archive.state()
	isEntry := slices.ContainsFunc(chain.Entries, func(e history.Entry) bool { return e.Digest == digest })
	if !isXML || !isEntry {
		fail(w, http.StatusNotFound, bcperr.New(bcperr.BadCall, "the history has no list of that digest"))
		return
	}
	octets, err := g.archive.octets(digest)
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err)
		return
	}
	serve(w, r, "application/xml", digest, octets)
}

// states serves what this gateway saw of the endpoints, as a client merges it.
func (g *Gateway) states(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, g.client.States())
}

// health is 200 when a list is held and the gateway is not about to end.
func (g *Gateway) health(w http.ResponseWriter, _ *http.Request) {
	if g.leaving.Load() {
		fail(w, http.StatusServiceUnavailable, bcperr.New(bcperr.Closed, "the gateway is about to end"))
		return
	}
	if _, found := g.client.Held(); !found {
		fail(w, http.StatusServiceUnavailable, g.client.Missing())
		return
	}
	reply(w, http.StatusOK, struct {
		OK bool `json:"ok"`
	}{true})
}
