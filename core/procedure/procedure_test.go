package procedure_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
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
	metahub    = "uddi:ehealth-fgov-be:business:metahub:v2"
	consent    = "uddi:ehealth-fgov-be:business:consent:v1"
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
		"prescription", "eattest", "dispensing", "eagreement", "attributes", "timestamping",
	}, procedure.Default().IDs())
}

// Each sentence exists in each of the four languages, and the same number of them: a step missing in one language
// would send one caregiver another way than the next. A step is a whole sentence: it is read alone.
func TestDefaultSaysTheSameInFourLanguages(t *testing.T) {
	file, err := procedure.ParseFile(procedure.DefaultData())
	require.NoError(t, err)
	same := func(place string, texts procedure.Texts) {
		for kind, text := range texts {
			require.Len(t, text, 4, "%s %s", place, kind)
			for lang, sentences := range text {
				require.Len(t, sentences, len(text["en"]), "%s %s %s", place, kind, lang)
				for i, sentence := range sentences {
					require.Regexp(t, `^[^\p{Ll} ].*[.!?]$`, sentence, "%s %s %s", place, kind, lang)
					if lang != "en" {
						require.NotEqual(t, text["en"][i], sentence, "%s %s %s is not translated", place, kind, lang)
					}
					require.NotRegexp(t, jargon, sentence)
				}
			}
		}
	}
	same("defaults", file.Defaults)
	for _, f := range file.Functionalities {
		require.Len(t, f.Title, 4, f.ID)
		for _, title := range f.Title {
			require.NotRegexp(t, jargon, title)
		}
		same(f.ID, f.Texts)
		cache := strings.Join(f.Texts[procedure.TextCache]["en"], " ")
		require.Equal(t, strings.HasSuffix(cache, "nothing you need to do."), f.KeptSuffices, f.ID)
	}
}

// Words of those who build the services, which a caregiver does not know; the panel names services to the helpdesk.
var jargon = regexp.MustCompile(`(?i)\bETK\b|KGSS|MemberData|uitwijk|Ausweich|recovery site|site de secours|` +
	`tijdstempel|horodat|Zeitstempel|time.?stamp|papieren stroom|flux papier|paper flow|Papierweg`)

// French puts a no-break space inside « » and before : ; ? !, so that no line begins with one of them.
func TestDefaultFrenchDoesNotBreakBeforeItsSigns(t *testing.T) {
	file, err := procedure.ParseFile(procedure.DefaultData())
	require.NoError(t, err)
	bad := regexp.MustCompile(`« | »| [:;?!]|[^\x{a0}][:;?!]`)
	for _, f := range file.Functionalities {
		require.NotRegexp(t, bad, f.Title["fr"])
		for _, text := range f.Texts {
			for _, sentence := range text["fr"] {
				require.NotRegexp(t, bad, sentence)
			}
		}
	}
}

// What acts may have arrived: looking comes before sending again, and that before paper, in every language.
func TestDefaultLooksBeforeItSendsAgain(t *testing.T) {
	book := procedure.Default()
	words := map[string][3]string{
		"nl": {"Kijk eerst of", "opnieuw", "papier"}, "fr": {"Vérifiez d'abord si", "à nouveau", "papier"},
		"de": {"Prüfen Sie zuerst, ob", "erneut", "Papier"}, "en": {"First look whether", "again", "paper"},
	}
	for _, id := range book.IDs() {
		acts := slices.Contains([]string{"chapter4-request", "prescription", "eattest", "dispensing", "eagreement"}, id)
		for lang, want := range words {
			guidance, err := book.Guidance(id, lang)
			require.NoError(t, err)
			if !acts {
				require.Empty(t, guidance.MayHaveArrived, id)
				continue
			}
			require.Len(t, guidance.MayHaveArrived, 3, id)
			for i, word := range want {
				require.Contains(t, guidance.MayHaveArrived[i], word, "%s %s", id, lang)
			}
		}
	}
}

