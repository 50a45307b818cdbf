package command

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/history"
)

const judgementUsage = "--anchors PEM [--anchors PEM …] [--signer-cn CN] [--environment E] [--at T] " +
	"[--held FILE [--held-at T]] [--crl FILE …]"

// judgement lists the flags that say how a catalogue is judged; every command that opens one shares them.
var judgement = []flag{
	anchors,
	signer,
	{name: "environment", about: "expected Environment, for example Production; not checked when absent"},
	{name: "at", about: "the time of judgement, RFC 3339; default: now"},
	{name: "held", about: "the catalogue that is in use: an older one is refused", isFile: true,
		maxBytes: core.MaxCatalogueBytes},
	{name: "held-at", about: "when that was first accepted, RFC 3339; default: the time of judgement"},
	crls,
}

// The flags of trust, which every command that verifies has.
var (
	anchors = flag{name: "anchors", about: "PEM file with the certificates that are trusted; may repeat", isFile: true,
		repeats: true, maxBytes: core.MaxAnchorBytes}
	signer = flag{name: "signer-cn", about: "the signer's subject CN; default: the platform's"}
	crls   = flag{name: "crl", about: "certificate revocation list, PEM or DER; may repeat", isFile: true,
		repeats: true, maxBytes: core.MaxCRLBytes, isSpare: true}
)

// commands is the table of what the command line can do, in the order in which help shows it.
var commands = []command{
	{
		name:     "verify",
		usage:    "verify FILE " + judgementUsage,
		summary:  "check a signed catalogue and say what it is",
		operands: []operand{{name: "FILE", maxBytes: core.MaxCatalogueBytes}},
		flags:    judgement,
		run:      runVerify,
	},
	{
		name:     "services",
		usage:    "services FILE " + judgementUsage,
		summary:  "check a catalogue and list its services with their endpoints",
		operands: []operand{{name: "FILE", maxBytes: core.MaxCatalogueBytes}},
		flags:    judgement,
		run:      runServices,
	},
	{
		name:     "key",
		usage:    "key (FILE --service ID|URL " + judgementUsage + " | --stylesheet XSLT) --request SOAP.xml [--raw]",
		summary:  "compute the cache key of a request",
		operands: []operand{{name: "FILE", optional: true, maxBytes: core.MaxCatalogueBytes}},
		flags: append([]flag{
			{name: "service", about: serviceAbout},
			{name: "stylesheet", about: stylesheetAbout, isFile: true, maxBytes: core.MaxStylesheetBytes},
			{name: "request", about: requestAbout, isFile: true, maxBytes: core.MaxMessageBytes},
			{name: "raw", about: "print the key as it is, not as JSON", isSwitch: true},
		}, judgement...),
		run: runKey,
	},
	{
		name:     "switch",
		usage:    "switch RESPONSE.xml",
		summary:  "say whether an answer means: take the next endpoint",
		operands: []operand{{name: "RESPONSE", maxBytes: core.MaxMessageBytes}},
		run:      runSwitch,
	},
	{
		name: "plan",
		usage: "plan --script STEPS.json [FILE --service ID|URL " + judgementUsage + "] " +
			"[--policy connector|published] [--failback] [--seed N]",
		summary:  "replay calls, failures and publications, and say what is tried",
		operands: []operand{{name: "FILE", optional: true, maxBytes: core.MaxCatalogueBytes}},
		flags: append([]flag{
			{name: "script", about: scriptAbout, isFile: true, maxBytes: core.MaxScriptBytes},
			{name: "service", about: serviceAbout + "; it takes the place of the script's endpoints"},
			{name: "policy", about: "connector (default): INACTIVE endpoints too; published: only ACTIVE ones"},
			{name: "failback",
				about: "return to the main endpoint after a cool-down, as a client does unless told otherwise; off " +
					"without it", isSwitch: true},
			{name: "seed", about: "spreads the cool-downs; default 0"},
		}, judgement...),
		run: runPlan,
	},
	{
		name:     "history",
		usage:    "history FILE [--head HASH]",
		summary:  "check that a history of accepted catalogues holds together",
		operands: []operand{{name: "FILE", maxBytes: history.MaxBytes}},
		flags:    []flag{{name: "head", about: "a head that was noted earlier: it must be in the history"}},
		run:      runHistory,
	},
	mirroring,
}

