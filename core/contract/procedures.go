package contract

import (
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// guidanceArgs. Blobs: the application's own data, which extends and replaces the built-in one.
type guidanceArgs struct {
	Functionality string `json:"functionality"`
	Lang          string `json:"lang"`
	// StoredAtMs: since when an answer is kept that the guidance stands beside; 0: there is none.
	StoredAtMs int64 `json:"storedAtMs"`
	NowMs      int64 `json:"nowMs"`
}

func procedureOf(_ *Session, a guidanceArgs, blobs [][]byte) (procedure.Guidance, error) {
	b, err := book(blobs)
	if err != nil {
		return procedure.Guidance{}, err
	}
	if a.StoredAtMs != 0 {
		return b.Kept(a.Functionality, a.Lang, time.UnixMilli(a.StoredAtMs), time.UnixMilli(a.NowMs))
	}
	return b.Guidance(a.Functionality, a.Lang)
}

// overviewArgs. Without a handle nothing is known of any service. Cached: the Ids of services that hold answers; Used:
// those that this application calls. Audience and Only: see procedure.Filter.
type overviewArgs struct {
	Handle int                       `json:"handle"`
	Lang   string                    `json:"lang"`
	Policy policyArg                 `json:"policy"`
	States map[string]failover.State `json:"states"`
	Cached []string                  `json:"cached"`
	Used   []string                  `json:"used"`
	NowMs  int64                     `json:"nowMs"`

	Audience string   `json:"audience"`
	Only     []string `json:"only"`
}

func procedures(s *Session, a overviewArgs, blobs [][]byte) (procedure.Overview, error) {
	b, err := book(blobs)
	if err != nil {
		return procedure.Overview{}, err
	}
	filter := procedure.Filter{Audience: a.Audience, Only: a.Only}
	if a.Handle == 0 {
		return b.Overview(a.Lang, nil, filter), nil
	}
	c, err := s.catalogue(a.Handle)
	if err != nil {
		return procedure.Overview{}, err
	}
	all, err := c.Reach(a.States, a.Policy.value(), a.Cached, a.Used, time.UnixMilli(a.NowMs))
	if err != nil {
		return procedure.Overview{}, err
	}
	return b.Overview(a.Lang, all, filter), nil
}

// book returns the built-in procedures with the application's own over them.
func book(blobs [][]byte) (procedure.Book, error) {
	own, err := atMostOne(blobs)
	if err != nil || own == nil {
		return procedure.Default(), err
	}
	file, err := procedure.ParseFile(own)
	if err != nil {
		return procedure.Book{}, err
	}
	return procedure.Default().With(file)
}
