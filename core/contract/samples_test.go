package contract

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
	"github.com/ehealth-bcp/ehealth-bcp/core/procedure"
)

//go:generate go test -run TestSamples -write .

var write = flag.Bool("write", false, "write testdata/contract anew")

// TestSamples: testdata/contract holds the value of each operation, once with every member and once with those alone
// that are always there, each action and note that a run of the machine gives, and the words of each enumeration. The
// check of types compiles them against js/src/core/contract.ts, so that no host believes another form.
func TestSamples(t *testing.T) {
	full, bare := map[string]any{}, map[string]any{}
	for name, zero := range values() {
		full[name], bare[name] = filled(t, zero, true), filled(t, zero, false)
	}
	require.ElementsMatch(t, keys(operations), keys(full), "every operation has a sample")
	described, err := os.ReadFile(filepath.Join("..", "..", "docs", "other-languages.md"))
	require.NoError(t, err)
	for name := range operations {
		require.True(t, strings.Contains(string(described), "`"+name+"`"), "%s is described", name)
	}
	w := &writer{}
	w.line("// Written by `go generate ./core/contract`. See core/contract/samples_test.go.")
	w.line("import type { Action, CallState, Note, Replies, Reply } from '../../js/src/core/contract.js';")
	w.line("import type { Full, Members, None } from '../../js/test/types/contract.js';")
	w.line("import type * as types from '../../js/src/types.js';\n")
	w.line("declare const state: types.ServiceState;\ndeclare const call: CallState;\n")
	w.object("full", full, "{ [Name in keyof Replies]: Full<Replies[Name]> }")
	w.object("bare", bare, "Replies")
	w.object("failed", decoded(t, Failed(bcperr.New(bcperr.BadCall, "text"))), "Reply")
	actions, notes := walked(t)
	skipped := failover.Note{Kind: failover.CacheSkipped, Code: bcperr.KeyConstant}
	keep(notes, "kind", decoded(t, encoded(skipped)).(map[string]any))
	w.object("actions", actions, "Record<string, Action>")
	w.line("export type UnseenActions = None<Exclude<Members<Action>, Members<(typeof actions)[keyof typeof " +
		"actions]>>>;\n")
	w.object("notes", notes, "Record<string, Note>")
	w.line("export type UnseenNotes = None<Exclude<Members<Note>, Members<(typeof notes)[keyof typeof notes]>>>;\n")
	w.words(t)
	file := filepath.Join("..", "..", "testdata", "contract", "samples.ts")
	if *write {
		require.NoError(t, os.WriteFile(file, []byte(w.String()), 0o644))
	}
	require.Equal(t, string(testdata(t, "contract/samples.ts")), w.String(), "run `go generate ./core/contract`")
}

// values are the values of the operations. What writes its own JSON is given full here; its members are always there.
func values() map[string]any {
	step := failover.Step{
		Changed: true, Keep: true,
		Action: failover.Action{Do: failover.DoSend, Endpoint: "text", Attempt: 1, Timeout: 1e6, Probe: true,
			Once: true},
		Notes: []failover.Note{{Kind: failover.ProbeStarted, Endpoint: "text"}},
	}
	return map[string]any{
		"contract": valueOf(contract), "openCatalogue": openValue{handle: 1}, "closeCatalogue": valueOf(closeCatalogue),
		"services": valueOf(services), "askAgain": valueOf(askAgain), "hintConfirms": valueOf(hintConfirms),
		"find":  valueOf(find),
		"begin": stepValue{step, "text"}, "next": stepValue{step: step}, "merge": valueOf(merge),
		"spread":   valueOf(spread),
		"status":   valueOf(status),
		"cacheKey": valueOf(cacheKey), "isSwitch": valueOf(isSwitch), "classify": valueOf(classify),
		"plan": json.RawMessage("{}"), "tokenRenewal": valueOf(tokenRenewal),
		"procedure": valueOf(procedureOf), "procedures": valueOf(procedures),
		"commandFiles": struct {
			Files []command.File `json:"files"`
		}{}, "command": valueOf(runCommand), "commandUnreadable": valueOf(commandUnreadable),
	}
}

