// Package wire writes and reads JSON of known shapes by hand.
//
// What crosses the boundary to JavaScript twice in each call goes this way: in the browser's Go, encoding/json by
// reflection alone costs about 50 µs for the arguments of one choice of an endpoint, a Reader 10 µs.
//
// It leaves out: shapes that are not known beforehand, floating-point numbers, and null.
//
// Source: RFC 8259.
package wire
