// Package soap reads SOAP 1.1 and 1.2 messages: whether a request is one, and whether an answer is complete, a fault,
// or a fault that means "take the next endpoint".
//
// It leaves out headers, actors, attachments beyond the root part, and any validation of the payload. An answer is
// judged by what came over the wire; whether the status and the media type are what the operation wants is the
// caller's.
//
// Source: SOAP 1.1 §4, SOAP 1.2 part 1 §5, docs/design.md#what-an-answer-is.
package soap
