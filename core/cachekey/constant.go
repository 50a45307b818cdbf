package cachekey

import (
	"strings"

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
	for _, replace := range []func(*xmldoc.Node){s.change, empty} {
		replace(payload)
		if s.sheet.Repeats(key.Output, payload, limits) {
			return true
		}
	}
	return false
}

func empty(payload *xmldoc.Node) {
	payload.ReplaceValues(func(*xmldoc.Node) string { return "" })
}

// change makes of each value another one. Where a value is a word of the stylesheet, it keeps the values of all such
// places: S="INSS" says of what kind a number is, and a key that only says that there is one serves other patients too.
// When there are no other values, the kinds are what is asked, and they change.
func (s *Stylesheet) change(payload *xmldoc.Node) {
	kinds := map[string]bool{}
	payload.ReplaceValues(func(v *xmldoc.Node) string {
		if s.sheet.Says(v.Value) {
			kinds[place(v)] = true
		}
		return v.Value
	})
	var other others
	changed := false
	replace := func(v *xmldoc.Node) string {
		if len(kinds) > 0 && kinds[place(v)] {
			return v.Value
		}
		changed = true
		return s.another(&other, v.Value)
	}
	if payload.ReplaceValues(replace); !changed {
		kinds = nil
		payload.ReplaceValues(replace)
	}
}

// another makes another value; a part of it that is a word of the stylesheet stays, as "urn:inss:" before a number.
func (s *Stylesheet) another(other *others, value string) string {
	if part := s.sheet.PartOf(value); part != "" {
		before, after, _ := strings.Cut(value, part)
		if made := other.value(before) + part + other.value(after); made != value {
			return made
		}
	}
	return other.value(value)
}

// place is where a value stands: the name of its attribute, or of the element around it.
func place(v *xmldoc.Node) string {
	if v.Kind == xmldoc.Text {
		return v.Parent.Name.Local + ">" + v.Parent.Name.Space
	}
	return "@" + v.Name.Local
}
