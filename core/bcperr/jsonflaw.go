package bcperr

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
)

// JSONFlaw says what encoding/json found wrong in an input that a person wrote: that it is something else than JSON, a
// member of another type, an unknown one. Of an Error below it, it is the detail.
func JSONFlaw(input []byte, err error) string {
	if own, ok := errors.AsType[*Error](err); ok {
		return own.Detail
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		want, known := typeNames[wrong.Type.Kind()]
		if !known {
			want = "a whole number"
		}
		return strings.TrimPrefix(wrong.Field+": expected "+want+", got "+wrong.Value, ": ")
	}
	if seems := Looks(input); seems != "JSON" {
		return "expected JSON, got " + seems
	}
	if strings.HasPrefix(err.Error(), "unexpected end of JSON") || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the JSON is cut: it ends in the middle"
	}
	return strings.Replace(strings.TrimPrefix(err.Error(), "json: "), "unknown field", "unknown member", 1)
}

// typeNames are the types of JSON by what they are read into; the others are integers.
var typeNames = map[reflect.Kind]string{
	reflect.String: "text", reflect.Bool: "true or false", reflect.Slice: "a list", reflect.Struct: "an object",
	reflect.Map: "an object",
}
