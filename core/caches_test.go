package core_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/servicelist"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

const (
	etkDepot      = "uddi:ehealth-fgov-be:business:etkdepot:v1"
	insurability  = "uddi:ehealth-fgov-be:business:insurability:v2"
	inssSelected  = `<xsl:value-of select="//*[local-name() = 'INSS']"/>`
	emptyTemplate = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">` +
		`<xsl:output method="text"/><xsl:template match="/">…</xsl:template></xsl:stylesheet>`
)

// sheet is a stylesheet that writes text.
func sheet(body string) []byte { return []byte(strings.Replace(emptyTemplate, "…", body, 1)) }

// ruled opens a sample list in which edit changed the services, with rules of the application.
func ruled(t *testing.T, cached map[string]core.CacheRule, edit func(*drill.List)) *core.Catalogue {
	t.Helper()
	s := newShop(t)
	l := drill.Sample(2)
	if edit != nil {
		edit(&l)
	}
	file, err := drill.Sign(l, s.signer, time.Time{})
	require.NoError(t, err)
	c, err := core.Open(file, core.Judgement{Anchors: s.anchors, At: judged, Cached: cached})
	require.NoError(t, err)
	return c
}

// begun is the first action of a call with its cache on, and until when an answer that comes at once would be kept.
func begun(t *testing.T, c *core.Catalogue, service string) (first failover.Do, kept time.Duration) {
	t.Helper()
	step, _, err := c.Begin(core.Request{
		Target: service, Body: []byte(soapRequest), Policy: failover.DefaultPolicy(),
		Facts: failover.Facts{Cache: true, Repeat: failover.RepeatYes},
	}, failover.State{}, judged)
	require.NoError(t, err)
	first = step.Action.Do
	if first == failover.DoReadCache {
		step, err = c.Next(step.Call, step.State, failover.Event{Kind: failover.CacheMiss}, judged)
		require.NoError(t, err)
	}
	answered := failover.Event{Kind: failover.SendEnded, Outcome: failover.Answered, Status: 200, Cacheable: true}
	step, err = c.Next(step.Call, step.State, answered, judged)
	require.NoError(t, err)
	if step.Action.Do != failover.DoWriteCache {
		return first, 0
	}
	return first, time.Duration(step.Action.ValidUntilMs-step.Action.StoredAtMs) * time.Millisecond
}

// TestRulesOfTheApplication: where the catalogue has no Cache, the application's rule counts, and the built-in one for
// a service that it only names; where the catalogue has one, that counts.
func TestRulesOfTheApplication(t *testing.T) {
	const day = 24 * time.Hour
	own := core.CacheRule{Stylesheet: sheet(inssSelected), Duration: "P3D"}
	cacheFirst := core.CacheRule{Stylesheet: sheet(inssSelected), Strategy: servicelist.CacheFirst, Duration: "P3D"}
	give := func(service string, cache *drill.Cache) func(*drill.List) {
		return func(l *drill.List) {
			for i := range l.Services {
				if l.Services[i].ID == service {
					l.Services[i].Cache = cache
				}
			}
		}
	}
	elsewhere := drill.SampleCache("ENDPOINT_FIRST", "PT8H")
	elsewhere.Key = drill.Key{Text: "https://x.example/key.xslt"}
	for name, c := range map[string]struct {
		service  string
		cached   map[string]core.CacheRule
		edit     func(*drill.List)
		first    failover.Do
		kept     time.Duration
		findings []bcperr.Code // of the cache
	}{
		"nothing named": {service: insurability, first: failover.DoSend},
		"named, without a rule": {
			service: insurability, cached: map[string]core.CacheRule{insurability: {}}, first: failover.DoSend,
			findings: []bcperr.Code{bcperr.CacheOff},
		},
		"a rule": {
			service: insurability, cached: map[string]core.CacheRule{insurability: own},
			first: failover.DoSend, kept: 3 * day,
		},
		"a rule that asks the cache first": {
			service: insurability, cached: map[string]core.CacheRule{insurability: cacheFirst},
			first: failover.DoReadCache, kept: 3 * day,
		},
		"a rule without an end": {
			service: insurability, cached: map[string]core.CacheRule{insurability: {Stylesheet: sheet(inssSelected)}},
			first: failover.DoSend, kept: 30 * day,
		},
		"a rule of another service": {
			service: memberData, cached: map[string]core.CacheRule{insurability: own}, first: failover.DoSend,
		},
		"a rule for no service of the list": {
			service: memberData, cached: map[string]core.CacheRule{"uddi:none": own}, first: failover.DoSend,
			findings: []bcperr.Code{bcperr.ServiceUnknown},
		},
		"the catalogue's own wins": {
			service: insurability, cached: map[string]core.CacheRule{insurability: cacheFirst},
			edit:  give(insurability, drill.SampleCache("ENDPOINT_FIRST", "PT8H")),
			first: failover.DoSend, kept: 8 * time.Hour, findings: []bcperr.Code{bcperr.RuleUnused},
		},
		"the catalogue's own wins, also when it is off": {
			service: insurability, cached: map[string]core.CacheRule{insurability: own},
			edit: give(insurability, elsewhere), first: failover.DoSend,
			findings: []bcperr.Code{bcperr.KeyNotSigned, bcperr.RuleUnused},
		},
		"the built-in one, not named": {service: etkDepot, first: failover.DoSend},
		"the built-in one": {
			service: etkDepot, cached: map[string]core.CacheRule{etkDepot: {}}, first: failover.DoSend, kept: 30 * day,
		},
		"the built-in one, kept shorter": {
			service: etkDepot, cached: map[string]core.CacheRule{etkDepot: {Duration: "P7D"}}, first: failover.DoSend,
			kept: 7 * day,
		},
		"the application's for the same": {
			service: etkDepot, cached: map[string]core.CacheRule{etkDepot: own}, first: failover.DoSend, kept: 3 * day,
		},
		"the catalogue's for the same": {
			service: etkDepot, cached: map[string]core.CacheRule{etkDepot: {}},
			edit:  give(etkDepot, drill.SampleCache("CACHE_FIRST", "PT8H")),
			first: failover.DoReadCache, kept: 8 * time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			list := ruled(t, c.cached, c.edit)
			first, kept := begun(t, list, c.service)
			require.Equal(t, c.first, first)
			require.Equal(t, c.kept, kept)
			var findings []bcperr.Code
			for _, f := range list.Summary().Lint {
				if strings.Contains(f.Detail, "the cache of this service") {
					findings = append(findings, f.Code)
				}
			}
			require.Equal(t, c.findings, findings)
		})
	}
}

