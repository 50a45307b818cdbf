package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// MaxReportBytes bounds a report that is read; one of 5000 calls has 3 MB.
const MaxReportBytes = 64 << 20

// ReadReport reads a report in JSON and checks that what it says fits together: the scenario its digest and the steps,
// the verdict what was seen. Nothing of it is played.
//
// Errors: InputTooLarge; ScenarioInvalid for what is no report of this format, with the version that made it;
// DrillFailed for a report that contradicts itself.
func ReadReport(text []byte) (*Report, error) {
	if len(text) > MaxReportBytes {
		return nil, bcperr.New(bcperr.InputTooLarge, "a report of more than %d bytes", MaxReportBytes)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // editors on Windows begin a file with it
	var head struct {
		Format  *int `json:"format"`
		Version any  `json:"version"` // of another format it may be anything
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, invalid("expected the report of a drill in JSON: %s", bcperr.JSONFlaw(text, err))
	}
	if head.Format == nil {
		return nil, invalid("expected the report of a drill in JSON, got other JSON")
	}
	if *head.Format != Format {
		return nil, invalid("a report of format %d, made by version %s; this program reads format %d: check it with "+
			"the version that made it", *head.Format, bcperr.Quote(fmt.Sprint(head.Version)), Format)
	}
	r := &Report{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(r)
	if err == nil {
		if _, err = decoder.Token(); err == io.EOF {
			return r, r.contradiction()
		}
	}
	return nil, invalid("not a report of format %d, whatever it says of itself: %v", Format, err)
}

// contradiction says what in the report does not fit the rest of it, or nil.
func (r *Report) contradiction() error {
	wrong := func(text string, args ...any) error { return bcperr.New(bcperr.DrillFailed, text, args...) }
	if digest([]byte(r.Scenario.Text)) != r.Scenario.SHA256 {
		return wrong("the text of the scenario is not that of its digest")
	}
	s, err := Parse([]byte(r.Scenario.Text))
	if err != nil {
		return wrong("the scenario cannot be read: %s", bcperr.DetailOf(err))
	}
	if s.Title != "" && s.Title != r.Title {
		return wrong("the title is not that of the scenario")
	}
	if len(r.Steps) > len(s.Steps) || r.OK && len(r.Steps) != len(s.Steps) {
		return wrong("the scenario has %d steps, the report %d", len(s.Steps), len(r.Steps))
	}
	for i, step := range r.Steps {
		if step.Text != s.Steps[i].Text || step.Line != s.Steps[i].Line {
			return wrong("step %d of the report is not that of the scenario", i+1)
		}
		if i > 0 && step.AtMs < r.Steps[i-1].AtMs {
			return wrong("step %d is earlier than the one before", i+1)
		}
	}
	findings, ok := r.judge()
	if ok != r.OK || !slices.Equal(findings, r.Findings) {
		return wrong("the verdict is not what follows from what was seen")
	}
	return nil
}
