package failover

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// Facts is what the caller knows about one request.
//
// Shape in JSON: {"repeat","wants","cache","cacheKey","serveExpired"}, each optional.
type Facts struct {
	Repeat       Repeat
	Wants        soap.Wanted // the kind of answer: by it an answer is judged
	Cache        bool        // the application turned the cache on for this service
	CacheKey     string      // what the catalogue's stylesheet makes of the request; "" is no key, so no cache
	ServeExpired bool        // an expired entry may answer, marked as such, when all else failed
}

// Repeat says whether a request may run twice.
type Repeat string

// What may be known about a repetition. RepeatUnknown is not resent, like RepeatNo; but the cache may stand in for it,
// because a key that the catalogue prescribes is a sign of a consultation.
const (
	RepeatUnknown Repeat = ""
	RepeatYes     Repeat = "yes"
	RepeatNo      Repeat = "no"
)

// Do names an action.
type Do string

// The actions. Every call ends with one DoAnswer or DoFail.
const (
	DoSend             Do = "send"             // to Endpoint within Timeout, body included; report an outcome
	DoWait             Do = "wait"             // until the State of the service changes, at most Timeout; report waited
	DoReadCache        Do = "readCache"        // Key of Service; report cacheHit or cacheMiss
	DoWriteCache       Do = "writeCache"       // the answer just received; report cacheWritten or cacheFailed
	DoRefreshCatalogue Do = "refreshCatalogue" // report catalogueRefreshed or catalogueUnchanged
	DoAnswer           Do = "answer"           // hand the answer of Endpoint or the entry of the last cacheHit on
	DoFail             Do = "fail"             // hand Code on
)

// Source says where an answer came from.
type Source string

// The two sources.
const (
	FromNetwork Source = "network"
	FromCache   Source = "cache"
)

// Action is what to do next. Which fields hold something follows from Do.
//
// Shape: send: Endpoint, Attempt (1..), Timeout, Probe, Once. wait: Timeout. readCache: Service, Key. writeCache:
// Service, Key, StoredAtMs, ValidUntilMs. answer: Source, Attempts, and Endpoint (network) or StoredAtMs,
// ValidUntilMs, Expired (cache); with Exhausted the answer is the fault that Step.Keep asked to keep last, and Code
// says why, "" when every endpoint refused the caller. fail: Code, Detail, Tried, and CacheCode when the cache was
// asked (cache-miss or cache-expired).
// Units: milliseconds since 1970.
type Action struct {
	Do           Do
	Endpoint     string
	Attempt      int
	Timeout      time.Duration
	Probe        bool
	Once         bool // the request may not run twice: send nothing when it is known that nothing can arrive
	Service      string
	Key          string
	Source       Source
	Attempts     int
	Exhausted    bool // no endpoint is left; the answer is a fault
	StoredAtMs   int64
	ValidUntilMs int64
	Expired      bool
	Code         bcperr.Code
	Detail       string
	Tried        []Attempt
	CacheCode    bcperr.Code
}

// Attempt is one send that is over.
//
// Shape: Status is 0 when no answer came. Came says in our own words what came in the place of an answer.
type Attempt struct {
	Endpoint   string
	Outcome    Outcome
	Status     int
	SwitchCode string
	Fault      bool // a complete SOAP fault: it may be handed on
	Came       string
	Blameless  bool // it failed for a reason of our own
}

// Outcome says how a send ended.
type Outcome = soap.Outcome

// The outcomes. Source: docs/design.md#outcomes.
const (
	Answered    Outcome = soap.Answered   // a complete HTTP answer that is no outage, business faults included
	Switch      Outcome = soap.Switch     // a switch fault, or a gateway without a service behind it
	Foreign     Outcome = soap.Foreign    // a complete HTTP answer that is not the service's
	Unreachable Outcome = "unreachable"   // a network error
	Timeout     Outcome = "timeout"       // headers or body did not come in time
	Incomplete  Outcome = soap.Incomplete // the body is cut or not what its media type says
	Cancelled   Outcome = "cancelled"     // the caller gave up; never counts against an endpoint
)

