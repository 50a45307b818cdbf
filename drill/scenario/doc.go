// Package scenario plays a scripted outage and reports what a caller got.
//
// A scenario is a text file, one step a line. It runs against drill/platform, started for the occasion, whose
// endpoints may forward to an integrator's own on this machine. The calls go through the product's own state machine
// (core.Catalogue), with HTTP over the loopback interface; where a browser differs from a Go program the drill behaves
// as a browser: an answer that CORS keeps from a page is unreachable, and nothing proves that a request was not sent.
//
// Time is virtual unless asked otherwise: "wait 15m" takes no time, HTTP does.
//
// Left out: what only a browser has (tabs, IndexedDB, service workers); the browser tests play the same scenarios
// there.
package scenario
