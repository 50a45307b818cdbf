package xslt

import "github.com/ehealth-bcp/ehealth-bcp/core/bcperr"

func errInvalid(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTInvalid, format, args...)
}

func errForbidden(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTForbidden, format, args...)
}

// errFailed is for what happens with a request: no value of it is told.
func errFailed(format string, args ...any) error {
	return bcperr.New(bcperr.XSLTFailed, format, args...)
}

// errDeparts ends a transformation whose result is not what it is compared with.
var errDeparts = errFailed("the result is another one")

func errOutput(max int) error {
	return bcperr.New(bcperr.LimitExceeded, "the result of the stylesheet is longer than %d octets", max)
}

// maxTogether bounds what is searched one by one: the namespaces in scope, the attributes and parameters given
// together, the local variables of a template, the rules for white space. The largest count in the corpus is 17; an
// element of a request has at most as many attributes.
const maxTogether = 256

func errTogether(what string) error {
	return bcperr.New(bcperr.LimitExceeded, "more than %d %s at one place", maxTogether, what)
}

func errDepth(max int) error {
	return bcperr.New(bcperr.LimitExceeded, "the templates call one another more than %d levels deep", max)
}

func errNodes(max int) error {
	return bcperr.New(bcperr.LimitExceeded, "the stylesheet builds more than %d nodes", max)
}