// goOnly are the commands that the Go program alone performs, which reads their lines, too.
var goOnly = []struct{ name, summary string }{
	{"log", "print the log that a page saved"},
	{"sign", "sign a list of services with keys of one's own"},
	{"drill", "rehearse an outage"},
	{"simulate", "an outage of a whole country"},
	{"serve", "the gateway that a web application needs on its own origin"},
}

// OfGoOnly reports whether name is a command that the Go program alone performs.
func OfGoOnly(name string) bool {
	for i := range goOnly {
		if goOnly[i].name == name {
			return true
		}
	}
	return false
}

// ofNode is the command that the npm package alone performs.
const ofNode = "demo"

// accepted stands first in every answer of a command that did what was asked.
type accepted struct {
	OK bool `json:"ok"`
}

const errNoAnchors = usageError("--anchors is required: without trust anchors no catalogue can be judged")

// open verifies the catalogue that FILE names.
func open(l *line) (*core.Catalogue, error) {
	if !l.has("anchors") {
		return nil, errNoAnchors
	}
	at, err := l.instant("at", l.now)
	if err != nil {
		return nil, err
	}
	if l.has("held-at") && !l.has("held") {
		return nil, usageError("--held-at says when the catalogue of --held was accepted; --held is missing")
	}
	heldAt, err := l.instant("held-at", at)
	if err != nil {
		return nil, err
	}
	j := core.Judgement{
		Anchors:     l.content("anchors"),
		SignerCN:    l.value("signer-cn"),
		Environment: l.value("environment"),
		At:          at,
		CRLs:        l.content("crl"),
	}
	if l.has("held") {
		return core.OpenAgainst(l.content("FILE")[0], l.content("held")[0], heldAt, j)
	}
	return core.Open(l.content("FILE")[0], j)
}

func runVerify(l *line) (any, error) {
	c, err := open(l)
	if err != nil {
		return nil, err
	}
	at, err := l.instant("at", l.now)
	if err != nil {
		return nil, err // unreachable: open read it
	}
	return struct {
		accepted
		core.Summary
		Trust core.Foresight `json:"trust"`
	}{accepted{true}, c.Summary(), c.Foresight(at)}, nil
}

func runServices(l *line) (any, error) {
	c, err := open(l)
	if err != nil {
		return nil, err
	}
	return struct {
		accepted
		core.ServiceTable
	}{accepted{true}, c.Services()}, nil
}

func runKey(l *line) (any, error) {
	if !l.has("request") {
		return nil, usageError("--request is required: the key is computed from a SOAP request")
	}
	request := l.content("request")[0]
	var key cachekey.Key
	var err error
	switch hasFile := len(l.operands) > 0; {
	case hasFile == l.has("stylesheet"):
		return nil, usageError("expected either FILE with --service or --stylesheet")
	case hasFile && !l.has("service"):
		return nil, usageError("--service is required with FILE: an Id or a URL of the catalogue")
	case hasFile:
		var c *core.Catalogue
		if c, err = open(l); err != nil {
			return nil, err
		}
		key, err = c.CacheKey(l.value("service"), request)
	default:
		key, err = core.CacheKey(l.content("stylesheet")[0], request)
	}
	if err != nil {
		return nil, err
	}
	const saysNothing = "the key says nothing of the request: no cache takes it"
	switch isRaw := l.has("raw"); {
	case isRaw && key.Constant: // what is piped on must not become a key
		return Outcome{Exit: ExitRejected, Stderr: "bcp key: key-constant: " + saysNothing + "\n"}, nil
	case isRaw:
		return rawAnswer(key.Text), nil
	}
	value := struct {
		accepted
		Code     bcperr.Code `json:"code,omitempty"`
		Detail   string      `json:"detail,omitempty"`
		Key      string      `json:"key"`
		Constant bool        `json:"constant,omitempty"`
		Messages []string    `json:"messages,omitempty"` // of xsl:message
	}{accepted: accepted{!key.Constant}, Key: key.Text, Constant: key.Constant, Messages: key.Messages}
	if !key.Constant {
		return value, nil
	}
	value.Code, value.Detail = bcperr.KeyConstant, saysNothing
	return Outcome{Exit: ExitRejected, Stdout: printed(value)}, nil
}

