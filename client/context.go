package client

import (
	"context"
	"net/http"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// The keys under which a context carries what concerns one call.
type (
	repeatKey     struct{}
	userKey       struct{}
	bodyKey       struct{}
	provenanceKey struct{}
)

// WithRepeat says whether the requests under ctx may run twice, which decides whether one that may have been processed
// goes to another endpoint. Without it the nature of the service decides: consulting services may, acts may not.
//
// Source: docs/design.md#repeat.
func WithRepeat(ctx context.Context, may bool) context.Context {
	repeat := failover.RepeatNo
	if may {
		repeat = failover.RepeatYes
	}
	return context.WithValue(ctx, repeatKey{}, repeat)
}

func repeatOf(ctx context.Context) failover.Repeat {
	repeat, _ := ctx.Value(repeatKey{}).(failover.Repeat)
	return repeat
}

// WithUser says for whom the requests under ctx are made. An answer that was kept for one user is never served to
// another; without a user a call keeps and finds no answers. Where an answer is for everybody, as a public key of the
// ETK depot is, give all calls the same name.
func WithUser(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

func userOf(ctx context.Context) string {
	user, _ := ctx.Value(userKey{}).(string)
	return user
}

// WithBody gives each attempt of a request a body of its own, for signatures and time stamps that differ for each
// endpoint. The request itself must have none.
//
// Shape: endpoint as the catalogue writes it, attempt from 1. The cache key is made of the body of the first attempt.
// An error ends the call with bad-call and blames no endpoint.
// Source: docs/design.md#sending.
func WithBody(ctx context.Context, body func(endpoint string, attempt int) ([]byte, error)) context.Context {
	return context.WithValue(ctx, bodyKey{}, body)
}

func bodyOf(ctx context.Context) func(endpoint string, attempt int) ([]byte, error) {
	body, _ := ctx.Value(bodyKey{}).(func(string, int) ([]byte, error))
	return body
}

// Provenance says where an answer came from.
//
// Shape: Service is "" for a request that went out as it was, because the catalogue does not know its URL or there is
// no catalogue. Endpoint is the URL that answered, "" for a kept answer. Attempts counts the sends. StoredAt and
// ValidUntil are those of a kept answer; Expired: it is past ValidUntil and was served because nothing else was left.
// Exhausted: it is a SOAP fault, handed on because no endpoint did better.
type Provenance struct {
	Source     failover.Source
	Service    string
	Endpoint   string
	Attempts   int
	StoredAt   time.Time
	ValidUntil time.Time
	Expired    bool
	Exhausted  bool
	Code       bcperr.Code // why, "" when every endpoint refused the caller
}

// ProvenanceOf returns where a response came from, and false when it came through no Client.
//
// It is found in the context of response.Request, which http.Client leaves in place.
func ProvenanceOf(response *http.Response) (Provenance, bool) {
	if response == nil || response.Request == nil {
		return Provenance{}, false
	}
	p, found := response.Request.Context().Value(provenanceKey{}).(Provenance)
	return p, found
}

// withProvenance lets a response say where it came from.
func withProvenance(response *http.Response, request *http.Request, p Provenance) *http.Response {
	response.Request = request.WithContext(context.WithValue(request.Context(), provenanceKey{}, p))
	return response
}
