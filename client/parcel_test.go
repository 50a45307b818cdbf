package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// sendTo sends a POST, or what change makes of it, to an address.
func sendTo(
	t *testing.T, ctx context.Context, transport http.RoundTripper, address string, mayReplay bool,
	change func(*http.Request),
) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://caller.example/", strings.NewReader("<q/>"))
	require.NoError(t, err)
	if change != nil {
		change(request)
	}
	p, err := parcelOf(request, mayReplay)
	require.NoError(t, err)
	target, err := url.Parse(address)
	require.NoError(t, err)
	return p.send(ctx, transport, target)
}

// rawServer accepts connections and hands each to serve, which closes it.
func rawServer(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

func deadAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// Only what httptrace saw proves that nothing was sent.
func TestNotSent(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	readThenClosed := rawServer(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_ = c.Close()
	})
	reset := rawServer(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	})
	silent := rawServer(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	handshakeHangs := rawServer(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	refusingProxy := rawServer(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
		_ = c.Close()
	})
	through := func(proxy string) *http.Transport {
		return &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})}
	}
	blocked := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused by our own rule")}
	}}
	for name, c := range map[string]struct {
		transport http.RoundTripper
		address   string
		outcome   failover.Outcome
		notSent   bool
	}{
		"refused":               {nil, "http://" + deadAddress(t), failover.Unreachable, true},
		"our own dialer":        {blocked, "http://a.example", failover.Unreachable, true},
		"unknown authority":     {nil, secure.URL, failover.Unreachable, true},
		"TLS to a plain port":   {nil, strings.Replace(plain.URL, "http:", "https:", 1), failover.Unreachable, true},
		"handshake hangs":       {nil, "https://" + handshakeHangs, failover.Timeout, true},
		"proxy refused":         {through(deadAddress(t)), "https://a.example", failover.Unreachable, true},
		"proxy cannot connect":  {through(refusingProxy), "https://a.example", failover.Unreachable, true},
		"reset":                 {nil, "http://" + reset, failover.Unreachable, false},
		"read, then closed":     {nil, "http://" + readThenClosed, failover.Unreachable, false},
		"read, then silent":     {nil, "http://" + silent, failover.Timeout, false},
		"a transport untraced":  {failing{}, "http://a.example", failover.Unreachable, false},
		"a transport that lies": {failing{&net.OpError{Op: "dial", Err: io.EOF}}, "http://a.example", failover.Unreachable, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.transport == nil {
				own := &http.Transport{}
				t.Cleanup(own.CloseIdleConnections)
				c.transport = own
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			_, err := sendTo(t, ctx, c.transport, c.address, false, nil)
			failed, isSend := errors.AsType[*SendError](err)
			require.True(t, isSend, "%v", err)
			require.Equal(t, c.notSent, failed.NotSent, "%v", failed.Cause)
			require.Equal(t, c.outcome, failed.Outcome, "%v", failed.Cause)
			require.NotContains(t, err.Error(), "http", "the text names no address")
		})
	}
}

// failing is a transport that calls no hooks.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) {
	if f.err == nil {
		return nil, errors.New("it broke")
	}
	return nil, f.err
}

// breaking answers the first request of each connection, and reads the second before it closes.
func breaking(t *testing.T, seen *atomic.Int32) string {
	return rawServer(t, func(c net.Conn) {
		defer func() { _ = c.Close() }()
		in := bufio.NewReader(c)
		for i := range 2 {
			request, err := http.ReadRequest(in) // headers and body may come in two packets
			if err != nil {
				return
			}
			if _, err := io.Copy(io.Discard, request.Body); err != nil {
				return
			}
			seen.Add(1)
			if i == 0 {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			}
		}
	})
}

