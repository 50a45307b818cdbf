package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Vector is the content of a vector.json: what it shows, and one call of the contract or several in their order.
type Vector struct {
	Comment string `json:"comment"`
	Source  string `json:"source"`
	Call           // the only call
	Calls   []Call `json:"calls,omitempty"`
}

// Call is one call of the contract and what it must answer.
//
// Shape: Blobs are paths relative to the folder of the vector, in the order of the contract: of openCatalogue the
// catalogue, Args.Anchors files, Args.CRLs files, the catalogue held. Expand, when present, replaces the one Marker in
// the first blob by Text, Times times, so that large input needs no large file. Handles are numbered from 1 in each
// vector.
type Call struct {
	Operation string          `json:"operation,omitempty"`
	Args      json.RawMessage `json:"args,omitempty"`
	Blobs     []string        `json:"blobs,omitempty"`
	Expand    *Expand         `json:"expand,omitempty"`
	Want      Want            `json:"want,omitzero"`
}

// The operations whose vectors are one call.
const (
	OpenCatalogue = "openCatalogue" // Args
	Classify      = "classify"      // AnswerArgs
)

// Args are the arguments of openCatalogue. AtMs is the moment of judgement, HeldAtMs that of the catalogue held.
type Args struct {
	Environment string `json:"environment"`
	AtMs        int64  `json:"atMs"`
	Anchors     int    `json:"anchors"`
	CRLs        int    `json:"crls,omitempty"`
	HeldAtMs    int64  `json:"heldAtMs,omitempty"`
}

// Expand is a repetition inside the first blob.
type Expand struct {
	Marker string `json:"marker"`
	Text   string `json:"text"`
	Times  int    `json:"times"`
}

// AnswerArgs are the arguments of classify: the headers of the request and of its answer, "" when absent.
type AnswerArgs struct {
	RequestContentType string `json:"requestContentType,omitempty"`
	Accept             string `json:"accept,omitempty"`
	Status             int    `json:"status"`
	ContentType        string `json:"contentType,omitempty"`
	ContentLength      *int64 `json:"contentLength,omitempty"`
	Redirected         bool   `json:"redirected,omitempty"`
}

// Want is a code, a part of the value that an accepted catalogue gives, what an answer is, or what the value holds:
// each member that stands in Value, in members of it too; an array entire.
type Want struct {
	Code   bcperr.Code     `json:"code,omitempty"`
	OK     *Summary        `json:"ok,omitempty"`
	Answer *Answer         `json:"answer,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`
}

// Answer is what is compared of a verdict on an answer. Came, the words for what came instead, are for people.
type Answer struct {
	Outcome    string `json:"outcome"`
	Silent     bool   `json:"silent,omitempty"`
	SwitchCode string `json:"switchCode,omitempty"`
	Fault      bool   `json:"fault,omitempty"`
	Cacheable  bool   `json:"cacheable,omitempty"`
}

// Summary is what is compared of an accepted catalogue: each field equals the value's field of that name; Lint lists
// the codes of the findings in their order.
type Summary struct {
	Version     int           `json:"version"`
	ID          string        `json:"id"`
	Environment string        `json:"environment"`
	Services    int           `json:"services"`
	Endpoints   int           `json:"endpoints"`
	Lint        []bcperr.Code `json:"lint"`
}

// scenario is a vector before it is written.
type scenario struct {
	name string // group/name
	Vector
	Args  Args // of openCatalogue; Vector.Args has them of others
	files map[string][]byte
}

// judged is the moment at which a vector is judged when it does not say: after the sample list was issued.
var judged = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// anchors that most vectors use.
const rootPEM = "../../../pki/root.pem"

// option changes one thing of a scenario.
type option func(*scenario)

func at(t time.Time) option          { return func(s *scenario) { s.Args.AtMs = t.UnixMilli() } }
func environment(name string) option { return func(s *scenario) { s.Args.Environment = name } }
func expanded(e Expand) option       { return func(s *scenario) { s.Expand = &e } }

// anchoredBy replaces the anchors by other files, of the PKI or of the vector's own.
func anchoredBy(files ...string) option {
	return func(s *scenario) {
		s.Blobs = slices.Delete(s.Blobs, 1, 1+s.Args.Anchors)
		s.Args.Anchors = len(files)
		s.Blobs = slices.Insert(s.Blobs, 1, files...)
	}
}

// withCRL adds a CRL file of the vector's own. It must come before heldCatalogue.
func withCRL(content []byte) option {
	return func(s *scenario) {
		s.Args.CRLs++
		name := fmt.Sprintf("crl-%d.pem", s.Args.CRLs)
		s.files[name] = content
		s.Blobs = append(s.Blobs, name)
	}
}

// heldCatalogue makes the client hold a catalogue that it first accepted at that moment.
func heldCatalogue(content []byte, acceptedAt time.Time) option {
	return func(s *scenario) {
		s.Args.HeldAtMs = acceptedAt.UnixMilli()
		s.files["held.xml"] = content
		s.Blobs = append(s.Blobs, "held.xml")
	}
}

// refused makes a scenario whose catalogue must be refused with this code.
func refused(name string, code bcperr.Code, source, comment string, catalogue []byte, options ...option) scenario {
	return newScenario(name, Want{Code: code}, source, comment, catalogue, options)
}

// accepted makes a scenario whose catalogue must be accepted, with these findings.
func accepted(name, source, comment string, catalogue []byte, lint []bcperr.Code, options ...option) scenario {
	summary := summarise(catalogue)
	summary.Lint = append([]bcperr.Code{}, lint...)
	return newScenario(name, Want{OK: &summary}, source, comment, catalogue, options)
}

func newScenario(name string, want Want, source, comment string, catalogue []byte, options []option) scenario {
	s := scenario{
		name: name,
		Vector: Vector{
			Comment: comment, Source: source,
			Call: Call{Operation: OpenCatalogue, Blobs: []string{"catalogue.xml", rootPEM}, Want: want},
		},
		Args:  Args{Environment: "Production", AtMs: judged.UnixMilli(), Anchors: 1},
		files: map[string][]byte{"catalogue.xml": catalogue},
	}
	for _, o := range options {
		o(&s)
	}
	return s
}

// write adds the files of the scenario to a set of files by path.
func (s scenario) write(files map[string][]byte) {
	folder := "vectors/" + s.name
	if s.Operation == OpenCatalogue {
		s.Vector.Args = compact(s.Args)
	}
	put(files, path.Join(folder, "vector.json"), marshal(s.Vector))
	for name, content := range s.files {
		put(files, path.Join(folder, name), content)
	}
}

// compact is a value as JSON on one line.
func compact(value any) json.RawMessage { return bytes.TrimSuffix(encoded(value, ""), []byte("\n")) }

// marshal writes JSON that people can read.
func marshal(value any) []byte { return encoded(value, "  ") }

// encoded is JSON in which a < stays a <.
func encoded(value any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	must(e.Encode(value))
	return b.Bytes()
}

func put(files map[string][]byte, name string, content []byte) {
	if _, isTaken := files[name]; isTaken || strings.Count(name, "..") > 0 {
		panic("internal error: two files named " + name)
	}
	files[name] = content
}

// must stops the generator: its input is fixed, so an error is a mistake in it.
func must(err error) {
	if err != nil {
		panic("internal error: " + err.Error())
	}
}
