package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync"
)

// wire watches what the transport does with one send.
//
// That nothing was sent is proved by httptrace alone: no connection was ever had. The type of the error proves nothing:
// a request that the transport may replay, read by a server that then died, ends as "connection refused" too. A
// transport that calls no hooks proves nothing either.
// Source: docs/design.md#not-sent.
type wire struct {
	mu      sync.Mutex
	asked   int // for a connection
	got     int // a connection
	isHTTP2 bool
	wrote   bool // the head of the request, or began to
}

// The hooks count and never latch: they fire for each try of the transport (golang/go#18305).
func (w *wire) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.asked++
		},
		GotConn: func(info httptrace.GotConnInfo) {
			conn, isTLS := info.Conn.(*tls.Conn)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.got++
			w.isHTTP2 = isTLS && conn.ConnectionState().NegotiatedProtocol == "h2"
		},
		WroteHeaders: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.wrote = true
		},
	})
}

// provesNotSent: did no octet of the request leave, now that the transport failed with err?
//
// A pooled connection that had died is proof as well when the transport, which may not replay this request, tried anew
// for want of a written octet and could not connect.
func (w *wire) provesNotSent(err error, mayReplay bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked == 0 || w.got == 0 {
		return w.asked > 0
	}
	dial, isDial := errors.AsType[*net.OpError](err)
	return !mayReplay && w.asked > w.got && isDial && (dial.Op == "dial" || dial.Op == "proxyconnect")
}

// mayHaveRun: has the endpoint perhaps seen the request, so that the transport must not send it once more?
//
// Only HTTP/2 asks: there the transport resends after a PROTOCOL_ERROR of the peer (golang/go#47635), which does not
// say that nothing ran. In HTTP/1 it resends what it may replay, and what it never wrote an octet of; the hook fires
// too early to tell the two apart (golang/go#60576).
func (w *wire) mayHaveRun() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.isHTTP2 && w.wrote
}
