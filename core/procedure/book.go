package procedure

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

//go:embed guidance.json
var ownData []byte

// Book is a checked set of functionalities, in the order in which they are shown.
//
// Shape: a value; methods never change it.
type Book struct {
	functionalities []Functionality
	first           []string
	defaults        Texts
}

// Functionality is one thing a caregiver does that needs electronic services.
type Functionality struct {
	ID string `json:"id"`
	// Audience names who does it, of Audiences; empty: everybody.
	Audience []string `json:"audience,omitempty"`
	// Needs has one entry for each service that must answer; an entry lists alternatives, each a service Id
	// without version, or a name of the application's own for a service that the catalogue does not list. What the
	// catalogue does not list counts for nothing.
	Needs [][]string `json:"needs,omitempty"`
	// Uses names functionalities without which this one has no electronic way either. They use none themselves.
	Uses     []string  `json:"uses,omitempty"`
	Fallback *Fallback `json:"fallback,omitempty"`
	// KeptDays: a kept answer counts while it is younger than so many days; 0: no such rule.
	KeptDays int `json:"keptDays,omitempty"`
	// KeptSuffices: a kept answer does as well as a fresh one, and asks nothing of the reader.
	KeptSuffices bool     `json:"keptSuffices,omitempty"`
	Title        Sentence `json:"title,omitempty"`
	Texts        Texts    `json:"texts,omitempty"`
	Source       *Source  `json:"source,omitempty"`
}

// Fallback is the other electronic way of a functionality.
//
// A functionality may have a text of this kind and no Fallback: a way that the caregiver takes on knowledge of his own
// (the eID cannot be read), which no state of the services announces.
type Fallback struct {
	// Hosts of catalogue endpoints that are this other way and not a recovery site of the same platform: host,
	// host:port, or with a leading dot every host beneath a domain. MyCareNet reached directly is one, in production
	// and in every other environment.
	Hosts []string `json:"hosts,omitempty"`
	// Manual: the caregiver takes it himself (another application).
	Manual bool `json:"manual,omitempty"`
	// Services the manual way depends on, without version. It is not offered while those that are known are down; and
	// when the catalogue lists nothing that the functionality needs, they alone say how it is doing.
	Services []string `json:"services,omitempty"`
}

// Source names where the guidance comes from.
type Source struct {
	Publisher string `json:"publisher"`
	Title     string `json:"title"`
	Audience  string `json:"audience,omitempty"`
	Note      string `json:"note,omitempty"`
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

// Load reads a file that stands alone. Errors: as ParseFile and With.
func Load(data []byte) (Book, error) {
	file, err := ParseFile(data)
	if err != nil {
		return Book{}, err
	}
	return Book{}.With(file)
}

// With returns b with what a file changes in it.
//
// A functionality whose Id b has changes in what the file says of it, text by text and language by language; the rest
// stays. One that b does not have is added at the end. Names in Remove are taken out first, so a name that is both
// removed and given is replaced whole. Defaults change like texts; First is replaced whole, [] takes it away.
// Errors: ProcedureInvalid when Remove or First names what is not there, when a functionality of the result lacks
// something, or uses one that is not there, or that uses others itself.
func (b Book) With(file File) (Book, error) {
	merged := Book{slices.Clone(b.functionalities), b.first, b.defaults.over(file.Defaults)}
	for _, id := range file.Remove {
		i := merged.index(id)
		if i < 0 {
			return Book{}, absent("remove", id)
		}
		if slices.ContainsFunc(file.Functionalities, func(f Functionality) bool { return f.ID == id }) {
			merged.functionalities[i] = Functionality{ID: id} // keeps its place
		} else {
			merged.functionalities = slices.Delete(merged.functionalities, i, i+1)
		}
	}
	for _, change := range file.Functionalities {
		if change.Source == nil && file.Source.Publisher != "" {
			change.Source = &file.Source
		}
		if i := merged.index(change.ID); i >= 0 {
			merged.functionalities[i] = merged.functionalities[i].with(change)
		} else {
			merged.functionalities = append(merged.functionalities, Functionality{ID: change.ID}.with(change))
		}
	}
	if file.First != nil {
		merged.first = file.First
	}
	for _, id := range file.First {
		if merged.index(id) < 0 {
			return Book{}, absent("first", id)
		}
	}
	return merged, merged.check()
}

func absent(from, id string) error {
	return bcperr.New(bcperr.ProcedureInvalid, "%s: there is no functionality %q", from, id)
}

// with returns f with what change says in the place of its own.
func (f Functionality) with(change Functionality) Functionality {
	f.Title = overlaid(f.Title, change.Title)
	f.Texts = f.Texts.over(change.Texts)
	if len(change.Audience) > 0 {
		f.Audience = change.Audience
	}
	if len(change.Needs) > 0 {
		f.Needs = change.Needs
	}
	if change.Uses != nil {
		f.Uses = change.Uses // [] takes them away
	}
	if change.Fallback != nil {
		f.Fallback = change.Fallback
	}
	if change.KeptDays > 0 {
		f.KeptDays = change.KeptDays
	}
	f.KeptSuffices = f.KeptSuffices || change.KeptSuffices
	if change.Source != nil || f.Source == nil {
		f.Source = change.Source
	}
	if f.Source == nil {
		f.Source = &Source{}
	}
	return f
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
		return Functionality{}, bcperr.New(bcperr.FunctionalityUnknown, "no functionality %q; there are %s", id,
			strings.Join(b.IDs(), ", "))
	}
	return b.functionalities[i], nil
}
