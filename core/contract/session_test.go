package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
)

const atMs = 1780315200000 // 2026-06-01T12:00:00Z

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "testdata", name))
	require.NoError(t, err)
	return content
}

// value calls and returns the value of a reply that must be good.
func value(t *testing.T, s *Session, name, args string, blobs ...[]byte) map[string]any {
	t.Helper()
	var r struct {
		OK    bool           `json:"ok"`
		Value map[string]any `json:"value"`
	}
	text := s.Call(name, []byte(args), blobs)
	require.NoError(t, json.Unmarshal([]byte(text), &r), text)
	require.True(t, r.OK, text)
	return r.Value
}

// code calls and returns the code of a reply that must be an error.
func code(t *testing.T, s *Session, name, args string, blobs ...[]byte) string {
	t.Helper()
	var r struct {
		OK    bool `json:"ok"`
		Error struct{ Code, Detail string }
	}
	text := s.Call(name, []byte(args), blobs)
	require.NoError(t, json.Unmarshal([]byte(text), &r), text)
	require.False(t, r.OK, text)
	require.NotEmpty(t, r.Error.Detail)
	return r.Error.Code
}

func openSample(t *testing.T, s *Session, name string) int {
	t.Helper()
	opened := value(t, s, "openCatalogue", fmt.Sprintf(`{"atMs":%d,"anchors":1,"environment":"Production"}`, atMs),
		testdata(t, "catalogues/"+name), testdata(t, "pki/root.pem"))
	return int(opened["handle"].(float64))
}

