package bcperr

import (
	"errors"
	"fmt"
)

// Error is a failure that a caller can act on.
//
// Shape: Code is stable and for machines; Detail is for people; Cause, when not nil, is what errors.Is and
// errors.As see below it.
type Error struct {
	Code   Code
	Detail string
	Cause  error
}

// Error returns "code: detail".
func (e *Error) Error() string {
	if e.Detail == "" {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Detail
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Cause }

// Is says whether target is the Code of e, for errors.Is.
func (e *Error) Is(target error) bool { return target == e.Code }

// New makes an Error. The format is fmt's; an operand under %w becomes the cause. The detail has at most 600 octets,
// and what does not print is escaped in it.
func New(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Detail: bounded(err.Error()), Cause: errors.Unwrap(err)}
}

// CodeOf returns the code of the outermost Error in err's chain, Internal when there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// DetailOf returns the sentence of the outermost Error in err's chain, or err's own text when there is none.
func DetailOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Detail
	}
	return err.Error()
}
