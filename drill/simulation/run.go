package simulation

import (
	"context"
	"slices"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// Behaviour names what the clients run.
type Behaviour string

// The behaviours that are compared.
const (
	Ours      Behaviour = "ours"      // the machine of this product
	Reference Behaviour = "connector" // the platform's connector
	Naive     Behaviour = "naive"     // the main endpoint three times
)

// Behaviours are all of them.
var Behaviours = []Behaviour{Ours, Reference, Naive}

// slowMs is from when a call counts as slow.
const slowMs = 10_000

// The places of the sites in a run.
const (
	main = iota
	recovery
	partner
	catalogue
)

// epoch is Monday 00:00 of the week of the simulation.
var epoch = time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC)

// publication is one catalogue.
type publication struct {
	list     *core.Catalogue
	short    *core.Catalogue   // of one service, where all is well: any list gives the same moment to ask again
	ofKind   []*core.Catalogue // of the services that a kind calls, and of those without an ACTIVE endpoint
	issued   time.Time
	services []failover.Service
	isMain   bool // the main endpoints are ACTIVE
}

// run is one behaviour on one scenario.
type run struct {
	*tally
	s         *Scenario
	kinds     []kind
	uses      [][]uint8 // of each kind, which service each part of a call is for
	numbers   [][]uint8 // of each kind, the services of its slots
	behaviour Behaviour
	core      failover.Policy
	q         *queue
	stores    []store
	states    []failover.State // of each service of each store
	marks     []mark
	flights   []flight
	unused    []int32
	sites     [4]site
	siteOf    map[string]uint8
	repeats   []failover.Repeat
	direct    []failover.Service // the main endpoints, for who has no catalogue
	published []publication
	current   int // of published
	changes   []Change
	lengthMs  int64
	nowMs     int64
	known     map[string]failover.State // of one store, while it asks
	beside    []failover.Neighbour      // of one store, while a service tells the others
}

// newRun makes everybody ready. peak is the main site's busiest second on a normal day, 0 when it is not known.
func newRun(s *Scenario, b Behaviour, seed uint64, peak uint32) (*run, error) {
	r := &run{s: s, kinds: slices.Clone(kinds), behaviour: b, core: failover.DefaultPolicy(),
		siteOf: map[string]uint8{}, known: map[string]failover.State{},
		lengthMs: s.Length.Milliseconds(), changes: s.Changes}
	r.core.Failback = b == Ours
	for k := range r.kinds {
		if s.Open {
			r.kinds[k].open = always
		}
	}
	if err := r.publish(0, epoch.Add(s.Begin-24*time.Hour)); err != nil {
		return nil, err
	}
	r.number()
	var actors []actor
	var slots int
	actors, r.stores, slots = population(s, r.kinds, seed)
	r.q = newQueue(actors)
	r.marks = make([]mark, slots)
	for i := range r.marks {
		r.marks[i].failedMs = -1
	}
	if b != Naive {
		r.states = make([]failover.State, slots)
	}
	for i := range r.sites {
		r.sites[i] = newSite(r.lengthMs)
		if percent := s.Sites[siteNames[i]]; percent > 0 && peak > 0 {
			r.sites[i].costUs = max(1_000_000*100/(int64(peak)*int64(percent)), 1)
		}
	}
	r.tally = newTally(r.lengthMs)
	for i := range actors {
		r.start(int32(i))
	}
	return r, nil
}

// publish signs a list and opens it as every client does.
func (r *run) publish(order int, at time.Time) error {
	list := services(order)
	list.IssueInstant = at
	short := list
	short.Services = list.Services[:1]
	p := publication{issued: at, isMain: order == 0}
	var err error
	if p.list, err = opened(list); err != nil {
		return err
	}
	if p.short, err = opened(short); err != nil {
		return err
	}
	list.ID = p.list.Summary().ID // by which it is drawn when to ask again
	for k := range r.kinds {
		one, err := opened(concerning(list, r.kinds[k].uses))
		if err != nil {
			return err
		}
		p.ofKind = append(p.ofKind, one)
	}
	for _, s := range list.Services {
		one := failover.Service{ID: s.ID, Catalogue: at}
		if r.s.Cache > 0 {
			one.Cache = servicelist.EndpointFirst
		}
		for _, e := range s.Endpoints {
			one.Endpoints = append(one.Endpoints,
				failover.Endpoint{Order: e.Order, Active: e.Status == drill.Active, URL: e.URL})
		}
		p.services = append(p.services, one)
	}
	r.published = append(r.published, p)
	r.current = len(r.published) - 1
	return nil
}

// concerning is a list without the services that nobody of a kind calls, and that have an ACTIVE endpoint.
func concerning(l drill.List, uses []use) drill.List {
	isActive := func(e drill.Endpoint) bool { return e.Status == drill.Active }
	l.Services = slices.DeleteFunc(slices.Clone(l.Services), func(s drill.Service) bool {
		isCalled := slices.ContainsFunc(uses, func(u use) bool { return s.ID == idPrefix+u.service })
		return !isCalled && slices.ContainsFunc(s.Endpoints, isActive)
	})
	return l
}

func opened(l drill.List) (*core.Catalogue, error) {
	pki, err := drill.NewPKI()
	if err != nil {
		return nil, err
	}
	signed, err := drill.Sign(l, pki.Signer, l.IssueInstant)
	if err != nil {
		return nil, err
	}
	return core.Open(signed, core.Judgement{Anchors: [][]byte{drill.PEM(pki.Root)}, Environment: l.Environment,
		At: l.IssueInstant})
}

