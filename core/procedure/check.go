package procedure

import (
	"slices"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// checkForm holds the rules that JSON cannot express, each functionality for itself.
func (b Book) checkForm() error {
	if len(b.functionalities) > maxFunctionalities {
		return bcperr.New(bcperr.ProcedureInvalid, "%d functionalities, at most %d", len(b.functionalities), maxFunctionalities)
	}
	if err := b.defaults.check("defaults"); err != nil {
		return err
	}
	seen := make(map[string]bool, len(b.functionalities))
	for _, f := range b.functionalities {
		if seen[f.ID] {
			return bcperr.New(bcperr.ProcedureInvalid, "functionality %q occurs twice", f.ID)
		}
		seen[f.ID] = true
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}

func (f Functionality) check() error {
	invalid := func(text string, args ...any) error {
		return bcperr.New(bcperr.ProcedureInvalid, "functionality %q: "+text, append([]any{f.ID}, args...)...)
	}
	if f.ID == "" || len(f.ID) > 64 || strings.Trim(f.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return invalid("the id must be 1 to 64 of a-z, 0-9 and the hyphen")
	}
	if len(f.Needs) == 0 || len(f.Needs) > maxPerList {
		return invalid("%d needs, expected 1 to %d", len(f.Needs), maxPerList)
	}
	for _, alternatives := range f.Needs {
		if len(alternatives) == 0 || len(alternatives) > maxPerList || slices.Contains(alternatives, "") {
			return invalid("a need must list 1 to %d service names", maxPerList)
		}
	}
	if len(f.Uses) > maxPerList {
		return invalid("uses %d functionalities, at most %d", len(f.Uses), maxPerList)
	}
	return f.checkTexts(invalid)
}

// checkUses allows one level only: nothing can use itself, however the data are put together.
func (b Book) checkUses() error {
	for _, f := range b.functionalities {
		for _, id := range f.Uses {
			if i := b.index(id); i < 0 || len(b.functionalities[i].Uses) > 0 {
				return bcperr.New(bcperr.ProcedureInvalid, "functionality %q uses %q, which is not there or uses others itself", f.ID, id)
			}
		}
	}
	return nil
}

func (f Functionality) checkTexts(invalid func(string, ...any) error) error {
	if fb := f.Fallback; fb != nil {
		if !fb.Manual && len(fb.Hosts) == 0 {
			return invalid("the fallback is neither manual nor at a host")
		}
		if len(fb.Hosts) > maxPerList || len(fb.Services) > maxPerList || slices.Contains(fb.Services, "") {
			return invalid("the fallback must list at most %d hosts and named services", maxPerList)
		}
		if len(f.Texts.Fallback) == 0 {
			return invalid("there is a fallback and no text for it")
		}
	}
	if len(f.Texts.LastResort) == 0 {
		return invalid("no lastResort text: the caregiver must be told something")
	}
	if err := checkLanguage(f.ID+": title", f.Title); err != nil {
		return err
	}
	if err := f.Texts.check(f.ID); err != nil {
		return err
	}
	for _, text := range []Sentences{f.Texts.Recovery, f.Texts.Fallback, f.Texts.Cache, f.Texts.LastResort} {
		for lang := range f.Title {
			if len(text) > 0 && len(text[lang]) == 0 {
				return invalid("a text lacks %q, which the title has", lang)
			}
		}
	}
	return nil
}

func (t texts) check(place string) error {
	named := []struct {
		name string
		text Sentences
	}{{"recovery", t.Recovery}, {"fallback", t.Fallback}, {"cache", t.Cache}, {"lastResort", t.LastResort}}
	for _, each := range named {
		for lang, sentences := range each.text {
			if len(sentences) == 0 || len(sentences) > maxPerList {
				return bcperr.New(bcperr.ProcedureInvalid, "%s: %s: %d sentences in %q, expected 1 to %d",
					place, each.name, len(sentences), lang, maxPerList)
			}
			for _, sentence := range sentences {
				if err := checkLanguage(place+": "+each.name, Sentence{lang: sentence}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkLanguage wants at least one language, known ones only, and a short line without control characters in each.
func checkLanguage(place string, text Sentence) error {
	if len(text) == 0 {
		return bcperr.New(bcperr.ProcedureInvalid, "%s: no text", place)
	}
	for lang, line := range text {
		if !slices.Contains(languages[:], lang) {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: language %q, expected one of %v", place, lang, languages)
		}
		control := func(r rune) bool { return r < ' ' }
		if strings.TrimSpace(line) == "" || len(line) > maxSentenceBytes || strings.IndexFunc(line, control) >= 0 {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: the text in %q must be one line of 1 to %d bytes",
				place, lang, maxSentenceBytes)
		}
	}
	return nil
}
