package procedure

import "strings"

// Matches reports whether the service Id is base, or a version of it: base, ":v", digits.
//
// A functionality needs a service in whichever version the catalogue publishes. The boundary is exact, so
// "…:mycarenettarification" does not find "…:mycarenettarificationmediprima:v1". One stray apostrophe after the
// version is ignored: the production catalogue of 2020 has "…:recip-eexecutor:v4'".
func Matches(base, id string) bool {
	rest, found := strings.CutPrefix(id, base)
	if !found {
		return false
	}
	if rest == "" {
		return true
	}
	digits, found := strings.CutPrefix(strings.TrimSuffix(rest, "'"), ":v")
	return found && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// matchesAny reports whether the Id is a version of one of the bases.
func matchesAny(bases []string, id string) bool {
	for _, base := range bases {
		if Matches(base, id) {
			return true
		}
	}
	return false
}
