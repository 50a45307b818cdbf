package contract

import (
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// classifyArgs are the headers of a request and of its answer. Blobs: the answer's body, and the request's when its
// media type leaves open what it is.
type classifyArgs struct {
	RequestContentType string `json:"requestContentType"`
	Accept             string `json:"accept"`
	Status             int    `json:"status"`
	ContentType        string `json:"contentType"`
	ContentLength      *int64 `json:"contentLength"`
	Redirected         bool   `json:"redirected"`
}

// verdictValue is what an answer was judged to be.
type verdictValue struct {
	Outcome    soap.Outcome `json:"outcome"`
	Silent     bool         `json:"silent,omitempty"`
	SwitchCode string       `json:"switchCode,omitempty"`
	Fault      bool         `json:"fault,omitempty"`
	Cacheable  bool         `json:"cacheable,omitempty"`
	Came       string       `json:"came,omitempty"`
	EndsMs     int64        `json:"endsMs,omitempty"`
}

// classify judges an answer on its own, as `next` does for the call under way: for hosts that test themselves.
func classify(_ *Session, a classifyArgs, blobs [][]byte) (verdictValue, error) {
	if len(blobs) < 1 || len(blobs) > 2 {
		return verdictValue{}, bcperr.New(bcperr.BadCall,
			"expected the body of the answer and perhaps that of the request")
	}
	if len(blobs[0]) > core.MaxAnswerBytes {
		return verdictValue{}, bcperr.New(bcperr.InputTooLarge, "an answer of %d bytes, at most %d", len(blobs[0]),
			core.MaxAnswerBytes)
	}
	answer := soap.Answer{
		Status: a.Status, ContentType: a.ContentType, ContentLength: -1, Redirected: a.Redirected, Body: blobs[0],
	}
	if a.ContentLength != nil {
		answer.ContentLength = *a.ContentLength
	}
	var request []byte
	if len(blobs) == 2 {
		request = blobs[1]
	}
	v := soap.Classify(soap.WantedBy(a.RequestContentType, a.Accept, request), answer)
	value := verdictValue{Outcome: v.Outcome, Silent: v.Silent, SwitchCode: v.SwitchCode,
		Fault: v.Fault, Cacheable: v.Cacheable, Came: v.Came}
	if !v.Ends.IsZero() {
		value.EndsMs = v.Ends.UnixMilli()
	}
	return value, nil
}
