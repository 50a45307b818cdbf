package failover_test

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
)

var (
	first = []int{0}
	none  = []int{}
	both  = []int{0, 1}
)

// allStories returns all stories, by subject.
func allStories() (all []story) {
	for _, some := range [][]story{choiceStories, repeatStories, cacheStories, spokenStories, scoutStories} {
		all = append(all, some...)
	}
	return all
}

var choiceStories = []story{
	{"the main endpoint answers", with(2, first), `
		a: begin -> send e0
		a: ok -> answer e0 after 1`},
	{"a business fault is an answer", with(2, first), `
		a: begin -> send e0
		a: fault -> answer e0 after 1`},
	{"the ring goes on to INACTIVE endpoints and sticks", with(3, []int{1}, noFailback), `
		a: begin -> send e1
		a: unreachable -> send e2
		a: timeout -> send e0
		a: ok -> answer e0 after 3
		+100h
		b: begin -> send e0`},
	{"all endpoints fail", with(2, first), `
		a: begin -> send e0
		a: incomplete -> send e1
		a: 503 -> fail endpoints-exhausted e0:incomplete e1:switch`},
	{"the endpoints need not come in Order", func(s *teller) {
		s.service.Endpoints = []failover.Endpoint{{Order: 7, URL: url(1)}, {Order: -3, URL: url(0), Active: true}}
	}, `
		a: begin -> send e0
		a: switch -> send e1`},
	{"a URL that stands there twice is one endpoint", with(3, first, twice), `
		a: begin -> send e0
		a: unreachable -> fail not-repeatable e0:unreachable
		b: begin -> send e2
		b: ok -> answer e2 after 1`},
	{"a URL that stands there twice is ACTIVE where it is so first", with(3, []int{1, 2}, twice), `
		a: begin -> send e0
		a: unreachable -> fail not-repeatable e0:unreachable
		b: begin -> send e2`},
	{"a newer catalogue resets the choice", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		b: begin -> send e1
		publish 0
		c: begin -> send e0`},
	{"a catalogue that comes under way counts for the next attempt", with(3, first), `
		a: begin -> send e0
		publish 2
		a: unreachable -> send e2`},
	{"failback: one probe after the cool-down, then everybody", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+3m
		b: begin -> send e1
		b: ok -> answer e1 after 1
		+2m
		c: begin -> send e0 probe within 8s
		d: begin -> send e1
		c: ok -> answer e0 after 1
		e: begin -> send e0 within 8s
		d: ok -> answer e1 after 1
		f: begin -> send e0 within 8s
		+59m
		g: begin -> send e0 within 8s
		+2m
		h: begin -> send e0`},
	{"a failed probe goes on in the ring, and doubles the cool-down", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		b: unreachable -> send e1
		b: ok -> answer e1 after 2
		+7m
		c: begin -> send e1
		+3m
		d: begin -> send e0 probe within 8s`},
	{"a cancelled probe lets the next call probe", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		c: begin -> send e1
		b: cancelled -> fail aborted e0:cancelled
		d: begin -> send e0 probe within 8s`},
	{"a probe that is never reported blocks no longer than its time-out", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		+12s
		c: begin -> send e1
		+1s
		d: begin -> send e0 probe within 8s`},
	{"a probe that lapsed, cancelled late, leaves the one after it alone", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		+13s
		c: begin -> send e0 probe within 8s
		b: cancelled -> fail aborted e0:cancelled
		d: begin -> send e1`},
	{"a probe that lapsed, cancelled late, ends no rest", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		+13s
		c: begin -> send e0 probe within 8s
		c: unreachable -> send e1
		b: cancelled -> fail aborted e0:cancelled
		d: begin -> send e1`},
	{"an endpoint being probed is asked when nothing else is left", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		+5m
		b: begin -> send e0 probe within 8s
		c: begin -> send e1
		c: unreachable -> send e0`},
	{"calls that fail together are one failure", with(2, first), `
		a: begin -> send e0
		b: begin -> send e0
		c: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> wait within 25s
		c: unreachable -> wait within 25s
		a: ok -> answer e1 after 2
		b: waited -> send e1
		c: waited -> send e1
		+5m
		d: begin -> send e0 probe within 8s`},
	{"after an outage of all, the main endpoint is probed by one call", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable
		+5m
		b: begin -> send e0 probe
		c: begin -> send e1`},
	{"budget: in an outage of all, a burst sends one request a call, going round", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable
		+1s
		b: begin -> send e0
		b: unreachable -> fail endpoints-exhausted e0:unreachable
		+1s
		c: begin -> send e1
		c: unreachable -> fail endpoints-exhausted e1:unreachable
		+10s
		d: begin -> send e0
		d: unreachable -> send e1`},
	{"budget: a clock set back blocks nothing", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable
		-5m
		b: begin -> send e0
		b: unreachable -> send e1`},
	{"budget: without failback every call goes round", with(2, first, noFailback), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable
		b: begin -> send e0
		b: unreachable -> send e1`},
	{"an endpoint that answers takes over from one that is known to fail", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable
		+1s
		b: begin -> send e0
		b: unreachable -> fail endpoints-exhausted e0:unreachable
		c: begin -> send e1
		c: ok -> answer e1 after 1
		d: begin -> send e1`},
	{"an old call that ends late does not undo a newer choice", with(3, first, noFailback), `
		a: begin -> send e0
		b: begin -> send e0
		a: unreachable -> send e1
		b: ok -> answer e0 after 1
		c: begin -> send e1`},
	{"two calls that fail on one endpoint move the choice once", with(3, first, noFailback), `
		a: begin -> send e0
		b: begin -> send e0
		a: unreachable -> send e1
		b: unreachable -> send e1
		a: ok -> answer e1 after 2
		c: begin -> send e1`},
	{"an old call that ends late takes over from an endpoint that is known to fail", with(3, first, noFailback), `
		a: begin -> send e0
		a: unreachable -> send e1
		x: begin -> send e1
		a: unreachable -> send e2
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable e2:unreachable
		x: ok -> answer e1 after 1
		b: begin -> send e1`},
	{"published: only ACTIVE endpoints, by Order, then a refresh, once", with(3, []int{0, 2}, published), `
		a: begin -> send e0
		a: unreachable -> send e2
		a: unreachable -> refreshCatalogue
		a: unchanged -> fail endpoints-exhausted e0:unreachable e2:unreachable`},
	{"published: goes on with what the new catalogue says", with(3, first, published), `
		a: begin -> send e0
		a: unreachable -> refreshCatalogue
		publish 1
		a: refreshed -> send e1
		a: unreachable -> fail endpoints-exhausted e0:unreachable e1:unreachable`},
	{"published: the new catalogue has none ACTIVE", with(2, first, published), `
		a: begin -> send e0
		a: unreachable -> refreshCatalogue
		publish none
		a: refreshed -> fail service-inactive e0:unreachable`},
	{"published: the service is gone", with(2, first, published), `
		a: begin -> send e0
		a: unreachable -> refreshCatalogue
		publish gone
		a: refreshed -> fail service-unknown e0:unreachable`},
	{"published: the deadline passes during the refresh", with(2, first, published), `
		a: begin -> send e0
		a: unreachable -> refreshCatalogue
		a: deadline -> fail timeout e0:unreachable`},
	{"published: failback to the lowest Order", with(2, both, published), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		b: begin -> send e1
		+5m
		c: begin -> send e0 probe within 8s`},
	{"no ACTIVE endpoint is a published state", with(2, none), `
		a: begin -> fail service-inactive`},
	{"a quarantined service is not used", with(2, first, func(s *teller) { s.service.Quarantined = bcperr.URLInvalid }),
		`
		a: begin -> fail service-quarantined`},
	{"an unknown address is called as it is", func(s *teller) { s.service = failover.Direct(url(9)) }, `
		a: begin -> send e9
		a: unreachable -> fail endpoints-exhausted e9:unreachable`},
	{"cancelling counts against nobody", with(2, first), `
		a: begin -> send e0
		a: cancel -> fail aborted e0:cancelled
		b: begin -> send e0
		a: ok -> error bad-call`},
	{"the last attempts get what is left of the time", with(4, first), `
		a: begin -> send e0
		+20s
		a: timeout -> send e1
		+30s
		a: timeout -> send e2 within 10s
		+10s
		a: timeout -> fail timeout e0:timeout e1:timeout e2:timeout`},
	{"the deadline ends a send", with(2, first), `
		a: begin -> send e0
		a: deadline -> fail timeout e0:timeout
		b: begin -> send e1`},
	{"an event that does not fit leaves the call as it was", with(2, first), `
		a: begin -> send e0
		a: hit -> error bad-call
		a: miss -> error bad-call
		a: written -> error bad-call
		a: refreshed -> error bad-call
		a: nothing -> error bad-call
		a: ok -> answer e0 after 1
		a: cancel -> error bad-call`},
}

