package xslt

import "github.com/ehealth-bcp/ehealth-bcp/core/bcperr"

func errInvalid(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTInvalid, format, args...)
}

func errForbidden(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTForbidden, format, args...)
}

func errFailed(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTFailed, format, args...)
}

func errOutput(max int) error {
	return bcperr.New(bcperr.LimitExceeded, "the result of the stylesheet is longer than %d octets", max)
}

func errNodes(max int) error {
	return bcperr.New(bcperr.LimitExceeded, "the stylesheet builds more than %d nodes", max)
}
