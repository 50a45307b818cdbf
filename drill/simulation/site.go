package simulation

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// patienceUs is for how long a site lets work wait before it turns more away.
const patienceUs = 30_000_000

// site is one host: what it fails with, what it can carry, and what it was asked.
type site struct {
	how      string // of its failure; "" when it is well
	percent  int    // of the requests that fail
	costUs   int64  // of one request; 0: it carries anything
	freeUs   int64  // when the work that it has is done
	rampFrom int64  // it is well again, with a third of what it can carry,
	rampTo   int64  // and with all of it
	seconds  []uint32
	failed   []uint32 // of these, by the minute, what it failed
}

func newSite(lengthMs int64) site {
	return site{seconds: make([]uint32, lengthMs/1000+1), failed: make([]uint32, lengthMs/minuteMs+1)}
}

// isDown: does every request fail?
func (s *site) isDown() bool { return s.how != "" && s.percent == 100 }

// ask is one request at a moment: what comes of it and how long that takes, by a caller who waits timeoutMs.
func (s *site) ask(nowMs, timeoutMs int64, provesNotSent bool, draw *rand.PCG) (failover.Event, int64) {
	s.seconds[nowMs/1000]++
	e := failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered, Status: 200, Cacheable: true}
	var tookMs int64
	if s.how != "" && (s.percent == 100 || int(draw.Uint64()%100) < s.percent) {
		s.failed[nowMs/minuteMs]++
		e, tookMs = failure(s.how, provesNotSent, timeoutMs, draw)
	} else if waitUs := s.wait(nowMs); waitUs > patienceUs {
		s.failed[nowMs/minuteMs]++
		e, tookMs = failure("unavailable", provesNotSent, timeoutMs, draw)
	} else {
		tookMs = waitUs/1000 + answerMs(draw)
	}
	if tookMs >= timeoutMs {
		return failover.Event{Kind: failover.SendEnded, Outcome: failover.Timeout}, timeoutMs
	}
	return e, tookMs
}

// wait takes a request in, and returns how long it waits for those before it.
func (s *site) wait(nowMs int64) int64 {
	if s.costUs == 0 {
		return 0
	}
	cost := s.costUs
	if nowMs < s.rampTo {
		part := (nowMs - s.rampFrom) * 1000 / (s.rampTo - s.rampFrom) // of 1000
		cost = cost * 3000 / (1000 + 2*part)
	}
	s.freeUs = max(s.freeUs, nowMs*1000)
	waitUs := s.freeUs - nowMs*1000
	if waitUs <= patienceUs {
		s.freeUs += cost
	}
	return waitUs
}

func failure(how string, provesNotSent bool, timeoutMs int64, draw *rand.PCG) (failover.Event, int64) {
	e := failover.Event{Kind: failover.SendEnded}
	tookMs := 50 + int64(draw.Uint64()%200)
	switch how {
	case "refused":
		e.Outcome, e.NotSent = failover.Unreachable, provesNotSent
		tookMs = 50 + int64(draw.Uint64()%300)
	case "silent":
		e.Outcome, tookMs = failover.Timeout, timeoutMs
	case "unavailable":
		e.Outcome, e.Status = failover.Switch, 503
	default:
		e.Outcome, e.Status = failover.Foreign, 404
	}
	return e, tookMs
}

// waits are quantiles of a memoryless wait of mean 1,000,000: whole numbers, so that every processor draws the same.
var waits = func() []int64 {
	out := make([]int64, 1<<12)
	for i := range out {
		out[i] = int64(math.Round(-1e6 * math.Log(1-(float64(i)+0.5)/float64(len(out)))))
	}
	return out
}()

// memoryless draws a wait with that mean.
func memoryless(meanMs int64, draw *rand.PCG) int64 {
	return meanMs * waits[draw.Uint64()%uint64(len(waits))] / 1_000_000
}

// answerMs draws how long an answer takes: 150 ms to 2.2 s, half of them under 400 ms.
func answerMs(draw *rand.PCG) int64 { return min(150+memoryless(361, draw), 2200) }

// peak is the busiest second from fromMs on, and how many requests it had.
func (s *site) peak(fromMs, toMs int64) (perSecond uint32, atMs int64) {
	from, to := fromMs/1000, min(toMs/1000, int64(len(s.seconds)))
	if from >= to {
		return 0, fromMs
	}
	perSecond = slices.Max(s.seconds[from:to])
	return perSecond, (from + int64(slices.Index(s.seconds[from:to], perSecond))) * 1000
}

func (s *site) sum() (n int64) {
	for _, c := range s.seconds {
		n += int64(c)
	}
	return n
}
