package core

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestIsKeepable: only what the depot itself calls no key is none; of an answer in another form nothing is known.
func TestIsKeepable(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		`<Status><Code>200</Code></Status><ETK>a2V5</ETK>`: true,
		`<Status><Code>200</Code></Status>`:                false,
		`<Status><Code>404</Code></Status><ETK>a2V5</ETK>`: false,
		`<ETK>a2V5</ETK>`: true,
		`<Answer/>`:       true,
	} {
		answer = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r>` + answer +
			`</r></s:Body></s:Envelope>`
		require.Equal(t, want, isKeepable(etkDepot+":v1", []byte(answer)), answer)
		require.True(t, isKeepable("uddi:another", []byte(answer)))
	}
	require.True(t, isKeepable(etkDepot, []byte("no XML")))
}
