package procedure

import (
	"slices"
	"strings"
	"time"
)

// Guidance is what a functionality's data say, in one language.
//
// Shape: Lang is the language that the texts are in, which may differ from the one asked for. Each text is a list of
// whole sentences, one a step, and holds while the way of its name is in use; LastResort alone is always there.
// MayHaveArrived is there for what acts: look whether it arrived, send again, paper. Audience is empty for everybody.
// First counts from 1 among what a reader needs first; 0: not one of these.
type Guidance struct {
	Functionality  string   `json:"functionality"`
	Lang           string   `json:"lang"`
	Title          string   `json:"title"`
	Audience       []string `json:"audience,omitempty"`
	First          int      `json:"first,omitempty"`
	KeptSuffices   bool     `json:"keptSuffices,omitempty"` // see Functionality
	Recovery       []string `json:"recovery,omitempty"`
	Fallback       []string `json:"fallback,omitempty"`
	Cache          []string `json:"cache,omitempty"`
	Unconfirmed    []string `json:"unconfirmed,omitempty"`
	Retry          []string `json:"retry,omitempty"`
	MayHaveArrived []string `json:"mayHaveArrived,omitempty"`
	LastResort     []string `json:"lastResort"`
	Source         Source   `json:"source"`
	// Kept is what Book.Kept says of the age of one kept answer.
	Kept *Kept `json:"kept,omitempty"`
}

// Kept says whether a kept answer counts. Units: milliseconds since 1970.
type Kept struct {
	Counts  bool  `json:"counts"`
	UntilMs int64 `json:"untilMs"` // it counts before this moment
}

// Guidance returns what to do for a functionality.
//
// Lang is a language tag of which the primary part counts, in any case: "nl", "fr-BE", "DE". The language is chosen
// once for a functionality, by a fixed rule: the one asked for, else English, French, Dutch, German, whichever its
// title has first. Texts that stem from the defaults follow the same choice and are left out in a language they lack.
// Errors: FunctionalityUnknown.
func (b Book) Guidance(functionality, lang string) (Guidance, error) {
	f, err := b.find(functionality)
	if err != nil {
		return Guidance{}, err
	}
	return b.guidance(f, lang), nil
}

// Kept returns the guidance beside an answer kept since stored: where the functionality has a rule on the age of such
// answers, Cache says what follows from it and Kept until when the answer counts.
//
// It judges the age alone: whether the patient is a regular one, the caregiver knows.
// Errors: FunctionalityUnknown.
func (b Book) Kept(functionality, lang string, stored, now time.Time) (Guidance, error) {
	f, err := b.find(functionality)
	if err != nil {
		return Guidance{}, err
	}
	g := b.guidance(f, lang)
	if f.KeptDays == 0 {
		return g, nil
	}
	until := stored.Add(time.Duration(f.KeptDays) * 24 * time.Hour)
	g.Kept = &Kept{Counts: now.Before(until) && !stored.After(now), UntilMs: until.UnixMilli()}
	kind := TextKeptTooOld
	if g.Kept.Counts {
		kind = TextKeptCounts
	}
	if text := b.text(f, kind)[g.Lang]; len(text) > 0 {
		g.Cache = text
	}
	return g, nil
}

func (b Book) guidance(f Functionality, lang string) Guidance {
	lang = f.language(lang)
	text := func(kind Kind) []string { return b.text(f, kind)[lang] }
	return Guidance{
		Functionality:  f.ID,
		Lang:           lang,
		Title:          f.Title[lang],
		Audience:       f.Audience,
		First:          slices.Index(b.first, f.ID) + 1,
		KeptSuffices:   f.KeptSuffices,
		Recovery:       text(TextRecovery),
		Fallback:       text(TextFallback),
		Cache:          text(TextCache),
		Unconfirmed:    text(TextUnconfirmed),
		Retry:          text(TextRetry),
		MayHaveArrived: text(TextMayHaveArrived),
		LastResort:     text(TextLastResort),
		Source:         *f.Source,
	}
}

// text returns the functionality's own text of a kind, else the default.
func (b Book) text(f Functionality, kind Kind) Sentences {
	if own := f.Texts[kind]; len(own) > 0 {
		return own
	}
	return b.defaults[kind]
}

func (f Functionality) language(asked string) string {
	primary, _, _ := strings.Cut(strings.ToLower(asked), "-")
	if _, found := f.Title[primary]; found {
		return primary
	}
	for _, lang := range languages {
		if _, found := f.Title[lang]; found {
			return lang
		}
	}
	return "" // unreachable: checkWhole wants a title
}
