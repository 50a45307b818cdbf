package procedure_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/stretchr/testify/require"
)

const (
	saml       = "uddi:ehealth-fgov-be:business:iamsaml11tokenservice:v1"
	sts        = "uddi:ehealth-fgov-be:business:iamsecuritytokenservice:v1"
	insur      = "uddi:ehealth-fgov-be:business:insurability:v2"
	genIns     = "uddi:ehealth-fgov-be:business:genericinsurability:v1"
	etk        = "uddi:ehealth-fgov-be:business:etkdepot:v1"
	kgss       = "uddi:ehealth-fgov-be:business:kgss:v1"
	prescriber = "uddi:ehealth-fgov-be:business:recip-eprescriber:v4"
	eattest    = "uddi:ehealth-fgov-be:business:mycareneteattest:v2"
	vaccinnet  = "uddi:vaccinnet-vlanderen-be:business:vacination:v2"
)

func TestMatches(t *testing.T) {
	base := "uddi:ehealth-fgov-be:business:mycarenettarification"
	for id, want := range map[string]bool{
		base:                   true,
		base + ":v1":           true,
		base + ":v12":          true,
		base + ":v4'":          true,
		base + "mediprima:v1":  false,
		base + ":v":            false,
		base + ":v1''":         false,
		base + ":v1:x":         false,
		base + ":x1":           false,
		"x" + base + ":v1":     false,
		strings.ToUpper(base):  false,
		base[:len(base)-1]:     false,
		base + ":v1 ":          false,
		base + ":vı1":          false,
		base + "'":             false,
		base + ":v0123456789'": true,
		"":                     false,
	} {
		require.Equal(t, want, procedure.Matches(base, id), "%q", id)
	}
}

func TestDefaultHasTheSeedsFunctionalities(t *testing.T) {
	require.Equal(t, []string{
		"login", "insurability", "member-data", "tarification", "tarification-mediprima", "chapter4-consultation",
		"chapter4-request", "encryption-known", "encryption-unknown", "hub-documents", "vaccination-status", "sumehr",
		"prescription", "eattest",
	}, procedure.Default().IDs())
}

// Each sentence exists in each of the four languages, and the same number of them: a step missing in one language
// would send one caregiver another way than the next.
func TestDefaultSaysTheSameInFourLanguages(t *testing.T) {
	book := procedure.Default()
	for _, id := range book.IDs() {
		reference, err := book.Guidance(id, "en")
		require.NoError(t, err)
		for _, lang := range []string{"nl", "fr", "de"} {
			guidance, err := book.Guidance(id, lang)
			require.NoError(t, err)
			require.Equal(t, lang, guidance.Lang, id)
			require.NotEmpty(t, guidance.Title)
			require.Len(t, guidance.Recovery, len(reference.Recovery), "%s %s", id, lang)
			require.Len(t, guidance.Fallback, len(reference.Fallback), "%s %s", id, lang)
			require.Len(t, guidance.Cache, len(reference.Cache), "%s %s", id, lang)
			require.Len(t, guidance.LastResort, len(reference.LastResort), "%s %s", id, lang)
			require.NotEqual(t, reference.LastResort, guidance.LastResort, "%s %s is not translated", id, lang)
		}
		require.Equal(t, "Business continuity", reference.Source.Title)
	}
}

// What acts may have arrived: finding out comes before every advice that makes a second one.
func TestDefaultFindsOutBeforeASecondOne(t *testing.T) {
	book := procedure.Default()
	findOut := map[string]string{"nl": "ga dat dan na voor", "fr": "vérifiez-le avant", "de": "prüfen Sie das, bevor", "en": "find out before"}
	for _, id := range []string{"chapter4-request", "prescription", "eattest"} {
		for lang, words := range findOut {
			guidance, err := book.Guidance(id, lang)
			require.NoError(t, err)
			require.Greater(t, len(guidance.LastResort), 1, id)
			require.Contains(t, guidance.LastResort[0], words, "%s %s", id, lang)
		}
	}
}

// Every service the data name by a UDDI Id is in the genuine catalogue, but for Vaccinnet, which came in later.
func TestDefaultServicesAreInTheGenuineCatalogue(t *testing.T) {
	shared := os.Getenv("BCP_SHARED")
	if shared == "" {
		t.Skip("BCP_SHARED is not set: shared cases are not here")
	}
	for _, name := range []string{"production-2020-09-14.xml", "production-2022-12-22-edited.xml"} {
		xml, err := os.ReadFile(filepath.Join(shared, "catalogues", name))
		require.NoError(t, err)
		var ids []string
		for _, match := range regexp.MustCompile(`<Service Id="([^"]+)"`).FindAllStringSubmatch(string(xml), -1) {
			ids = append(ids, match[1])
		}
		require.NotEmpty(t, ids)
		data, err := os.ReadFile("guidance.json")
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`"(uddi:ehealth-fgov-be[^"]+)"`).FindAllStringSubmatch(string(data), -1) {
			found := false
			for _, id := range ids {
				found = found || procedure.Matches(match[1], id)
			}
			require.True(t, found, "%s is not in %s", match[1], name)
		}
	}
}