// EventKind names an event.
type EventKind string

// The events.
const (
	SendEnded          EventKind = "outcome"
	CacheHit           EventKind = "cacheHit"
	CacheMiss          EventKind = "cacheMiss"
	CacheWritten       EventKind = "cacheWritten"
	CacheFailed        EventKind = "cacheFailed"
	CatalogueRefreshed EventKind = "catalogueRefreshed"
	CatalogueUnchanged EventKind = "catalogueUnchanged"
	CallCancelled      EventKind = "cancelled" // the caller gave up, whatever was going on
	DeadlinePassed     EventKind = "deadline"  // the total time-out of the call
	Waited             EventKind = "waited"    // the State changed, or the time to wait is over
)

// Event is what happened to the action before it, or to the call.
//
// Shape: outcome: Outcome and what follows it. cancelled, deadline: NotSent, of the send under way. cacheHit:
// StoredAtMs, ValidUntilMs (0: unknown), EndsMs.
// Units: milliseconds since 1970.
type Event struct {
	Kind         EventKind
	Outcome      Outcome
	Status       int    // of HTTP
	SwitchCode   string // a SOAP switch code: proof that the request was not processed
	Silent       bool   // answered, but nobody knows whether by the service: handed on, proves nothing
	Fault        bool   // a complete SOAP fault
	Cacheable    bool   // a complete, successful answer that is no fault
	NotSent      bool   // proof that the request never reached the endpoint
	Blameless    bool   // it failed for a reason of our own: offline, refused by our own gateway
	Came         string // what came in the place of an answer, in our own words
	QueuedMs     int64  // of the send, before it could go: the call has as much time more
	StoredAtMs   int64
	ValidUntilMs int64
	EndsMs       int64 // when the answer ends by what it says itself, whatever the cache allows; 0: it says nothing
}

// Declined is the event of a host that cannot do what the action asks: one without a cache, or that refreshes the
// catalogue by other means. The call goes on without. A send cannot be declined.
func Declined(a Action) Event {
	switch a.Do {
	case DoReadCache:
		return Event{Kind: CacheMiss}
	case DoWriteCache:
		return Event{Kind: CacheFailed}
	case DoRefreshCatalogue:
		return Event{Kind: CatalogueUnchanged}
	}
	return Event{Kind: CallCancelled}
}

// NoteKind names a note.
type NoteKind string

// The notes.
const (
	EndpointFailed   NoteKind = "endpoint-failed"   // Endpoint, Outcome, Status, SwitchCode, CoolDownMs
	CallRefused      NoteKind = "call-refused"      // Endpoint, Status, SwitchCode: it lives, the caller may not
	EndpointSwitched NoteKind = "endpoint-switched" // From, To
	ProbeStarted     NoteKind = "probe"             // Endpoint
	FailedBack       NoteKind = "failback"          // From, To
	ChoiceReset      NoteKind = "choice-reset"      // To: a newer catalogue undid a failover
	ServiceRecovered NoteKind = "service-recovered" // Endpoint, SinceMs: it answered, after calls that nothing answered
	StoreFailed      NoteKind = "cache-failed"      // an answer could not be stored; it still answers
	CacheSkipped     NoteKind = "cache-skipped"     // Code: this request has no key, so the call has no cache
)

// Note is something worth a line in the event log. It names endpoints, never a key or a payload.
type Note struct {
	Kind       NoteKind
	Endpoint   string
	Outcome    Outcome
	Status     int
	SwitchCode string
	CoolDownMs int64
	From, To   string
	SinceMs    int64 // the first failure of the outage, milliseconds since 1970
	Code       bcperr.Code
}

// Step is what Begin and Next return.
//
// Shape: Call goes to the next Next; State is the newest of the service. Changed says that State is worth keeping on
// disk and telling other tabs about: a choice or a failure, a first answer, or the clock crossed a minute. Keep: the
// answer that the event was about may be the one to hand on at the end.
type Step struct {
	Call    Call
	State   State
	Action  Action
	Changed bool
	Keep    bool
	Notes   []Note
}
