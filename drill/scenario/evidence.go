package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"runtime"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

// Source is the scenario that was played, whole, so that who holds the report can play it again.
//
// Shape: SHA256 of the octets of the file, in lower-case hexadecimal.
type Source struct {
	SHA256 string `json:"sha256"`
	Text   string `json:"text"`
}

func sourceOf(s Scenario) Source { return Source{digest(s.Text), string(s.Text)} }

func digest(octets []byte) string {
	sum := sha256.Sum256(octets)
	return hex.EncodeToString(sum[:])
}

// Machine is where a drill ran.
type Machine struct {
	Host string `json:"host,omitempty"`
	OS   string `json:"os"` // with the processor
	Go   string `json:"go"` // the version that built the program
}

func thisMachine() Machine {
	host, _ := os.Hostname() // "" when the machine has none
	return Machine{Host: host, OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
}

// PolicyReport is a policy that was in force from AtMs on. Units: milliseconds.
type PolicyReport struct {
	AtMs             int64               `json:"atMs"`
	Name             failover.PolicyName `json:"name"`
	Failback         bool                `json:"failback"`
	AttemptTimeoutMs int64               `json:"attemptTimeoutMs"`
	TotalTimeoutMs   int64               `json:"totalTimeoutMs"`
	CoolDownMs       int64               `json:"coolDownMs"`
	MaxCoolDownMs    int64               `json:"maxCoolDownMs"`
	MaxCacheAgeMs    int64               `json:"maxCacheAgeMs"`
}

func policyReport(p failover.Policy, at time.Time) PolicyReport {
	return PolicyReport{at.UnixMilli(), p.Name, p.Failback, p.AttemptTimeout.Milliseconds(),
		p.TotalTimeout.Milliseconds(), p.CoolDown.Milliseconds(), p.MaxCoolDown.Milliseconds(),
		p.MaxCacheAge.Milliseconds()}
}

// CatalogueReport is a signed list that the client accepted.
//
// Shape: IssueInstant as the list writes it; SHA256 of its octets, SignerSHA256 of the signer's certificate, both in
// lower-case hexadecimal.
type CatalogueReport struct {
	AtMs         int64  `json:"atMs"`
	IssueInstant string `json:"issueInstant"`
	SHA256       string `json:"sha256"`
	Environment  string `json:"environment"`
	Signer       string `json:"signer"`
	SignerSHA256 string `json:"signerSha256"`
}

func catalogueReport(l client.List, at time.Time) CatalogueReport {
	s := l.Catalogue.Summary()
	return CatalogueReport{at.UnixMilli(), s.IssueInstant, l.SHA256, s.Environment, s.Signer.CN, s.Signer.SHA256}
}

// FaultReport is the time during which an endpoint failed on command. Units: milliseconds since 1970; ToMs is the end
// of the drill when it was not taken away.
type FaultReport struct {
	Endpoint string `json:"endpoint"`
	How      string `json:"how"`
	FromMs   int64  `json:"fromMs"`
	ToMs     int64  `json:"toMs"`
}

// PanelReport is what the status panel says after a step: the functionalities that say something else than before it.
type PanelReport struct {
	Overall procedure.Overall `json:"overall"`
	Changed []PanelLine       `json:"changed"`
}

// PanelLine is one functionality on the panel, in English.
//
// Shape: Says is what the caregiver is told to do, one sentence a step; empty while all is well.
type PanelLine struct {
	Functionality string        `json:"functionality"`
	Title         string        `json:"title"`
	Way           procedure.Way `json:"way"`
	Uncertain     bool          `json:"uncertain,omitempty"`
	Says          []string      `json:"says,omitempty"`
}

func panelLine(item procedure.Item) PanelLine {
	line := PanelLine{Functionality: item.Functionality, Title: item.Title, Way: item.Way, Uncertain: item.Uncertain}
	switch item.Way {
	case procedure.WayRecovery:
		line.Says = item.Recovery
	case procedure.WayFallback:
		line.Says = item.Fallback
	case procedure.WayCache:
		line.Says = item.Cache
	case procedure.WayUnconfirmed:
		line.Says = item.Unconfirmed
	case procedure.WayRetry:
		line.Says = item.Retry
	case procedure.WayLastResort:
		line.Says = item.LastResort
	}
	if item.Uncertain {
		line.Says = item.MayHaveArrived
	}
	return line
}
