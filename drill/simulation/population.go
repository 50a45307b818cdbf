package simulation

import (
	"math/rand/v2"
)

// actor is one tab, or what asks for the catalogue on behalf of its store: the first actor of each store.
type actor struct {
	atMs          int64
	draw          rand.PCG
	before, after int32 // in the bucket of the queue
	store         int32
	flight        int32  // the call under way, none
	shiftMs       int32  // it opens so much later than the others of its kind
	slow          uint16 // calls over slowMs
	again         uint8  // clicks after a call that failed
	use           uint8  // of the kind: the service of the next call, when again > 0 or isOpening
	phase         phase
	hasSecond     bool // the client has another tab
	isOpening     bool // the next call is the first after opening
}

// phase is what an actor waits for.
type phase uint8

const (
	idle    phase = iota // until it calls
	sending              // for the end of a send
	waiting              // for what comes of a send of another tab
	asking               // until the catalogue is asked for
)

// store is what the tabs of a client share, or the clients of one gateway.
type store struct {
	first, actors int32 // the first of them asks for the catalogue
	slots         int32 // of the first service
	waiting       int32 // tabs that wait for another's send
	kind          uint8
	held          int16 // the publication held, -1: none
	isDirect      bool  // it started without a catalogue and has none
	hasWrongClock bool
	askedMs       int64
	confirmedMs   int64
	seed          uint64
}

// unknown is a moment that never was.
const unknown = int64(-1) << 62

// mark is what is measured of one service of one store.
type mark struct {
	failedMs int32 // the first failure of an outage, -1: none; -2: it was switched
	strayMs  int32 // after the last return: until when calls still went elsewhere
	round    uint8 // of the outage that this refers to
	isAway   bool  // the last answer came from elsewhere
	hasStray bool  // it called after the return
	failed   bool  // something failed since the main site answered
	isKnown  bool  // and the catalogue is asked for accordingly
}

// population makes the clients of a scenario, the same for the same seed.
func population(s *Scenario, kinds []kind, seed uint64) (actors []actor, stores []store, slots int) {
	left := s.Clients
	for k := range kinds {
		clients := s.Clients * kinds[k].percent / 100
		if k == len(kinds)-1 {
			clients = left
		}
		left -= clients
		for clients > 0 {
			n := min(max(kinds[k].house, 1), clients)
			clients -= n
			i := len(stores)
			st := store{first: int32(len(actors)), slots: int32(slots), kind: uint8(k), askedMs: unknown,
				confirmedMs: unknown, seed: seedOf(seed, uint64(i))}
			one := rand.NewPCG(seed, uint64(i)<<1|1)
			if int(one.Uint64()%100) < s.Empty {
				st.held, st.isDirect = -1, true
			}
			st.hasWrongClock = int(one.Uint64()%100) < s.Clocks.Percent
			shift := int32(one.Uint64()%uint64(30*minuteMs)) - int32(10*minuteMs)
			hasSecond := kinds[k].house == 0 && int(one.Uint64()%100) < kinds[k].tabs
			n++ // what asks for the catalogue
			if hasSecond {
				n++
			}
			for range n {
				a := actor{store: int32(i), flight: none, shiftMs: shift, hasSecond: hasSecond}
				a.draw.Seed(seed, uint64(len(actors))<<1)
				actors = append(actors, a)
			}
			actors[st.first].phase = asking
			st.actors = int32(n)
			slots += len(kinds[k].uses)
			stores = append(stores, st)
		}
	}
	return actors, stores, slots
}

// seedOf is the seed of a client, at most 2^53-1.
func seedOf(seed, i uint64) uint64 { return rand.NewPCG(seed, ^i).Uint64() >> 11 }
