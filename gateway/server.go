package gateway

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Times of the servers.
const (
	headerPatience = 10 * time.Second // a caller who has not said what he wants by then holds a connection for nothing
	idlePatience   = 90 * time.Second // longer than nginx keeps its connections to a gateway (60 s), so it closes first
	farewell       = 5 * time.Second  // /healthz says no, everything is served: a balancer looks every few seconds
	endPatience    = time.Minute      // what is under way may end; the longest attempt of the default policy takes 20 s
	maxHeaderBytes = 64 << 10
)

// Serve serves the application's pages on public and the operator on admin, which may be nil, until ctx ends. Then
// /healthz says no for 5 seconds, nothing new is taken, what is under way ends, and the states are stored.
//
// Errors: those of the listeners; storage-unavailable when the states could not be stored.
func (g *Gateway) Serve(ctx context.Context, public, admin net.Listener) error {
	servers := []*http.Server{newServer(g)}
	listeners := []net.Listener{public}
	if admin != nil {
		servers, listeners = append(servers, newServer(g.Admin())), append(listeners, admin)
	}
	ended := make(chan error, len(servers))
	for i, s := range servers {
		go func() { ended <- s.Serve(listeners[i]) }()
	}
	var err error
	select {
	case <-ctx.Done():
		g.Leave()
		wait(ended, farewell)
	case err = <-ended:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer cancel()
	for _, s := range servers {
		if s.Shutdown(ending) != nil {
			_ = s.Close()
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, g.Close())
}

// wait lets time pass, unless a server ended meanwhile.
func wait(ended chan error, span time.Duration) {
	select {
	case <-ended:
	case <-time.After(span):
	}
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerPatience, IdleTimeout: idlePatience, MaxHeaderBytes: maxHeaderBytes,
		// What net/http would print quotes requests.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}
