package gateway

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// metrics measures what an operator alerts on. Labels come from closed sets alone: Ids and Orders of the list in force,
// outcomes and kinds of events of ours, routes, HTTP statuses. Nothing of a caller can become one.
//
// The names, with what to alert on: docs/operations.md.
type metrics struct {
	startedAt time.Time
	registry  *prometheus.Registry

	requests *prometheus.CounterVec
	sends    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	events   *prometheus.CounterVec

	mu   sync.Mutex
	each map[place]*EndpointStatus
	told map[string]bool // Ids of the services of which there are events
}

// place is an endpoint in the list.
type place struct {
	service string
	order   int
}

// EndpointStatus is what was measured of an endpoint since the start.
//
// Shape: Answered counts the sends in which the service itself spoke, Failed the others but those that the caller
// cancelled. Availability is Answered in all of these, absent before the first.
type EndpointStatus struct {
	Service      string   `json:"service"`
	Order        int      `json:"order"`
	Answered     int64    `json:"answered"`
	Failed       int64    `json:"failed"`
	Cancelled    int64    `json:"cancelled"`
	Availability *float64 `json:"availability,omitempty"`
}

// Buckets from an answer of the same house to the longest time-out of an attempt.
var buckets = []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60}

func newMetrics(g *Gateway) *metrics {
	m := &metrics{
		startedAt: time.Now(), registry: prometheus.NewRegistry(), each: map[place]*EndpointStatus{},
		told: map[string]bool{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bcp_requests_total",
			Help: "Requests to this gateway, by what was asked for and the status of the answer.",
		}, []string{"route", "status"}),
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bcp_sends_total", Help: "Requests sent to an endpoint, by how they ended.",
		}, []string{"service", "order", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "bcp_send_duration_seconds", Help: "From the send to the answer, or to the end of the wait for it.",
			Buckets: buckets,
		}, []string{"service", "order"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bcp_events_total", Help: "What the client told: switches, returns, refused catalogues and the like.",
		}, []string{"event", "service"}),
	}
	m.registry.MustRegister(m.requests, m.sends, m.took, m.events, view{g})
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// attempt counts the sends of the client's own calls.
func (m *metrics) attempt(also func(client.Attempt)) func(client.Attempt) {
	return func(a client.Attempt) {
		m.sent(a)
		if also != nil {
			also(a)
		}
	}
}

// sent counts a send that is over.
func (m *metrics) sent(a client.Attempt) {
	order := strconv.Itoa(a.Order)
	m.sends.WithLabelValues(a.Service, order, string(a.Outcome)).Inc()
	m.took.WithLabelValues(a.Service, order).Observe(a.Took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	at := place{a.Service, a.Order}
	status := m.each[at]
	if status == nil {
		status = &EndpointStatus{Service: a.Service, Order: a.Order}
		m.each[at] = status
	}
	switch a.Outcome {
	case failover.Answered:
		status.Answered++
	case failover.Cancelled:
		status.Cancelled++
	default:
		status.Failed++
	}
}

// event counts what the client tells.
func (m *metrics) event(also func(client.Event)) func(client.Event) {
	return func(e client.Event) {
		m.mu.Lock()
		m.told[e.Service] = true
		m.events.WithLabelValues(e.Kind, e.Service).Inc()
		m.mu.Unlock()
		if also != nil {
			also(e)
		}
	}
}

// keep drops the series of what a new list has not.
func (m *metrics) keep(list client.List) {
	isIn := map[place]bool{}
	services := map[string]bool{"": true}
	for _, s := range list.Catalogue.Services().Services {
		services[s.ID] = true
		for _, e := range s.Endpoints {
			isIn[place{s.ID, e.Order}] = true
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for at := range m.each {
		if isIn[at] {
			continue
		}
		delete(m.each, at)
		of := prometheus.Labels{"service": at.service, "order": strconv.Itoa(at.order)}
		m.sends.DeletePartialMatch(of)
		m.took.DeletePartialMatch(of)
	}
	for id := range m.told {
		if !services[id] {
			delete(m.told, id)
			m.events.DeletePartialMatch(prometheus.Labels{"service": id})
		}
	}
}

// endpoints is what was measured, in the order of services and endpoints.
func (m *metrics) endpoints() []EndpointStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]EndpointStatus, 0, len(m.each))
	for _, status := range m.each {
		one := *status
		if sends := one.Answered + one.Failed; sends > 0 {
			share := float64(one.Answered) / float64(sends)
			one.Availability = &share
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b EndpointStatus) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Order, b.Order))
	})
	return all
}