// TestMisspeltServices: an Id that the list has not is told, with the one that was probably meant.
func TestMisspeltServices(t *testing.T) {
	list := ruled(t, map[string]core.CacheRule{
		"uddi:ehealth-fgov-be:business:insurabilty:v2": {}, etkDepot + "0": {}, "https://etk.example/": {},
	}, nil)
	var told []string
	for _, f := range list.Summary().Lint {
		if f.Code == bcperr.ServiceUnknown {
			told = append(told, f.Place+": "+f.Detail)
		}
	}
	const rule, off = ", rule of the application", ": the cache of this service is off: the list has no such Id"
	require.Equal(t, []string{
		`service "https://etk.example/"` + rule + off,
		`service "` + etkDepot + `0"` + rule + off + ` (did you mean "` + etkDepot + `"?)`,
		`service "uddi:ehealth-fgov-be:business:insurabilty:v2"` + rule + off +
			` (did you mean "` + insurability + `"?)`,
	}, told)
	_, err := list.CacheKey(insurability, []byte(soapRequest))
	require.ErrorContains(t, err, `no Cache for service "`+insurability+`", and the application no rule: give it`)
}

// TestRulesThatCannotBeUsed: each switches off the cache of its service, says so, and costs nothing else.
func TestRulesThatCannotBeUsed(t *testing.T) {
	good := sheet(inssSelected)
	for name, c := range map[string]struct {
		rule core.CacheRule
		want bcperr.Code
	}{
		"no stylesheet": {core.CacheRule{Stylesheet: []byte("<a/>")}, bcperr.XSLTInvalid},
		"no XML":        {core.CacheRule{Stylesheet: []byte("key")}, bcperr.XMLMalformed},
		"one that reads files": {
			core.CacheRule{Stylesheet: sheet(`<xsl:value-of select="document('/etc/hosts')"/>`)}, bcperr.XSLTForbidden,
		},
		"separators alone": {core.CacheRule{Stylesheet: sheet("|")}, bcperr.KeyConstant},
		"nothing":          {core.CacheRule{Stylesheet: sheet("")}, bcperr.KeyEmpty},
		"more than may be": {
			core.CacheRule{Stylesheet: make([]byte, core.MaxStylesheetBytes+1)}, bcperr.CacheInvalid,
		},
		"none, with a strategy": {core.CacheRule{Strategy: servicelist.CacheFirst}, bcperr.CacheInvalid},
		"none, with a duration": {core.CacheRule{Duration: "P1D"}, bcperr.CacheInvalid},
		"another strategy":      {core.CacheRule{Stylesheet: good, Strategy: "CACHE_ONLY"}, bcperr.CacheInvalid},
		"no duration":           {core.CacheRule{Stylesheet: good, Duration: "30 days"}, bcperr.ExpiryInvalid},
		"a negative duration":   {core.CacheRule{Stylesheet: good, Duration: "-P1D"}, bcperr.ExpiryInvalid},
		"a duration too long":   {core.CacheRule{Stylesheet: good, Duration: "P93D"}, bcperr.ExpiryInvalid},
		"a duration of nothing": {core.CacheRule{Stylesheet: good, Duration: "PT0S"}, bcperr.ExpiryInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			own := core.CacheRule{Stylesheet: good, Duration: "P3D"}
			list := ruled(t, map[string]core.CacheRule{insurability: c.rule, memberData: own}, nil)
			_, kept := begun(t, list, insurability)
			require.Zero(t, kept)
			_, kept = begun(t, list, memberData)
			require.Equal(t, 72*time.Hour, kept, "another rule")
			lint := list.Summary().Lint
			last := lint[len(lint)-1]
			require.Equal(t, c.want, last.Code, last.Detail)
			require.Equal(t, `service "`+insurability+`", rule of the application`, last.Place)
			_, err := list.CacheKey(insurability, []byte(soapRequest))
			require.Equal(t, c.want, bcperr.CodeOf(err))
		})
	}
}

