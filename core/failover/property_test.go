package failover_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/dsig"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

// The properties are checked on random scripts: several tabs, several calls at once in each, catalogues published
// under way, a clock that jumps forwards and back, and events that make no sense. BCP_SCRIPTS sets their number.
//
// Each run gives a digest of every state and action. The digests below were made natively; the same test compiled to
// WebAssembly must give the same, so the machine decides alike everywhere.
const (
	defaultScripts = 4_000
	defaultDigest  = "c7b314379c8e5abd234b2882c014d2996676a714db02c256c5a16b3b496c5487"
	longScripts    = 200_000
	longDigest     = "f3013c1f303463cceed7c5af9a6fe0746c24ac8acb9856335419e1fdd42d0490"
)

func TestProperties(t *testing.T) {
	t.Parallel()
	scripts := defaultScripts
	if text := os.Getenv("BCP_SCRIPTS"); text != "" {
		var err error
		scripts, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	digest := sha256.New()
	for seed := range scripts {
		w := newWorld(uint64(seed), digest)
		if err := w.run(); err != nil {
			t.Fatalf("script %d: %v", seed, err)
		}
	}
	got := hex.EncodeToString(digest.Sum(nil))
	switch scripts {
	case defaultScripts:
		require.Equal(t, defaultDigest, got)
	case longScripts:
		require.Equal(t, longDigest, got)
	default:
		t.Logf("digest of %d scripts: %s", scripts, got)
	}
}

// random is SplitMix64: the same numbers everywhere.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) below(n int) int         { return int(r.next() % uint64(n)) }
func (r *random) chance(percent int) bool { return r.below(100) < percent }
func (r *random) span(max int64) int64    { return int64(r.next() % uint64(max)) }
func oneOf[T any](r *random, from ...T) T { return from[r.below(len(from))] }
func (r *random) spanOf(d time.Duration) time.Duration {
	return time.Duration(r.span(d.Milliseconds())+1) * time.Millisecond
}

// world is one random script under way.
type world struct {
	random
	digest  hash.Hash
	policy  failover.Policy
	version []failover.Service // each catalogue's service, oldest first
	up      map[string]bool    // the endpoints that answer now
	tabs    []*tab
	spoke   map[string]bool           // the endpoints of which the service ever answered
	store   map[string]failover.Event // the cache, as later cacheHits
	now     time.Time
	buffer  []byte
}

// tab is a browser tab: its own State and catalogue.
type tab struct {
	state   failover.State
	version int
	highest int64 // the highest moment that its State has seen
	calls   []*running
}

// running is a call that has not ended, with what the test knows about it.
type running struct {
	call      failover.Call
	facts     failover.Facts
	action    failover.Action
	sent      []string
	offered   map[string]bool // every endpoint that the catalogue offered during the call
	ambiguous bool            // a send may have been processed
	useCache  bool            // what Begin must have decided
	lied      bool            // the store said miss although it had an entry, or never replied
	answers   int             // that came, and were the service's or another's
	refusals  int             // of those, the ones that refuse the caller
	faults    map[string]bool // the endpoints that gave a fault
	waited    time.Duration
	refreshed int
	cancelled bool
	steps     int
}

func newWorld(seed uint64, digest hash.Hash) *world {
	w := &world{random: random(seed), digest: digest, spoke: map[string]bool{}, store: map[string]failover.Event{}}
	w.now = time.UnixMilli(1_700_000_000_000 + w.span(1_000_000)).UTC()
	w.policy = failover.DefaultPolicy()
	w.policy.Name = oneOf(&w.random, failover.Connector, failover.Published)
	w.policy.Failback = w.chance(70)
	if w.chance(50) {
		w.policy.AttemptTimeout = 100*time.Millisecond + w.spanOf(2*time.Minute)
		w.policy.TotalTimeout = 100*time.Millisecond + w.spanOf(5*time.Minute)
		w.policy.CoolDown = time.Second + w.spanOf(10*time.Minute)
		w.policy.MaxCoolDown = w.policy.CoolDown + w.spanOf(time.Hour)
		w.policy.MaxCacheAge = time.Minute + w.spanOf(48*time.Hour)
	}
	w.version = []failover.Service{w.service()}
	for range 1 + w.below(3) {
		w.tabs = append(w.tabs, &tab{})
	}
	w.weather()
	return w
}

// service makes a service, or a later catalogue's idea of the first one.
func (w *world) service() failover.Service {
	s := failover.Service{ID: "urn:service", Catalogue: w.now.Add(-time.Hour)}
	if len(w.version) > 0 {
		last := w.version[len(w.version)-1]
		s.Catalogue = last.Catalogue.Add(w.spanOf(time.Hour))
		s.Cache, s.ValidUntil = last.Cache, last.ValidUntil
	} else {
		s.Cache = oneOf(&w.random, "", servicelist.EndpointFirst, servicelist.CacheFirst)
		if ttl := w.spanOf(8 * time.Hour); w.chance(70) {
			s.ValidUntil = func(stored time.Time) time.Time { return stored.Add(ttl) }
		}
	}
	for i := range 1 + w.below(4) {
		s.Endpoints = append(s.Endpoints, failover.Endpoint{
			Order: i*3 + w.below(3), Active: w.chance(60), URL: "https://e" + strconv.Itoa(i) + "/",
		})
	}
	if w.chance(80) {
		s.Endpoints[w.below(len(s.Endpoints))].Active = true
	}
	if w.chance(20) {
		slices.Reverse(s.Endpoints)
	}
	if w.chance(3) {
		s.Quarantined = bcperr.OrderDuplicate
	}
	return s
}

// weather decides anew which endpoints answer.
func (w *world) weather() {
	good := oneOf(&w.random, 0, 50, 90, 100)
	w.up = map[string]bool{}
	for i := range 4 {
		w.up["https://e"+strconv.Itoa(i)+"/"] = w.chance(good)
	}
}

// run plays the script and returns the first property that does not hold.
func (w *world) run() error {
	for range 15 + w.below(25) {
		t := w.tabs[w.below(len(w.tabs))]
		if err := w.turn(t); err != nil {
			return err
		}
	}
	for _, t := range w.tabs {
		for len(t.calls) > 0 { // those that wait for another, after it
			if err := w.feed(t, t.calls[0], w.truth(t, t.calls[0])); err != nil {
				return err
			}
		}
	}
	if err := w.mergeLaws(); err != nil {
		return err
	}
	return w.recovery()
}

// turn does one random thing in a tab.
func (w *world) turn(t *tab) error {
	switch dice := w.below(100); {
	case dice < 30 && len(t.calls) < 4:
		return w.begin(t)
	case dice < 75 && len(t.calls) > 0:
		c := t.calls[w.below(len(t.calls))]
		if w.chance(8) {
			return w.feed(t, c, w.nonsense())
		}
		return w.feed(t, c, w.truth(t, c))
	case dice < 85:
		step := w.spanOf(oneOf(&w.random, time.Second, time.Minute, time.Hour, 100*time.Hour))
		if w.chance(15) {
			step = -step
		}
		w.now = w.now.Add(step)
	case dice < 90:
		w.weather()
	case dice < 95:
		w.version = append(w.version, w.service())
		t.version = len(w.version) - 1
	case dice < 97:
		return w.hear(t)
	default:
		from := w.tabs[w.below(len(w.tabs))]
		t.state = failover.Merge(t.state, from.state)
		t.highest = max(t.highest, from.highest)
	}
	return nil
}

// hear tells a tab what another service saw of one of the hosts.
func (w *world) hear(t *tab) error {
	url := "https://e" + strconv.Itoa(w.below(4)) + "/other"
	n := failover.Note{Kind: oneOf(&w.random, failover.EndpointFailed, failover.FailedBack), Endpoint: url, To: url,
		Outcome: oneOf(&w.random, failover.Timeout, failover.Unreachable, failover.Foreign)}
	s := w.version[t.version]
	all := []failover.Neighbour{{Service: &failover.Service{ID: "urn:other"}}, {Service: &s, State: t.state}}
	if w.chance(50) {
		all = append(all, failover.Neighbour{Service: &s, State: w.tabs[0].state}) // a third one, seen alike
	}
	failover.Spread(n, 0, all, w.now)
	after := all[1].State
	w.digest.Write([]byte(text(after)))
	if all[0].IsChanged || !all[1].IsChanged && text(after) != text(t.state) {
		return fmt.Errorf("%+v changed what it says nothing of: %s", n, text(after))
	}
	if text(failover.Merge(t.state, after)) != text(after) {
		return fmt.Errorf("the newest news does not win: %s over %s", text(t.state), text(after))
	}
	if all[1].IsChanged {
		t.highest = max(t.highest, w.now.UnixMilli())
	}
	t.state = after
	return nil
}

func (w *world) begin(t *tab) error {
	s := w.version[t.version]
	c := &running{offered: map[string]bool{}, faults: map[string]bool{}, facts: failover.Facts{
		Repeat: oneOf(&w.random, failover.RepeatYes, failover.RepeatYes, failover.RepeatNo,
			failover.RepeatUnknown),
		Cache:        w.chance(80),
		CacheKey:     oneOf(&w.random, "", "key 1", "key 2"),
		ServeExpired: w.chance(30),
	}}
	c.useCache = s.Cache != "" && c.facts.Cache && c.facts.CacheKey != "" && c.facts.Repeat != failover.RepeatNo
	step, err := failover.Begin(s, c.facts, w.policy, t.state, uint64(w.below(5)), w.now)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t.calls = append(t.calls, c)
	return w.take(t, c, step)
}

// truth is what really happens to the action of a call.
func (w *world) truth(t *tab, c *running) failover.Event {
	switch c.action.Do {
	case failover.DoSend:
		if w.up[c.action.Endpoint] {
			if w.chance(10) {
				return w.refusal()
			}
			e := failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered, Silent: w.chance(20)}
			e.Cacheable = !e.Silent && w.chance(80)
			return e
		}
		return w.failure()
	case failover.DoWait:
		w.now = w.now.Add(c.action.Timeout)
		if c.waited += c.action.Timeout; c.waited >= w.policy.TotalTimeout {
			return failover.Event{Kind: failover.DeadlinePassed} // by the host's clock, which is never set
		}
		return failover.Event{Kind: failover.Waited}
	case failover.DoReadCache:
		if e, hit := w.store[c.action.Key]; hit {
			return e
		}
		return failover.Event{Kind: failover.CacheMiss}
	case failover.DoWriteCache:
		if w.chance(10) {
			return failover.Event{Kind: failover.CacheFailed}
		}
		w.store[c.action.Key] = failover.Event{
			Kind: failover.CacheHit, StoredAtMs: c.action.StoredAtMs, ValidUntilMs: c.action.ValidUntilMs,
		}
		return failover.Event{Kind: failover.CacheWritten}
	}
	if w.chance(50) {
		t.version = len(w.version) - 1
		return failover.Event{Kind: failover.CatalogueRefreshed}
	}
	return failover.Event{Kind: failover.CatalogueUnchanged}
}