// routes are the resources that are counted; all others are one.
var routes = []string{
	"/servicelist.xml", "/servicelist.sha2", "/history", "/states", "/healthz", "/endpoint", "/service",
}

// count counts the requests, and tells the access log of each.
func (m *metrics) count(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted, start := &statusWriter{ResponseWriter: w}, time.Now()
		defer func() {
			route := "other"
			if slices.Contains(routes, r.URL.Path) {
				route = r.URL.Path
			}
			m.requests.WithLabelValues(route, counted.label()).Inc()
			if log != nil {
				log.Info("request", "route", route, "status", counted.label(), "took", time.Since(start))
			}
		}()
		next.ServeHTTP(counted, r)
	})
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the deadlines.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// label: an endpoint may answer with any number of three digits, so those that nobody registered are one.
func (s *statusWriter) label() string {
	switch {
	case s.status == 0:
		return "none"
	case http.StatusText(s.status) == "":
		return "other"
	}
	return strconv.Itoa(s.status)
}

// view tells what is so at the moment of asking.
type view struct{ g *Gateway }

var (
	buildInfo = prometheus.NewDesc("bcp_build_info", "The version of this gateway; always 1.", []string{"version"}, nil)
	held      = prometheus.NewDesc("bcp_catalogue_held", "1 when a list is held.", nil, nil)
	issued    = prometheus.NewDesc("bcp_catalogue_issue_timestamp_seconds",
		"IssueInstant of the list in force.", nil, nil)
	checked = prometheus.NewDesc("bcp_catalogue_check_timestamp_seconds",
		"When a source last confirmed the list in force.", nil, nil)
	signerEnd = prometheus.NewDesc("bcp_catalogue_signer_not_after_timestamp_seconds",
		"When the certificate that signed the list in force ends.", nil, nil)
	flaws = prometheus.NewDesc("bcp_catalogue_trust_flaws",
		"Anchors that cannot be read, and CRLs that revoke nothing or have ended.", nil, nil)
	services = prometheus.NewDesc("bcp_catalogue_services", "Services of the list in force.", nil, nil)
	down     = prometheus.NewDesc("bcp_service_down", "1 when no endpoint of the service is left.",
		[]string{"service"}, nil)
	away = prometheus.NewDesc("bcp_service_failed_over", "1 while the service is away from its main endpoint.",
		[]string{"service"}, nil)
	underWay = prometheus.NewDesc("bcp_sends_in_progress", "Requests to endpoints under way.", nil, nil)
	archived = prometheus.NewDesc("bcp_history_entries", "Lists in the history.", nil, nil)
	keeps    = prometheus.NewDesc("bcp_history_ok", "1 when the last list could be kept in the history.", nil, nil)
)

// Describe tells the series of view.
func (v view) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		buildInfo, held, issued, checked, signerEnd, flaws, services, down, away, underWay, archived, keeps,
	} {
		out <- d
	}
}

// Collect tells their values.
func (v view) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(buildInfo, 1, core.Version)
	gauge(underWay, float64(len(v.g.lanes.all)))
	chain, err := v.g.archive.state()
	gauge(archived, float64(len(chain.Entries)))
	gauge(keeps, number(err == nil))
	s := v.g.client.Status()
	gauge(held, number(s.Catalogue != nil))
	if s.Catalogue == nil {
		return
	}
	gauge(issued, float64(s.Catalogue.IssueInstantMs)/1000)
	gauge(checked, float64(s.Catalogue.CheckedAtMs)/1000)
	gauge(flaws, float64(len(s.Trust.Flaws)))
	gauge(services, float64(s.Catalogue.Services))
	if end, err := time.Parse(time.RFC3339, s.Catalogue.Signer.NotAfter); err == nil {
		gauge(signerEnd, float64(end.Unix()))
	}
	told := map[string]bool{} // two services may share an Id
	for _, one := range s.Services {
		if !told[one.ID] {
			told[one.ID] = true
			gauge(down, number(one.Health.Down), one.ID)
			gauge(away, number(one.Health.FailedOver), one.ID)
		}
	}
}

func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
