package scenarios

import (
	"bytes"
	"iter"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// maxBytes bounds a text; those that come along have less than 1 kB.
const maxBytes = 64 << 10

// Lines returns the lines of a text that say something, each with its number from 1: without the blanks around them,
// and without what follows a # that begins the line or stands after a blank.
//
// Errors: input-too-large; scenario-invalid for what is no text, with form, which says how a line should look.
func Lines(text []byte, form string) (iter.Seq2[int, string], error) {
	if len(text) > maxBytes {
		return nil, bcperr.New(bcperr.InputTooLarge, "a scenario of %d bytes, at most %d", len(text), maxBytes)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // editors on Windows begin a file with it
	if seems := bcperr.Looks(text); seems != "other text" {
		return nil, bcperr.New(bcperr.ScenarioInvalid, "expected a scenario, %s, got %s", form, seems)
	}
	return func(yield func(int, string) bool) {
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			if comment := strings.Index(" "+line, " #"); comment >= 0 {
				line = strings.TrimSpace(line[:comment])
			}
			if line != "" && !yield(i+1, line) {
				return
			}
		}
	}, nil
}