// On a pooled connection that breaks, http.Transport sends anew what it takes for idempotent. What must not
// run twice it sends once, whatever its method and headers; what may run twice survives a server that closes
// idle connections.
func TestTransportResends(t *testing.T) {
	t.Parallel()
	keyed := func(r *http.Request) { r.Header.Set("Idempotency-Key", "k") }
	get := func(r *http.Request) {
		r.Method, r.Body, r.GetBody, r.ContentLength = http.MethodGet, nil, nil, 0
	}
	for name, c := range map[string]struct {
		mayReplay bool
		change    func(*http.Request)
		seen      int32
		answered  bool
	}{
		"an act":                        {false, nil, 2, false},
		"an act with a key":             {false, keyed, 2, false},
		"a GET that must not run twice": {false, get, 2, false},
		"a consultation":                {true, nil, 3, true},
		"a consultation with a key":     {true, keyed, 3, true},
		"a GET that may run twice":      {true, get, 3, true},
		"one with a key of another style": {false, func(r *http.Request) {
			r.Header.Set("X-Idempotency-Key", "k")
		}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int32
			address := "http://" + breaking(t, &seen)
			transport := &http.Transport{MaxConnsPerHost: 1} // so that the second request takes the first one's
			t.Cleanup(transport.CloseIdleConnections)
			first, err := sendTo(t, t.Context(), transport, address, c.mayReplay, c.change)
			require.NoError(t, err)
			_, err = io.ReadAll(first.Body)
			require.NoError(t, err)
			require.NoError(t, first.Body.Close())

			second, err := sendTo(t, t.Context(), transport, address, c.mayReplay, c.change)
			if c.answered {
				require.NoError(t, err)
				require.NoError(t, second.Body.Close())
			} else {
				failed, isSend := errors.AsType[*SendError](err)
				require.True(t, isSend, "%v", err)
				require.False(t, failed.NotSent, "%v", failed.Cause)
			}
			require.Equal(t, c.seen, seen.Load())
		})
	}
}

// The headers arrive as the caller gave them, in HTTP whatever their case, and nothing is added to them.
func TestIdempotencyKeyArrives(t *testing.T) {
	t.Parallel()
	got := make(chan http.Header, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header }))
	t.Cleanup(server.Close)
	for _, mayReplay := range []bool{true, false} {
		response, err := sendTo(t, t.Context(), http.DefaultTransport, server.URL, mayReplay, func(r *http.Request) {
			r.Header.Set("Idempotency-Key", "k")
		})
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		h := <-got
		require.Equal(t, []string{"k"}, h["Idempotency-Key"])
		require.NotContains(t, h, "X-Idempotency-Key")
	}
}

// An act over HTTP/2 is not sent again after an error that does not say that nothing ran.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		seen.Add(1)
		panic(http.ErrAbortHandler) // RST_STREAM
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	_, err := sendTo(t, t.Context(), server.Client().Transport, server.URL, false, nil)
	failed, isSend := errors.AsType[*SendError](err)
	require.True(t, isSend, "%v", err)
	require.False(t, failed.NotSent)
	require.EqualValues(t, 1, seen.Load())

	w := &wire{isHTTP2: true}
	require.False(t, w.mayHaveRun(), "a connection that was lost before the head went out")
	w.wrote = true
	require.True(t, w.mayHaveRun())
}

// A fault of the caller's own request blames no endpoint: it is no SendError.
func TestCallersFaults(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // the caller gives up: an answer might come before it finds that its body is too long
	}))
	t.Cleanup(server.Close)
	body := func(r io.Reader, length int64) func(*http.Request) {
		return func(q *http.Request) {
			q.Body, q.ContentLength = io.NopCloser(r), length
			q.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
		}
	}
	for name, change := range map[string]func(*http.Request){
		"a body that fails":    body(io.MultiReader(strings.NewReader("<q"), brokenReader{}), -1),
		"shorter than it says": body(strings.NewReader("<q/>"), 10),
		"longer than it says":  body(strings.NewReader("<q/><q/>"), 4),
		"GetBody fails": func(q *http.Request) {
			q.GetBody = func() (io.ReadCloser,
				error) {
				return nil, io.ErrClosedPipe
			}
		},
	} {
		_, err := sendTo(t, t.Context(), &http.Transport{DisableKeepAlives: true}, server.URL, true, change)
		require.ErrorIs(t, err, bcperr.BadCall, name)
	}
	for name, change := range map[string]func(*http.Request){
		"no GetBody":          func(q *http.Request) { q.GetBody = nil },
		"a header's value":    func(q *http.Request) { q.Header["X-A"] = []string{"a\r\nb"} },
		"a header's name":     func(q *http.Request) { q.Header["X A"] = []string{"a"} },
		"a header of no name": func(q *http.Request) { q.Header[""] = []string{"a"} },
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("<q/>"))
		require.NoError(t, err)
		change(request)
		_, err = parcelOf(request, true)
		require.ErrorIs(t, err, bcperr.BadCall, name)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }
