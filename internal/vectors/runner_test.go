package vectors

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/soap"
)

// The vectors through the door, natively and under GOOS=js. The WebAssembly build runs them again through `call`.
func TestVectors(t *testing.T) {
	cases, err := Load(testdata)
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Operation == Classify {
				require.Equal(t, *c.Want.Answer, judgedAnswer(t, c))
				return
			}
			require.Equal(t, OpenCatalogue, c.Operation)
			catalogue, err := opened(t, c)
			require.Equal(t, c.Want.Code, bcperr.CodeOf(err), "%v", err)
			if c.Want.OK == nil {
				return
			}
			value := catalogue.Summary()
			got := Summary{
				Version: value.Version, ID: value.ID, Environment: value.Environment,
				Services: value.Services, Endpoints: value.Endpoints, Lint: []bcperr.Code{},
			}
			for _, f := range value.Lint {
				got.Lint = append(got.Lint, f.Code)
			}
			require.Equal(t, *c.Want.OK, got, "%v", value.Lint)
		})
	}
}

// judgedAnswer is what an answer is, by the package that judges it.
func judgedAnswer(t *testing.T, c Case) Answer {
	t.Helper()
	var a AnswerArgs
	require.NoError(t, json.Unmarshal(c.Args, &a))
	require.Len(t, c.Blobs, 1)
	length := int64(-1)
	if a.ContentLength != nil {
		length = *a.ContentLength
	}
	v := soap.Classify(soap.WantedBy(a.RequestContentType, a.Accept, nil), soap.Answer{
		Status: a.Status, ContentType: a.ContentType, ContentLength: length, Redirected: a.Redirected, Body: c.Blobs[0],
	})
	return Answer{string(v.Outcome), v.Silent, v.SwitchCode, v.Fault, v.Cacheable}
}

// opened judges the catalogue of a case, against the one held where the case has one.
func opened(t *testing.T, c Case) (*core.Catalogue, error) {
	t.Helper()
	var args Args
	require.NoError(t, json.Unmarshal(c.Args, &args))
	rest := c.Blobs[1:]
	j := core.Judgement{
		Anchors: rest[:args.Anchors], Environment: args.Environment, At: time.UnixMilli(args.AtMs),
		CRLs: rest[args.Anchors : args.Anchors+args.CRLs],
	}
	if rest = rest[args.Anchors+args.CRLs:]; args.HeldAtMs == 0 {
		require.Empty(t, rest)
		return core.Open(c.Blobs[0], j)
	}
	require.Len(t, rest, 1)
	return core.OpenAgainst(c.Blobs[0], rest[0], time.UnixMilli(args.HeldAtMs), j)
}