// failure is what comes of an endpoint that does not answer.
func (w *world) failure() failover.Event {
	e := failover.Event{Kind: failover.SendEnded, Outcome: oneOf(&w.random, failover.Switch, failover.Switch,
		failover.Foreign,
		failover.Unreachable, failover.Timeout, failover.Incomplete)}
	switch e.Outcome {
	case failover.Switch:
		if w.chance(60) {
			e.SwitchCode = "SOA-02001"
		}
		e.Fault = e.SwitchCode != "" || w.chance(30)
	case failover.Foreign:
		e.Status = oneOf(&w.random, 200, 401, 403, 404, 500)
	case failover.Unreachable:
		e.NotSent = w.chance(20)
		e.Blameless = e.NotSent && w.chance(50)
	}
	return e
}

// refusal is what comes of an endpoint that lives and refuses the caller.
func (w *world) refusal() failover.Event {
	code := oneOf(&w.random, "SOA-01001", "SOA-01002")
	return failover.Event{Kind: failover.SendEnded, Outcome: failover.Switch, Status: 500, SwitchCode: code,
		Fault: true}
}

// isRefusal: does a caller who gets this event lack the right?
func isRefusal(e failover.Event) bool {
	return e.SwitchCode == "SOA-01001" || e.SwitchCode == "SOA-01002" || e.Status == 401 || e.Status == 403
}

