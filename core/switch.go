package core

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// SwitchVerdict says whether an answer means: take the next endpoint.
type SwitchVerdict struct {
	Switch bool   `json:"switch"`
	Code   string `json:"code,omitempty"`
}

// Switch reads a SOAP answer and says whether it is a switch fault, and by which code.
//
// Errors: input-too-large; incomplete when the answer is not well-formed XML.
func Switch(response []byte) (SwitchVerdict, error) {
	if len(response) > MaxMessageBytes {
		return SwitchVerdict{}, bcperr.New(bcperr.InputTooLarge, "expected at most %d bytes, got %d", MaxMessageBytes, len(response))
	}
	verdict := soap.Classify(200, "text/xml", -1, response)
	if verdict.Outcome == soap.Incomplete {
		return SwitchVerdict{}, bcperr.New(bcperr.Incomplete, "not a complete XML answer: %s", soap.Flaw(response))
	}
	return SwitchVerdict{Switch: verdict.Outcome == soap.Switched, Code: verdict.SwitchCode}, nil
}