// valueOf returns the zero value of what an operation returns.
func valueOf[A, V any](func(*Session, A, [][]byte) (V, error)) any {
	var zero V
	return zero
}

// filled returns the JSON of a value: with every member, or without those that may be left out.
func filled(t *testing.T, zero any, isFull bool) any {
	switch v := zero.(type) {
	case openValue:
		fill(reflect.ValueOf(&v.summary).Elem(), isFull)
		return decoded(t, string(v.appendJSON(nil)))
	case keyValue:
		fill(reflect.ValueOf(&v).Elem(), true)
		if !isFull {
			v.Constant, v.Messages = false, nil
		}
		return decoded(t, string(v.appendJSON(nil)))
	case stepValue:
		if !isFull {
			v.step.Changed, v.step.Keep, v.step.Notes = false, false, nil
			v.step.Action.Probe, v.step.Action.Once = false, false
		}
		return decoded(t, string(v.appendJSON(nil)))
	case appender:
		return decoded(t, string(v.appendJSON(nil)))
	case json.RawMessage:
		return decoded(t, string(v))
	}
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	fill(v, isFull)
	return decoded(t, encoded(v.Interface()))
}

// fill gives each member a value; without isFull, those stay empty that JSON then leaves out.
func fill(v reflect.Value, isFull bool) {
	if words, ok := enumerations[v.Type().String()]; ok {
		v.SetString(words.first)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), isFull)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), isFull)
	case reflect.Map:
		one := reflect.New(v.Type().Elem()).Elem()
		fill(one, isFull)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("text"), one)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			isOptional := strings.Contains(field.Tag.Get("json"), ",omit") ||
				v.Type() == reflect.TypeFor[failover.Health]()
			if field.IsExported() && (isFull || !isOptional) {
				fill(v.Field(i), isFull)
			}
			if field.Name == "Audience" && v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() > 0 {
				v.Field(i).Index(0).SetString(procedure.Audiences[0])
			}
		}
	default:
		panic("internal error: no sample of a " + v.Type().String())
	}
}

// walked collects the actions and notes of random runs of the machine: one of each set of members.
func walked(t *testing.T) (actions, notes map[string]any) {
	actions, notes = map[string]any{}, map[string]any{}
	s := NewSession()
	random := rand.New(rand.NewPCG(1, 2))
	older, newer := openSample(t, s, "v2-cache.xml"), openSample(t, s, "v2-recovery.xml")
	table := value(t, s, "services", fmt.Sprintf(`{"handle":%d}`, older))["services"].([]any)
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	states, nowMs, target := map[string]json.RawMessage{}, int64(atMs), ""
	for i := range 4000 {
		handle := older
		if i > 2000 {
			handle = newer
		}
		if i%2 == 0 { // each is called twice, the second time perhaps while the first call is under way
			target = table[random.IntN(len(table))].(map[string]any)["id"].(string)
		}
		state := ""
		if kept := states[target]; kept != nil {
			state = `"state":` + string(kept) + ","
		}
		facts := pick(`{"repeat":"yes"}`, `{"repeat":"no"}`, `{"repeat":"yes","cache":true,"cacheKey":"k"}`,
			`{"cache":true,"cacheKey":"k","serveExpired":true}`)
		policy := pick(`{}`, `{"name":"published"}`, `{"failback":false}`)
		text := s.Call("begin", fmt.Appendf(nil, `{"handle":%d,"target":%q,"contentType":"text/xml",%s"policy":%s,`+
			`"facts":%s,"nowMs":%d,"random":1}`,
			handle, target, state, policy, facts, nowMs), nil)
		for range 40 {
			var r struct {
				OK    bool
				Value struct {
					Call, State json.RawMessage
					Action      map[string]any
					Notes       []map[string]any
				}
			}
			require.NoError(t, json.Unmarshal([]byte(text), &r))
			if !r.OK {
				break
			}
			states[target] = r.Value.State
			keep(actions, "do", r.Value.Action)
			for _, note := range r.Value.Notes {
				keep(notes, "kind", note)
			}
			if random.IntN(5) == 0 {
				break
			}
			nowMs += int64(random.IntN(400_000))
			event := pick(events[r.Value.Action["do"].(string)]...)
			if event == "" {
				break
			}
			event = strings.ReplaceAll(event, "NOW", fmt.Sprint(nowMs))
			text = s.Call("next", fmt.Appendf(nil, `{"handle":%d,"call":%s,"state":%s,"event":%s,"nowMs":%d}`,
				handle, r.Value.Call, r.Value.State, event, nowMs), faultFor(event, pick("SOA-01001", "SOA-02001")))
		}
	}
	return actions, notes
}