func TestContractNumber(t *testing.T) {
	v := value(t, NewSession(), "contract", `{}`)
	require.Equal(t, float64(Number), v["contract"])
	var published struct{ Version string }
	text, err := os.ReadFile(filepath.Join("..", "..", "package.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &published))
	require.Equal(t, published.Version, v["version"], "core.Version and package.json say the same")
}

func TestBadCalls(t *testing.T) {
	s := NewSession()
	for name, c := range map[string]struct{ operation, args string }{
		"unknown operation": {"frob", `{}`},
		"not JSON":          {"contract", `{`},
		"not an object":     {"services", `[]`},
		"unknown field":     {"services", `{"handle":1,"x":2}`},
		"two values":        {"contract", `{} {}`},
		"closed handle":     {"services", `{"handle":7}`},
		"close twice":       {"closeCatalogue", `{"handle":7}`},
		"missing blobs":     {"openCatalogue", `{"atMs":1,"anchors":1}`},
		"negative count":    {"openCatalogue", `{"atMs":1,"anchors":-1}`},
		"huge count":        {"openCatalogue", `{"atMs":1,"anchors":9223372036854775807}`},
		"bad policy":        {"begin", `{"handle":7,"policy":{"frob":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "bad-call", code(t, s, c.operation, c.args))
		})
	}
}

// TestBadCallsNameTheMember: whoever set an option wrong reads which one, and what it may be.
func TestBadCallsNameTheMember(t *testing.T) {
	s := NewSession()
	for _, c := range []struct{ operation, args, want string }{
		{"begin", `{"policy":{"coolDownMs":"5"}}`, `policy: coolDownMs: expected an integer from -2199023255552 to ` +
			`2199023255552, got text`},
		{"begin", `{"policy":{"coolDownMs":5}}`, `policy: coolDownMs must be 1000 to 3600000, got 5`},
		{"begin", `{"policy":{"name":"best"}}`, `policy: name must be "connector" or "published", got "best"`},
		{"begin", `{"policy":{"failback":1}}`, `policy: failback: expected true or false, got a number`},
		{"begin", `{"policy":{"attemptTimeout":1}}`, `policy: unknown member "attemptTimeout"`},
		{"begin", `{"facts":{"repeat":true}}`, `facts: repeat: expected text, got true or false`},
		{"status", `{"policy":{"coolDownMs":"5"}}`, `policy: coolDownMs: expected`},
		{"status", `{"handle":"1"}`, `arguments: handle: expected a whole number, got string`},
		{"plan", `{"random":-1}`, `arguments: random: expected a whole number, got number -1`},
		{"plan", `{"polcy":"published"}`, `arguments: unknown member "polcy"`},
		{"status", `{"handle":1,"nowMs":null }`, `arguments: nowMs: expected a value, got null`},
		{"openCatalogue", `{"atMs":null}`, `arguments of openCatalogue: atMs: expected an integer from 0 to ` +
			`9007199254740991, got null`},
	} {
		require.Contains(t, s.Call(c.operation, []byte(c.args), nil), strings.ReplaceAll(c.want, `"`, `\"`))
	}
}

// TestWhatIsNeededIsAsked: a member that is left out is named, and never taken for 0, for nothing or for any. A writer
// of JSON that drops what is empty would turn a check off.
func TestWhatIsNeededIsAsked(t *testing.T) {
	s := NewSession()
	openSample(t, s, "v1.xml")
	for operation, whole := range map[string]string{
		"openCatalogue":     `{"environment":"","atMs":0,"anchors":0}`,
		"askAgain":          `{"random":0,"nowMs":0}`,
		"find":              `{"handle":1,"target":""}`,
		"begin":             `{"handle":1,"target":"","nowMs":0,"random":0}`,
		"next":              `{"handle":1,"call":{},"event":{},"nowMs":0}`,
		"merge":             `{"states":[],"nowMs":0}`,
		"status":            `{"handle":1,"nowMs":0}`,
		"classify":          `{"status":200}`,
		"tokenRenewal":      `{"nowMs":0}`,
		"procedure":         `{"functionality":"","lang":"","nowMs":0}`,
		"procedures":        `{"lang":"","nowMs":0}`,
		"commandFiles":      `{"args":[]}`,
		"command":           `{"args":[],"nowMs":0}`,
		"commandUnreadable": `{"name":"","reason":""}`,
	} {
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(whole), &members))
		require.NotContains(t, s.Call(operation, []byte(whole), nil), "is missing", operation)
		for name := range members {
			rest := maps.Clone(members)
			delete(rest, name)
			text, err := json.Marshal(rest)
			require.NoError(t, err)
			require.Equal(t, "bad-call", code(t, s, operation, string(text)), operation)
			require.Contains(t, s.Call(operation, text, nil), ": "+name+" is missing", operation)
		}
	}
}

// TestMomentOfJudgement: a list is judged at the moment that is given, or at its IssueInstant when that is asked for.
func TestMomentOfJudgement(t *testing.T) {
	s := NewSession()
	list, anchors := testdata(t, "catalogues/v1.xml"), testdata(t, "pki/root.pem")
	for moment, want := range map[string]string{
		``:                                     "bad-call",
		`,"atIssue":false`:                     "bad-call",
		`,"atMs":1780315200000,"atIssue":true`: "bad-call",
		`,"atMs":-62135596800000`:              "bad-call", // the zero time of Go
		`,"atMs":0`:                            "signer-not-yet-valid",
	} {
		args := `{"environment":"","anchors":1` + moment + `}`
		require.Equal(t, want, code(t, s, "openCatalogue", args, list, anchors), moment)
	}
	for _, moment := range []string{`"atIssue":true`, `"atMs":1780315200000`, `"atMs":1780315200000,"atIssue":false`} {
		value(t, s, "openCatalogue", `{"environment":"","anchors":1,`+moment+`}`, list, anchors)
	}
}

// TestSurplusBlobs: what an operation does not take is a mistake of the caller, as an unknown member is.
func TestSurplusBlobs(t *testing.T) {
	s := NewSession()
	openSample(t, s, "v1.xml")
	for operation, args := range map[string]string{
		"contract": `{}`, "services": `{"handle":1}`, "closeCatalogue": `{"handle":1}`,
		"find":  `{"handle":1,"target":"x"}`,
		"merge": `{"states":[],"nowMs":0}`, "status": `{"handle":1,"nowMs":0}`, "askAgain": `{"random":0,"nowMs":0}`,
		"commandFiles": `{"args":[]}`, "commandUnreadable": `{"name":"","reason":""}`,
	} {
		require.Equal(t, "bad-call", code(t, s, operation, args, []byte("x")), operation)
		value(t, s, "services", `{"handle":1}`) // still open
	}
}

// TestPanicIsAnError: the session survives a broken promise of our own code.
func TestPanicIsAnError(t *testing.T) {
	before := operations["contract"]
	operations["contract"] = func(*Session, json.RawMessage, [][]byte) (any, error) { panic("on purpose") }
	defer func() { operations["contract"] = before }()
	s := NewSession()
	require.Equal(t, "internal", code(t, s, "contract", `{}`))
	require.NotEmpty(t, value(t, s, "commandFiles", `{"args":["help"]}`))
}

func TestOpenUseClose(t *testing.T) {
	s := NewSession()
	first, second := openSample(t, s, "v1.xml"), openSample(t, s, "v2-cache.xml")
	require.NotEqual(t, first, second)
	require.Len(t, value(t, s, "services", fmt.Sprintf(`{"handle":%d}`, first))["services"], 16)
	value(t, s, "closeCatalogue", fmt.Sprintf(`{"handle":%d}`, first))
	require.Equal(t, "bad-call", code(t, s, "services", fmt.Sprintf(`{"handle":%d}`, first)))
	require.Len(t, value(t, s, "services", fmt.Sprintf(`{"handle":%d}`, second))["services"], 16)
}

func TestOpenCataloguesAreBounded(t *testing.T) {
	s := NewSession()
	for range maxOpen {
		openSample(t, s, "v1.xml")
	}
	args := fmt.Sprintf(`{"environment":"","atMs":%d,"anchors":1}`, atMs)
	require.Equal(t, "limit-exceeded", code(t, s, "openCatalogue", args, testdata(t, "catalogues/v1.xml"),
		testdata(t, "pki/root.pem")))
	value(t, s, "closeCatalogue", `{"handle":1}`)
	openSample(t, s, "v1.xml")
}

// TestHeldByHandle: the catalogue in force is judged against as it is open; a handle that is none is no floor but a
// mistake.
func TestHeldByHandle(t *testing.T) {
	s := NewSession()
	anchors := testdata(t, "pki/root.pem")
	args := func(held string) string { return fmt.Sprintf(`{"environment":"","atMs":%d,"anchors":1%s}`, atMs, held) }
	openSample(t, s, "v2-recovery.xml")
	value(t, s, "openCatalogue", args(`,"held":1`), testdata(t, "catalogues/v2-recovery.xml"), anchors)
	for held, want := range map[string]string{
		`,"held":1`:              "catalogue-rollback",
		`,"held":9`:              "bad-call", // open under no handle
		`,"held":1,"heldAtMs":1`: "bad-call", // both ways at once
		`,"heldAtMs":1`:          "bad-call", // the octets are missing
	} {
		require.Equal(t, want, code(t, s, "openCatalogue", args(held), testdata(t, "catalogues/v1.xml"), anchors), held)
	}
}

// TestAskAgainAndHint: the rules of core, with moments as numbers; an absent one is unknown.
func TestAskAgainAndHint(t *testing.T) {
	s := NewSession()
	h := openSample(t, s, "v1.xml")
	id := value(t, s, "services", fmt.Sprintf(`{"handle":%d}`, h))["services"].([]any)[0].(map[string]any)["id"]
	asked := func(members string) map[string]any {
		return value(t, s, "askAgain", fmt.Sprintf(`{"handle":1,"random":1,"nowMs":%d%s}`, atMs, members))
	}
	never := asked("")
	require.Equal(t, []any{float64(atMs), true}, []any{never["atMs"], never["stale"]}, "never asked")
	require.Contains(t, never["trust"], "signerDaysLeft")
	require.NotContains(t, value(t, s, "askAgain", `{"random":1,"nowMs":1}`), "trust", "of a catalogue alone")
	now := fmt.Sprintf(`,"askedAtMs":%d,"confirmedAtMs":%[1]d`, atMs)
	require.Equal(t, false, asked(now)["stale"])
	require.NotContains(t, asked(now), "away")
	away := fmt.Sprintf(`,"states":{%q:{"v":1,"nowMs":%d,"catalogueMs":%[2]d,"down":[[0,1,%[2]d,%d,0]]}}`, id, atMs,
		atMs+300_000)
	require.Equal(t, true, asked(now + away)["away"])
	require.InDelta(t, float64(atMs+795_000), asked(now + away)["atMs"], 195_000)
	require.InDelta(t, float64(atMs+3_180_000), asked(now)["atMs"], 780_000)
	require.Equal(t, float64(atMs), asked(`,"askedAtMs":99999999999999`)["atMs"], "a moment in the future is unknown")
	require.Equal(t, "bad-call", code(t, s, "askAgain", fmt.Sprintf(`{"random":%d,"nowMs":1}`, uint64(1)<<53)))
	require.Equal(t, "bad-call", code(t, s, "askAgain", `{"handle":9,"random":1,"nowMs":1}`))

	held := testdata(t, "catalogues/v1.xml")
	require.Equal(t, true, value(t, s, "hintConfirms", `{}`, testdata(t, "catalogues/v1.sha2"), held)["confirms"])
	require.Equal(t, false, value(t, s, "hintConfirms", `{}`, testdata(t, "catalogues/v2.sha2"), held)["confirms"])
	require.Equal(t, "input-too-large", code(t, s, "hintConfirms", `{}`, make([]byte, core.MaxHintBytes+1), held))
	require.Equal(t, "bad-call", code(t, s, "hintConfirms", `{}`, held))
}

// TestOpenValueIsTheSummary: what is written by hand has the members that the type has.
func TestOpenValueIsTheSummary(t *testing.T) {
	c, err := core.OpenAgainst(testdata(t, "catalogues/v2-cache.xml"), []byte("torn"), time.UnixMilli(atMs),
		core.Judgement{
			Anchors: [][]byte{testdata(t, "pki/root.pem")}, At: time.UnixMilli(atMs),
		})
	require.NoError(t, err)
	summary := c.Summary()
	require.NotEmpty(t, summary.Lint)
	want, err := json.Marshal(struct {
		Handle int `json:"handle"`
		core.Summary
	}{3, summary})
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(openValue{3, summary}.appendJSON(nil)))
}

