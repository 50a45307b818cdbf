// Package payload reads the payload of a SOAP 1.1 or 1.2 Envelope: the first child element of its Body.
//
// It leaves out headers, faults and the root part of a multipart message: core/soap judges those.
//
// Source: SOAP 1.1 §4, SOAP 1.2 part 1 §5.
package payload
