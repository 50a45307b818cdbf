package simulation

import "github.com/ehealth-bcp/ehealth-bcp/drill"

const (
	minuteMs = int64(60_000)
	hourMs   = 60 * minuteMs
	dayMs    = 24 * hourMs
	weekMs   = 7 * dayMs
)

// span is part of a week, in milliseconds since Monday 00:00.
type span struct{ fromMs, toMs int64 }

// use is how often a kind of client calls a service, in parts of the whole.
type use struct {
	service string // the Id without its prefix
	parts   int
}

// kind is one kind of place where care is given.
//
// Shape: percent of all clients; open in ascending order; house is how many clients of a gateway share what it saw, 0
// when there is none.
type kind struct {
	name    string
	percent int
	open    []span
	uses    []use
	tabs    int // percent of clients with a second tab
	house   int
}

// weekdays returns the spans of the days from Monday that are open from and to these times.
func weekdays(days int, times ...string) []span {
	var out []span
	for d := range days {
		for i := 0; i < len(times); i += 2 {
			from, to := mustClock(times[i]), mustClock(times[i+1])
			out = append(out, span{int64(d)*dayMs + from, int64(d)*dayMs + to})
		}
	}
	return out
}

func mustClock(text string) int64 {
	ms, ok := clockMs(text)
	if !ok {
		panic("internal error: " + text) // unreachable: the times below
	}
	return ms
}

// always is a week without a closing time.
var always = []span{{0, weekMs}}

// kinds are the places, with what they do. Every number is an assumption; see assumptions.
var kinds = []kind{
	{
		name: "practices", percent: 45, open: weekdays(5, "08:00", "12:00", "13:30", "18:30"), tabs: 30,
		uses: []use{{"iamsecuritytokenservice:v1", 8}, {"insurability:v2", 20}, {"etkdepot:v1", 10}, {"kgss:v1", 6},
			{"recip-eprescriber:v4", 25}, {"mycareneteattest:v2", 16}, {"metahub:v2", 10},
			{"chapterivchapterivagreementconsultation:v1", 5}},
	},
	{
		name: "pharmacies", percent: 20, tabs: 30,
		open: append(weekdays(5, "08:30", "18:30"), span{5*dayMs + 9*hourMs, 5*dayMs + 12*hourMs}),
		uses: []use{{"iamsecuritytokenservice:v1", 5}, {"memberdata:v1", 10}, {"mycarenettarification:v1", 35},
			{"recip-eexecutor:v4'", 35}, {"etkdepot:v1", 8}, {"kgss:v1", 7}},
	},
	{
		name: "hospitals", percent: 20, open: always, tabs: 30,
		uses: hospitalUses,
	},
	{
		name: "hospitals with a gateway", percent: 15, open: always, house: 150,
		uses: hospitalUses,
	},
}

var hospitalUses = []use{{"iamsecuritytokenservice:v1", 10}, {"genericinsurability:v1", 30}, {"metahub:v2", 30},
	{"etkdepot:v1", 8}, {"timestampauthority:v2", 8}, {"chapterivchapterivagreementadmission:v1", 6},
	{"chapterivchapterivagreementconsultation:v1", 8}}

// openAt tells, of a moment since Monday 00:00, in how long it is open, 0 when it is, and for how long then.
func (k *kind) openAt(ms int64) (untilMs, forMs int64) {
	ms = (ms%weekMs + weekMs) % weekMs
	for _, s := range k.open {
		if ms < s.toMs {
			return max(s.fromMs-ms, 0), s.toMs - max(s.fromMs, ms)
		}
	}
	return weekMs - ms + k.open[0].fromMs, k.open[0].toMs - k.open[0].fromMs
}

// Assumption is something that the simulation takes as given.
type Assumption struct {
	About  string `json:"about"`
	Says   string `json:"says"`
	Source string `json:"source"` // "assumed" when there is none
}

// assumptions returns what the simulation takes as given.
func assumptions() []Assumption {
	const assumed = "assumed"
	return []Assumption{
		{"services", "those of the list that drills use: every main endpoint on one host, the recovery endpoints on " +
			"a second one, MyCareNet's own on a third", "drill/sample.go, after the genuine lists of 2020 to 2022"},
		{"clients", "of 100: 45 in practices, 20 in pharmacies, 20 in hospitals, 15 in hospitals with a gateway for " +
			"each 150 clients", assumed + "; about 14,000 practising general practitioners and 4,800 pharmacies"},
		{"opening hours", "practices 8:00 to 12:00 and 13:30 to 18:30, pharmacies 8:30 to 18:30 and Saturday 9:00 to " +
			"12:00, hospitals always; each 10 minutes earlier to 20 later", assumed},
		{"calls", "at random moments at the rate of the scenario while open; nobody starts a call in a tab before " +
			"the one before it has ended; the first after opening asks for a token", assumed},
		{"tabs", "3 clients of 10 have two, which share what they saw; no gateway: each client for itself", assumed},
		{"people", "after a call that failed, 8 of 10 click again after 5 to 15 s, three times at most; never after " +
			"an act of which nobody knows whether it arrived", assumed},
		{"acts", "what a service does decides; metahub counts as an act", "core/procedure, NatureOf"},
		{"servers", "150 ms to 2.2 s for an answer, half of them under 400 ms; more work than a site can carry waits " +
			"its turn, for 30 s at most, then HTTP 503; work for a caller who gave up is done all the same", assumed},
		{"failures", "refused takes 50 to 350 ms; silent takes the time-out of the caller; HTTP 503 and a page take " +
			"50 to 250 ms; a gateway proves that a refused connection sent nothing, a browser cannot", assumed},
		{"connector", "the machine with failback off, which reproduces the platform's connector; it sends everything " +
			"again, and asks for the list as we do; the same time-outs", "docs/design.md#reference-behaviour"},
		{"naive", "the main endpoint three times, a second apart, time-out 20 s; never another endpoint", assumed},
	}
}

// services returns the list that the clients hold, with the endpoints of one Order ACTIVE.
func services(order int) drill.List {
	l := drill.Sample(2)
	for i := range l.Services {
		for k := range l.Services[i].Endpoints {
			e := &l.Services[i].Endpoints[k]
			e.Status = drill.Inactive
			if e.Order == order {
				e.Status = drill.Active
			}
		}
	}
	return l
}
