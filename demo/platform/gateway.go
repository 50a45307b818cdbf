package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// house is the gateway of the practice, as `bcp serve` is one: the pages reach the catalogue and the endpoints through
// it, and nothing else.
type house struct {
	*gateway.Gateway
	dir     string
	refusal atomic.Value // a bcperr.Code: why what the platform publishes is not in force, "" when it is
}

// newHouse makes the gateway in a folder that ends with it. What a drill does not wait for is short, as in the page.
func newHouse(sim *platform.Platform) (*house, error) {
	dir, err := os.MkdirTemp("", "bcp-demo-")
	if err != nil {
		return nil, err
	}
	policy := failover.DefaultPolicy()
	policy.AttemptTimeout, policy.TotalTimeout = 2*time.Second, 8*time.Second
	policy.CoolDown, policy.MaxCoolDown = 5*time.Second, 20*time.Second
	g, err := gateway.New(gateway.Options{
		Dir: dir,
		Client: client.Options{
			Environment: platform.Environment, Catalogue: sim.CatalogueURL(), Hint: sim.SHA2URL(),
			Anchors: [][]byte{sim.Anchors()}, Procedures: sim.Procedures(), Policy: policy,
		},
	})
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	h := &house{Gateway: g, dir: dir}
	h.refusal.Store(bcperr.Code(""))
	return h, nil
}

// ServeHTTP asks the platform before it serves its list: a drill does not wait for the next poll.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/servicelist.xml" || r.URL.Path == "/servicelist.sha2" {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		_, err := h.Client().Refresh(ctx)
		cancel()
		h.refusal.Store(bcperr.CodeOf(err))
	}
	h.Gateway.ServeHTTP(w, r)
}

// state tells the control page which list the gateway serves, and why not a newer one.
func (h *house) state(w http.ResponseWriter, _ *http.Request) {
	state := map[string]any{}
	if held, ok := h.Client().Held(); ok {
		state["issueInstant"] = held.Catalogue.Summary().IssueInstant
	}
	if code := h.refusal.Load().(bcperr.Code); code != "" {
		state["refused"] = code
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(state)
}

func (h *house) close() {
	_ = h.Close()
	_ = os.RemoveAll(h.dir)
}