var events = map[string][]string{
	"wait": {`{"kind":"waited"}`},
	"send": {
		`{"kind":"outcome","outcome":"unreachable"}`, `{"kind":"outcome","outcome":"timeout"}`,
		`{"kind":"outcome","outcome":"switch"}`, `{"kind":"outcome","outcome":"answered","cacheable":true}`,
		`{"kind":"response","status":500,"contentType":"text/xml"}`,
		`{"kind":"response","status":500,"contentType":"text/xml"}`,
		`{"kind":"outcome","outcome":"switch","status":503}`,
		`{"kind":"outcome","outcome":"unreachable","notSent":true,"blameless":true}`,
		`{"kind":"outcome","outcome":"answered"}`, `{"kind":"deadline"}`, `{"kind":"cancelled"}`,
	},
	"readCache": {`{"kind":"cacheMiss"}`, `{"kind":"cacheHit","storedAtMs":NOW,"validUntilMs":4000000000000}`,
		`{"kind":"cacheHit","storedAtMs":1780315100000,"validUntilMs":1780315100001}`},
	"writeCache":       {`{"kind":"cacheWritten"}`, `{"kind":"cacheFailed"}`},
	"refreshCatalogue": {`{"kind":"catalogueUnchanged"}`, `{"kind":"catalogueRefreshed"}`},
	"answer":           {""},
	"fail":             {""},
}

