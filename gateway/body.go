package gateway

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds on the bodies of requests.
const (
	maxBodyBytes    = core.MaxMessageBytes // what a client makes a key of; a hub's document with images is 10 MiB
	bodyPatience    = 60 * time.Second     // 16 MiB over a line of 2 Mbit/s
	bodyMemory      = 256 << 20            // of all bodies under way together: 16 of the largest, 100,000 of 2 kB
	bodyChunk       = 32 << 10             // read at once, so a slow sender holds no more than it sent
	smallestRequest = 512                  // what a body that is not yet there is counted as
)

// bodies reads requests whole before an endpoint is contacted, so that a caller who breaks off or lies about the length
// costs no endpoint anything. The memory of all of them together is bounded.
type bodies struct {
	free     *semaphore.Weighted
	patience time.Duration
}

func newBodies() *bodies { return &bodies{semaphore.NewWeighted(bodyMemory), bodyPatience} }

// read returns the body, and a function that gives its memory back.
//
// Errors: input-too-large; busy when all the memory is taken; incomplete when the caller broke off, timeout when it was
// too slow.
func (b *bodies) read(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	taken := int64(0)
	release = func() { b.free.Release(taken) }
	if r.ContentLength > maxBodyBytes {
		return nil, release, errTooLarge()
	}
	if r.Body == nil || r.Body == http.NoBody {
		return nil, release, nil
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(b.patience)) // a writer of a test may not know it
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	first := max(min(r.ContentLength, bodyChunk), smallestRequest)
	for body = make([]byte, 0, first); ; {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		if grown := int64(cap(body)) - taken; grown > 0 {
			if !b.free.TryAcquire(grown) {
				return nil, release, bcperr.New(bcperr.Busy, "too many requests are under way: try again in a second")
			}
			taken += grown
		}
		n, err := r.Body.Read(body[len(body):min(cap(body), len(body)+bodyChunk)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBodyBytes:
			return nil, release, errTooLarge()
		case err == io.EOF:
			return body, release, nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil, release, bcperr.New(bcperr.Timeout, "the request did not come within %s", b.patience)
		case err != nil:
			return nil, release, bcperr.New(bcperr.Incomplete, "the request broke off after %d bytes", len(body))
		}
	}
}

func errTooLarge() error {
	return bcperr.New(bcperr.InputTooLarge, "a request of more than %d bytes", maxBodyBytes)
}

// statusOf is the HTTP status of a refusal. What stands in no case is why there is no list.
func statusOf(err error) int {
	switch {
	case errors.Is(err, bcperr.EndpointUnknown), errors.Is(err, bcperr.ServiceUnknown):
		return http.StatusForbidden
	case errors.Is(err, bcperr.InputTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, bcperr.Timeout):
		return http.StatusRequestTimeout
	case errors.Is(err, bcperr.BadCall), errors.Is(err, bcperr.Incomplete):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}
