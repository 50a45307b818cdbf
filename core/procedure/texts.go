package procedure

import "slices"

// Kind says when a text of a functionality is read. A way has the kind of its name; the others are named below.
type Kind = string

// The kinds of text, in the order in which a guide prints them.
const (
	TextRecovery       Kind = "recovery"       // a recovery endpoint answers
	TextFallback       Kind = "fallback"       // the other electronic way
	TextCache          Kind = "cache"          // answers kept from before
	TextKeptCounts     Kind = "keptCounts"     // instead of cache: this answer is younger than KeptDays
	TextKeptTooOld     Kind = "keptTooOld"     // instead of cache: it is not
	TextUnconfirmed    Kind = "unconfirmed"    // an endpoint is left that was not used in this outage
	TextRetry          Kind = "retry"          // nothing answered, and nothing was tried since
	TextMayHaveArrived Kind = "mayHaveArrived" // an act may have arrived: look, send again, paper
	TextLastResort     Kind = "lastResort"     // no electronic way is left
)

var kinds = [...]Kind{
	TextRecovery, TextFallback, TextCache, TextKeptCounts, TextKeptTooOld, TextUnconfirmed, TextRetry,
	TextMayHaveArrived, TextLastResort,
}

// languages in the order of the fixed fallback rule: see Book.Guidance.
var languages = [...]string{"en", "fr", "nl", "de"}

// Sentence is one text by language (nl, fr, de, en).
type Sentence map[string]string

// Sentences are whole sentences by language, in reading order: each is one step.
type Sentences map[string][]string

// Texts are what is said, by kind.
type Texts map[Kind]Sentences

// over returns the texts of t with those of other in the place of what they say: by kind and by language.
func (t Texts) over(other Texts) Texts {
	merged := make(Texts, len(t)+len(other))
	for _, kind := range kinds {
		if text := overlaid(t[kind], other[kind]); len(text) > 0 {
			merged[kind] = text
		}
	}
	return merged
}

// overlaid returns base with the entries of other in the place of its own; both stay as they are.
func overlaid[M ~map[string]V, V any](base, other M) M {
	merged := make(M, len(base)+len(other))
	for key, value := range base {
		merged[key] = value
	}
	for key, value := range other {
		merged[key] = value
	}
	return merged
}

// Audiences are the readers that a functionality may name; one that names none is for all of them.
var Audiences = [...]string{"general-practitioner", "pharmacist"}

// Filter chooses functionalities for a reader. The zero Filter chooses all.
//
// Shape: Audience is one of Audiences; Only holds names of functionalities. A word that is neither hides nothing: a
// typing error must not take guidance away.
type Filter struct {
	Audience string
	Only     []string
}

// chooses reports which functionalities of a book the filter shows.
func (f Filter) chooses(b Book) func(Functionality) bool {
	hasOnly := slices.ContainsFunc(f.Only, func(id string) bool { return b.index(id) >= 0 })
	hasAudience := slices.Contains(Audiences[:], f.Audience)
	return func(one Functionality) bool {
		if hasOnly {
			return slices.Contains(f.Only, one.ID) // named, so wanted, whoever reads
		}
		return !hasAudience || len(one.Audience) == 0 || slices.Contains(one.Audience, f.Audience)
	}
}
