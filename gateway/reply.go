package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// refuse answers for the gateway itself before anything was sent: the proof, and the code that says that no endpoint is
// to blame.
func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set(headerNotSent, "1")
	w.Header().Set(headerCode, string(bcperr.CodeOf(err)))
	fail(w, status, err)
}

// fail answers with a code and a sentence.
func fail(w http.ResponseWriter, status int, err error) {
	type failure struct {
		Code   bcperr.Code `json:"code"`
		Detail string      `json:"detail"`
	}
	reply(w, status, struct {
		OK    bool    `json:"ok"`
		Error failure `json:"error"`
	}{Error: failure{bcperr.CodeOf(err), bcperr.DetailOf(err)}})
}

func reply(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: our own types
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	sandbox(h)
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
