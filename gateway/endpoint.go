package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

const (
	// sendPatience bounds one send with its answer. The page has a shorter time-out of its own, 20 s by default, and
	// takes the connection away when it is over.
	sendPatience = 2 * time.Minute
	// headBytes of an answer are held before they are handed on: so much can be judged, and a slow reader of a smaller
	// answer keeps no place at the endpoint. Most answers are a few kB.
	headBytes = 256 << 10
	// writePatience bounds the wait for a reader that takes 32 kB, readPatience that for the whole answer.
	writePatience = 20 * time.Second
	readPatience  = 5 * time.Minute
)

// endpoint forwards a request to one endpoint of the list in force, which the caller's own core chose.
func (g *Gateway) endpoint(w http.ResponseWriter, r *http.Request) {
	to, err := g.known(r)
	if err != nil {
		refuse(w, statusOf(err), err)
		return
	}
	asked, body, release, err := g.admit(w, r)
	defer release()
	if err != nil {
		refuse(w, statusOf(err), err)
		return
	}
	lane := g.lanes.of(to.URL)
	leave, entered := g.lanes.enter(lane)
	if !entered {
		refuseBusy(w)
		return
	}
	defer leave()
	if to, err = g.known(r); err != nil { // a new list may have come while the body did
		refuse(w, statusOf(err), err)
		return
	}
	ctx, cancel := context.WithTimeout(asked, sendPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, to.URL, bytes.NewReader(body))
	if err != nil {
		refuse(w, http.StatusBadRequest, bcperr.New(bcperr.BadCall, "the request cannot be forwarded"))
		return
	}
	if len(body) == 0 {
		request.Body, request.GetBody = nil, nil
	}
	request.Header = g.outgoing(r.Header)
	f := forward{gateway: g, lane: lane, to: to, leave: leave, start: time.Now(), wanted: wantedBy(r, body)}
	f.run(w, request)
}

// known finds the endpoint that the query of a request names, url=, and no other. The catalogue's own URL is called,
// not the caller's spelling of it, so there is nothing to be read in two ways.
func (g *Gateway) known(r *http.Request) (client.Endpoint, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(values) != 1 || len(values["url"]) != 1 {
		return client.Endpoint{}, bcperr.New(bcperr.EndpointUnknown,
			"expected /endpoint?url=<percent-encoded> and no more")
	}
	if _, err := g.inForce(r); err != nil {
		return client.Endpoint{}, err
	}
	return g.client.Endpoint(values.Get("url"))
}

func wantedBy(r *http.Request, body []byte) soap.Wanted {
	return soap.WantedBy(r.Header.Get("Content-Type"), r.Header.Get("Accept"), body)
}

// forward is one request on its way to one endpoint.
type forward struct {
	gateway *Gateway
	lane    *lane
	to      client.Endpoint
	leave   func()
	start   time.Time
	wanted  soap.Wanted
}

