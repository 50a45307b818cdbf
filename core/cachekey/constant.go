package cachekey

import (
	"bytes"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xmldoc"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xslt"
)

// The bound on each of the two runs that judge a key: so many times the steps of the key itself, and some more. They do
// the same work on the same elements, so an honest stylesheet stays far below; and a key costs at most five times its
// steps.
const (
	judgeTimes = 2
	judgeSteps = 100_000 // 20 ms in WebAssembly; the largest key of the corpus takes 60,000
)

// saysNothing: does the stylesheet write the same key for this payload when every value in it is another one, or when
// there is none? Then requests about different patients meet under it. It leaves the payload without its values.
//
// Shape: a run that fails, or that takes more than its bound, proves nothing.
// Source: docs/design.md#keys.
func (s *Stylesheet) saysNothing(payload *xmldoc.Node, key xslt.Result) bool {
	limits := xslt.DefaultLimits
	limits.Steps = min(limits.Steps, judgeTimes*key.Steps+judgeSteps)
	var other others
	for _, replace := range []func(string) string{other.value, func(string) string { return "" }} {
		payload.ReplaceValues(replace)
		result, err := s.sheet.Transform(payload, limits)
		if err == nil && bytes.Equal(result.Output, key.Output) {
			return true
		}
	}
	return false
}