// number gives services, sites and the parts of the kinds their numbers.
func (r *run) number() {
	first := &r.published[0]
	hosts := map[string]uint8{}
	for i := range first.services {
		s := &first.services[i]
		r.repeats = append(r.repeats, core.Repeat(s.ID))
		r.direct = append(r.direct, failover.Direct(s.Endpoints[0].URL))
		for _, e := range s.Endpoints {
			host := hostOf(e.URL)
			if _, known := hosts[host]; !known {
				hosts[host] = uint8(len(hosts)) // in the list: the main site, the recovery site, the partner's own
			}
			r.siteOf[e.URL] = hosts[host]
		}
	}
	for k := range r.kinds {
		var uses, numbers []uint8
		for i, u := range r.kinds[k].uses {
			n := slices.IndexFunc(first.services, func(s failover.Service) bool { return s.ID == idPrefix+u.service })
			numbers = append(numbers, uint8(n))
			uses = append(uses, slices.Repeat([]uint8{uint8(i)}, u.parts)...)
		}
		r.uses, r.numbers = append(r.uses, uses), append(r.numbers, numbers)
	}
}

// run goes through the scenario until its end or that of ctx, and returns how far it came. told is called now and then.
func (r *run) run(ctx context.Context, told func(nowMs int64)) (doneMs int64, err error) {
	for steps := 0; ; steps++ {
		if steps&(1<<12-1) == 0 {
			if ctx.Err() != nil {
				return r.nowMs, nil
			}
			told(r.nowMs)
		}
		endMs := r.lengthMs
		if len(r.changes) > 0 {
			endMs = min(endMs, max(r.changes[0].At.Milliseconds(), 1))
		}
		i := r.q.pop(endMs)
		if i == none {
			if len(r.changes) == 0 {
				return r.lengthMs, nil
			}
			if err := r.change(r.changes[0]); err != nil {
				return r.nowMs, err
			}
			r.changes = r.changes[1:]
			continue
		}
		r.nowMs = r.q.nowMs
		if err := r.step(i); err != nil {
			return r.nowMs, err
		}
	}
}

// change lets one thing happen.
func (r *run) change(c Change) error {
	r.nowMs = c.At.Milliseconds()
	wasRight := r.isMainRight()
	switch c.Verb {
	case "publish":
		order := 0
		if c.Site == "recovery" {
			order = 1
		}
		if err := r.publish(order, r.wall()); err != nil {
			return err
		}
	default:
		s := &r.sites[slices.Index(siteNames, c.Site)]
		s.how, s.percent = c.How, c.Percent
		s.freeUs = 0
		if c.Verb == "recover" {
			s.rampFrom, s.rampTo = r.nowMs, r.nowMs+c.Ramp.Milliseconds()
		}
	}
	if isRight := r.isMainRight(); isRight != wasRight {
		r.turn(r.nowMs, isRight)
	}
	return nil
}

// isMainRight: is the main site well, and published as the one to call?
func (r *run) isMainRight() bool { return r.sites[main].how == "" && r.published[r.current].isMain }

func (r *run) wall() time.Time { return epoch.Add(r.s.Begin + time.Duration(r.nowMs)*time.Millisecond) }

// clockOf is what the clock of a client says.
func (r *run) clockOf(st *store) time.Time {
	if !st.hasWrongClock || r.s.Clocks.Until > 0 && r.nowMs >= r.s.Clocks.Until.Milliseconds() {
		return r.wall()
	}
	return r.wall().Add(r.s.Clocks.Off)
}

// opensIn is how long an actor waits for its place to open; 0 while it is open.
func (r *run) opensIn(a *actor, afterMs int64) int64 {
	k := &r.kinds[r.stores[a.store].kind]
	untilMs, _ := k.openAt(r.s.Begin.Milliseconds() + afterMs - int64(a.shiftMs))
	return untilMs
}

// openMs is for how long the place of an actor was open between two moments.
func (r *run) openMs(a *actor, fromMs, toMs int64) (sum int64) {
	k := &r.kinds[r.stores[a.store].kind]
	begin := r.s.Begin.Milliseconds() - int64(a.shiftMs)
	for at := fromMs; at < toMs; {
		closed, open := k.openAt(begin + at)
		sum += min(open, max(toMs-at-closed, 0))
		at += closed + open
	}
	return sum
}

// start lets an actor wait for the first time.
func (r *run) start(i int32) {
	a := &r.q.actors[i]
	untilMs := r.opensIn(a, 0)
	if a.phase != asking {
		r.idle(i)
		return
	}
	st := &r.stores[a.store]
	if !st.isDirect && untilMs == 0 { // it has been open for a while
		st.askedMs = -int64(a.draw.Uint64() % uint64(40*minuteMs)) // nobody is late, by the shortest interval
		st.confirmedMs = st.askedMs
	}
	if r.behaviour != Naive {
		r.plan(i)
	}
}

// idle lets a tab wait until its next call.
func (r *run) idle(i int32) {
	a := &r.q.actors[i]
	a.phase = idle
	mean := hourMs / int64(r.s.Calls)
	if a.hasSecond {
		mean *= 2 // the calls of a client are those of both tabs
	}
	atMs := r.nowMs + memoryless(mean, &a.draw)
	if closed := r.opensIn(a, atMs); closed > 0 {
		atMs += closed
		a.isOpening = true
	}
	r.q.put(i, atMs)
}

// step lets the next thing happen to an actor.
func (r *run) step(i int32) error {
	a := &r.q.actors[i]
	switch a.phase {
	case asking:
		r.ask(i)
		return nil
	case idle:
		return r.begin(i)
	case waiting:
		r.stores[a.store].waiting--
		return r.next(i, failover.Event{Kind: failover.Waited})
	}
	return r.next(i, r.flights[a.flight].event)
}
