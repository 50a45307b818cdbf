package failover_test

import (
	"fmt"
	"sync"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// backend is what a server writes to drive the machine: calls of one service that run at once share its newest State.
type backend struct {
	service failover.Service
	policy  failover.Policy
	random  uint64 // any number, one per process
	send    func(endpoint string) failover.Event

	mu    sync.Mutex
	state failover.State
}

// step takes one step of a call with the newest State and keeps the one that comes of it. Nothing waits under the lock.
func (b *backend) step(take func(st failover.State, now time.Time) (failover.Step, error)) (failover.Step, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	step, err := take(b.state, time.Now())
	if err == nil {
		b.state = step.State
	}
	return step, err
}

// call sends to whichever endpoint the machine chooses and returns the last action.
func (b *backend) call(facts failover.Facts) (failover.Action, error) {
	step, err := b.step(func(st failover.State, now time.Time) (failover.Step, error) {
		return failover.Begin(b.service, facts, b.policy, st, b.random, now)
	})
	for err == nil && step.Action.Do == failover.DoSend { // without a cache and a refresh there is nothing else to do
		e := b.send(step.Action.Endpoint)
		step, err = b.step(func(st failover.State, now time.Time) (failover.Step, error) {
			return failover.Next(b.service, step.Call, st, e, now)
		})
	}
	if err == nil && step.Action.Do == failover.DoFail {
		err = fmt.Errorf("%s: %s", step.Action.Code, step.Action.Detail)
	}
	return step.Action, err
}

// A back end calls a service whose main endpoint gives a switch fault: the first call goes on to the recovery endpoint,
// the second goes there at once. How to send by net/http is in the example of package core.
func Example() {
	const main, recovery = "https://main.example/", "https://recovery.example/"
	b := backend{
		policy: failover.DefaultPolicy(),
		service: failover.Service{
			ID:        "uddi:example:service:v1",
			Endpoints: []failover.Endpoint{{Order: 0, Active: true, URL: main}, {Order: 1, URL: recovery}},
		},
		send: func(endpoint string) failover.Event {
			if endpoint == main {
				return failover.Event{Kind: failover.SendEnded, Outcome: failover.Switch, SwitchCode: "SOA-02001"}
			}
			return failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered}
		},
	}
	for range 2 {
		last, err := b.call(failover.Facts{Repeat: failover.RepeatYes})
		fmt.Println(last.Do, last.Endpoint, last.Attempts, err)
	}
	// Output:
	// answer https://recovery.example/ 2 <nil>
	// answer https://recovery.example/ 1 <nil>
}
