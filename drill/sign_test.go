package drill

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// onePKI saves making the hierarchy for each test: half a second under GOOS=js.
var onePKI = sync.OnceValues(NewPKI)

func testPKI(t *testing.T) *PKI {
	t.Helper()
	p, err := onePKI()
	require.NoError(t, err)
	return p
}

// variable matches what differs between two signed lists of the same content and form.
var variable = []*regexp.Regexp{
	regexp.MustCompile(`(DigestValue>)[^<]*(<)`),
	regexp.MustCompile(`(<ds:SignatureValue>)[^<]*(<)`),
	regexp.MustCompile(`(<ds:X509Certificate>)[^<]*(<)`),
	regexp.MustCompile(`(X509IssuerName>)[^<]*(<)`),
	regexp.MustCompile(`(X509SerialNumber>)[^<]*(<)`),
	regexp.MustCompile(`((?:#|")xmldsig-)[-0-9a-f]*(-xades-signedprops"|")`),
}

func withoutVariables(catalogue []byte) string {
	for _, v := range variable {
		catalogue = v.ReplaceAll(catalogue, []byte("$1$2"))
	}
	return string(catalogue)
}

// A genuine list, read with etree and signed again, must differ from the genuine file in variable values only.
func TestSignHasTheExactFormOfAGenuineFile(t *testing.T) {
	genuine := corpus.File(t, "catalogues", "production-2020-09-14.xml")
	list, signingTime := readList(t, genuine)
	ours, err := Sign(list, testPKI(t).Signer, signingTime)
	require.NoError(t, err)
	require.Equal(t, withoutVariables(genuine), withoutVariables(ours))

	value := regexp.MustCompile(`(?s)<ds:SignatureValue>.*</ds:SignatureValue>`)
	notBase64 := regexp.MustCompile(`[A-Za-z0-9+/=]{20,}`)
	layout := func(file []byte) string { return notBase64.ReplaceAllString(string(value.Find(file)), "") }
	require.Equal(t, layout(genuine), layout(ours), "white space of a 256-byte SignatureValue")
}

func readList(t *testing.T, catalogue []byte) (List, time.Time) {
	t.Helper()
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromBytes(catalogue))
	root := doc.Root()
	parse := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return instant
	}
	l := List{
		Version: 1, ID: root.SelectAttrValue("Id", ""), Environment: root.SelectAttrValue("Environment", ""),
		IssueInstant: parse(root.SelectAttrValue("IssueInstant", "")),
	}
	for _, s := range root.SelectElements("Service") {
		service := Service{ID: s.SelectAttrValue("Id", ""), Name: s.SelectAttrValue("Name", "")}
		for _, e := range s.SelectElements("Endpoint") {
			order, err := strconv.Atoi(e.SelectAttrValue("Order", ""))
			require.NoError(t, err)
			service.Endpoints = append(service.Endpoints, Endpoint{order, e.SelectAttrValue("Status", ""), e.Text()})
		}
		l.Services = append(l.Services, service)
	}
	return l, parse(root.FindElement("//SigningTime").Text())
}

func TestSignGivesTheSameBytesEachTime(t *testing.T) {
	again, err := NewPKI()
	require.NoError(t, err)
	for _, key := range []string{"signer", "rsa3072", "p256", "p384", "p521"} {
		t.Run(key, func(t *testing.T) {
			sign := func(p *PKI) string {
				signer, err := p.IssueSigner(key, 99, nil)
				require.NoError(t, err)
				out, err := Sign(Sample(2), signer, time.Time{})
				require.NoError(t, err)
				return string(out)
			}
			require.Equal(t, sign(testPKI(t)), sign(again))
		})
	}
}

// goxmldsig validates the root's Reference once the blanks in SignatureValue are gone (it cannot read them).
func TestGoxmldsigAcceptsWhatWeSign(t *testing.T) {
	p := testPKI(t)
	for _, version := range []int{1, 2} {
		signed, err := Sign(Sample(version), p.Signer, time.Time{})
		require.NoError(t, err)
		validate := func(catalogue []byte) error {
			doc := etree.NewDocument()
			require.NoError(t, doc.ReadFromBytes(catalogue))
			value := doc.FindElement("//SignatureValue")
			value.SetText(regexp.MustCompile(`\s`).ReplaceAllString(value.Text(), ""))
			ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: p.Signer.Chain})
			ctx.IdAttribute = "Id"
			ctx.Clock = dsig.NewFakeClockAt(sampleInstant)
			_, err := ctx.Validate(doc.Root())
			return err
		}
		require.NoError(t, validate(signed), "version %d", version)
		altered := bytes.Replace(signed, []byte("/Kgss/v1"), []byte("/Kgss/v9"), 1)
		require.Error(t, validate(altered), "version %d with another URL", version)
	}
}

// xmlsec1 checks both References and the chain to the test root.
func TestXmlsec1AcceptsWhatWeSign(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("no processes in WebAssembly")
	}
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	p := testPKI(t)
	dir := t.TempDir()
	anchor := filepath.Join(dir, "root.pem")
	require.NoError(t, os.WriteFile(anchor, PEM(p.Root), 0o600))
	verify := func(catalogue []byte) error {
		file := filepath.Join(dir, "catalogue.xml")
		require.NoError(t, os.WriteFile(file, catalogue, 0o600))
		out, err := exec.Command(tool, "--verify", "--trusted-pem", anchor, "--verification-gmt-time",
			"2026-06-01 12:00:00",
			"--id-attr:Id", "ServiceList", "--id-attr:Id", "SignedProperties", file).CombinedOutput()
		if err != nil {
			t.Logf("%s", out)
		}
		return err
	}
	for _, key := range []string{"signer", "rsa3072", "p256"} {
		signer, err := p.IssueSigner(key, 99, nil)
		require.NoError(t, err)
		list := Sample(2)
		require.NoError(t, list.SetCache(list.Services[0].ID, SampleCache("CACHE_FIRST", "PT8H")))
		signed, err := Sign(list, signer, time.Time{})
		require.NoError(t, err)
		require.NoError(t, verify(signed), key)
		require.Error(t, verify(bytes.Replace(signed, []byte("<SigningTime>2026"), []byte("<SigningTime>2027"), 1)),
			key)
	}
}
