package procedure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// check holds the rules on what a file has that JSON cannot express.
func (f File) check() error {
	if n := len(f.Functionalities) + len(f.Remove) + len(f.First); n > maxFunctionalities {
		return bcperr.New(bcperr.ProcedureInvalid, "%d functionalities, at most %d", n, maxFunctionalities)
	}
	if err := f.Defaults.check("defaults"); err != nil {
		return err
	}
	if err := f.Source.check("source"); err != nil {
		return err
	}
	seen := make(map[string]bool, len(f.Functionalities))
	for _, one := range f.Functionalities {
		if seen[one.ID] {
			return bcperr.New(bcperr.ProcedureInvalid, "functionality %q occurs twice", one.ID)
		}
		seen[one.ID] = true
		if err := one.checkForm(); err != nil {
			return err
		}
	}
	return nil
}

// check wants each functionality whole, and allows one level of use only: nothing can use itself, however the data are
// put together.
func (b Book) check() error {
	if n := len(b.functionalities); n > maxFunctionalities {
		return bcperr.New(bcperr.ProcedureInvalid, "%d functionalities, at most %d", n, maxFunctionalities)
	}
	for _, f := range b.functionalities {
		if err := f.checkWhole(); err != nil {
			return err
		}
		for _, id := range f.Uses {
			if i := b.index(id); i < 0 || len(b.functionalities[i].Uses) > 0 {
				return f.invalid("uses %q, which is not there or uses others itself", id)
			}
		}
	}
	return nil
}

func (f Functionality) invalid(text string, args ...any) error {
	return bcperr.New(bcperr.ProcedureInvalid, "functionality %q: "+text, append([]any{f.ID}, args...)...)
}

// checkForm holds the rules on what the functionality has.
func (f Functionality) checkForm() error {
	if f.ID == "" || len(f.ID) > 64 || strings.Trim(f.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return f.invalid("the id must be 1 to 64 of a-z, 0-9 and the hyphen")
	}
	if len(f.Needs) > maxPerList {
		return f.invalid("%d needs, at most %d", len(f.Needs), maxPerList)
	}
	for _, alternatives := range f.Needs {
		if len(alternatives) == 0 || len(alternatives) > maxPerList || slices.Contains(alternatives, "") {
			return f.invalid("a need must list 1 to %d service names", maxPerList)
		}
	}
	if len(f.Uses) > maxPerList {
		return f.invalid("uses %d functionalities, at most %d", len(f.Uses), maxPerList)
	}
	for _, audience := range f.Audience {
		if !slices.Contains(Audiences[:], audience) {
			return f.invalid("audience %q, expected one of %v", audience, Audiences)
		}
	}
	if f.KeptDays < 0 || f.KeptDays > maxKeptDays {
		return f.invalid("keptDays %d, expected 0 to %d", f.KeptDays, maxKeptDays)
	}
	if err := f.checkFallback(); err != nil {
		return err
	}
	if err := checkLanguages(f.ID+": title", f.Title); err != nil {
		return err
	}
	if f.Source != nil {
		if err := f.Source.check(f.ID + ": source"); err != nil {
			return err
		}
	}
	return f.Texts.check(f.ID)
}

// check wants lines that show what they hold: the panel says where guidance comes from.
func (s Source) check(place string) error {
	for _, line := range [...]string{s.Publisher, s.Title, s.Audience, s.Note} {
		if line != "" && !isLine(line) {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: expected lines of 1 to %d bytes of UTF-8 without "+
				"control characters", place, maxSentenceBytes)
		}
	}
	return nil
}

func (f Functionality) checkFallback() error {
	fb := f.Fallback
	if fb == nil {
		return nil
	}
	if !fb.Manual && len(fb.Hosts) == 0 {
		return f.invalid("the fallback is neither manual nor at a host")
	}
	if len(fb.Hosts) > maxPerList || len(fb.Services) > maxPerList || slices.Contains(fb.Services, "") ||
		slices.Contains(fb.Hosts, "") {
		return f.invalid("the fallback must list at most %d hosts and services, each with a name", maxPerList)
	}
	return nil
}

// checkWhole holds the rules on what a functionality must have.
func (f Functionality) checkWhole() error {
	switch {
	case len(f.Needs) == 0:
		return f.invalid("no needs: nothing says how it is doing")
	case len(f.Title) == 0:
		return f.invalid("no title")
	case len(f.Texts[TextLastResort]) == 0:
		return f.invalid("no lastResort text: the caregiver must be told something")
	case f.Fallback != nil && len(f.Texts[TextFallback]) == 0:
		return f.invalid("there is a fallback and no text for it")
	}
	for _, kind := range kinds {
		for lang := range f.Title {
			if text := f.Texts[kind]; len(text) > 0 && len(text[lang]) == 0 {
				return f.invalid("the text %q lacks %q, which the title has", kind, lang)
			}
		}
	}
	return nil
}

func (t Texts) check(place string) error {
	for kind, text := range t {
		if !slices.Contains(kinds[:], kind) {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: a text %q, expected one of %v", place, kind, kinds)
		}
		for lang, sentences := range text {
			if len(sentences) == 0 || len(sentences) > maxPerList {
				return bcperr.New(bcperr.ProcedureInvalid, "%s: %s: %d sentences in %q, expected 1 to %d",
					place, kind, len(sentences), lang, maxPerList)
			}
			for _, sentence := range sentences {
				if err := checkLanguages(place+": "+kind, Sentence{lang: sentence}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkLanguages wants known languages only, and in each a short line that shows what it holds.
func checkLanguages(place string, text Sentence) error {
	for lang, line := range text {
		if !slices.Contains(languages[:], lang) {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: language %q, expected one of %v", place, lang, languages)
		}
		if !isLine(line) {
			return bcperr.New(bcperr.ProcedureInvalid, "%s: the text in %q must be one line of 1 to %d bytes of UTF-8 "+
				"without control characters",
				place, lang, maxSentenceBytes)
		}
	}
	return nil
}

// isLine: one line that is not blank, not too long, and shows what it holds.
func isLine(line string) bool {
	return strings.TrimSpace(line) != "" && len(line) <= maxSentenceBytes && strings.IndexFunc(line, isHidden) < 0
}

// isHidden: control characters, line and paragraph separators, the controls of writing direction, with which a text can
// show other words than it holds, and what stands for octets that are no UTF-8: a file in another encoding.
//
// Source: Unicode 15 §23.1, §23.2; Unicode Technical Report 36 §2.5.
func isHidden(r rune) bool {
	return r < ' ' || 0x7f <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == utf8.RuneError ||
		unicode.Is(unicode.Bidi_Control, r)
}