// The service of every functionality that acts has that nature, and of no other.
func TestWhatMayHaveArrivedActs(t *testing.T) {
	file, err := procedure.ParseFile(procedure.DefaultData())
	require.NoError(t, err)
	for _, f := range file.Functionalities {
		acts := procedure.NatureOf(f.Needs[0][0]+":v1") == procedure.Act
		require.Equal(t, acts, len(f.Texts[procedure.TextMayHaveArrived]) > 0, f.ID)
	}
}

// Every service of the genuine catalogues has a place: something tells when it is down.
func TestEveryGenuineServiceHasAPlace(t *testing.T) {
	for _, name := range []string{"production-2020-09-14.xml", "production-2022-12-22-edited.xml"} {
		xml := corpus.File(t, "catalogues", name)
		var ids []string
		for _, match := range regexp.MustCompile(`<Service Id="([^"]+)"`).FindAllStringSubmatch(string(xml), -1) {
			ids = append(ids, match[1])
		}
		require.NotEmpty(t, ids)
		for _, id := range ids {
			down := []procedure.ServiceState{{ID: id, Reach: procedure.ReachDown, Used: true}}
			overview := procedure.Default().Overview("en", down, procedure.Filter{})
			require.Equal(t, procedure.OverallDegraded, overview.Overall, "%s is dead, and nothing tells", id)
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
		return procedure.ServiceState{ID: id, Reach: procedure.ReachMain, AnsweredAtMs: 500}
	}
	recovery := func(id, url string) procedure.ServiceState {
		return procedure.ServiceState{ID: id, Reach: procedure.ReachRecovery, Endpoint: url, SinceMs: 2000,
			AnsweredAtMs: 2500, FailedAtMs: 2100}
	}
	out := func(id string, reach procedure.Reach) procedure.ServiceState {
		return procedure.ServiceState{ID: id, Reach: reach, SinceMs: 1000, FailedAtMs: 1500}
	}
	down := func(id string) procedure.ServiceState {
		s := out(id, procedure.ReachDown)
		s.RetryAtMs = 9000
		return s
	}
	cached := func(s procedure.ServiceState) procedure.ServiceState { s.Cached = true; return s }
	used := func(s procedure.ServiceState) procedure.ServiceState { s.Used = true; return s }
	uncertain := func(s procedure.ServiceState) procedure.ServiceState { s.Uncertain = true; return s }
	normal := func(ids ...string) procedure.State {
		return procedure.State{Way: procedure.WayNormal, AnsweredAtMs: 500, Services: ids}
	}
	failed := func(way procedure.Way, retryAtMs int64, ids ...string) procedure.State {
		return procedure.State{Way: way, SinceMs: 1000, FailedAtMs: 1500, RetryAtMs: retryAtMs, Services: ids}
	}
	elsewhere := func(way procedure.Way, id string) procedure.State {
		return procedure.State{Way: way, SinceMs: 2000, AnsweredAtMs: 2500, FailedAtMs: 2100, Services: []string{id}}
	}
	doubtful := func(s procedure.State) procedure.State { s.Uncertain = true; return s }
	const direct = "https://prod.mycarenet.be:9443/ehealth/bcp/x"

	cases := []struct {
		name, functionality string
		services            []procedure.ServiceState
		want                procedure.State
	}{
		{"nothing known", "login", nil, procedure.State{Way: procedure.WayUnwatched}},
		{"other services only", "login", []procedure.ServiceState{down(etk)},
			procedure.State{Way: procedure.WayUnwatched}},
		{"unknown reach", "encryption-known", []procedure.ServiceState{{ID: etk, Reach: "sideways"}},
			procedure.State{Way: procedure.WayUnwatched, Services: []string{etk}}},
		{"not used yet", "encryption-known", []procedure.ServiceState{{ID: etk, Reach: procedure.ReachUnused}},
			procedure.State{Way: procedure.WayNormal, Services: []string{etk}}},
		{"main", "encryption-known", []procedure.ServiceState{main(etk)}, normal(etk)},
		{"recovery site", "encryption-known",
			[]procedure.ServiceState{recovery(etk, "https://services.ehealth2.be/EtkDepot/v1")},
			elsewhere(procedure.WayRecovery, etk)},
		{"direct to MyCareNet is the fallback", "insurability", []procedure.ServiceState{recovery(insur, direct)},
			elsewhere(procedure.WayFallback, insur)},
		{"in every environment", "insurability",
			[]procedure.ServiceState{recovery(insur, "https://PILOT.mycarenet.be/x")},
			elsewhere(procedure.WayFallback, insur)},
		{"a host that only ends like MyCareNet", "insurability",
			[]procedure.ServiceState{recovery(insur, "https://notmycarenet.be/")},
			elsewhere(procedure.WayRecovery, insur)},
		{"down with kept answers", "encryption-known", []procedure.ServiceState{cached(down(etk))},
			failed(procedure.WayCache, 9000, etk)},
		{"down without", "encryption-known", []procedure.ServiceState{down(etk)},
			failed(procedure.WayLastResort, 9000, etk)},
		{"another endpoint is left", "encryption-known", []procedure.ServiceState{out(etk, procedure.ReachUnconfirmed)},
			failed(procedure.WayUnconfirmed, 0, etk)},
		{"rested, not tried since", "encryption-known",
			[]procedure.ServiceState{cached(out(etk, procedure.ReachRetry))},
			failed(procedure.WayRetry, 0, etk)},
		{"the keystore is no way when the token services are down", "login",
			[]procedure.ServiceState{down(saml), down(sts)},
			failed(procedure.WayLastResort, 9000, saml)},
		{"an alternative that nobody marked: the best counts", "insurability",
			[]procedure.ServiceState{down(insur), main(genIns)}, normal(genIns)},
		{"of two that work, the one that was seen", "insurability",
			[]procedure.ServiceState{{ID: insur, Reach: procedure.ReachUnused}, main(genIns)}, normal(genIns)},
		{"the one in use counts", "insurability", []procedure.ServiceState{used(down(insur)), main(genIns)},
			failed(procedure.WayLastResort, 9000, insur)},
		{"the worst of two in use counts", "insurability", []procedure.ServiceState{used(main(insur)),
			used(down(genIns))},
			failed(procedure.WayLastResort, 9000, genIns)},
		{"what it uses has no way left", "prescription", []procedure.ServiceState{main(prescriber), down(kgss)},
			failed(procedure.WayLastResort, 9000, kgss)},
		{"nobody knows whether what it uses works", "prescription", []procedure.ServiceState{main(prescriber),
			out(kgss, procedure.ReachRetry)},
			failed(procedure.WayRetry, 0, kgss)},
		{"what it uses was moved and not called since", "prescription",
			[]procedure.ServiceState{main(prescriber), {ID: kgss, Reach: procedure.ReachUnconfirmed, SinceMs: 1}},
			normal(prescriber)},
		{"what it uses is only at its recovery site", "prescription", []procedure.ServiceState{main(prescriber),
			recovery(kgss, "")}, normal(prescriber)},
		{"keys from the cache are enough for eAttest", "eattest",
			[]procedure.ServiceState{main(eattest), cached(down(etk))}, normal(eattest)},
		{"an act that may have arrived", "prescription",
			[]procedure.ServiceState{uncertain(out(prescriber, procedure.ReachUnconfirmed))},
			doubtful(failed(procedure.WayUnconfirmed, 0, prescriber))},
		{"and is told whatever else is down", "prescription",
			[]procedure.ServiceState{uncertain(out(prescriber, procedure.ReachUnconfirmed)), down(kgss)},
			doubtful(failed(procedure.WayLastResort, 9000, kgss))},
		{"a consultation may be asked again", "hub-documents",
			[]procedure.ServiceState{uncertain(out(metahub, procedure.ReachUnconfirmed))},
			failed(procedure.WayUnconfirmed, 0, metahub)},
		{"the hubs need consent, where the catalogue has it", "hub-documents",
			[]procedure.ServiceState{main(metahub), down(consent)},
			failed(procedure.WayLastResort, 9000, consent)},
		{"since the first of two failed", "hub-documents", []procedure.ServiceState{
			{ID: metahub, Reach: procedure.ReachDown, SinceMs: 1200, FailedAtMs: 1500, RetryAtMs: 9000},
			out(consent, procedure.ReachRetry)},
			failed(procedure.WayLastResort, 9000, metahub)},
		{"and not since one was moved and not called", "hub-documents", []procedure.ServiceState{
			down(metahub), {ID: consent, Reach: procedure.ReachUnconfirmed, SinceMs: 1}},
			failed(procedure.WayLastResort, 9000, metahub)},
		{"and not where it does not", "hub-documents", []procedure.ServiceState{main(metahub)}, normal(metahub)},
		{"the application watches Vitalink itself", "vaccination-status", []procedure.ServiceState{down("vitalink")},
			failed(procedure.WayFallback, 9000, "vitalink")},
		{"Vaccinnet is down too", "vaccination-status", []procedure.ServiceState{down("vitalink"), down(vaccinnet)},
			failed(procedure.WayLastResort, 9000, "vitalink")},
		{"Vaccinnet alone is known", "vaccination-status", []procedure.ServiceState{main(vaccinnet)},
			normal(vaccinnet)},
		{"and is down", "vaccination-status", []procedure.ServiceState{down(vaccinnet)},
			failed(procedure.WayLastResort, 9000, vaccinnet)},
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

func TestOverall(t *testing.T) {
	state := func(reach procedure.Reach) []procedure.ServiceState {
		return []procedure.ServiceState{{ID: kgss, Reach: procedure.ReachMain, AnsweredAtMs: 1},
			{ID: etk, Reach: reach}}
	}
	for reach, want := range map[procedure.Reach]procedure.Overall{
		procedure.ReachUnused:      procedure.OverallNormal, // of what was called, all answered
		procedure.ReachMain:        procedure.OverallNormal,
		procedure.ReachRecovery:    procedure.OverallContinuity,
		procedure.ReachUnconfirmed: procedure.OverallDegraded,
		procedure.ReachRetry:       procedure.OverallDegraded,
		procedure.ReachDown:        procedure.OverallDegraded,
	} {
		overview := procedure.Default().Overview("nl", state(reach), procedure.Filter{})
		require.Equal(t, want, overview.Overall, reach)
		require.Len(t, overview.Items, 18)
	}
	kept := state(procedure.ReachDown)
	kept[1].Cached = true
	require.Equal(t, procedure.OverallContinuity, procedure.Default().Overview("nl", kept, procedure.Filter{}).Overall)
	unused := []procedure.ServiceState{{ID: etk, Reach: procedure.ReachUnused}}
	require.Equal(t, procedure.OverallUnused, procedure.Default().Overview("nl", unused, procedure.Filter{}).Overall)
	require.Equal(t, procedure.OverallUnknown, procedure.Default().Overview("nl", nil, procedure.Filter{}).Overall)
}

// The heaviest stands first, and what nobody knows of an act weighs more than what may be tried again; of equal weight,
// what the reader needs first.
func TestOverviewOrder(t *testing.T) {
	order := func(book procedure.Book, filter procedure.Filter, services ...procedure.ServiceState) []string {
		var names []string
		for _, item := range book.Overview("nl", services, filter).Items {
			names = append(names, item.Functionality)
		}
		return names
	}
	require.Equal(t, []string{
		"prescription", "dispensing", "encryption-unknown", "eattest", "hub-documents", "sumehr", "insurability",
		"encryption-known", "login",
	}, order(procedure.Default(), procedure.Filter{}, []procedure.ServiceState{
		{ID: sts, Reach: procedure.ReachRecovery}, {ID: insur, Reach: procedure.ReachUnconfirmed},
		{ID: metahub, Reach: procedure.ReachRetry},
		{ID: eattest, Reach: procedure.ReachRetry, Uncertain: true}, {ID: kgss, Reach: procedure.ReachDown},
		{ID: etk, Reach: procedure.ReachDown, Cached: true},
	}...)[:9])
	doctor := procedure.Filter{Audience: "general-practitioner"}
	require.Equal(t, []string{
		"prescription", "insurability", "eattest", "chapter4-consultation", "chapter4-request", "login",
	}, order(procedure.Default(), doctor)[:6])
	require.Equal(t, []string{"dispensing", "insurability", "chapter4-consultation", "login"},
		order(procedure.Default(), procedure.Filter{Audience: "pharmacist"})[:4])
	for first, want := range map[string]string{`["sumehr"]`: "sumehr", `[]`: "login"} {
		book, err := procedure.Default().With(parse(t, `{"format":1,"first":`+first+`}`))
		require.NoError(t, err)
		require.Equal(t, want, order(book, doctor)[0])
	}
}

func TestFilter(t *testing.T) {
	down := []procedure.ServiceState{{ID: etk, Reach: procedure.ReachDown}, {ID: prescriber, Reach: procedure.ReachMain,
		AnsweredAtMs: 1}}
	shown := func(filter procedure.Filter) (procedure.Overall, int) {
		overview := procedure.Default().Overview("nl", down, filter)
		return overview.Overall, len(overview.Items)
	}
	for _, c := range []struct {
		name    string
		filter  procedure.Filter
		overall procedure.Overall
		count   int
	}{
		{"all", procedure.Filter{Audience: "all"}, procedure.OverallDegraded, 18},
		{"general practitioners", procedure.Filter{Audience: "general-practitioner"}, procedure.OverallDegraded, 17},
		{"pharmacists", procedure.Filter{Audience: "pharmacist"}, procedure.OverallDegraded, 11},
		{"an audience that is none hides nothing", procedure.Filter{Audience: "pharmacists"}, procedure.OverallDegraded,
			18},
		{"the headline is of what is shown", procedure.Filter{Only: []string{"prescription", "login"}},
			procedure.OverallNormal, 2},
		{"what is named is shown to everybody", procedure.Filter{Only: []string{"prescription"},
			Audience: "pharmacist"}, procedure.OverallNormal, 1},
		{"a name that is none hides nothing", procedure.Filter{Only: []string{"prescripton"}},
			procedure.OverallDegraded, 18},
	} {
		overall, count := shown(c.filter)
		require.Equal(t, c.overall, overall, c.name)
		require.Equal(t, c.count, count, c.name)
	}
}

// An answer about insurability counts for 30 days from its storing: on the day itself it does not.
func TestKept(t *testing.T) {
	stored := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		now    time.Time
		counts bool
		says   string
	}{
		{"at once", stored, true, "minder dan 30 dagen"},
		{"a moment before", stored.Add(30*24*time.Hour - time.Millisecond), true, "minder dan 30 dagen"},
		{"30 days", stored.Add(30 * 24 * time.Hour), false, "geen betalingsgarantie meer"},
		{"a clock that was set back proves nothing", stored.Add(-time.Hour), false, "geen betalingsgarantie meer"},
	} {
		guidance, err := procedure.Default().Kept("insurability", "nl", stored, c.now)
		require.NoError(t, err)
		require.Equal(t, &procedure.Kept{Counts: c.counts, UntilMs: stored.Add(30 * 24 * time.Hour).UnixMilli()},
			guidance.Kept, c.name)
		require.Contains(t, guidance.Cache[0], c.says, c.name)
	}
	guidance, err := procedure.Default().Kept("tarification", "nl", stored, stored)
	require.NoError(t, err)
	require.Nil(t, guidance.Kept, "no rule for tarification")
	_, err = procedure.Default().Kept("horoscope", "nl", stored, stored)
	require.Equal(t, bcperr.FunctionalityUnknown, bcperr.CodeOf(err))
}

func load(t *testing.T, data string) procedure.Book {
	t.Helper()
	book, err := procedure.Load([]byte(data))
	require.NoError(t, err)
	return book
}

const one = `{"id":"a","needs":[["x"]],"title":{"en":"A"},"texts":{"lastResort":{"en":["wait"]}}}`

func wrap(functionalities string) string {
	return `{"format":1,"functionalities":[` + functionalities +
		`],"defaults":{},"source":{"publisher":"p","title":"t"}}`
}

func parse(t *testing.T, data string) procedure.File {
	t.Helper()
	file, err := procedure.ParseFile([]byte(data))
	require.NoError(t, err)
	return file
}

func TestWithChangesAddsAndRemoves(t *testing.T) {
	own := `{"format":1,"functionalities":[
		{"id":"eattest","title":{"nl":"eAttest"},"texts":{"lastResort":{"nl":["Bel het ` +
		`secretariaat."]}},"source":{"publisher":"hospital","title":"plan"}},
		{"id":"login","needs":[["mysts"]],"title":{"en":"Log in"},"texts":{"lastResort":{"en":["Call us."]}}},` + one +
		`],
		"remove":["login","tarification"],"defaults":{"recovery":{"nl":["Alles in ` +
		`orde."]}},"source":{"publisher":"p","title":"t"}}`
	book, err := procedure.Default().With(parse(t, own))
	require.NoError(t, err)
	ids := book.IDs()
	require.Equal(t, "login", ids[0], "what is replaced keeps its place")
	require.Equal(t, "a", ids[len(ids)-1])
	require.NotContains(t, ids, "tarification")

	changed, err := book.Guidance("eattest", "nl")
	require.NoError(t, err)
	require.Equal(t, []string{"Bel het secretariaat."}, changed.LastResort)
	require.Equal(t, []string{"Alles in orde."}, changed.Recovery)
	require.Contains(t, changed.Fallback[0], "MyCareNet", "what the file does not name stays")
	require.Equal(t, "hospital", changed.Source.Publisher)
	german, err := book.Guidance("eattest", "de")
	require.NoError(t, err)
	require.Equal(t, []string{"Geben Sie dem Patienten die Bescheinigung auf Papier mit, mit der er die " +
		"Erstattung bei seiner Krankenkasse beantragt."}, german.LastResort[:1], "and so do the other languages")
	state, err := book.Status("eattest",
		[]procedure.ServiceState{{ID: eattest, Reach: procedure.ReachRecovery, Endpoint: "https://prod.mycarenet.be/"}})
	require.NoError(t, err)
	require.Equal(t, procedure.WayFallback, state.Way)

	whole, err := book.Guidance("login", "nl")
	require.NoError(t, err)
	require.Equal(t, "en", whole.Lang, "named in remove too, so nothing of the built-in one is left")
	require.Empty(t, whole.Fallback)
	require.Equal(t, "p", whole.Source.Publisher)

	before, err := procedure.Default().Guidance("eattest", "nl")
	require.NoError(t, err)
	require.Equal(t, "Geef de patiënt een papieren getuigschrift mee, waarmee hij of zij terugbetaling vraagt bij "+
		"het ziekenfonds.", before.LastResort[0], "the default book itself is as it was")
}

// A text is text, whatever it looks like; what no catalogue lists hides nothing and alarms nobody; a language that a
// file leaves out is chosen by the fixed rule.
func TestWithTakes(t *testing.T) {
	const markup = `<img src=x onerror=alert(1)><script>alert(1)</script>`
	own := `{"format":1,"functionalities":[{"id":"ours","needs":[["urn:nobody:knows"]],"title":{"fr":"` + markup +
		`"},"texts":{"lastResort":{"fr":["` + markup + `"]}}}],"source":{"publisher":"p","title":"t"}}`
	book, err := procedure.Default().With(parse(t, own))
	require.NoError(t, err)
	overview := book.Overview("nl", []procedure.ServiceState{{ID: kgss, Reach: procedure.ReachMain, AnsweredAtMs: 1}},
		procedure.Filter{})
	require.Equal(t, procedure.OverallNormal, overview.Overall)
	require.Len(t, overview.Items, 19)
	item := overview.Items[18]
	require.Equal(t, procedure.WayUnwatched, item.Way)
	require.Equal(t, "fr", item.Lang)
	require.Equal(t, markup, item.Title)
	require.Equal(t, []string{markup}, item.LastResort)
	require.Equal(t, parse(t, own), parse(t, "\ufeff"+own), "as an editor on Windows saves it")
}

func TestWithRefuses(t *testing.T) {
	for detail, data := range map[string]string{
		`no functionality "tarificaton"`:     `{"format":1,"remove":["tarificaton"]}`,
		`first: there is no`:                 `{"format":1,"remove":["sumehr"],"first":["sumehr"]}`,
		`"eattest": uses "encryption-known"`: `{"format":1,"remove":["encryption-known"]}`,
		`"encryption-known", which is not there or uses others itself`: `{"format":1,"functionalities":[` +
			`{"id":"encryption-known","uses":["login"]}]}`,
		`"b": no needs`: `{"format":1,"functionalities":[{"id":"b","title":{"en":"B"}}]}`,
		`lastResort" lacks "de"`: `{"format":1,"functionalities":[{"id":"b","needs":[["x"]],"title":{"en":"B",` +
			`"de":"B"},"texts":{"lastResort":{"en":["w"]}}}]}`,
	} {
		_, err := procedure.Default().With(parse(t, data))
		require.Equal(t, bcperr.ProcedureInvalid, bcperr.CodeOf(err))
		require.ErrorContains(t, err, detail)
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
		"empty":             {"", "expected JSON, got an empty input", bcperr.ProcedureInvalid},
		"a page":            {"<html>", "expected JSON, got an HTML page", bcperr.ProcedureInvalid},
		"a list for a text": {change(`"a"`, `[]`), "expected text, got array", bcperr.ProcedureInvalid},
		"too large":         {strings.Repeat(" ", 1<<20) + wrap(one), "at most", bcperr.ProcedureInvalid},
		"two objects":       {wrap(one) + "{}", "more text", bcperr.ProcedureInvalid},
		"unknown field":     {change(`"id"`, `"colour":"red","id"`), "colour", bcperr.ProcedureInvalid},
		"wrong format": {strings.Replace(wrap(one), `"format":1`, `"format":2`, 1), "format 2",
			bcperr.ProcedureInvalid},
		"id twice":            {wrap(one + "," + one), "twice", bcperr.ProcedureInvalid},
		"id with capitals":    {change(`"a"`, `"A"`), "a-z", bcperr.ProcedureInvalid},
		"no id":               {change(`"a"`, `""`), "a-z", bcperr.ProcedureInvalid},
		"no needs":            {change(`[["x"]]`, `[]`), "needs", bcperr.ProcedureInvalid},
		"an empty need":       {change(`[["x"]]`, `[[]]`), "need must list", bcperr.ProcedureInvalid},
		"a nameless service":  {change(`[["x"]]`, `[[""]]`), "need must list", bcperr.ProcedureInvalid},
		"fallback of no kind": {change(`"title"`, `"fallback":{},"title"`), "neither manual", bcperr.ProcedureInvalid},
		"fallback untold": {change(`"title"`, `"fallback":{"manual":true},"title"`), "no text for it",
			bcperr.ProcedureInvalid},
		"nameless fallback": {change(`"title"`, `"fallback":{"manual":true,"services":[""]},"title"`),
			"fallback must list", bcperr.ProcedureInvalid},
		"no last resort":      {change(`"lastResort":{"en":["wait"]}`, ``), "no lastResort", bcperr.ProcedureInvalid},
		"no title":            {change(`{"en":"A"}`, `{}`), "no title", bcperr.ProcedureInvalid},
		"blank title":         {change(`{"en":"A"}`, `{"en":" "}`), "one line", bcperr.ProcedureInvalid},
		"unknown language":    {change(`{"en":"A"}`, `{"en":"A","it":"A"}`), `"it"`, bcperr.ProcedureInvalid},
		"language half given": {change(`{"en":"A"}`, `{"en":"A","nl":"A"}`), `lacks "nl"`, bcperr.ProcedureInvalid},
		"empty list":          {change(`["wait"]`, `[]`), "0 sentences", bcperr.ProcedureInvalid},
		"two lines":           {change(`wait`, `a\nb`), "one line", bcperr.ProcedureInvalid},
		"a page of text":      {change(`wait`, strings.Repeat("x", 1001)), "1000 bytes", bcperr.ProcedureInvalid},
		"unknown text":        {change(`"lastResort"`, `"lastresort"`), `"lastresort"`, bcperr.ProcedureInvalid},
		"unknown audience": {change(`"title"`, `"audience":["nurse"],"title"`), `audience "nurse"`,
			bcperr.ProcedureInvalid},
		"kept for ever":       {change(`"title"`, `"keptDays":-1,"title"`), "keptDays -1", bcperr.ProcedureInvalid},
		"written backwards":   {change(`wait`, "\u202etiaw"), "control characters", bcperr.ProcedureInvalid},
		"an invisible mark":   {change(`wait`, "w\u200fait"), "control characters", bcperr.ProcedureInvalid},
		"Latin-1":             {change(`wait`, "caf\xe9"), "UTF-8", bcperr.ProcedureInvalid},
		"once Latin-1":        {change(`wait`, "caf\ufffd"), "UTF-8", bcperr.ProcedureInvalid},
		"a number for a text": {change(`["wait"]`, `[7]`), "expected text, got number", bcperr.ProcedureInvalid},
		"a text for a list":   {change(`["wait"]`, `"wait"`), "expected", bcperr.ProcedureInvalid},
		"a source that hides": {change(`"title"`, `"source":{"publisher":"\u202ep","title":"t"},"title"`),
			"a: source", bcperr.ProcedureInvalid},
		"a source of two lines": {strings.Replace(wrap(one), `"title":"t"`, `"title":"t\nu"`, 1),
			"source: expected lines", bcperr.ProcedureInvalid},
		"a page of a source": {strings.Replace(wrap(one), `"title":"t"`, `"title":"`+strings.Repeat("x", 1001)+`"`, 1),
			"1000 bytes", bcperr.ProcedureInvalid},
		"too many first": {strings.Replace(wrap(one), `"defaults"`, `"first":["a"`+strings.Repeat(`,"a"`, 199)+
			`],"defaults"`, 1), "at most 200", bcperr.ProcedureInvalid},
		"too many": {wrap(strings.Repeat(one+",", 200) + one), "at most 200", bcperr.ProcedureInvalid},
		"bad defaults": {strings.Replace(wrap(one), `"defaults":{}`, `"defaults":{"cache":{"xx":["a"]}}`, 1),
			`"xx"`, bcperr.ProcedureInvalid},
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
		for _, item := range book.Overview("nl", nil, procedure.Filter{}).Items {
			require.NotEmpty(t, item.LastResort)
		}
	})
}