// faultFor returns the body of an answer, a SOAP fault with this code, where the event is one.
func faultFor(event, code string) [][]byte {
	if !strings.Contains(event, "response") {
		return nil
	}
	return [][]byte{[]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>` +
		`<faultcode>s:Server</faultcode>` +
		`<faultstring>text</faultstring><detail><e><Code>` + code + `</Code></e></detail></s:Fault></s:Body>` +
		`</s:Envelope>`)}
}

// keep keeps one of each set of members, with the values that do not matter made plain.
func keep(kept map[string]any, word string, given map[string]any) {
	others := slices.DeleteFunc(keys(given), func(name string) bool { return name == word })
	kept[strings.Join(append([]string{given[word].(string)}, others...), " ")] = plain(given)
}

func plain(given map[string]any) map[string]any {
	for name, v := range given {
		switch v := v.(type) {
		case float64:
			given[name] = 1
		case string:
			if !slices.Contains([]string{"do", "kind", "source", "outcome", "code", "cache"}, name) {
				given[name] = "text"
			}
			if name == "code" {
				given[name] = "timeout"
			}
			if name == "outcome" {
				given[name] = "unreachable"
			}
		case []any:
			given[name] = []any{plain(v[0].(map[string]any))}
		}
	}
	return given
}

// enumerations: where the words of a Go type stand, and the TypeScript type that has the same.
var enumerations = map[string]struct{ folder, kind, first, same string }{
	"servicelist.Status": {"../servicelist", "Status", "ACTIVE", "types.Endpoint['status']"},
	"servicelist.Strategy": {"../servicelist", "Strategy", "ENDPOINT_FIRST",
		"NonNullable<types.CacheRule['strategy']>"},
	"servicelist.Expiry": {"../servicelist", "Expiry", "ttl", "NonNullable<types.CacheRule['expiry']['type']>"},
	"procedure.Way":      {"../procedure", "Way", "normal", "types.Way"},
	"procedure.Overall":  {"../procedure", "Overall", "normal", "types.ProcedureOverview['overall']"},
	"soap.Outcome":       {"../failover", "Outcome", "answered", "types.Outcome"}, // the same type, all of it
	"failover.Do":        {"../failover", "Do", "send", "Action['do']"},
	"failover.NoteKind":  {"../failover", "NoteKind", "probe", "Note['kind']"},
	"failover.Source":    {"../failover", "Source", "network", "types.Provenance['source']"},
	"core.TrustPart":     {"..", "TrustPart", "signer", "types.TrustEnding['what']"},
	"bcperr.Code":        {"../bcperr", "Code", "cache-invalid", "types.FindingCode"},
}

// hostCodes are codes that no reply holds: of drills, of the command for servers, and of hosts in Go.
var hostCodes = []string{"scenario-invalid", "drill-failed", "history-broken", "storage-unavailable", "record-dropped",
	"network", "closed", "origin-refused", "busy"}

type writer struct{ strings.Builder }

func (w *writer) line(text string) { w.WriteString(text + "\n") }

func (w *writer) object(name string, v any, kind string) {
	text, _ := json.MarshalIndent(v, "", "  ")
	w.line("export const " + name + " = " + strings.NewReplacer(`"@call"`, "call", `"@state"`,
		"state").Replace(string(text)) + " satisfies " + kind + ";\n")
}

func (w *writer) words(t *testing.T) {
	for _, name := range keys(enumerations) {
		e := enumerations[name]
		w.line("// " + name)
		variable := strings.ReplaceAll(strings.ToLower(name[:1])+name[1:], ".", "")
		w.line("export type " + variable + " =")
		for _, word := range constants(t, e.folder, e.kind) {
			if e.kind != "Code" || !slices.Contains(hostCodes, word) {
				w.line("  | '" + word + "'")
			}
		}
		w.line(";")
		w.line("export type " + variable + "GoOnly = None<Exclude<" + variable + ", " + e.same + ">>;")
		w.line("export type " + variable + "ScriptOnly = None<Exclude<" + e.same + ", " + variable + ">>;\n")
	}
}

// constants returns the constants of a type in a package, in their order. One that is a constant of another package of
// the core has that one's value.
func constants(t *testing.T, folder, kind string) (words []string) {
	for spec := range exported(t, folder) {
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != kind {
			continue
		}
		value := spec.Values[0]
		if other, ok := value.(*ast.SelectorExpr); ok {
			for theirs := range exported(t, filepath.Join("..", other.X.(*ast.Ident).Name)) {
				if theirs.Names[0].Name == other.Sel.Name {
					value = theirs.Values[0]
				}
			}
		}
		var word string
		require.NoError(t, json.Unmarshal([]byte(value.(*ast.BasicLit).Value), &word))
		words = append(words, word)
	}
	require.NotEmpty(t, words, "%s has no %s", folder, kind)
	return words
}

// exported is every exported constant or variable of a package that has a value of its own.
func exported(t *testing.T, folder string) iter.Seq[*ast.ValueSpec] {
	return func(yield func(*ast.ValueSpec) bool) {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			for n := range ast.Preorder(file) {
				spec, ok := n.(*ast.ValueSpec)
				if ok && len(spec.Values) == 1 && spec.Names[0].IsExported() && !yield(spec) {
					return
				}
			}
		}
	}
}

// decoded reads JSON. What is the core's own becomes the name of a constant that the samples declare.
func decoded(t *testing.T, text string) any {
	var v any
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	if object, ok := v.(map[string]any); ok {
		for _, name := range []string{"call", "state"} {
			if object[name] != nil {
				object[name] = "@" + name
			}
		}
		if states, ok := object["states"].(map[string]any); ok {
			for id := range states {
				states[id] = "@state"
			}
		}
	}
	return v
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
