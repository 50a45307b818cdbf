package bcperr

import "fmt"

// Finding is something noticed that does not cost the list: a quarantined service, a cache switched off, a remark.
//
// Shape: Place says where, for people and logs: `service "uddi:…:v1", endpoint 2`, `crl 1`. Detail is a sentence in the
// form of an Error's.
type Finding struct {
	Code   Code   `json:"code"`
	Place  string `json:"place"`
	Detail string `json:"detail"`
}

// NewFinding makes a Finding. The format is fmt's; place and detail are bounded as the detail of an Error is.
func NewFinding(code Code, place, format string, args ...any) Finding {
	return Finding{Code: code, Place: bounded(place), Detail: bounded(fmt.Sprintf(format, args...))}
}
