package vectors

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// player makes a vector of several calls. It performs each as it writes it, because what `next` takes is what the call
// before it gave; what is wanted of the reply is written by hand.
type player struct {
	k       *kit
	session *contract.Session
	s       scenario
	call    json.RawMessage // of begin and next, handed on
	state   json.RawMessage
}

func (k *kit) play(name, source, comment string) *player {
	return &player{k: k, session: contract.NewSession(), s: scenario{
		name: name, Vector: Vector{Comment: comment, Source: source}, files: map[string][]byte{},
	}}
}

// fields are arguments, or what a value holds at least.
type fields map[string]any

// value wants a reply whose value holds this at least.
func value(members fields) Want { return Want{Value: compact(members)} }

// do performs one call and wants this of it. A blob that is a path is a file of testdata, any other is one of the
// vector's own.
func (p *player) do(operation string, args fields, want Want, blobs ...any) *player {
	one := Call{Operation: operation, Args: compact(args), Want: want}
	var contents [][]byte
	for _, blob := range blobs {
		switch blob := blob.(type) {
		case shared:
			content, ok := p.k.files[string(blob)]
			if !ok {
				panic("internal error: no file " + string(blob))
			}
			contents = append(contents, content)
			depth := strings.Count(p.s.name, "/") + 2
			one.Blobs = append(one.Blobs, strings.Repeat("../", depth)+string(blob))
		case string:
			name := fmt.Sprintf("blob-%d", len(p.s.files)+1)
			p.s.files[name] = []byte(blob)
			contents = append(contents, []byte(blob))
			one.Blobs = append(one.Blobs, name)
		}
	}
	reply := p.session.Call(operation, one.Args, contents)
	if err := want.Meets(reply); err != nil {
		panic(fmt.Sprintf("%s, call %d: %v\n%s", p.s.name, len(p.s.Calls)+1, err, reply))
	}
	p.s.Calls = append(p.s.Calls, one)
	var step struct {
		Value struct{ Call, State json.RawMessage }
	}
	must(json.Unmarshal([]byte(reply), &step))
	if step.Value.Call != nil {
		p.call = step.Value.Call
	}
	if step.Value.State != nil {
		p.state = step.Value.State
	}
	return p
}

// shared is a path below testdata.
type shared string

// open opens a list of testdata.
func (p *player) open(catalogue shared) *player {
	args := fields{"environment": "Production", "atMs": judged.UnixMilli(), "anchors": 1}
	return p.do("openCatalogue", args, value(fields{}), catalogue, shared("pki/root.pem"))
}

// begin starts a call at a moment, in milliseconds after judged, with the state as the last call left it.
func (p *player) begin(afterMs int64, target string, more fields, want fields, blobs ...any) *player {
	args := fields{"handle": 1, "target": target, "nowMs": judged.UnixMilli() + afterMs, "random": 7}
	if p.state != nil {
		args["state"] = p.state
	}
	for name, member := range more {
		args[name] = member
	}
	return p.do("begin", args, value(want), blobs...)
}

// next tells the call what happened.
func (p *player) next(afterMs int64, event fields, want fields, blobs ...any) *player {
	args := fields{"handle": 1, "call": p.call, "state": p.state, "event": event,
		"nowMs": judged.UnixMilli() + afterMs}
	return p.do("next", args, value(want), blobs...)
}