var repeatStories = []story{
	{"act: an ambiguous outcome ends the call, and the choice moves for the next", with(2, first, act, noFailback), `
		a: begin -> send e0
		a: unreachable -> fail not-repeatable e0:unreachable
		b: begin -> send e1
		b: timeout -> fail not-repeatable e1:timeout
		c: begin -> send e0
		c: incomplete -> fail not-repeatable e0:incomplete
		d: begin -> send e1
		d: 503 -> fail not-repeatable e1:switch`},
	{"act: a switch fault proves that it was not processed", with(2, first, act), `
		a: begin -> send e0
		a: switch -> send e1
		a: switch -> fail endpoints-exhausted e0:switch e1:switch`},
	{"act: a refused connection proves that it was not sent", with(2, first, act), `
		a: begin -> send e0
		a: refused -> send e1`},
	{"act: the deadline is ambiguous", with(2, first, act), `
		a: begin -> send e0
		a: deadline -> fail not-repeatable e0:timeout`},
	{"act: it probes no endpoint that failed, while another answers", with(2, first, act), `
		a: begin -> send e0
		a: timeout -> fail not-repeatable e0:timeout
		+5m
		b: begin -> send e1
		b: ok -> answer e1 after 1
		+50m
		c: begin -> send e1
		c: ok -> answer e1 after 1`},
	{"act: after the longest rest it finds out itself, or it would stay away for ever", with(2, first, act), `
		a: begin -> send e0
		a: timeout -> fail not-repeatable e0:timeout
		b: begin -> send e1
		b: ok -> answer e1 after 1
		+1h
		c: begin -> send e0 probe within 8s
		c: ok -> answer e0 after 1
		d: begin -> send e0`},
	{"act: it probes when everything else is known to fail", with(2, first, act), `
		a: begin -> send e0
		a: timeout -> fail not-repeatable e0:timeout
		+3m
		b: begin -> send e1
		b: switch -> send e0
		b: switch -> fail endpoints-exhausted e1:switch e0:switch
		+2m
		c: begin -> send e0 probe`},
	{"act: a clock that was set back spares nothing for ever", with(2, first, act), `
		a: begin -> send e0
		a: timeout -> fail not-repeatable e0:timeout
		b: begin -> send e1
		b: ok -> answer e1 after 1
		-10m
		c: begin -> send e0`},
	{"unknown: as act", with(2, first, unknown), `
		a: begin -> send e0
		a: unreachable -> fail not-repeatable e0:unreachable`},
	{"act: the cache neither answers nor stores", with(2, first, cached(servicelist.CacheFirst), act), `
		a: begin -> send e0
		a: unreachable -> fail not-repeatable e0:unreachable
		b: begin -> send e1
		b: ok -> answer e1 after 1`},
	{"unknown: the deadline does not hide that it may have been processed",
		with(2, first, cached(servicelist.EndpointFirst), unknown), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: deadline -> fail not-repeatable e0:unreachable`},
	{"unknown: the cache stands in", with(2, first, cached(servicelist.EndpointFirst), unknown), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: hit -> answer cache`},
}