func (f *forward) run(w http.ResponseWriter, request *http.Request) {
	response, err := f.gateway.client.SendTo(f.to, request)
	if err != nil {
		f.failed(w, err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < 200 { // 101: a tunnel
		f.seen(failover.Foreign, response.StatusCode)
		fail(w, http.StatusBadGateway,
			bcperr.New(bcperr.Incomplete, "the endpoint answered with HTTP %d", response.StatusCode))
		return
	}
	head, rest := readHead(response.Body)
	if rest != nil && rest != io.EOF && len(head) < headBytes {
		f.broken(w, request.Context(), rest)
		return
	}
	isWhole := rest == io.EOF
	f.judge(request.Method, response, head, isWhole)
	if isWhole {
		f.leave()
	}
	f.handOn(w, request.Method, response, head, isWhole)
}

// failed answers for a send that brought no answer.
func (f *forward) failed(w http.ResponseWriter, err error) {
	failed, isSend := errors.AsType[*client.SendError](err)
	if !isSend { // the request itself cannot be sent to anybody
		refuse(w, http.StatusBadRequest, bcperr.New(bcperr.BadCall, "the request cannot be forwarded"))
		return
	}
	if failed.Outcome == failover.Cancelled {
		panic(http.ErrAbortHandler) // nobody reads an answer
	}
	f.seen(failed.Outcome, 0)
	status, code := http.StatusBadGateway, bcperr.Network
	if failed.Outcome == failover.Timeout {
		status, code = http.StatusGatewayTimeout, bcperr.Timeout
	}
	if failed.NotSent {
		w.Header().Set(headerNotSent, "1")
		fail(w, status, bcperr.New(code, "no connection to the endpoint was made, so nothing was sent"))
		return
	}
	fail(w, status, bcperr.New(code, "the endpoint gave no answer; the request may have been processed"))
}

// broken answers for an answer that was cut in its first part, of which nothing was handed on.
func (f *forward) broken(w http.ResponseWriter, ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		panic(http.ErrAbortHandler)
	}
	f.seen(failover.Incomplete, 0)
	if ctx.Err() != nil {
		fail(w, http.StatusGatewayTimeout, bcperr.New(bcperr.Timeout, "the answer of the endpoint did not end in time"))
		return
	}
	fail(w, http.StatusBadGateway, bcperr.New(bcperr.Incomplete, "the answer of the endpoint was cut"))
}

// heads are the buffers in which answers begin.
var heads = sync.Pool{New: func() any { return new([headBytes]byte) }}

// readHead reads the first part of an answer. The error is io.EOF when that is all of it, nil when there is more.
func readHead(body io.Reader) ([]byte, error) {
	buffer := heads.Get().(*[headBytes]byte)
	defer heads.Put(buffer)
	n, err := io.ReadFull(body, buffer[:])
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		// ReadFull says the same of an answer that ended and of one that was cut; the reader repeats itself.
		_, err = body.Read(make([]byte, 1))
	}
	return bytes.Clone(buffer[:n]), err
}

// handOn writes the answer to the caller.
func (f *forward) handOn(w http.ResponseWriter, method string, response *http.Response, head []byte, isWhole bool) {
	if response.ContentLength > core.MaxAnswerBytes {
		fail(w, http.StatusBadGateway, bcperr.New(bcperr.InputTooLarge, "an answer of more than %d bytes",
			core.MaxAnswerBytes))
		return
	}
	incoming(w, response)
	w.Header().Set(headerEndpoint, f.to.URL)
	w.Header().Del("Content-Length")
	switch {
	case response.ContentLength > 0, response.ContentLength == 0 && method != http.MethodHead:
		w.Header().Set("Content-Length", strconv.FormatInt(response.ContentLength, 10))
	case isWhole && method != http.MethodHead && bodyAllowed(response.StatusCode):
		w.Header().Set("Content-Length", strconv.Itoa(len(head)))
	}
	if !bodyAllowed(response.StatusCode) {
		w.Header().Del("Content-Length")
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(writePatience))
	w.WriteHeader(response.StatusCode)
	if _, err := w.Write(head); err != nil || isWhole {
		return
	}
	f.stream(w, control, response.Body, core.MaxAnswerBytes-len(head))
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// writeAll writes octets in pieces, each of which a reader must take in time.
func writeAll(w http.ResponseWriter, octets []byte) {
	control, end := http.NewResponseController(w), time.Now().Add(readPatience)
	for len(octets) > 0 && time.Now().Before(end) {
		piece := octets[:min(len(octets), bodyChunk)]
		_ = control.SetWriteDeadline(time.Now().Add(writePatience))
		if _, err := w.Write(piece); err != nil {
			return
		}
		octets = octets[len(piece):]
	}
	if len(octets) > 0 {
		panic(http.ErrAbortHandler)
	}
}

// stream hands on the rest. What breaks breaks the caller's answer too, so that nobody takes a part for the whole.
func (f *forward) stream(w io.Writer, control *http.ResponseController, from io.Reader, left int) {
	buffer := make([]byte, bodyChunk)
	for {
		n, err := from.Read(buffer)
		if left -= n; left < 0 {
			panic(http.ErrAbortHandler)
		}
		_ = control.SetWriteDeadline(time.Now().Add(writePatience))
		if _, failed := w.Write(buffer[:n]); failed != nil {
			return
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			f.seen(failover.Incomplete, 0)
			panic(http.ErrAbortHandler)
		}
	}
}