func runSwitch(l *line) (any, error) {
	verdict, err := core.Switch(l.content("RESPONSE")[0])
	if err != nil {
		return nil, err
	}
	return struct {
		accepted
		core.SwitchVerdict
	}{accepted{true}, verdict}, nil
}

func runPlan(l *line) (any, error) {
	if !l.has("script") {
		return nil, usageError("--script is required: the steps to replay")
	}
	options := core.PlanOptions{PolicyName: failover.PolicyName(l.value("policy")), Failback: l.has("failback")}
	name := options.PolicyName
	if l.has("policy") && name != failover.Connector && name != failover.Published {
		return nil, usageError(fmt.Sprintf("--policy: expected %s or %s, got %q", failover.Connector,
			failover.Published, name))
	}
	if l.has("seed") {
		seed, err := strconv.ParseUint(l.value("seed"), 10, 64)
		if err != nil || seed > failover.MaxRandom {
			return nil, usageError(fmt.Sprintf("--seed: expected a whole number from 0 to %d, got %q",
				uint64(failover.MaxRandom), l.value("seed")))
		}
		options.Random = seed
	}
	script := l.content("script")[0]
	if len(l.operands) == 0 {
		if l.has("service") {
			return nil, usageError("--service needs FILE: the catalogue that has the service")
		}
		return planned(core.Plan(script, options))
	}
	if !l.has("service") {
		return nil, usageError("--service is required with FILE: an Id or a URL of the catalogue")
	}
	c, err := open(l)
	if err != nil {
		return nil, err
	}
	return planned(c.Plan(l.value("service"), script, options))
}

// runHistory checks the chain of a folder that `bcp mirror` or `bcp serve` keeps.
func runHistory(l *line) (any, error) {
	chain, err := history.Read(l.content("FILE")[0])
	if err != nil {
		return nil, err
	}
	if l.has("head") && !chain.Has(l.value("head")) {
		return nil,
			bcperr.New(bcperr.HistoryBroken,
				"the head that was noted is not in this history: something was changed, or it is another one")
	}
	return struct {
		accepted
		Head  string          `json:"head"`
		Torn  int             `json:"torn,omitempty"`
		Lists []history.Entry `json:"lists"`
	}{accepted{true}, chain.Head(), chain.Torn, append([]history.Entry{}, chain.Entries...)}, nil
}

func planned(answer []byte, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return rawAnswer(answer) + "\n", nil
}

func find(name string) *command {
	for i := range commands {
		if commands[i].name == name {
			return &commands[i]
		}
	}
	return nil
}

func unknownCommand(name string) string {
	if OfGoOnly(name) {
		return fmt.Sprintf("%q is a command of the Go program bcp only, see docs/operations.md", name)
	}
	if name == ofNode {
		return fmt.Sprintf("%q is a command of the npm package only: npx ehealth-bcp %s", name, name)
	}
	names := make([]string, 0, len(commands)+len(goOnly)+3)
	for i := range commands {
		names = append(names, commands[i].name)
	}
	for i := range goOnly {
		names = append(names, goOnly[i].name)
	}
	names = append(names, ofNode)
	near := bcperr.Nearest(name, append(names, "help", "version"))
	return fmt.Sprintf("unknown command %q%s; there are %s, help and version", name, near,
		strings.Join(names, ", "))
}

func version() *Outcome {
	return &Outcome{Exit: ExitAccepted, Stdout: "ehealth-bcp " + core.Version + "\n"}
}
