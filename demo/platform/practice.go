package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"net/http"

	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// practice is the EHR's own server, as far as the demonstration needs one: it is up when the platform is down.
type practice struct {
	sim *platform.Platform
	key [32]byte // of the users' secrets; it dies with the process, and with it what browsers keep
}

func newPractice(sim *platform.Platform) *practice {
	p := &practice{sim: sim}
	_, _ = rand.Read(p.key[:]) // never fails: it ends the process instead
	return p
}

// config tells the page what an application has from its vendor: whom to trust, the guidance.
func (p *practice) config(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"environment": platform.Environment,
		"anchors":     string(p.sim.Anchors()),
		"procedures":  json.RawMessage(p.sim.Procedures()),
		"patients":    platform.Patients(),
	})
}

// secret gives the secret that protects what the browser keeps of a user. A real server asks for a session first.
func (p *practice) secret(w http.ResponseWriter, r *http.Request) {
	user := r.URL.Query().Get("user")
	if user != "A" && user != "B" {
		http.Error(w, "no such user", http.StatusNotFound)
		return
	}
	mac := hmac.New(sha256.New, p.key[:])
	_, _ = mac.Write([]byte(user))
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(mac.Sum(nil))
}
