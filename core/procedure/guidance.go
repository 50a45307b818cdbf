package procedure

import "strings"

// Guidance is what a functionality's data say, in one language.
//
// Shape: Lang is the language that the texts are in, which may differ from the one asked for. Recovery, Fallback and
// Cache hold while that way is in use and may be empty; LastResort never is.
type Guidance struct {
	Functionality string   `json:"functionality"`
	Lang          string   `json:"lang"`
	Title         string   `json:"title"`
	Recovery      []string `json:"recovery,omitempty"`
	Fallback      []string `json:"fallback,omitempty"`
	Cache         []string `json:"cache,omitempty"`
	LastResort    []string `json:"lastResort"`
	Source        Source   `json:"source"`
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

func (b Book) guidance(f Functionality, lang string) Guidance {
	lang = f.language(lang)
	text := b.defaults.or(f.Texts)
	return Guidance{
		Functionality: f.ID,
		Lang:          lang,
		Title:         f.Title[lang],
		Recovery:      text.Recovery[lang],
		Fallback:      text.Fallback[lang],
		Cache:         text.Cache[lang],
		LastResort:    text.LastResort[lang],
		Source:        *f.Source,
	}
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
	return "" // unreachable: check wants a title
}
