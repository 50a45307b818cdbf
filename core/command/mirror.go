package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core"
)

// Mirror is a run of `bcp mirror` that was understood. The host performs it: the core neither fetches nor writes.
//
// Shape: Sources are asked in turn. Of the contents that Run was given, the first are so many Anchors, then CRLs.
// Units: TimeoutMs, for the whole run, in milliseconds.
type Mirror struct {
	Sources     []MirrorSource `json:"sources"`
	Dir         string         `json:"dir"`
	Environment string         `json:"environment"`
	SignerCN    string         `json:"signerCn,omitempty"`
	Anchors     int            `json:"anchors"`
	CRLs        int            `json:"crls"`
	TimeoutMs   int            `json:"timeoutMs"`
}

// MirrorSource is where a signed list is, and the short text that changes with it, "" when none is known.
type MirrorSource struct {
	URL  string `json:"url"`
	Hint string `json:"hint,omitempty"`
}

// ExitUnreachable is for a mirror whose sources gave nothing: the network's trouble, not the list's.
const ExitUnreachable = 3

const maxMirrorSeconds = 3600

// mirroring is the command mirror.
var mirroring = command{
	name: "mirror",
	usage: "mirror URL DIR --anchors PEM [--anchors PEM …] --environment E [--catalogue URL …] [--signer-cn CN] " +
		"[--crl FILE …] [--timeout SECONDS]",
	summary: "publish the verified list in a folder, once",
	about: `Fetches the signed list, verifies it against the one in DIR, and publishes it there: servicelist.xml, then
servicelist.sha2, each whole or not at all; history/ and status.json beside them. Run it every 5 to 15 minutes.
Whatever happens, the last good list stays. Prints what status.json holds.

`,
	exits:    "3 unreachable: no source gave a list. A folder that cannot be written to is 1, too.\n",
	operands: []operand{{name: "URL", isText: true}, {name: "DIR", isText: true}},
	flags: []flag{
		anchors,
		{name: "environment", about: "as the list writes it: Production, Acceptation"},
		{name: "catalogue", about: "another copy of the list, asked when URL does not help; may repeat", repeats: true},
		signer, crls,
		{name: "timeout", about: "seconds for the whole run; default 60"},
	},
	run: runMirror,
}

func runMirror(l *line) (any, error) {
	switch {
	case !l.has("anchors"):
		return nil, errNoAnchors
	case l.operands[1] == "": // an unset variable in a script must not publish where it stands
		return nil, usageError("DIR: expected a folder, got an empty name")
	case !l.has("environment"):
		return nil, usageError("--environment is required: a list of another one must not be published")
	}
	m := &Mirror{
		Dir: l.operands[1], Environment: l.value("environment"), SignerCN: l.value("signer-cn"),
		Anchors: len(l.content("anchors")), CRLs: len(l.content("crl")), TimeoutMs: 60_000,
	}
	for _, address := range append([]string{l.operands[0]}, l.values["catalogue"]...) {
		if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			return nil, usageError(fmt.Sprintf("expected the address of a catalogue, https://…, got %q", address))
		}
		m.Sources = append(m.Sources, MirrorSource{URL: address, Hint: core.HintOf(address)})
	}
	if l.has("timeout") {
		seconds, err := strconv.Atoi(l.value("timeout"))
		if err != nil || seconds < 1 || seconds > maxMirrorSeconds {
			return nil, usageError(fmt.Sprintf("--timeout: expected 1 to %d seconds, got %q", maxMirrorSeconds,
				l.value("timeout")))
		}
		m.TimeoutMs = seconds * 1000
	}
	return m, nil
}
