package payload

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/steps"
)

// payloads are those that cost a careless copy more than their size.
var payloads = map[string]func(n int) string{
	"attributes": func(n int) string {
		return "<r>" + strings.Repeat("<i"+steps.Many(250, " a%d=''")+"/>", n/250) + "</r>"
	},
	"prefixed attributes": func(n int) string {
		return "<r xmlns:p='u'>" + strings.Repeat("<i"+steps.Many(250, " p:a%d=''")+"/>", n/250) + "</r>"
	},
	"declarations": func(n int) string {
		return "<r>" + strings.Repeat("<i"+steps.Many(250, " xmlns:p%d='u'")+"/>", n/250) + "</r>"
	},
	"elements":             func(n int) string { return "<r>" + strings.Repeat("<i/>", n) + "</r>" },
	"elements of a prefix": func(n int) string { return "<r>" + strings.Repeat("<s:i/>", n) + "</r>" },
	"elements deep down": func(n int) string {
		return strings.Repeat("<i>", 900) + strings.Repeat("<i/>", n) + strings.Repeat("</i>", 900)
	},
	"declared on each level": func(n int) string {
		return strings.Repeat("<p:i xmlns:p='u'>", 900) + strings.Repeat("<p:i/>", n) + strings.Repeat("</p:i>", 900)
	},
}

const stepsPayload = "STEPS_PAYLOAD"

// TestStepsOfPayload is the work that TestPayloadStepsAreLinear counts; by itself it does nothing.
func TestStepsOfPayload(t *testing.T) {
	n := steps.Size(t)
	_, err := Read([]byte(`<s:Envelope xmlns:s="` + SOAP11 + `"><s:Body>` + payloads[os.Getenv(stepsPayload)](n) +
		`</s:Body></s:Envelope>`))
	require.NoError(t, err)
}

// TestPayloadStepsAreLinear: a payload costs so much for each of its nodes, whatever it looks like.
func TestPayloadStepsAreLinear(t *testing.T) {
	counter := steps.New(t, ".,../xmldoc")
	for name := range payloads {
		t.Run(name, func(t *testing.T) {
			const n = 5_000
			of := stepsPayload + "=" + name
			small, large := counter.Count(t, "TestStepsOfPayload", n, of), counter.Count(t, "TestStepsOfPayload", 4*n,
				of)
			require.Less(t, (large-small)/(3*n), 200, "steps for a node")
		})
	}
}