const memberData = "uddi:ehealth-fgov-be:business:memberdata:v1"

// TestCallFailsOver walks through a call as JavaScript does: the first endpoint is out of reach, the second answers.
func TestCallFailsOver(t *testing.T) {
	s := NewSession()
	h := openSample(t, s, "v1.xml")
	require.Equal(t, memberData,
		value(t, s, "find", fmt.Sprintf(`{"handle":%d,"target":%q}`, h, memberData))["service"])
	require.Empty(t, value(t, s, "find", fmt.Sprintf(`{"handle":%d,"target":"https://elsewhere.example/"}`, h)))

	step := value(t, s, "begin", fmt.Sprintf(`{"handle":%d,"target":%q,"facts":{},"nowMs":%d,"random":1}`, h,
		memberData, atMs))
	require.Equal(t, memberData, step["service"])
	first := step["action"].(map[string]any)
	require.Equal(t, "send", first["do"])

	next := func(event string, blobs ...[]byte) map[string]any {
		call, err := json.Marshal(step["call"])
		require.NoError(t, err)
		state, err := json.Marshal(step["state"])
		require.NoError(t, err)
		step = value(t, s, "next", fmt.Sprintf(`{"handle":%d,"call":%s,"state":%s,"event":%s,"nowMs":%d}`, h, call,
			state, event, atMs), blobs...)
		return step["action"].(map[string]any)
	}
	second := next(`{"kind":"outcome","outcome":"unreachable"}`)
	require.Equal(t, "send", second["do"], "member data consults, so it may be sent again")
	require.NotEqual(t, first["endpoint"], second["endpoint"])
	end := next(`{"kind":"response","status":200,"contentType":"text/xml"}`, []byte(`<ok/>`))
	require.Equal(t, "answer", end["do"])
	require.Equal(t, second["endpoint"], end["endpoint"])

	state, err := json.Marshal(step["state"])
	require.NoError(t, err)
	all := value(t, s, "status", fmt.Sprintf(`{"handle":%d,"states":{%q:%s},"nowMs":%d}`, h, memberData, state, atMs))
	require.Contains(t, fmt.Sprint(all["services"]), "failedOver:true")
	merged := value(t, s, "merge", fmt.Sprintf(`{"states":[%s,{"v":1}],"nowMs":%d}`, state, int64(atMs)+3_600_000))
	require.Equal(t, step["state"], merged["state"])
	overview := value(t, s, "procedures",
		fmt.Sprintf(`{"lang":"fr","handle":%d,"states":{%q:%s},"used":[%q],"nowMs":%d}`, h, memberData, state,
			memberData, atMs))
	require.Equal(t, "continuity", overview["overall"])
}

