package contract

import (
	"encoding/json"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// operations is the contract: each name with its arguments, blobs and value.
var operations = map[string]operation{
	"contract":       bare(taking(contract)),
	"askAgain":       bare(taking(askAgain, "random", "nowMs")),
	"hintConfirms":   taking(hintConfirms),
	"openCatalogue":  taking(openCatalogue),
	"closeCatalogue": bare(taking(closeCatalogue)),
	"services":       bare(taking(services)),

	"find":   bare(taking(find, "handle", "target")),
	"begin":  taking(begin),
	"next":   taking(next),
	"merge":  bare(taking(merge, "states", "nowMs")),
	"spread": bare(taking(spread, "handle", "service", "note", "nowMs")),
	"status": bare(taking(status, "handle", "nowMs")),

	"cacheKey": taking(cacheKey),
	"isSwitch": taking(isSwitch),
	"classify": taking(classify, "status"),
	"plan":     taking(plan),

	"tokenRenewal": taking(tokenRenewal, "nowMs"),

	"procedure":  taking(procedureOf, "functionality", "lang", "nowMs"),
	"procedures": taking(procedures, "lang", "nowMs"),

	"commandFiles":      bare(taking(commandFiles, "args")),
	"command":           taking(runCommand, "args", "nowMs"),
	"commandUnreadable": bare(taking(commandUnreadable, "name", "reason")),
}

// taking makes an operation of a function whose arguments are an A and whose value is a V: the type of each value is
// written in testdata/contract for the hosts in TypeScript. Arguments that read themselves say there which members they
// need; of the others, the names are given here.
func taking[A, V any](run func(*Session, A, [][]byte) (V, error), needed ...string) operation {
	return func(s *Session, args json.RawMessage, blobs [][]byte) (any, error) {
		var a A
		if err := read(args, &a, needed); err != nil {
			return nil, err
		}
		return run(s, a, blobs)
	}
}

// bare makes an operation refuse blobs.
func bare(run operation) operation {
	return func(s *Session, args json.RawMessage, blobs [][]byte) (any, error) {
		if err := exactly(blobs, 0); err != nil {
			return nil, err
		}
		return run(s, args, blobs)
	}
}

// none are the arguments and the value of operations that have none.
type none struct{}

// UnmarshalJSON reads {}.
func (*none) UnmarshalJSON(text []byte) error {
	return wire.Read(text, "arguments", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			r.Unknown(r.Member())
		}
	})
}

func (none) appendJSON(b []byte) []byte { return append(b, '{', '}') }

type handle struct{ Handle int }

// UnmarshalJSON reads {"handle"}.
func (h *handle) UnmarshalJSON(text []byte) error {
	return wire.Read(text, "arguments", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "handle":
				h.Handle = int(r.Number(0, maxHandle))
			default:
				r.Unknown(name)
			}
		}
	})
}

// contractValue is {"contract","version","limits","asking"}: what a host must know so that it keeps no copy of a rule.
type contractValue struct{}

func (contractValue) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Number("contract", Number)
	o.Text("version", core.Version)
	o.Key("limits")
	limits := wire.NewObject(o.B)
	limits.Number("catalogueBytes", core.MaxCatalogueBytes)
	limits.Number("hintBytes", core.MaxHintBytes)
	limits.Number("answerBytes", core.MaxAnswerBytes)
	limits.Number("keyRequestBytes", core.MaxMessageBytes)
	limits.Number("headBytes", soap.HeadBytes)
	limits.Number("openCatalogues", maxOpen)
	limits.Number("totalTimeoutMs", failover.DefaultPolicy().TotalTimeout.Milliseconds())
	o.B = limits.Close()
	o.Key("asking")
	asking := wire.NewObject(o.B)
	asking.Number("freshMs", core.FreshFor.Milliseconds())
	asking.Number("refreshForMs", core.RefreshFor.Milliseconds())
	asking.Number("hintTimeoutMs", core.HintTimeout.Milliseconds())
	asking.Number("fetchTimeoutMs", core.FetchTimeout.Milliseconds())
	asking.Number("retryMs", core.RetryAfter.Milliseconds())
	asking.Number("readyTimeoutMs", core.ReadyTimeout.Milliseconds())
	asking.Number("clockSlackMs", core.ClockSlack.Milliseconds())
	o.B = asking.Close()
	return o.Close()
}

func contract(*Session, none, [][]byte) (contractValue, error) {
	return contractValue{}, nil
}

