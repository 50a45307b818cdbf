package platform

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// maxRequestBytes bounds what an endpoint reads; a SOAP request of a drill has a few kilobytes.
const maxRequestBytes = 4 << 20

// endpoint is one address with a listener of its own.
type endpoint struct {
	name   string // "etk/0", "catalogue"
	path   string
	answer func(r *http.Request, body []byte) answered
	called func(name string, f *Fault)

	onRequest func(Request) (over func())

	mu     sync.Mutex
	addr   string // host:port, the same for the whole life
	server *http.Server
	fault  *Fault
	over   chan struct{} // closes when the fault changes
}

// open starts to listen on addr; port 0 takes a free one.
func (e *endpoint) open(addr string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	listener, err := listenLoopback(addr)
	if err != nil {
		return err
	}
	e.addr = listener.Addr().String()
	e.over = make(chan struct{})
	e.serve(listener)
	return nil
}

func listenLoopback(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, bcperr.New(bcperr.BadCall, "cannot listen on %s: %w", addr, err)
	}
	return listener, nil
}

// serve runs the server of e on a listener. The caller holds the lock.
func (e *endpoint) serve(listener net.Listener) {
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	// One connection for each call: a browser resends a POST by itself on a reused connection that breaks, and a
	// drill must show what the product does.
	server.SetKeepAlivesEnabled(false)
	e.server = server
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			_ = listener.Close()
		}
	}()
}

func (e *endpoint) url() string { return "http://" + e.addr + e.path }

// A port that nobody listens on may serve some connection of another program as its own end, for as long as that lasts:
// most are over within a second.
const (
	recoverTries = 40
	recoverPause = 50 * time.Millisecond
)

// set puts a fault in place, or takes it away when f is nil.
//
// Errors: BadCall when the port of an endpoint that was refused is taken by another program meanwhile; the endpoint
// then stays refused.
func (e *endpoint) set(f *Fault) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	refuse := f != nil && f.How == Refused
	if refuse && e.server != nil {
		_ = e.server.Close()
		e.server = nil
	}
	if !refuse && e.server == nil {
		listener, err := listenLoopback(e.addr)
		for try := 0; err != nil && try < recoverTries; try++ {
			time.Sleep(recoverPause)
			listener, err = listenLoopback(e.addr)
		}
		if err != nil {
			return fmt.Errorf("recovering %s: %w", e.name, err)
		}
		e.serve(listener)
	}
	close(e.over)
	e.over = make(chan struct{})
	e.fault = f
	return nil
}

// close ends the listener and every connection, also those of a fault that holds on to them.
func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over != nil {
		close(e.over)
		e.over = nil
	}
	if e.server != nil {
		_ = e.server.Close()
		e.server = nil
	}
}

// current returns what an answer needs: the well answer, the fault, and what closes when the fault changes.
func (e *endpoint) current() (func(*http.Request, []byte) answered, *Fault, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.answer, e.fault, e.over
}

// ServeHTTP answers a call, as the fault in place says.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, fault, over := e.current()
	if r.Method == http.MethodOptions {
		e.preflight(w, fault)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
	if err != nil {
		http.Error(w, "request too large or cut", http.StatusBadRequest)
		return
	}
	e.called(e.name, fault)
	if e.onRequest != nil {
		defer e.onRequest(Request{e.name, fault, body})()
	}
	if r.URL.Path != e.path {
		http.NotFound(w, r)
		return
	}
	good := answer(r, body)
	if fault == nil {
		allowOrigin(w.Header())
		send(w, good)
		return
	}
	fault.serve(w, r, good, over)
}

// preflight answers as a gateway in front of the service does: it fails only where the fault is one of CORS or of the
// connection as such.
func (e *endpoint) preflight(w http.ResponseWriter, fault *Fault) {
	if fault != nil {
		switch fault.How {
		case NoCORS, UnavailableNoCORS:
			w.WriteHeader(http.StatusNoContent)
			return
		case TLS:
			fault.serve(w, nil, answered{}, nil)
			return
		}
	}
	h := w.Header()
	allowOrigin(h)
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
	h.Set("Access-Control-Allow-Headers", "*")
	w.WriteHeader(http.StatusNoContent)
}
