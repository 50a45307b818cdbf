package core

import (
	"bytes"

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
		return SwitchVerdict{}, bcperr.New(bcperr.InputTooLarge, "expected at most %d bytes, got %d", MaxMessageBytes,
			len(response))
	}
	if len(bytes.TrimSpace(response)) == 0 {
		return SwitchVerdict{},
			bcperr.New(bcperr.Incomplete, "not a complete XML answer: expected an XML document, got %s",
				bcperr.Looks(response))
	}
	verdict := soap.Classify(soap.Envelope, soap.Answer{Status: 200, ContentLength: -1, Body: response})
	if flaw := soap.Flaw(response); verdict.Outcome == soap.Incomplete || verdict.Outcome == soap.Foreign &&
		flaw != "" {
		return SwitchVerdict{}, bcperr.New(bcperr.Incomplete, "not a complete XML answer: %s", flaw)
	}
	return SwitchVerdict{Switch: verdict.Outcome == soap.Switch, Code: verdict.SwitchCode}, nil
}
