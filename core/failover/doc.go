// Package failover decides where a call goes, and what to do when it fails: one pure state machine for the choice
// of the endpoint, failover, failback and the cache.
//
// Begin starts a call and Next takes what happened; both return the next Action as a value. Whoever runs the call
// performs the action and reports an Event, until the action is an answer or a failure. State is what is known about
// one service between calls: the endpoint chosen, which ones failed and when they may be asked again. State, Call,
// Action and Event have a JSON form, so that a browser and a Go server run the same machine.
//
// Under the policy Connector without failback the endpoints tried and the choice afterwards are those of the
// platform's Java connector: the ACTIVE endpoint first, on a failure the next in the ring, INACTIVE ones too, each
// once per call; the choice sticks; a newer catalogue resets it.
//
// It leaves out all I/O: sending, storing, fetching the catalogue, timers. The caller must keep the newest State of a
// service, hand each Call to Next once per event, and report every outcome, a cancelled one too.
//
// Source: docs/design.md#reference-behaviour, #failover, #outcomes and #cache.
package failover