func closeCatalogue(s *Session, a handle, _ [][]byte) (none, error) {
	if _, err := s.catalogue(a.Handle); err != nil {
		return none{}, err
	}
	delete(s.open, a.Handle)
	return none{}, nil
}

func services(s *Session, a handle, _ [][]byte) (core.ServiceTable, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return core.ServiceTable{}, err
	}
	return c.Services(), nil
}

// keyArgs. Blobs: the request, and without a handle the stylesheet.
type keyArgs struct {
	handle int
	target string
}

// UnmarshalJSON reads {"handle"?,"target"?}, by hand: see package wire.
func (a *keyArgs) UnmarshalJSON(text []byte) error {
	return wire.Read(text, "arguments of cacheKey", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "handle":
				a.handle = int(r.Number(0, maxHandle))
			case "target":
				a.target = r.Text()
			default:
				r.Unknown(name)
			}
		}
	})
}

// keyValue is {"key","constant"?,"messages"?}.
type keyValue cachekey.Key

func (v keyValue) appendJSON(b []byte) []byte {
	o := wire.NewObject(b)
	o.Text("key", v.Text)
	o.Truth("constant", v.Constant)
	o.List("messages", len(v.Messages), func(b []byte, i int) []byte { return wire.AppendText(b, v.Messages[i]) })
	return o.Close()
}

func cacheKey(s *Session, a keyArgs, blobs [][]byte) (keyValue, error) {
	if a.handle == 0 {
		if err := exactly(blobs, 2); err != nil {
			return keyValue{}, err
		}
		key, err := core.CacheKey(blobs[1], blobs[0])
		return keyValue(key), err
	}
	if err := exactly(blobs, 1); err != nil {
		return keyValue{}, err
	}
	c, err := s.catalogue(a.handle)
	if err != nil {
		return keyValue{}, err
	}
	key, err := c.CacheKey(a.target, blobs[0])
	return keyValue(key), err
}

func isSwitch(_ *Session, _ none, blobs [][]byte) (core.SwitchVerdict, error) {
	if err := exactly(blobs, 1); err != nil {
		return core.SwitchVerdict{}, err
	}
	return core.Switch(blobs[0])
}

// tokenArgs. Blobs: the token.
type tokenArgs struct {
	NowMs int64 `json:"nowMs"`
}

func tokenRenewal(_ *Session, a tokenArgs, blobs [][]byte) (core.Renewal, error) {
	if err := exactly(blobs, 1); err != nil {
		return core.Renewal{}, err
	}
	return core.TokenRenewal(blobs[0], time.UnixMilli(a.NowMs))
}

// planArgs. Blobs: the script.
type planArgs struct {
	Handle     int    `json:"handle"`
	Target     string `json:"target"`
	PolicyName string `json:"policyName"`
	Failback   bool   `json:"failback"`
	Random     uint64 `json:"random"`
}

func plan(s *Session, a planArgs, blobs [][]byte) (json.RawMessage, error) {
	if err := exactly(blobs, 1); err != nil {
		return nil, err
	}
	options := core.PlanOptions{PolicyName: failover.PolicyName(a.PolicyName), Failback: a.Failback, Random: a.Random}
	var answer []byte
	var err error
	if a.Handle == 0 {
		answer, err = core.Plan(blobs[0], options)
	} else {
		c, unknown := s.catalogue(a.Handle)
		if unknown != nil {
			return nil, unknown
		}
		answer, err = c.Plan(a.Target, blobs[0], options)
	}
	return json.RawMessage(answer), err
}

type commandArgs struct {
	Args  []string `json:"args"`
	NowMs int64    `json:"nowMs"`
}

// filesValue is {"files"}, or the outcome of a command line that ends without reading any.
type filesValue struct {
	Files []command.File `json:"files,omitzero"`
	*command.Outcome
}

func commandFiles(_ *Session, a commandArgs, _ [][]byte) (filesValue, error) {
	files, ended := command.Files(a.Args)
	return filesValue{files, ended}, nil
}

func runCommand(_ *Session, a commandArgs, blobs [][]byte) (command.Outcome, error) {
	return command.Run(a.Args, blobs, time.UnixMilli(a.NowMs).UTC()), nil
}

type unreadableArgs struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func commandUnreadable(_ *Session, a unreadableArgs, _ [][]byte) (command.Outcome, error) {
	return command.Unreadable(a.Name, a.Reason), nil
}
