package bcperr_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

func TestJSONFlaw(t *testing.T) {
	t.Parallel()
	type form struct {
		Name   string          `json:"name"`
		On     bool            `json:"on"`
		Counts []int           `json:"counts"`
		Below  struct{ N int } `json:"below"`
	}
	for text, want := range map[string]string{
		``:                    "expected JSON, got an empty input",
		`<html>`:              "expected JSON, got an HTML page",
		`{"name":`:            "the JSON is cut: it ends in the middle",
		`{"name":1}`:          "name: expected text, got number",
		`{"on":"yes"}`:        "on: expected true or false, got string",
		`{"counts":{}}`:       "counts: expected a list, got object",
		`{"counts":[1.5]}`:    "counts: expected a whole number, got number 1.5",
		`{"below":{"N":"1"}}`: "below.N: expected a whole number, got string",
		`{"below":[]}`:        "below: expected an object, got array",
		`[]`:                  "expected an object, got array",
	} {
		require.Equal(t, want, bcperr.JSONFlaw([]byte(text), json.Unmarshal([]byte(text), new(form))), text)
	}
	require.Equal(t, "as it is", bcperr.JSONFlaw(nil, bcperr.New(bcperr.BadCall, "as it is")))
}