// TestActIsNotRepeated: an attestation whose fate is unknown is not sent a second time.
func TestActIsNotRepeated(t *testing.T) {
	s := NewSession()
	h := openSample(t, s, "v1.xml")
	step := value(t, s, "begin",
		fmt.Sprintf(`{"handle":%d,"target":"uddi:ehealth-fgov-be:business:mycareneteattest:v2","facts":{},"nowMs":%d,`+
			`"random":1}`, h, atMs))
	call, err := json.Marshal(step["call"])
	require.NoError(t, err)
	step = value(t, s, "next",
		fmt.Sprintf(`{"handle":%d,"call":%s,"event":{"kind":"outcome","outcome":"timeout"},"nowMs":%d}`, h, call, atMs))
	require.Equal(t, "not-repeatable", step["action"].(map[string]any)["code"])
}

func TestGuidance(t *testing.T) {
	s := NewSession()
	overview := value(t, s, "procedures", fmt.Sprintf(`{"lang":"nl","nowMs":%d}`, atMs))
	items := overview["items"].([]any)
	require.NotEmpty(t, items)
	functionality := items[0].(map[string]any)["functionality"].(string)
	require.Equal(t, "de",
		value(t, s, "procedure", fmt.Sprintf(`{"functionality":%q,"lang":"de","nowMs":1}`, functionality))["lang"])
	require.Equal(t, "functionality-unknown", code(t, s, "procedure", `{"functionality":"frob","lang":"de","nowMs":1}`))
}

