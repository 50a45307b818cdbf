package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A service is found by what was probably meant: its Id without the version, its name, or a typing error in it.
func TestNear(t *testing.T) {
	c := open(t, "v2-cache.xml")
	for given, want := range map[string]string{
		"uddi:ehealth-fgov-be:business:etkdepot":    ` (did you mean "uddi:ehealth-fgov-be:business:etkdepot:v1"?)`,
		"uddi:ehealth-fgov-be:business:etkdpeot:v1": ` (did you mean "uddi:ehealth-fgov-be:business:etkdepot:v1"?)`,
		"etkdepot:v1":  ` (did you mean "uddi:ehealth-fgov-be:business:etkdepot:v1"?)`,
		"etkdepot":     ` (did you mean "uddi:ehealth-fgov-be:business:etkdepot:v1"?)`,
		"ETKdepot":     ` (did you mean "uddi:ehealth-fgov-be:business:etkdepot:v1"?)`,
		"depot":        "",
		"":             "",
		"no-such-name": "",
	} {
		require.Equal(t, want, c.Near(given), given)
	}
}
