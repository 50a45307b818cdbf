// Package simulation runs an outage for a whole country: a hundred thousand clients on the machine that decides in
// every browser (core/failover) and on the rule by which each asks for the catalogue (core.AskAgain), in simulated
// time. Beside it the same people call through the platform's own connector, and through a client that only tries
// again.
//
// It answers what one client cannot show: how many requests a site that is down still gets, what the recovery site has
// to carry, how many calls were slow or failed, when everybody is back, and whether they come back in a rush.
//
// A Scenario is a text, see Parse. The same text, number of clients and seed give the same Report, to the last digit.
// What people do and how fast servers are is assumed, and a Report says so with the sources. It leaves out the
// network between the sites, what an answer holds, and two clients of one person.
//
// Source: docs/design.md#failover and #asking.
package simulation
