package client

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// states holds what is known of each service between calls. Calls of one service that run at once share the newest.
type states struct {
	now func() time.Time

	mu    sync.Mutex
	all   map[string]failover.State
	used  map[string]bool          // Ids of the services that were called
	dirty bool                     // there is something to store
	news  map[string]chan struct{} // closed at the next change of a state
}

// tell wakes those who wait for a change of the service. The lock is held.
func (s *states) tell(id string) {
	if news := s.news[id]; news != nil {
		close(news)
		delete(s.news, id)
	}
}

// next returns what is closed at the next change of the service. The lock is held.
func (s *states) next(id string) chan struct{} {
	if s.news == nil {
		s.news = map[string]chan struct{}{}
	}
	if s.news[id] == nil {
		s.news[id] = make(chan struct{})
	}
	return s.news[id]
}

// step takes one step of a call with the newest state of the service, and keeps the one that comes of it. Nothing waits
// under the lock.
//
// Shape: news, when the next action is to wait, is closed at the next change of the state.
func (s *states) step(
	id string, take func(failover.State) (failover.Step, error),
) (step failover.Step, news chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if step, err = take(s.all[id]); err != nil {
		return step, nil, err
	}
	s.all[id] = step.State
	if step.Changed { // or those who wait would wake one another for ever
		s.tell(id)
	}
	if step.Action.Do == failover.DoWait {
		news = s.next(id)
	}
	s.used[id] = true
	s.dirty = s.dirty || step.Changed
	return step, news, nil
}

func (s *states) copy() map[string]failover.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.all)
}

func (s *states) usedServices() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.used))
}

// merge takes in what others saw. One that cannot have been seen by now would take along what was seen here.
//
// Source: docs/design.md#time.
func (s *states) merge(others map[string]failover.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, other := range others {
		s.all[id] = failover.Merge(s.all[id], other.Seen(s.now()))
		s.tell(id)
	}
}

// change keeps the states that change returns, of all that there are.
func (s *states) change(change func(all map[string]failover.State) map[string]failover.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, st := range change(s.all) {
		s.all[id], s.dirty = st, true
		s.tell(id)
	}
}

// stored is the form of the record. What a later version adds is passed over.
type stored struct {
	States map[string]json.RawMessage `json:"states"`
}

// load takes in what an earlier run or another process stored. A state that cannot be read is as good as absent.
func (s *states) load(record []byte) {
	var in stored
	if json.Unmarshal(record, &in) != nil {
		return
	}
	others := map[string]failover.State{}
	for id, raw := range in.States {
		var st failover.State
		if st.UnmarshalJSON(raw) == nil {
			others[id] = st
		}
	}
	s.merge(others)
}

// save brings the store and the memory together, so that processes that share a store learn from one another.
func (s *states) save(store Store) error {
	s.mu.Lock()
	isDirty := s.dirty
	s.dirty = false
	s.mu.Unlock()
	if !isDirty {
		return nil
	}
	err := store.Update(statesRecord, func(kept [][]byte) []byte {
		if len(kept) > 0 {
			s.load(kept[0])
		}
		out := stored{States: map[string]json.RawMessage{}}
		for id, st := range s.copy() {
			raw, _ := st.MarshalJSON() // never fails
			out.States[id] = raw
		}
		record, err := json.Marshal(out)
		if err != nil {
			return nil // unreachable
		}
		return record
	})
	if err != nil {
		s.mu.Lock()
		s.dirty = true
		s.mu.Unlock()
	}
	return err
}
