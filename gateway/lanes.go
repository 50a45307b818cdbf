package gateway

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds on what is under way at once.
const (
	maxSends       = 1024 // of the whole gateway: each holds a connection and some 40 kB
	maxEndpoint    = 128  // of one endpoint: one that hangs for a minute cannot take the places of the others
	judgedEachTime = time.Second
)

// lanes bounds what is under way to each endpoint, and knows when an answer of it was last looked into.
type lanes struct {
	all   chan struct{}
	since time.Time // from when isDue counts

	mu   sync.Mutex
	each map[string]*lane // by URL
}

type lane struct {
	places   chan struct{}
	judgedAt atomic.Int64 // of a steady clock, in nanoseconds; 0: never
}

func newLanes() *lanes {
	return &lanes{all: make(chan struct{}, maxSends), since: time.Now(), each: map[string]*lane{}}
}

// of returns the lane of an endpoint.
func (l *lanes) of(endpoint string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.each[endpoint]
	if found == nil {
		found = &lane{places: make(chan struct{}, maxEndpoint)}
		l.each[endpoint] = found
	}
	return found
}

// keep drops the lanes of endpoints that a new list has not. Who is under way in one ends in it.
func (l *lanes) keep(isIn func(endpoint string) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for endpoint := range l.each {
		if !isIn(endpoint) {
			delete(l.each, endpoint)
		}
	}
}

// enter takes a place in both, without waiting: a page goes to the next endpoint sooner than one gets free.
func (l *lanes) enter(of *lane) (leave func(), entered bool) {
	select {
	case l.all <- struct{}{}:
	default:
		return nil, false
	}
	select {
	case of.places <- struct{}{}:
	default:
		<-l.all
		return nil, false
	}
	return sync.OnceFunc(func() { <-of.places; <-l.all }), true
}

// refuseBusy answers where all places are taken.
func refuseBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	refuse(w, http.StatusServiceUnavailable,
		bcperr.New(bcperr.Busy, "too many requests are under way there: try again in a second"))
}

// isDue says once in a while that an answer which looks as usual is to be judged all the same. A clock that is set
// changes nothing.
func (l *lanes) isDue(of *lane) bool {
	now := int64(time.Since(l.since) + judgedEachTime)
	last := of.judgedAt.Load()
	return now-last >= int64(judgedEachTime) && of.judgedAt.CompareAndSwap(last, now)
}
