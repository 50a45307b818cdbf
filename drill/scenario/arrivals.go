package scenario

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// arrivals is what the endpoints see while an application is watched. It keeps no request: two that are equal are known
// by a keyed digest, whose key ends with the drill.
type arrivals struct {
	now func() time.Time
	key []byte

	mu     sync.Mutex
	sends  []Tried
	open   map[string]int // requests under way, by service
	lastMs map[string]int64
	known  map[[sha256.Size]byte]int
	asked  int           // questions for the catalogue
	stir   chan struct{} // something arrived, or was answered
}

func newArrivals(now func() time.Time) *arrivals {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	return &arrivals{now: now, key: key, open: map[string]int{}, lastMs: map[string]int64{},
		known: map[[sha256.Size]byte]int{}, stir: make(chan struct{}, 1)}
}

// content is what an application asks: the content of the SOAP Body. The header holds a time and a signature, which
// differ for each send of one request.
var content = regexp.MustCompile(`(?s)<(?:[\w.-]+:)?Body(?:\s[^>]*)?>(.*)</(?:[\w.-]+:)?Body\s*>`)

// outcomeOf is what a browser makes of each way to fail; see docs/drills.md.
func outcomeOf(f *platform.Fault) failover.Outcome {
	if f == nil {
		return failover.Answered
	}
	switch f.How {
	case platform.Refused, platform.Reset, platform.TLS, platform.NoCORS, platform.UnavailableNoCORS:
		return failover.Unreachable
	case platform.Unavailable, platform.SwitchFault:
		return failover.Switch
	case platform.Silent, platform.Stall:
		return failover.Timeout
	case platform.Cut:
		return failover.Incomplete
	case platform.HTML:
		return failover.Foreign
	}
	return failover.Answered
}

func (a *arrivals) take(r platform.Request) (over func()) {
	defer a.wake()
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Endpoint == "catalogue" || r.Endpoint == "sha2" {
		a.asked++
		return func() {}
	}
	service, _, _ := strings.Cut(r.Endpoint, "/")
	at := a.now()
	send := Tried{
		Endpoint: r.Endpoint, Outcome: outcomeOf(r.Fault), AtMs: at.UnixMilli(), Request: a.number(service, r.Body),
	}
	if r.Fault != nil && r.Fault.How == platform.SwitchFault {
		send.SwitchCode = r.Fault.Value
	}
	i := len(a.sends)
	a.sends = append(a.sends, send)
	a.open[service]++
	return func() {
		defer a.wake()
		a.mu.Lock()
		defer a.mu.Unlock()
		end := a.now().UnixMilli()
		a.sends[i].TookMs = end - a.sends[i].AtMs
		a.open[service]--
		a.lastMs[service] = end
	}
}

// number is the same for requests that ask the same of one service.
func (a *arrivals) number(service string, body []byte) int {
	asked := body
	if found := content.FindSubmatch(body); found != nil {
		asked = found[1]
	}
	mac := hmac.New(sha256.New, a.key)
	_, _ = mac.Write([]byte(service + "\n"))
	_, _ = mac.Write(asked)
	id := [sha256.Size]byte(mac.Sum(nil))
	if _, found := a.known[id]; !found {
		a.known[id] = len(a.known) + 1
	}
	return a.known[id]
}

func (a *arrivals) wake() {
	select {
	case a.stir <- struct{}{}:
	default:
	}
}

// count is how many requests arrived, questions how often the catalogue was asked for.
func (a *arrivals) count() (sends, questions int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.sends), a.asked
}

// since returns the requests to a service after the first n, and whether one is under way or was a moment ago.
func (a *arrivals) since(n int, service string, quiet time.Duration) (sends []Tried, busy bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.sends[n:] {
		if strings.HasPrefix(s.Endpoint, service+"/") {
			sends = append(sends, s)
		}
	}
	return sends, a.open[service] > 0 || a.now().UnixMilli()-a.lastMs[service] < quiet.Milliseconds()
}

// all returns every request that arrived.
func (a *arrivals) all() []Tried {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Tried{}, a.sends...)
}