func TestGuidanceLanguageRule(t *testing.T) {
	book := procedure.Default()
	for asked, want := range map[string]string{
		"nl": "nl", "NL": "nl", "fr-BE": "fr", "de-AT": "de", "en": "en", "": "en", "it": "en", "nl_BE": "en",
	} {
		guidance, err := book.Guidance("insurability", asked)
		require.NoError(t, err)
		require.Equal(t, want, guidance.Lang, "asked %q", asked)
	}
	_, err := book.Guidance("horoscope", "nl")
	require.Equal(t, bcperr.FunctionalityUnknown, bcperr.CodeOf(err))

	// Without English the rule goes on to French, then Dutch, then German.
	own := load(t, `{"format":1,"functionalities":[
		{"id":"a","needs":[["x"]],"title":{"nl":"A","de":"A"},"texts":{"lastResort":{"nl":["n"],"de":["d"]}}},
		{"id":"b","needs":[["x"]],"title":{"nl":"B","fr":"B"},"texts":{"lastResort":{"nl":["n"],"fr":["f"]}}}],
		"defaults":{},"source":{"publisher":"p","title":"t"}}`)
	for id, want := range map[string]string{"a": "nl", "b": "fr"} {
		guidance, err := own.Guidance(id, "en")
		require.NoError(t, err)
		require.Equal(t, want, guidance.Lang)
	}
}

func TestInsurabilityGuidanceHoldsTheThirtyDayRule(t *testing.T) {
	guidance, err := procedure.Default().Guidance("insurability", "en")
	require.NoError(t, err)
	text := strings.Join(guidance.LastResort, " ")
	require.Contains(t, text, "less than 30 days")
	require.Contains(t, text, "Annex 30")
	require.Contains(t, text, "public price")
}

