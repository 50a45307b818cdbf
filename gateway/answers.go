package gateway

import (
	"context"
	"io"
	"net/http"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// answerMemory bounds the answers to /service that are held at once: 16 of the largest, 100,000 of 5 kB. Those to
// /endpoint go through as they come.
const answerMemory = 512 << 20

// answers is a transport that bounds the memory of the answers to calls which say that they hold them whole.
type answers struct {
	http.RoundTripper
	free *semaphore.Weighted
}

// room is what the answers to one call take. When there is no more, the call is cancelled: no endpoint is to blame.
type room struct {
	free   *semaphore.Weighted
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	taken int64
	isEnd bool
}

type roomKey struct{}

// hold makes a context of a call whose answers are held, and a function that gives their memory back.
func (a *answers) hold(ctx context.Context) (held context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &room{free: a.free, cancel: cancel}
	return context.WithValue(ctx, roomKey{}, r), func() {
		cancel(nil)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.free.Release(r.taken)
		r.taken, r.isEnd = 0, true
	}
}

func (a *answers) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := a.RoundTripper.RoundTrip(request)
	if r, isHeld := request.Context().Value(roomKey{}).(*room); isHeld && err == nil {
		response.Body = &heldBody{response.Body, r}
	}
	return response, err
}

type heldBody struct {
	io.ReadCloser
	room *room
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if !b.room.take(int64(n)) {
		return 0, errBusy()
	}
	return n, err
}

func (r *room) take(n int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isEnd { // a call that is over
		return true
	}
	if !r.free.TryAcquire(n) {
		r.cancel(errBusy())
		return false
	}
	r.taken += n
	return true
}

func errBusy() error {
	return bcperr.New(bcperr.Busy, "too many answers are held: try again in a second")
}
