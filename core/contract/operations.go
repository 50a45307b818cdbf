package contract

import (
	"encoding/json"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
)

// operations is the contract: each name with its arguments, blobs and value.
var operations = map[string]operation{
	"contract":       taking(contract),
	"openCatalogue":  taking(openCatalogue),
	"closeCatalogue": taking(closeCatalogue),
	"services":       taking(services),

	"find":   taking(find),
	"begin":  taking(begin),
	"next":   taking(next),
	"merge":  taking(merge),
	"status": taking(status),

	"cacheKey": taking(cacheKey),
	"isSwitch": taking(isSwitch),
	"plan":     taking(plan),

	"procedure":  taking(procedureOf),
	"procedures": taking(procedures),

	"commandFiles":      taking(commandFiles),
	"command":           taking(runCommand),
	"commandUnreadable": taking(commandUnreadable),
}

// taking makes an operation of a function whose arguments are an A.
func taking[A any](run func(*Session, A, [][]byte) (any, error)) operation {
	return func(s *Session, args json.RawMessage, blobs [][]byte) (any, error) {
		var a A
		if err := read(args, &a); err != nil {
			return nil, err
		}
		return run(s, a, blobs)
	}
}

type none struct{}

type handle struct {
	Handle int `json:"handle"`
}

type contractValue struct {
	Contract int    `json:"contract"`
	Version  string `json:"version"`
}

func contract(*Session, none, [][]byte) (any, error) {
	return contractValue{Number, core.Version}, nil
}

// openArgs. Blobs: the catalogue, Anchors files in PEM, CRLs files in PEM or DER, the stylesheets of the locations that
// Stylesheets lists, and with Held the catalogue held.
type openArgs struct {
	Environment string `json:"environment"`
	SignerCN    string `json:"signerCn"`
	AtMs        int64  `json:"atMs"`
	Anchors     int    `json:"anchors"`
	CRLs        int    `json:"crls"`
	Held        bool   `json:"held"`
	HeldAtMs    int64  `json:"heldAtMs"`

	Stylesheets []string `json:"stylesheets"`
}

func openCatalogue(s *Session, a openArgs, blobs [][]byte) (any, error) {
	if a.Anchors < 0 || a.CRLs < 0 || a.Anchors > len(blobs) || a.CRLs > len(blobs) {
		return nil, bcperr.New(bcperr.BadCall, "anchors and crls count blobs, of which there are %d", len(blobs))
	}
	want := 1 + a.Anchors + a.CRLs + len(a.Stylesheets)
	if a.Held {
		want++
	}
	if err := exactly(blobs, want); err != nil {
		return nil, err
	}
	rest := blobs[1:]
	take := func(n int) (taken [][]byte) {
		taken, rest = rest[:n], rest[n:]
		return taken
	}
	j := core.Judgement{
		Environment: a.Environment,
		SignerCN:    a.SignerCN,
		At:          time.UnixMilli(a.AtMs).UTC(),
		Anchors:     take(a.Anchors),
		CRLs:        take(a.CRLs),
		Stylesheets: map[string][]byte{},
		Checked:     &s.checked,
	}
	for i, sheet := range take(len(a.Stylesheets)) {
		j.Stylesheets[a.Stylesheets[i]] = sheet
	}
	if a.Held {
		j.Held, j.HeldAt = rest[0], time.UnixMilli(a.HeldAtMs).UTC()
	}
	c, err := core.Open(blobs[0], j)
	if err != nil {
		return nil, err
	}
	h, err := s.keep(c)
	if err != nil {
		return nil, err
	}
	return struct {
		handle
		core.Summary
	}{handle{h}, c.Summary()}, nil
}

func closeCatalogue(s *Session, a handle, _ [][]byte) (any, error) {
	if _, err := s.catalogue(a.Handle); err != nil {
		return nil, err
	}
	delete(s.open, a.Handle)
	return none{}, nil
}

func services(s *Session, a handle, _ [][]byte) (any, error) {
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	return c.Services(), nil
}

// keyArgs. Blobs: the request, and without a handle the stylesheet.
type keyArgs struct {
	Handle int    `json:"handle"`
	Target string `json:"target"`
}

func cacheKey(s *Session, a keyArgs, blobs [][]byte) (any, error) {
	type value struct {
		Key      string   `json:"key"`
		Messages []string `json:"messages,omitempty"`
	}
	if a.Handle == 0 {
		if err := exactly(blobs, 2); err != nil {
			return nil, err
		}
		key, messages, err := core.CacheKey(blobs[1], blobs[0])
		return value{key, messages}, err
	}
	if err := exactly(blobs, 1); err != nil {
		return nil, err
	}
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return nil, err
	}
	key, messages, err := c.CacheKey(a.Target, blobs[0])
	return value{key, messages}, err
}

func isSwitch(_ *Session, _ none, blobs [][]byte) (any, error) {
	if err := exactly(blobs, 1); err != nil {
		return nil, err
	}
	return core.Switch(blobs[0])
}

// planArgs. Blobs: the script.
type planArgs struct {
	Handle   int    `json:"handle"`
	Target   string `json:"target"`
	Policy   string `json:"policy"`
	Failback bool   `json:"failback"`
	Seed     uint64 `json:"seed"`
}

func plan(s *Session, a planArgs, blobs [][]byte) (any, error) {
	if err := exactly(blobs, 1); err != nil {
		return nil, err
	}
	options := core.PlanOptions{Policy: a.Policy, Failback: a.Failback, Seed: a.Seed}
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

func commandFiles(_ *Session, a commandArgs, _ [][]byte) (any, error) {
	files, ended := command.Files(a.Args)
	if ended != nil {
		return *ended, nil
	}
	return struct {
		Files []command.File `json:"files"`
	}{files}, nil
}

func runCommand(_ *Session, a commandArgs, blobs [][]byte) (any, error) {
	return command.Run(a.Args, blobs, time.UnixMilli(a.NowMs).UTC()), nil
}

type unreadableArgs struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func commandUnreadable(_ *Session, a unreadableArgs, _ [][]byte) (any, error) {
	return command.Unreadable(a.Name, a.Reason), nil
}