// TestKeyOfETK: two questions have one key when they ask for the same, and only then.
func TestKeyOfETK(t *testing.T) {
	c := ruled(t, map[string]core.CacheRule{etkDepot: {}}, nil)
	envelope := func(payload string) []byte {
		return []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + payload +
			`</s:Header><s:Body>` + payload + `</s:Body></s:Envelope>`)
	}
	of := func(identifiers ...string) string {
		return `<p:GetEtkRequest xmlns:p="urn:be:fgov:ehealth:etkdepot:1_0:protocol"><p:SearchCriteria>` +
			strings.Join(identifiers, "") + `</p:SearchCriteria></p:GetEtkRequest>`
	}
	identifier := func(kind, value, application string) string {
		out := `<p:Identifier><p:Type>` + kind + `</p:Type><p:Value>` + value + `</p:Value>`
		if application != "" {
			out += `<p:ApplicationID>` + application + `</p:ApplicationID>`
		}
		return out + `</p:Identifier>`
	}
	own := of(identifier("NIHII", "19999901", ""))
	key := func(payload string) string {
		key, err := c.CacheKey(etkDepot, envelope(payload))
		require.NoError(t, err)
		return key.Text
	}
	for name, same := range map[string]string{
		"another prefix": strings.NewReplacer("xmlns:p", "xmlns:q", "<p:", "<q:", "</p:", "</q:").Replace(own),
		"no prefix":      strings.NewReplacer("xmlns:p", "xmlns", "<p:", "<", "</p:", "</").Replace(own),
		"white space":    strings.ReplaceAll(strings.ReplaceAll(own, "<p:", "\n  <p:"), "19999901", " 19999901\n"),
		"a comment":      strings.ReplaceAll(own, "<p:Type", "<!-- own --><p:Type"),
	} {
		require.Equal(t, key(own), key(same), name)
	}
	seen := map[string]string{key(own): own}
	for _, other := range []string{
		of(identifier("NIHII", "19999902", "")),
		of(identifier("CBE", "19999901", "")),
		of(identifier("NIHII", "19999901", "MYCARENET")),
		of(identifier("NIHII", "", "19999901")),
		of(identifier("NIHII", "19999901", ""), identifier("NIHII", "19999902", "")),
		of(identifier("NIHII", "19999902", ""), identifier("NIHII", "19999901", "")),
		of(identifier("NIHII,Value:8:19999901", "", "")),
		of(identifier("NIHII", "19999901;3ApplicationID,ApplicationID:9:MYCARENET", "")),
		strings.Replace(own, "<p:Identifier>", `<p:Identifier a="NIHII">`, 1),
		strings.ReplaceAll(own, "GetEtkRequest", "GetOtherRequest"),
	} {
		require.Empty(t, seen[key(other)], other)
		seen[key(other)] = other
	}
	for _, nothing := range []string{of(), of(identifier("", "", "")), `<p:GetEtkRequest xmlns:p="urn:x"/>`} {
		_, err := c.CacheKey(etkDepot, envelope(nothing))
		require.Equal(t, bcperr.KeyConstant, bcperr.CodeOf(err), nothing)
	}
}
