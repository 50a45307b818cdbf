package vectors

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Meets returns in what a reply differs from what a vector wants, nil when in nothing.
func (w Want) Meets(reply string) error {
	var got struct {
		OK    bool
		Value json.RawMessage
		Error struct {
			Code   bcperr.Code
			Detail string
		}
	}
	if err := json.Unmarshal([]byte(reply), &got); err != nil {
		return fmt.Errorf("the reply is no JSON: %w", err)
	}
	if got.Error.Code != w.Code || got.OK != (w.Code == "") {
		return fmt.Errorf("wanted code %q, got %q (%s)", w.Code, got.Error.Code, got.Error.Detail)
	}
	switch {
	case w.OK != nil:
		return w.OK.meets(got.Value)
	case w.Answer != nil:
		return w.Answer.meets(got.Value)
	case w.Value != nil:
		var want, value any
		if err := json.Unmarshal(w.Value, &want); err != nil {
			return err
		}
		if err := json.Unmarshal(got.Value, &value); err != nil {
			return err
		}
		return holds("value", want, value)
	}
	return nil
}

func (s Summary) meets(value json.RawMessage) error {
	var got struct {
		Summary
		Lint []struct{ Code bcperr.Code } `json:"lint"`
	}
	if err := json.Unmarshal(value, &got); err != nil {
		return err
	}
	got.Summary.Lint = []bcperr.Code{}
	for _, finding := range got.Lint {
		got.Summary.Lint = append(got.Summary.Lint, finding.Code)
	}
	return same("value", s, got.Summary)
}

func (a Answer) meets(value json.RawMessage) error {
	var got struct {
		Answer
		Came string `json:"came"` // words for people
	}
	if err := strict(value, &got); err != nil {
		return err
	}
	return same("value", a, got.Answer)
}

// holds checks that each member that is wanted stands in a value.
func holds(place string, want, got any) error {
	wanted, ok := want.(map[string]any)
	if !ok {
		return same(place, want, got)
	}
	members, ok := got.(map[string]any)
	if !ok {
		return same(place, want, got)
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := holds(place+"."+name, wanted[name], members[name]); err != nil {
			return err
		}
	}
	return nil
}

func same(place string, want, got any) error {
	if a, b := string(compact(want)), string(compact(got)); a != b {
		return fmt.Errorf("%s: wanted %s, got %s", place, a, b)
	}
	return nil
}
