package simulation

import (
	"fmt"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// tally is what is counted while a run goes on.
type tally struct {
	Calls, Answered, FromCache, Failed        int64
	Acts, ActsUncertain, ActsSentAgain        int64
	SendsToDown, CallsWhileDown               int64
	Slow, SlowWhileDown                       int64
	Probes, Failbacks, WrongFailbacks         int64
	callsByMinute, failedByMinute, slowMinute []uint32

	switchMs  []int32 // of each service of each store, from its first failure to the first answer from elsewhere
	round     uint8   // of the outages
	rightAtMs int64   // when the main site was right again, -1: it is not, or always was
	isWrong   bool
}

func newTally(lengthMs int64) *tally {
	minutes := lengthMs/minuteMs + 1
	return &tally{rightAtMs: -1, callsByMinute: make([]uint32, minutes), failedByMinute: make([]uint32, minutes),
		slowMinute: make([]uint32, minutes)}
}

// turn: from now on the main site is right, or not.
func (t *tally) turn(nowMs int64, isRight bool) {
	if isRight {
		t.rightAtMs, t.isWrong = nowMs, false
		return
	}
	t.rightAtMs, t.isWrong = -1, true
	t.round++
}

// markOf returns what is measured of a service of a store, for the outage under way or the last one.
func (r *run) markOf(slot int32) *mark {
	m := &r.marks[slot]
	if m.round != r.round {
		m.round, m.failedMs, m.strayMs, m.hasStray = r.round, -1, 0, false
	}
	return m
}

// The moments of a mark that are none.
const (
	neverFailed = -1
	hasSwitched = -2
)

func (t *tally) sawFailure(m *mark, nowMs int64) {
	if m.failedMs == neverFailed && t.isWrong {
		m.failedMs = int32(nowMs)
	}
}

// sawAnswer measures when a service is elsewhere, and when it is back. The time in which its place is closed counts
// nothing.
func (r *run) sawAnswer(a *actor, m *mark, isMain bool) {
	isBack := r.isMainRight() && r.rightAtMs >= 0
	if isMain {
		m.hasStray = m.hasStray || isBack && m.isAway
		m.isAway = false
		return
	}
	if m.failedMs >= 0 {
		r.switchMs = append(r.switchMs, int32(r.nowMs)-m.failedMs)
		m.failedMs = hasSwitched
	}
	m.isAway = true
	if isBack {
		m.hasStray, m.strayMs = true, int32(r.openMs(a, r.rightAtMs, r.nowMs))
	}
}

// ended counts a call that is over.
func (t *tally) ended(f *flight, code bcperr.Code, isFromCache bool, nowMs, tookMs int64) {
	minute := f.begunMs / minuteMs
	t.Calls++
	t.callsByMinute[minute]++
	switch {
	case isFromCache:
		t.FromCache++
	case code == "":
		t.Answered++
	default:
		t.Failed++
		t.failedByMinute[nowMs/minuteMs]++
	}
	if tookMs > slowMs {
		t.Slow++
		t.slowMinute[minute]++
	}
	if f.wasDown {
		t.CallsWhileDown++
		if tookMs > slowMs {
			t.SlowWhileDown++
		}
	}
	if f.isAct {
		t.Acts++
		if code != "" && f.notProved {
			t.ActsUncertain++
		}
		if f.sentAgain {
			t.ActsSentAgain++
		}
	}
}

// Figures is what a behaviour came to.
//
// Shape: Switch is from the first failure of a service at a client to its first answer from elsewhere, in each outage.
// Return is from when the main site was right again to the last call of a service that still went elsewhere, 0 when
// none did, of those who called after the last outage; never for those in StillAway. StillAway counts the services of
// clients whose next call would go elsewhere at the end. SlowMost is of the client with the most; each behind a gateway
// is one. ReturnMinute is main's requests a second in the busiest minute of the quarter of an hour from when it was
// right again, NormalMinute those of the same quarter without an outage; both 0 when it never was.
type Figures struct {
	Behaviour             Behaviour `json:"behaviour"`
	Calls                 int64     `json:"calls"`
	Answered              int64     `json:"answered"`
	FromCache             int64     `json:"fromCache"`
	Failed                int64     `json:"failed"`
	FailedPerClient       float64   `json:"failedPerClient"`
	Acts                  int64     `json:"acts"`
	ActsUncertain         int64     `json:"actsUncertain"`
	ActsSentAgain         int64     `json:"actsSentAgain"`
	Slow                  int64     `json:"slow"`
	SlowPerClient         float64   `json:"slowPerClient"`
	SlowMost              int       `json:"slowMost"`
	SlowPerClientDownHour float64   `json:"slowPerClientDownHour"`
	Probes                int64     `json:"probes"`
	clients               int
	CallsWhileDown        int64   `json:"callsWhileDown"`
	SendsToDownPerCall    float64 `json:"sendsToDownPerCall"`
	Switch                Spread  `json:"switch"`
	Return                Spread  `json:"return"`
	StillAway             int64   `json:"stillAway"`
	Failbacks             int64   `json:"failbacks"`
	WrongFailbacks        int64   `json:"wrongFailbacks"`
	ReturnMinute          float64 `json:"returnMinute"`
	NormalMinute          float64 `json:"normalMinute"`
	rightAtMs             int64
	Sites                 []Host  `json:"sites"`
	Minutes               Minutes `json:"minutes"`
}

// Host is what a site was asked.
//
// Shape: peaks are requests in the busiest second; AtReturn from when the main site was right again, 0 when it never
// was; ToNormal is of the main site's on the same days without an outage.
type Host struct {
	Name           string  `json:"name"`
	Requests       int64   `json:"requests"`
	Peak           uint32  `json:"peak"`
	PeakAtS        int64   `json:"peakAtS"`
	PeakToNormal   float64 `json:"peakToNormal"`
	AtReturn       uint32  `json:"atReturn"`
	ReturnToNormal float64 `json:"returnToNormal"`
}

// Minutes is what happened in each minute: requests a second at each site (the mean), calls and failed calls a second.
type Minutes struct {
	Main      []float64 `json:"main"`
	Recovery  []float64 `json:"recovery"`
	Partner   []float64 `json:"partner"`
	Catalogue []float64 `json:"catalogue"`
	Calls     []float64 `json:"calls"`
	Failed    []float64 `json:"failed"`
	Slow      []float64 `json:"slow"`
}

// figures sums a run up; relate says what it is to a normal day.
func (r *run) figures(doneMs int64) Figures {
	t := r.tally
	clients := float64(r.s.Clients)
	f := Figures{Behaviour: r.behaviour, clients: r.s.Clients, Calls: t.Calls,
		Answered: t.Answered, FromCache: t.FromCache, Failed: t.Failed,
		FailedPerClient: float64(t.Failed) / clients, Acts: t.Acts, ActsUncertain: t.ActsUncertain,
		ActsSentAgain: t.ActsSentAgain, Slow: t.Slow, SlowPerClient: float64(t.Slow) / clients, Probes: t.Probes,
		CallsWhileDown: t.CallsWhileDown, SendsToDownPerCall: ratio(t.SendsToDown, t.CallsWhileDown),
		Switch: spreadOf(t.switchMs, 0), Failbacks: t.Failbacks, WrongFailbacks: t.WrongFailbacks,
		rightAtMs: t.rightAtMs}
	if hours := r.downHours(doneMs); hours > 0 {
		f.SlowPerClientDownHour = float64(t.SlowWhileDown) / clients / hours
	}
	f.SlowMost = r.slowMost()
	f.Return, f.StillAway = r.returns()
	for i := range r.sites {
		f.Sites = append(f.Sites, r.host(i, doneMs))
	}
	f.Minutes = r.minutes(doneMs)
	return f
}

// ofOne is a count for one client.
func (f *Figures) ofOne(count int64) string {
	return fmt.Sprintf("%.2f", ratio(count, int64(f.clients)))
}

// slowMost is how many slow calls the client had who had the most.
func (r *run) slowMost() (most int) {
	for i := range r.stores {
		st, sum := &r.stores[i], 0
		for k := st.first; k < st.first+st.actors; k++ {
			if r.kinds[st.kind].house > 0 {
				sum = 0 // each behind a gateway is a client
			}
			sum += int(r.q.actors[k].slow)
			most = max(most, sum)
		}
	}
	return most
}

// downHours is for how long the main site failed every request.
func (r *run) downHours(doneMs int64) float64 {
	var downMs, sinceMs int64
	isDown := false
	for _, c := range r.s.Changes {
		atMs := min(c.At.Milliseconds(), doneMs)
		if isDown {
			downMs += atMs - sinceMs
		}
		sinceMs = atMs
		if c.Site == siteNames[main] && c.Verb != "publish" {
			isDown = c.Verb == "fail" && c.Percent == 100
		}
	}
	if isDown {
		downMs += doneMs - sinceMs
	}
	return float64(downMs) / float64(hourMs)
}

func (r *run) host(i int, doneMs int64) Host {
	s := &r.sites[i]
	h := Host{Name: siteNames[i], Requests: s.sum()}
	var atMs int64
	h.Peak, atMs = s.peak(0, doneMs)
	h.PeakAtS = atMs / 1000
	if r.rightAtMs >= 0 {
		h.AtReturn, _ = s.peak(r.rightAtMs, doneMs)
	}
	return h
}

// relate sets the peaks of the sites beside the main site's on a normal day, and its minutes after the return beside
// those of that day.
func (f *Figures) relate(peak uint32, normal []float64) {
	if f.rightAtMs >= 0 {
		f.ReturnMinute = busiestOfQuarter(f.Minutes.Main, f.rightAtMs)
		f.NormalMinute = busiestOfQuarter(normal, f.rightAtMs)
	}
	for i := range f.Sites {
		if h := &f.Sites[i]; peak > 0 && i != catalogue {
			h.PeakToNormal = float64(h.Peak) / float64(peak)
			h.ReturnToNormal = float64(h.AtReturn) / float64(peak)
		}
	}
}

// busiestOfQuarter is the largest of the whole minutes of a quarter of an hour.
func busiestOfQuarter(minutes []float64, fromMs int64) (most float64) {
	from := int((fromMs + minuteMs - 1) / minuteMs)
	for _, v := range minutes[min(from, len(minutes)):min(from+15, len(minutes))] {
		most = max(most, v)
	}
	return most
}

func (r *run) minutes(doneMs int64) Minutes {
	n := int((doneMs + minuteMs - 1) / minuteMs)
	site := func(k int) []float64 {
		out := make([]float64, n)
		for i := range out {
			sum := uint32(0)
			for _, c := range r.sites[k].seconds[i*60 : min(i*60+60, len(r.sites[k].seconds))] {
				sum += c
			}
			out[i] = round(float64(sum) / 60)
		}
		return out
	}
	each := func(counts []uint32) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = round(float64(counts[i]) / 60)
		}
		return out
	}
	return Minutes{Main: site(main), Recovery: site(recovery), Partner: site(partner),
		Catalogue: site(catalogue),
		Calls:     each(r.callsByMinute), Failed: each(r.failedByMinute), Slow: each(r.slowMinute)}
}

// round keeps two decimals.
func round(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
