package procedure

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// Bounds on data that an application supplies. Ours has 18 functionalities in 47 kB.
const (
	maxBytes           = 1 << 20 // also what a page can load without thought
	maxFunctionalities = 200
	maxPerList         = 50   // needs, services, uses, sentences
	maxSentenceBytes   = 1000 // longest of ours: 250; a longer one is a page, not guidance
	maxKeptDays        = 3650
)

const format = 1

// File is what an application says of functionalities: see Book.With.
//
// Shape: {"format":1,"functionalities":[…],"remove":[…],"first":[…],"defaults":{…},"source":{…}}, all but the format
// optional. First names what a reader needs first, in this order. Defaults are the texts of a functionality that has
// none of its own of that kind; the source holds for each functionality that names none.
type File struct {
	Format          int             `json:"format"`
	Functionalities []Functionality `json:"functionalities"`
	Remove          []string        `json:"remove,omitempty"`
	First           []string        `json:"first,omitempty"`
	Defaults        Texts           `json:"defaults"`
	Source          Source          `json:"source"`
}

// ParseFile reads a file in the form of guidance.json and checks what it has; what it lacks may be in the Book that it
// changes.
//
// Errors: ProcedureInvalid, also for a file that is too large (the detail names the functionality and the field).
func ParseFile(data []byte) (File, error) {
	if len(data) > maxBytes {
		return File{}, bcperr.New(bcperr.ProcedureInvalid, "procedure data of %d bytes, at most %d", len(data),
			maxBytes)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows begin a file with it
	var file File
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return File{}, bcperr.New(bcperr.ProcedureInvalid, "procedure data: %s", bcperr.JSONFlaw(data, err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return File{}, bcperr.New(bcperr.ProcedureInvalid, "procedure data: more text after the object")
	}
	if file.Format != format {
		return File{}, bcperr.New(bcperr.ProcedureInvalid, "format %d, expected %d", file.Format, format)
	}
	return file, file.check()
}
