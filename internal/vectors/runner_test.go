package vectors

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The vectors through the door, natively and under GOOS=js. The WebAssembly build runs them again through `call`.
func TestVectors(t *testing.T) {
	cases, err := Load(testdata)
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, "openCatalogue", c.Operation)
			catalogue, err := core.Open(c.Blobs[0], judgement(t, c))
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

func judgement(t *testing.T, c Case) core.Judgement {
	t.Helper()
	var args Args
	require.NoError(t, json.Unmarshal(c.Args, &args))
	rest := c.Blobs[1:]
	j := core.Judgement{
		Anchors: rest[:args.Anchors], Environment: args.Environment, At: time.UnixMilli(args.AtMs),
		CRLs: rest[args.Anchors : args.Anchors+args.CRLs],
	}
	if rest = rest[args.Anchors+args.CRLs:]; args.Held {
		require.Len(t, rest, 1)
		j.Held, j.HeldAt = rest[0], time.UnixMilli(args.HeldAtMs)
	} else {
		require.Empty(t, rest)
	}
	return j
}
