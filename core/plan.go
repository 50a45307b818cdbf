package core

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover/replay"
)

// PlanOptions says how a script is replayed.
//
// Shape: PolicyName is "" (connector), "connector" or "published". Failback is off unless asked for, so that
// scripts of the reference can be compared.
type PlanOptions struct {
	PolicyName failover.PolicyName
	Failback   bool
	Random     uint64
}

// Plan replays a script of calls, failures, publications and steps of the clock, and returns it with what was tried.
// See replay.Run for the form of a script.
//
// Errors: bad-call, input-too-large.
func Plan(script []byte, o PlanOptions) ([]byte, error) {
	return plan(script, o, nil)
}

// Plan replays a script on one service of the catalogue, which takes the place of the script's endpoints.
//
// Errors: service-unknown; as the function Plan.
func (c *Catalogue) Plan(target string, script []byte, o PlanOptions) ([]byte, error) {
	s := c.list.Find(target)
	if s == nil {
		return nil, c.unknown(target)
	}
	service := c.choosable(s)
	return plan(script, o, &service)
}

func plan(script []byte, o PlanOptions, service *failover.Service) ([]byte, error) {
	policy := failover.DefaultPolicy()
	policy.Failback = o.Failback
	if o.PolicyName != "" {
		policy.Name = o.PolicyName
	}
	return replay.Run(script, replay.Options{Service: service, Policy: policy, Random: o.Random})
}