func TestStatus(t *testing.T) {
	main := func(id string) procedure.ServiceState {
		return procedure.ServiceState{ID: id, Reach: procedure.ReachMain}
	}
	recovery := func(id, url string) procedure.ServiceState {
		return procedure.ServiceState{ID: id, Reach: procedure.ReachRecovery, Endpoint: url, SinceMs: 2000}
	}
	down := func(id string) procedure.ServiceState {
		return procedure.ServiceState{ID: id, Reach: procedure.ReachDown, SinceMs: 1000}
	}
	cached := func(s procedure.ServiceState) procedure.ServiceState { s.Cached = true; return s }
	used := func(s procedure.ServiceState) procedure.ServiceState { s.Used = true; return s }
	const direct = "https://prod.mycarenet.be:9443/ehealth/bcp/x"

	cases := []struct {
		name, functionality string
		services            []procedure.ServiceState
		want                procedure.State
	}{
		{"nothing known", "login", nil, procedure.State{Way: procedure.WayUnwatched}},
		{"other services only", "login", []procedure.ServiceState{down(etk)}, procedure.State{Way: procedure.WayUnwatched}},
		{"unknown reach", "encryption-known", []procedure.ServiceState{{ID: etk, Reach: "sideways"}},
			procedure.State{Way: procedure.WayUnwatched, Services: []string{etk}}},
		{"main", "encryption-known", []procedure.ServiceState{main(etk)},
			procedure.State{Way: procedure.WayNormal, Services: []string{etk}}},
		{"recovery site", "encryption-known", []procedure.ServiceState{recovery(etk, "https://services.ehealth2.be/EtkDepot/v1")},
			procedure.State{Way: procedure.WayRecovery, SinceMs: 2000, Services: []string{etk}}},
		{"direct to MyCareNet is the fallback", "insurability", []procedure.ServiceState{recovery(insur, direct)},
			procedure.State{Way: procedure.WayFallback, SinceMs: 2000, Services: []string{insur}}},
		{"a host that only ends like MyCareNet", "insurability", []procedure.ServiceState{recovery(insur, "https://xprod.mycarenet.be/")},
			procedure.State{Way: procedure.WayRecovery, SinceMs: 2000, Services: []string{insur}}},
		{"down with kept answers", "encryption-known", []procedure.ServiceState{cached(down(etk))},
			procedure.State{Way: procedure.WayCache, SinceMs: 1000, Services: []string{etk}}},
		{"down without", "encryption-known", []procedure.ServiceState{down(etk)},
			procedure.State{Way: procedure.WayLastResort, SinceMs: 1000, Services: []string{etk}}},
		{"a manual fallback comes before the last resort", "login", []procedure.ServiceState{down(saml), down(sts)},
			procedure.State{Way: procedure.WayFallback, SinceMs: 1000, Services: []string{saml}}},
		{"an alternative that nobody marked: the best counts", "insurability", []procedure.ServiceState{down(insur), main(genIns)},
			procedure.State{Way: procedure.WayNormal, Services: []string{genIns}}},
		{"the one in use counts", "insurability", []procedure.ServiceState{used(down(insur)), main(genIns)},
			procedure.State{Way: procedure.WayLastResort, SinceMs: 1000, Services: []string{insur}}},
		{"the worst of two in use counts", "insurability", []procedure.ServiceState{used(main(insur)), used(down(genIns))},
			procedure.State{Way: procedure.WayLastResort, SinceMs: 1000, Services: []string{genIns}}},
		{"what it uses has no way left", "prescription", []procedure.ServiceState{main(prescriber), down(kgss)},
			procedure.State{Way: procedure.WayLastResort, SinceMs: 1000, Services: []string{kgss}}},
		{"what it uses is only at its recovery site", "prescription", []procedure.ServiceState{main(prescriber), recovery(kgss, "")},
			procedure.State{Way: procedure.WayNormal, Services: []string{prescriber}}},
		{"keys from the cache are enough for eAttest", "eattest", []procedure.ServiceState{main(eattest), cached(down(etk))},
			procedure.State{Way: procedure.WayNormal, Services: []string{eattest}}},
		{"the application watches Vitalink itself", "vaccination-status", []procedure.ServiceState{down("vitalink")},
			procedure.State{Way: procedure.WayFallback, SinceMs: 1000, Services: []string{"vitalink"}}},
		{"Vaccinnet is down too", "vaccination-status", []procedure.ServiceState{down("vitalink"), down(vaccinnet)},
			procedure.State{Way: procedure.WayLastResort, SinceMs: 1000, Services: []string{"vitalink"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := procedure.Default().Status(c.functionality, c.services)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	_, err := procedure.Default().Status("horoscope", nil)
	require.Equal(t, bcperr.FunctionalityUnknown, bcperr.CodeOf(err))
}

func TestOverview(t *testing.T) {
	state := func(reach procedure.Reach) []procedure.ServiceState {
		return []procedure.ServiceState{{ID: kgss, Reach: procedure.ReachMain}, {ID: etk, Reach: reach}}
	}
	for reach, want := range map[procedure.Reach]procedure.Overall{
		procedure.ReachMain:     procedure.OverallNormal,
		procedure.ReachRecovery: procedure.OverallContinuity,
		procedure.ReachDown:     procedure.OverallDegraded,
	} {
		overview := procedure.Default().Overview("nl", state(reach))
		require.Equal(t, want, overview.Overall)
		require.Len(t, overview.Items, 14)
		require.Equal(t, "Aanmelden", overview.Items[0].Title)
	}
	require.Equal(t, procedure.OverallUnknown, procedure.Default().Overview("nl", nil).Overall)
}

func load(t *testing.T, data string) procedure.Book {
	t.Helper()
	book, err := procedure.Load([]byte(data))
	require.NoError(t, err)
	return book
}

const one = `{"id":"a","needs":[["x"]],"title":{"en":"A"},"texts":{"lastResort":{"en":["wait"]}}}`

func wrap(functionalities string) string {
	return `{"format":1,"functionalities":[` + functionalities + `],"defaults":{},"source":{"publisher":"p","title":"t"}}`
}

func TestWithReplacesAndAdds(t *testing.T) {
	own := load(t, wrap(`{"id":"login","needs":[["mysts"]],"title":{"en":"Log in"},"texts":{"lastResort":{"en":["Call us."]}},
		"source":{"publisher":"hospital","title":"plan"}},`+one))
	book, err := procedure.Default().With(own)
	require.NoError(t, err)
	require.Len(t, book.IDs(), 15)
	guidance, err := book.Guidance("login", "nl")
	require.NoError(t, err)
	require.Equal(t, "Log in", guidance.Title)
	require.Equal(t, "hospital", guidance.Source.Publisher)
	require.NotEmpty(t, guidance.Recovery, "the defaults stay")
	before, err := procedure.Default().Guidance("login", "nl")
	require.NoError(t, err)
	require.Equal(t, "Aanmelden", before.Title, "the default book itself is as it was")

	// A replacement that breaks what another functionality uses is refused.
	own = load(t, wrap(one+`,{"id":"encryption-known","needs":[["x"]],"uses":["a"],"title":{"en":"E"},"texts":{"lastResort":{"en":["w"]}}}`))
	_, err = procedure.Default().With(own)
	require.Equal(t, bcperr.ProcedureInvalid, bcperr.CodeOf(err))
	require.ErrorContains(t, err, `"eattest"`)
}

// What a functionality uses is looked for when books come together, so that a file may build on the product's own.
func TestUses(t *testing.T) {
	for uses, refused := range map[string]bool{"encryption-known": false, "login": false, "a": true, "nothing": true, "eattest": true} {
		own := load(t, wrap(strings.Replace(one, `"title"`, `"uses":["`+uses+`"],"title"`, 1)))
		alone, err := own.Status("a", []procedure.ServiceState{{ID: "x", Reach: procedure.ReachMain}})
		require.NoError(t, err)
		require.Equal(t, procedure.WayNormal, alone.Way)
		_, err = procedure.Default().With(own)
		if refused {
			require.Equal(t, bcperr.ProcedureInvalid, bcperr.CodeOf(err))
			require.ErrorContains(t, err, `uses "`+uses+`"`)
		} else {
			require.NoError(t, err)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(one, old) {
			panic("nothing to change: " + old)
		}
		return wrap(strings.Replace(one, old, new, 1))
	}
	for name, c := range map[string]struct {
		data, detail string
		code         bcperr.Code
	}{
		"empty":               {"", "expected JSON, got an empty input", bcperr.ProcedureInvalid},
		"a page":              {"<html>", "expected JSON, got an HTML page", bcperr.ProcedureInvalid},
		"a list for a text":   {change(`"a"`, `[]`), "expected text, got array", bcperr.ProcedureInvalid},
		"too large":           {strings.Repeat(" ", 1<<20) + wrap(one), "at most", bcperr.InputTooLarge},
		"two objects":         {wrap(one) + "{}", "more text", bcperr.ProcedureInvalid},
		"unknown field":       {change(`"id"`, `"colour":"red","id"`), "colour", bcperr.ProcedureInvalid},
		"wrong format":        {strings.Replace(wrap(one), `"format":1`, `"format":2`, 1), "format 2", bcperr.ProcedureInvalid},
		"id twice":            {wrap(one + "," + one), "twice", bcperr.ProcedureInvalid},
		"id with capitals":    {change(`"a"`, `"A"`), "a-z", bcperr.ProcedureInvalid},
		"no id":               {change(`"a"`, `""`), "a-z", bcperr.ProcedureInvalid},
		"no needs":            {change(`[["x"]]`, `[]`), "needs", bcperr.ProcedureInvalid},
		"an empty need":       {change(`[["x"]]`, `[[]]`), "need must list", bcperr.ProcedureInvalid},
		"a nameless service":  {change(`[["x"]]`, `[[""]]`), "need must list", bcperr.ProcedureInvalid},
		"fallback of no kind": {change(`"title"`, `"fallback":{},"title"`), "neither manual", bcperr.ProcedureInvalid},
		"fallback untold":     {change(`"title"`, `"fallback":{"manual":true},"title"`), "no text for it", bcperr.ProcedureInvalid},
		"nameless fallback":   {change(`"title"`, `"fallback":{"manual":true,"services":[""]},"title"`), "fallback must list", bcperr.ProcedureInvalid},
		"no last resort":      {change(`"lastResort":{"en":["wait"]}`, ``), "no lastResort", bcperr.ProcedureInvalid},
		"no title":            {change(`{"en":"A"}`, `{}`), "no text", bcperr.ProcedureInvalid},
		"blank title":         {change(`{"en":"A"}`, `{"en":" "}`), "one line", bcperr.ProcedureInvalid},
		"unknown language":    {change(`{"en":"A"}`, `{"en":"A","it":"A"}`), `"it"`, bcperr.ProcedureInvalid},
		"language half given": {change(`{"en":"A"}`, `{"en":"A","nl":"A"}`), `lacks "nl"`, bcperr.ProcedureInvalid},
		"empty list":          {change(`["wait"]`, `[]`), "0 sentences", bcperr.ProcedureInvalid},
		"two lines":           {change(`wait`, `a\nb`), "one line", bcperr.ProcedureInvalid},
		"a page of text":      {change(`wait`, strings.Repeat("x", 1001)), "1000 bytes", bcperr.ProcedureInvalid},
		"too many":            {wrap(strings.Repeat(one+",", 200) + one), "at most 200", bcperr.ProcedureInvalid},
		"bad defaults":        {strings.Replace(wrap(one), `"defaults":{}`, `"defaults":{"cache":{"xx":["a"]}}`, 1), `"xx"`, bcperr.ProcedureInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := procedure.Load([]byte(c.data))
			require.Equal(t, c.code, bcperr.CodeOf(err), "%v", err)
			require.ErrorContains(t, err, c.detail)
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(wrap(one)))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := procedure.Load(data)
		if err != nil {
			return
		}
		for _, item := range book.Overview("nl", nil).Items {
			require.NotEmpty(t, item.LastResort)
		}
	})
}
