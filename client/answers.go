package client

import (
	"container/list"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds of what is kept, where the application gives none.
const (
	defaultMaxEntries = 500
	defaultMaxBytes   = 20 << 20
)

// answerKey finds an answer: for whom it came, of which service, under which key of the catalogue.
type answerKey struct{ user, service, key string }

// answer is a complete answer as it is kept.
type answer struct {
	status                   int
	header                   http.Header
	body                     []byte
	storedAtMs, validUntilMs int64
}

// Answers keeps answers in memory. The least recently used go when a bound is reached.
type Answers struct {
	maxEntries, maxBytes int

	mu      sync.Mutex
	kept    map[answerKey]*list.Element // of entry
	order   *list.List                  // the last used first
	bytes   int
	cleared int   // grows when answers are dropped: a call from before must store nothing after
	floorMs int64 // the latest moment seen
}

type entry struct {
	key    answerKey
	answer answer
}

// NewAnswers returns room for answers. 0: 500 answers, 20 MiB.
func NewAnswers(maxEntries, maxBytes int) *Answers {
	a := &Answers{
		maxEntries: maxEntries, maxBytes: maxBytes, order: list.New(), kept: map[answerKey]*list.Element{},
	}
	if a.maxEntries <= 0 {
		a.maxEntries = defaultMaxEntries
	}
	if a.maxBytes <= 0 {
		a.maxBytes = defaultMaxBytes
	}
	return a
}

// tick keeps answers from coming to life again when the clock is set back: within core.ClockSlack the latest moment
// counts on; beyond it nobody knows how old they are, and they are dropped. Source: docs/design.md#time.
func (a *Answers) tick(now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	nowMs := now.UnixMilli()
	switch {
	case a.floorMs-nowMs > core.ClockSlack.Milliseconds():
		a.drop(func(answerKey) bool { return true })
		a.floorMs = nowMs
	case nowMs > a.floorMs:
		a.floorMs = nowMs
	}
	return time.UnixMilli(a.floorMs)
}

func (a *Answers) generation() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cleared
}

func (a *Answers) read(key answerKey) (answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, found := a.kept[key]
	if !found {
		return answer{}, false
	}
	a.order.MoveToFront(e)
	return e.Value.(entry).answer, true
}

// write keeps an answer of a call that began in that generation. Errors: cache-off when it may or can not be kept.
func (a *Answers) write(key answerKey, ans answer, generation int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if generation != a.cleared {
		return bcperr.New(bcperr.CacheOff, "answers were cleared meanwhile")
	}
	if len(ans.body) > a.maxBytes {
		return bcperr.New(bcperr.CacheOff, "the answer is larger than the whole cache")
	}
	if old, found := a.kept[key]; found {
		a.remove(old)
	}
	a.kept[key] = a.order.PushFront(entry{key, ans})
	a.bytes += len(ans.body)
	for a.order.Len() > a.maxEntries || a.bytes > a.maxBytes {
		a.remove(a.order.Back())
	}
	return nil
}

func (a *Answers) remove(e *list.Element) {
	old := a.order.Remove(e).(entry)
	delete(a.kept, old.key)
	a.bytes -= len(old.answer.body)
}

// clear drops the answers of some users, or of all, and keeps what is under way from being stored.
func (a *Answers) clear(users []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(func(key answerKey) bool {
		for _, user := range users {
			if key.user == user {
				return true
			}
		}
		return len(users) == 0
	})
}

func (a *Answers) drop(which func(answerKey) bool) {
	a.cleared++
	for key, e := range a.kept {
		if which(key) {
			a.remove(e)
		}
	}
}

// Services returns the Ids of the services of which answers are kept that are valid at that moment.
func (a *Answers) Services(now time.Time) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	valid := map[string]bool{}
	for key, e := range a.kept {
		if e.Value.(entry).answer.validUntilMs > now.UnixMilli() {
			valid[key.service] = true
		}
	}
	return slices.Collect(maps.Keys(valid))
}
