// Package bcperr holds the error codes of the product and the Error type that carries them.
//
// A code is the contract: callers and tests branch on it, never on the text. A code once released keeps its
// meaning. The detail is a sentence for people: lower case, what was expected and what came, the place, and
// never patient data.
//
// Source: docs/design.md#errors.
package bcperr
