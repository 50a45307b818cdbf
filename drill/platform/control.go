package platform

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Handler serves the control interface: GET state (JSON), POST do (the body is one command as in Do), GET anchors.pem,
// GET catalogue.xml (a copy from this origin that no fault touches) and GET procedures.json.
//
// It serves this machine only: a request whose Host is not a loopback name, or whose Origin is another page's, is
// refused, so that no web site can drive a drill.
func (p *Platform) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, p.State()) })
	mux.HandleFunc("POST /do", p.do)
	mux.HandleFunc("GET /anchors.pem", func(w http.ResponseWriter, _ *http.Request) {
		send(w, answered{contentType: "application/x-pem-file", body: p.Anchors()})
	})
	mux.HandleFunc("GET /catalogue.xml", func(w http.ResponseWriter, r *http.Request) {
		send(w, p.answerCatalogue(r, nil))
	})
	mux.HandleFunc("GET /procedures.json", func(w http.ResponseWriter, _ *http.Request) {
		send(w, answered{contentType: "application/json", body: p.Procedures()})
	})
	return LocalOnly(mux)
}

func (p *Platform) do(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCommandBytes))
	if err == nil {
		err = p.Do(string(body))
	} else {
		err = bcperr.New(bcperr.ScenarioInvalid, "a command of more than %d bytes", maxCommandBytes)
	}
	if err != nil {
		reply(w, http.StatusBadRequest, map[string]any{"ok": false, "code": bcperr.CodeOf(err),
			"detail": bcperr.DetailOf(err)})
		return
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "state": p.State()})
}

func reply(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic("internal error: state does not encode: " + err.Error())
	}
	w.Header().Set("Cache-Control", "no-store")
	send(w, answered{"application/json; charset=utf-8", append(text, '\n'), status})
}

// LocalOnly refuses requests from elsewhere: a foreign Host (DNS rebinding) or a foreign Origin (another web site).
func LocalOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		// A page without an origin of its own says "null", which is no host either.
		origin := r.Header.Get("Origin")
		parsed, err := url.Parse(origin)
		if !isLoopback(host) || origin != "" && (err != nil || parsed.Host != r.Host) {
			http.Error(w, "this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