var cacheStories = []story{
	{"ENDPOINT_FIRST: the answer is stored", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: ok -> writeCache for 24h0m0s
		a: written -> answer e0 after 1`},
	{"an answer that cannot be stored still answers", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: ok -> writeCache for 24h0m0s
		a: unwritten -> answer e0 after 1`},
	{"the deadline does not take an answer away", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: ok -> writeCache for 24h0m0s
		a: deadline -> answer e0 after 1`},
	{"a fault is not stored", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: fault -> answer e0 after 1`},
	{"ENDPOINT_FIRST: the cache answers when all endpoints failed", with(2, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: unreachable -> readCache
		a: hit -> answer cache`},
	{"ENDPOINT_FIRST: nothing in the cache", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: miss -> fail endpoints-exhausted e0:unreachable cache-miss`},
	{"ENDPOINT_FIRST: an expired entry does not answer", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: old hit -> fail endpoints-exhausted e0:unreachable cache-expired`},
	{"an expired entry answers when asked for, and says so", with(1, first, cached(servicelist.EndpointFirst),
		serveExpired), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: old hit -> answer cache expired`},
	{"an entry from the future is of unknown age", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: unreachable -> readCache
		a: future hit -> fail endpoints-exhausted e0:unreachable cache-expired`},
	{"a clock set back by minutes does not make an entry fresh", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: fault -> answer e0 after 1
		-4m
		b: begin -> send e0
		b: unreachable -> readCache
		b: ending hit -> fail endpoints-exhausted e0:unreachable cache-expired`},
	{"a clock set back by more shows that it was wrong: what it said is forgotten", with(2, first), `
		a: begin -> send e0
		a: unreachable -> send e1
		a: ok -> answer e1 after 2
		-25h
		b: begin -> send e0
		b: ok -> answer e0 after 1`},
	{"a hit without sense", with(1, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: bad hit -> error bad-call
		a: miss -> send e0`},
	{"CACHE_FIRST: a fresh entry answers first", with(2, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: hit -> answer cache`},
	{"CACHE_FIRST: a miss goes to the endpoint", with(2, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: miss -> send e0
		a: ok -> writeCache for 24h0m0s
		a: written -> answer e0 after 1`},
	{"CACHE_FIRST: an expired entry goes last, also when asked for", with(1, first, cached(servicelist.CacheFirst),
		serveExpired), `
		a: begin -> readCache
		a: old hit -> send e0
		a: unreachable -> readCache
		a: old hit -> answer cache expired`},
	{"CACHE_FIRST: another tab may have stored meanwhile", with(1, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: miss -> send e0
		a: unreachable -> readCache
		a: hit -> answer cache`},
	{"CACHE_FIRST: the deadline passes while the cache is asked", with(1, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: deadline -> fail timeout`},
	{"the cache is still asked after the deadline", with(1, first, cached(servicelist.EndpointFirst)), `
		a: begin -> send e0
		a: deadline -> readCache
		a: hit -> answer cache`},
	{"Expiry none has the cap of the policy", with(1, first, cached(servicelist.EndpointFirst),
		func(s *teller) { s.service.ValidUntil = nil }), `
		a: begin -> send e0
		a: ok -> writeCache for 720h0m0s
		a: written -> answer e0 after 1
		b: begin -> send e0
		b: unreachable -> readCache
		b: bare hit -> answer cache
		c: begin -> send e0
		c: unreachable -> readCache
		c: bare old -> fail endpoints-exhausted e0:unreachable cache-expired
		d: begin -> send e0
		d: unreachable -> readCache
		d: long hit -> fail endpoints-exhausted e0:unreachable cache-expired`},
	{"a ttl may be longer than the cap", with(1, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: long hit -> answer cache`},
	{"no ttl at all: nothing is stored", with(1, first, cached(servicelist.EndpointFirst), func(s *teller) {
		s.service.ValidUntil = func(stored time.Time) time.Time { return stored }
	}), `
		a: begin -> send e0
		a: ok -> answer e0 after 1`},
	{"the service is down: the cache, then the procedure", with(2, none, cached(servicelist.EndpointFirst)), `
		a: begin -> readCache
		a: hit -> answer cache
		b: begin -> readCache
		b: miss -> fail service-inactive cache-miss`},
	{"cache off", with(1, first, cached(servicelist.CacheFirst), func(s *teller) { s.facts.Cache = false }), `
		a: begin -> send e0
		a: ok -> answer e0 after 1`},
	{"an empty key is no key", with(1, first, cached(servicelist.CacheFirst), noKey), `
		a: begin -> send e0
		a: unreachable -> fail endpoints-exhausted e0:unreachable`},
	{"cancelled while the cache is asked", with(1, first, cached(servicelist.CacheFirst)), `
		a: begin -> readCache
		a: cancel -> fail aborted`},
}

func noKey(s *teller) { s.facts.CacheKey = "" }
