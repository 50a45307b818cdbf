package core_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/failover"
)

// A server opens the catalogue that it fetched and asks where to send a request.
func ExampleCatalogue_Begin() {
	signed, _ := os.ReadFile("../testdata/catalogues/v1.xml")
	issuingCA, _ := os.ReadFile("../testdata/pki/issuing.pem")
	url := "https://services.bcp.example/MyCareNet/MemberData/v1"
	var state failover.State

	catalogue, err := core.Open(signed, core.Judgement{
		Anchors:     [][]byte{issuingCA},
		Environment: "Production",
		At:          time.Now(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	step, service, err := catalogue.Begin(core.Request{Target: url, Policy: failover.DefaultPolicy()}, state, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(service)
	fmt.Println(step.Action.Do, step.Action.Endpoint)
	// Output:
	// uddi:ehealth-fgov-be:business:memberdata:v1
	// send https://services.bcp.example/MyCareNet/MemberData/v1
}

// TestReadmeIsCompiled: the Go code in the README is the example above, line by line.
func TestReadmeIsCompiled(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	own, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, block, found := strings.Cut(string(readme), "```go\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	for line := range strings.Lines(block) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			require.Contains(t, string(own), line+"\n")
		}
	}
}
