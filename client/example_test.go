package client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// A server calls a service, whose main endpoint asks to use another one.
func Example() {
	issuingCA, _ := os.ReadFile("../testdata/pki/issuing.pem")
	folder, _ := os.MkdirTemp("", "bcp")
	defer os.RemoveAll(folder)
	memberData := "https://services.bcp.example/MyCareNet/MemberData/v1"
	envelope := []byte(question)

	c, err := client.New(client.Options{
		Environment: "Production",
		Catalogue:   "https://servicelist.ehealth.fgov.be/servicelist.xml",
		Anchors:     [][]byte{issuingCA},
		Store:       client.Dir(folder),
		Transport:   elsewhere{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	ehealth := &http.Client{Transport: c}
	response, err := ehealth.Post(memberData, "text/xml; charset=utf-8", bytes.NewReader(envelope))
	if errors.Is(err, bcperr.NotRepeatable) {
		fmt.Println("nobody knows whether it arrived: look before you send it again")
		return
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	from, _ := client.ProvenanceOf(response)
	fmt.Println(from.Source, from.Endpoint, from.Attempts)
	// Output: network https://prod.mcn.example:9443/mycarenet/bed/bcp/memberData 2
}

// elsewhere plays the platform and the two endpoints: the main one asks to use another.
type elsewhere struct{}

func (elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, status := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/></s:Body></s:Envelope>`, 200
	switch r.URL.Host {
	case "servicelist.ehealth.fgov.be":
		list, _ := os.ReadFile("../testdata/catalogues/v1.xml")
		answer = string(list)
	case "services.bcp.example":
		fault := `<s:Fault><detail><e><Code>SOA-02001</Code></e></detail></s:Fault>`
		answer, status = strings.Replace(answer, "<a/>", fault, 1), 500
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"text/xml"}}, ContentLength: int64(len(answer)),
		Body: io.NopCloser(strings.NewReader(answer)), Request: r,
	}, nil
}

// TestReadmeIsCompiled: the Go code in the README and in docs/go.md is that of this file, line by line.
func TestReadmeIsCompiled(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, block, found := strings.Cut(string(readme), "```go\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	for line := range strings.Lines(block) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			require.Contains(t, string(own), "\t"+line+"\n")
		}
	}
}
