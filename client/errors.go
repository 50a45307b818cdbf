package client

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// CallError is a call that ended without an answer. errors.Is(err, bcperr.NotRepeatable) and the like ask for the
// reason; errors.As finds it below the *url.Error of http.Client.
//
// Shape: Tried are the sends that are over, in their order. CacheCode is why the cache did not answer, "" when it was
// not asked.
type CallError struct {
	Service   string
	Tried     []failover.Attempt
	CacheCode bcperr.Code
	reason    *bcperr.Error
}

// Error returns the code and a sentence. It holds nothing of the request.
func (e *CallError) Error() string { return e.reason.Error() }

// Unwrap returns the *bcperr.Error.
func (e *CallError) Unwrap() error { return e.reason }

// Timeout says whether the call took too long, as net.Error asks.
func (e *CallError) Timeout() bool { return e.reason.Code == bcperr.Timeout }

// SendError is a send to one endpoint that brought no answer.
//
// Shape: NotSent is the proof that no octet of the request reached the endpoint: it may be sent anywhere, whatever it
// does. Cause is the transport's error, whose text may hold the URL.
type SendError struct {
	Outcome failover.Outcome // unreachable, timeout, incomplete or cancelled
	NotSent bool
	Cause   error
}

// Error returns the outcome, without the text of the cause.
func (e *SendError) Error() string {
	if e.NotSent {
		return string(e.Outcome) + ": the request was not sent"
	}
	return string(e.Outcome) + ": the request may have been processed"
}

// Unwrap returns the transport's error.
func (e *SendError) Unwrap() error { return e.Cause }