func TestPlanAndSwitch(t *testing.T) {
	s := NewSession()
	script := []byte(`{"endpoints":["https://a.example/","https://b.example/"],"active":0,` +
		`"steps":[{"call":"https://a.example/","down":{"https://a.example/":"conn"}}]}`)
	planned := value(t, s, "plan", `{}`, script)
	require.Contains(t, fmt.Sprint(planned), "activeAfter:https://b.example/")
	require.Equal(t, "bad-call", code(t, s, "plan", `{"policy":"frob"}`, script))
	require.Equal(t, map[string]any{"switch": false}, value(t, s, "isSwitch", `{}`, []byte(`<x/>`)))
	require.Equal(t, "incomplete", code(t, s, "isSwitch", `{}`, []byte(`<x>`)))
}

func TestCacheKey(t *testing.T) {
	s := NewSession()
	request := []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q>é "1" \\</q>` +
		`</s:Body></s:Envelope>`)
	sheet := []byte(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
		`<xsl:output method="text"/>` +
		`<xsl:template match="/"><xsl:message>m</xsl:message>` +
		`<xsl:value-of select="q"/></xsl:template></xsl:stylesheet>`)
	v := value(t, s, "cacheKey", `{}`, request, sheet)
	require.Equal(t, `é "1" \\`, v["key"])
	require.Equal(t, []any{"m"}, v["messages"])
	require.Equal(t, "soap-malformed", code(t, s, "cacheKey", `{}`, []byte(`<q/>`), sheet))
	require.Equal(t, "bad-call", code(t, s, "cacheKey", `{}`, request))
	require.Equal(t, "bad-call", code(t, s, "cacheKey", `{"frob":1}`, request, sheet))
	h := openSample(t, s, "v1.xml")
	require.Equal(t, "cache-off", code(t, s, "cacheKey", fmt.Sprintf(`{"handle":%d,"target":%q}`, h, memberData),
		request))
}

func TestCommandThroughTheContract(t *testing.T) {
	s := NewSession()
	files := value(t, s, "commandFiles", `{"args":["verify","a.xml","--anchors","b.pem"]}`)
	require.Len(t, files["files"], 2)
	o := value(t, s, "command", fmt.Sprintf(`{"args":["verify","a.xml","--anchors","b.pem"],"nowMs":%d}`, atMs),
		testdata(t, "catalogues/v1.xml"), testdata(t, "pki/root.pem"))
	require.Equal(t, 0.0, o["exit"])
	require.Equal(t, 2.0, value(t, s, "commandFiles", `{"args":[]}`)["exit"])
	require.Equal(t, 2.0, value(t, s, "commandUnreadable", `{"name":"a","reason":"not found"}`)["exit"])
}
