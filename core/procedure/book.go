package procedure

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds on data that an application supplies. Ours has 14 functionalities in 22 kB.
const (
	maxBytes           = 1 << 20 // also what a page can load without thought
	maxFunctionalities = 200
	maxPerList         = 50   // needs, services, uses, sentences
	maxSentenceBytes   = 1000 // longest of ours: 190; a longer one is a page, not guidance
)

const format = 1

// languages in the order of the fixed fallback rule: see Book.Guidance.
var languages = [...]string{"en", "fr", "nl", "de"}

//go:embed guidance.json
var ownData []byte

// Book is a checked set of functionalities, in the order in which they are shown.
//
// Shape: a value; methods never change it.
type Book struct {
	functionalities []Functionality
	defaults        texts
}

// Functionality is one thing a caregiver does that needs electronic services.
type Functionality struct {
	ID string `json:"id"`
	// Needs has one entry for each service that must answer; an entry lists alternatives, each a service Id
	// without version, or a name of the application's own for a service that the catalogue does not list.
	Needs [][]string `json:"needs"`
	// Uses names functionalities without which this one has no electronic way either. They use none themselves.
	Uses     []string  `json:"uses,omitempty"`
	Fallback *Fallback `json:"fallback,omitempty"`
	Title    Sentence  `json:"title"`
	Texts    texts     `json:"texts"`
	Source   *Source   `json:"source,omitempty"`
}

// Fallback is the other electronic way of a functionality.
type Fallback struct {
	// Hosts of catalogue endpoints (host, or host:port) that are this other way and not a recovery site of the same
	// platform: MyCareNet reached directly.
	Hosts []string `json:"hosts,omitempty"`
	// Manual: the caregiver takes it himself (another credential, another application).
	Manual bool `json:"manual,omitempty"`
	// Services the manual way depends on, without version. It is not offered while those that are known are down.
	Services []string `json:"services,omitempty"`
}

// Sentence is one text by language (nl, fr, de, en).
type Sentence map[string]string

// Sentences are short texts by language, in reading order.
type Sentences map[string][]string

// texts say what holds while a way is in use.
type texts struct {
	Recovery   Sentences `json:"recovery,omitempty"`
	Fallback   Sentences `json:"fallback,omitempty"`
	Cache      Sentences `json:"cache,omitempty"`
	LastResort Sentences `json:"lastResort,omitempty"`
}

// Source names where the guidance comes from.
type Source struct {
	Publisher string `json:"publisher"`
	Title     string `json:"title"`
	Audience  string `json:"audience,omitempty"`
	Note      string `json:"note,omitempty"`
}

type file struct {
	Format          int             `json:"format"`
	Functionalities []Functionality `json:"functionalities"`
	Defaults        texts           `json:"defaults"`
	Source          Source          `json:"source"`
}

// Default returns the functionalities that come with the product.
func Default() Book {
	book, err := Load(ownData)
	if err != nil {
		panic("internal error: guidance.json: " + err.Error()) // unreachable: a test loads it
	}
	return book
}

// DefaultData returns the file that Default loads, for an application that wants to start its own from it.
func DefaultData() []byte { return bytes.Clone(ownData) }

// Load reads a file of functionalities, in the form of guidance.json.
//
// Shape: {"format":1,"functionalities":[…],"defaults":{…},"source":{…}}. Defaults are the texts of a functionality
// that has none of its own for a way; the source holds for each functionality that names none. Uses may name
// functionalities that are not in this file: With brings them together.
// Errors: InputTooLarge, ProcedureInvalid (the detail names the functionality and the field).
func Load(data []byte) (Book, error) {
	if len(data) > maxBytes {
		return Book{}, bcperr.New(bcperr.InputTooLarge, "procedure data of %d bytes, at most %d", len(data), maxBytes)
	}
	var in file
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return Book{}, bcperr.New(bcperr.ProcedureInvalid, "procedure data: %s", bcperr.JSONFlaw(data, err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Book{}, bcperr.New(bcperr.ProcedureInvalid, "procedure data: more text after the object")
	}
	if in.Format != format {
		return Book{}, bcperr.New(bcperr.ProcedureInvalid, "format %d, expected %d", in.Format, format)
	}
	book := Book{functionalities: in.Functionalities, defaults: in.Defaults}
	for i := range book.functionalities {
		if book.functionalities[i].Source == nil {
			book.functionalities[i].Source = &in.Source
		}
	}
	return book, book.checkForm()
}

// With returns b with the functionalities of other: one with an Id that b has takes its place, the rest are added
// at the end. Texts for which other has defaults take the place of b's defaults.
//
// Errors: ProcedureInvalid when a functionality of the result uses one that is not there, or that uses others itself.
func (b Book) With(other Book) (Book, error) {
	merged := Book{functionalities: slices.Clone(b.functionalities), defaults: b.defaults.or(other.defaults)}
	for _, f := range other.functionalities {
		if i := merged.index(f.ID); i >= 0 {
			merged.functionalities[i] = f
		} else {
			merged.functionalities = append(merged.functionalities, f)
		}
	}
	return merged, merged.checkUses()
}

// or returns the texts of over where it has some, else those of t.
func (t texts) or(over texts) texts {
	pick := func(base, over Sentences) Sentences {
		if len(over) > 0 {
			return over
		}
		return base
	}
	return texts{
		Recovery:   pick(t.Recovery, over.Recovery),
		Fallback:   pick(t.Fallback, over.Fallback),
		Cache:      pick(t.Cache, over.Cache),
		LastResort: pick(t.LastResort, over.LastResort),
	}
}

// IDs returns the functionalities' names in the order in which they are shown.
func (b Book) IDs() []string {
	ids := make([]string, len(b.functionalities))
	for i, f := range b.functionalities {
		ids[i] = f.ID
	}
	return ids
}

func (b Book) index(id string) int {
	return slices.IndexFunc(b.functionalities, func(f Functionality) bool { return f.ID == id })
}

func (b Book) find(id string) (Functionality, error) {
	i := b.index(id)
	if i < 0 {
		return Functionality{}, bcperr.New(bcperr.FunctionalityUnknown, "no functionality %q; there are %s", id, strings.Join(b.IDs(), ", "))
	}
	return b.functionalities[i], nil
}