// nonsense is an event out of the blue; some are lawful at any moment.
func (w *world) nonsense() failover.Event {
	return failover.Event{
		Kind: oneOf(&w.random, "", "other", failover.SendEnded, failover.CacheHit, failover.CacheMiss,
			failover.CacheWritten,
			failover.CacheFailed, failover.CatalogueRefreshed, failover.CatalogueUnchanged, failover.CallCancelled,
			failover.CallCancelled, failover.DeadlinePassed, failover.DeadlinePassed, failover.Waited),
		Outcome: oneOf(&w.random, "", "other", failover.Cancelled, failover.Answered, failover.Timeout),
	}
}

// feed gives a call an event and checks what comes of it.
func (w *world) feed(t *tab, c *running, e failover.Event) error {
	lawful := fits(c.action.Do, e)
	if c.action.Do == failover.DoReadCache {
		_, has := w.store[c.action.Key]
		c.lied = c.lied || has && e.Kind != failover.CacheHit || e.Kind == failover.CacheHit && e.StoredAtMs == 0
	}
	c.cancelled = e.Kind == failover.CallCancelled || e.Outcome == failover.Cancelled && e.Kind == failover.SendEnded
	if c.action.Do == failover.DoSend && lawful {
		w.learn(c, e)
	}
	if c.action.Do == failover.DoSend && e.Outcome != failover.Answered {
		proof := e.NotSent || e.Outcome == failover.Switch && e.SwitchCode != ""
		c.ambiguous = c.ambiguous || lawful && !proof
	}
	step, err := failover.Next(w.version[t.version], c.call, t.state, e, w.now)
	if !lawful {
		if bcperr.CodeOf(err) != bcperr.BadCall {
			return fmt.Errorf("event %+v after %s: want bad-call, got %v", e, c.action.Do, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("event %+v after %s: %w", e, c.action.Do, err)
	}
	return w.take(t, c, step)
}

// learn keeps what an outcome told.
func (w *world) learn(c *running, e failover.Event) {
	url := c.action.Endpoint
	switch {
	case e.Kind != failover.SendEnded:
	case e.Outcome == failover.Answered:
		w.spoke[url] = w.spoke[url] || !e.Silent
	case e.Outcome == failover.Switch || e.Outcome == failover.Foreign:
		c.answers++
		if isRefusal(e) {
			c.refusals++
		}
		if e.Fault {
			c.faults[url] = true
		}
	}
}

// fits says which events an action may have.
func fits(do failover.Do, e failover.Event) bool {
	switch e.Kind {
	case failover.CallCancelled, failover.DeadlinePassed:
		return true
	case failover.SendEnded:
		return do == failover.DoSend && e.Outcome != "" && e.Outcome != "other"
	case failover.CacheHit, failover.CacheMiss:
		return do == failover.DoReadCache
	case failover.CacheWritten, failover.CacheFailed:
		return do == failover.DoWriteCache
	case failover.Waited:
		return do == failover.DoWait
	case failover.CatalogueRefreshed, failover.CatalogueUnchanged:
		return do == failover.DoRefreshCatalogue
	}
	return false
}

// isOfLater: does a state name a catalogue that was issued after now, so that the machine forgets it?
func isOfLater(st failover.State, now time.Time) bool {
	var of struct{ CatalogueMs int64 }
	_ = json.Unmarshal([]byte(text(st)), &of)
	return of.CatalogueMs > now.Add(dsig.ClockSlack).UnixMilli()
}

// take keeps a step, by way of its JSON every other time, and checks the properties of its action.
func (w *world) take(t *tab, c *running, step failover.Step) error {
	if t.highest = max(t.highest, w.now.UnixMilli()); t.highest > w.now.Add(dsig.ClockSlack).UnixMilli() {
		t.highest = w.now.UnixMilli() // the clock was wrong
	}
	if w.chance(30) && !isOfLater(t.state, w.now) && text(failover.Merge(t.state.Seen(w.now),
		step.State)) != text(step.State) {
		return fmt.Errorf("the newest event does not win: %s over %s", text(t.state), text(step.State))
	}
	w.buffer = step.AppendJSON(w.buffer[:0])
	w.digest.Write(w.buffer)
	if c.steps++; c.steps > 40 {
		return fmt.Errorf("a call that does not end")
	}
	before := t.state
	t.state, c.call, c.action = step.State, step.Call, step.Action
	if err := w.checkNotes(before, step); err != nil {
		return err
	}
	if w.chance(30) {
		if err := w.throughJSON(t, c, step); err != nil {
			return err
		}
	}
	for _, e := range w.version[t.version].Endpoints {
		c.offered[e.URL] = true
	}
	if err := w.check(t, c, step.Action); err != nil {
		return fmt.Errorf("%w (action %s)", err, w.buffer)
	}
	if step.Action.Do == failover.DoAnswer || step.Action.Do == failover.DoFail {
		t.calls = slices.DeleteFunc(t.calls, func(one *running) bool { return one == c })
		_, err := failover.Next(w.version[t.version], c.call, t.state,
			failover.Event{Kind: failover.CallCancelled}, w.now)
		if bcperr.CodeOf(err) != bcperr.BadCall {
			return fmt.Errorf("an event after the end: want bad-call, got %v", err)
		}
	}
	return nil
}

// throughJSON replaces state and call by what their JSON gives.
func (w *world) throughJSON(t *tab, c *running, step failover.Step) error {
	var back struct {
		Call    failover.Call   `json:"call"`
		State   failover.State  `json:"state"`
		Action  json.RawMessage `json:"action"`
		Changed bool            `json:"changed"`
		Notes   json.RawMessage `json:"notes"`
	}
	text, err := json.Marshal(step)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &back); err != nil {
		return fmt.Errorf("%w in %s", err, text)
	}
	again, err := json.Marshal(failover.Step{Call: back.Call, State: back.State, Action: step.Action,
		Changed: step.Changed, Keep: step.Keep, Notes: step.Notes})
	if err != nil || string(again) != string(text) {
		return fmt.Errorf("JSON changed from %s to %s (%w)", text, again, err)
	}
	t.state, c.call = back.State, back.Call
	return nil
}
