package simulation

// ringMs is the length of the ring of a queue, a power of two: 70 minutes, longer than nearly every wait.
const ringMs = 1 << 22

// none is the index of no actor.
const none = int32(-1)

// queue gives the actors back in the order of their moments: a calendar with a bucket for each millisecond, each a list
// through the actors themselves, so that an actor waits for one thing at a time and can be taken out. What lies more
// than a round ahead stays in its bucket when the calendar comes past.
//
// Shape: of one millisecond the last one put comes first.
//
// These are the calendar queues of R. Brown (Communications of the ACM 31, 1988), with days that do not change. A ring
// took a third of the time of a heap for a million actors.
type queue struct {
	actors  []actor
	buckets []int32 // the first actor of each millisecond
	nowMs   int64
	next    int32 // of the bucket under way, what is to be looked at
}

func newQueue(actors []actor) *queue {
	q := &queue{actors: actors, buckets: make([]int32, ringMs), next: none}
	for i := range q.buckets {
		q.buckets[i] = none
	}
	return q
}

// put lets an actor wait until a moment, at least the next millisecond.
func (q *queue) put(i int32, atMs int64) {
	a := &q.actors[i]
	a.atMs = max(atMs, q.nowMs+1)
	b := &q.buckets[a.atMs%ringMs]
	a.before, a.after = none, *b
	if a.after != none {
		q.actors[a.after].before = i
	}
	*b = i
}

// take takes an actor out, wherever it waits.
func (q *queue) take(i int32) {
	a := &q.actors[i]
	if q.next == i {
		q.next = a.after
	}
	if a.before != none {
		q.actors[a.before].after = a.after
	} else {
		q.buckets[a.atMs%ringMs] = a.after
	}
	if a.after != none {
		q.actors[a.after].before = a.before
	}
}

// pop takes out the next actor and sets the clock to its moment; none when nothing is left before endMs.
func (q *queue) pop(endMs int64) int32 {
	for {
		for q.next != none {
			i := q.next
			q.next = q.actors[i].after
			if q.actors[i].atMs == q.nowMs {
				q.take(i)
				return i
			}
		}
		if q.nowMs+1 >= endMs {
			return none
		}
		q.nowMs++
		q.next = q.buckets[q.nowMs%ringMs]
	}
}
