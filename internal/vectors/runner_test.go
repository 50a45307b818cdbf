package vectors

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
)

// The vectors through the contract, natively and under GOOS=js. The modules of the product run them again.
func TestVectors(t *testing.T) {
	cases, err := Load(testdata)
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			replies, err := Native().Run(c)
			require.NoError(t, err)
			for i, reply := range replies {
				require.NoError(t, c.Calls[i].Want.Meets(reply), "call %d", i+1)
			}
		})
	}
}

// A runner that is content with anything would prove nothing.
func TestWantsAreNotMetByOtherReplies(t *testing.T) {
	const opened = `{"ok":true,"value":{"handle":1,"version":2,"id":"_1","environment":"Production","services":2,` +
		`"endpoints":4,"lint":[{"code":"none-active","place":"","detail":""}]}}`
	summary := &Summary{Version: 2, ID: "_1", Environment: "Production", Services: 2, Endpoints: 4,
		Lint: []bcperr.Code{bcperr.NoneActive}}
	for _, c := range []struct {
		name, reply, told string
		want              Want
	}{
		{"as wanted", opened, "", Want{OK: summary}},
		{"another number", strings.Replace(opened, `"services":2`, `"services":3`, 1), `wanted {"version":2`,
			Want{OK: summary}},
		{"a finding less", strings.Replace(opened, `none-active`, `order-invalid`, 1), `wanted {"version":2`,
			Want{OK: summary}},
		{"accepted, not refused", opened, `wanted code "digest-mismatch", got ""`, Want{Code: bcperr.DigestMismatch}},
		{"another code", `{"ok":false,"error":{"code":"bad-call","detail":"d"}}`, `got "bad-call" (d)`,
			Want{Code: bcperr.DigestMismatch}},
		{"refused, not accepted", `{"ok":false,"error":{"code":"bad-call","detail":"d"}}`, `wanted code ""`,
			Want{OK: summary}},
		{"another outcome", `{"ok":true,"value":{"outcome":"foreign"}}`, `wanted {"outcome":"answered"}`,
			Want{Answer: &Answer{Outcome: "answered"}}},
		{"more than is known", `{"ok":true,"value":{"outcome":"answered","x":1}}`, `unknown field "x"`,
			Want{Answer: &Answer{Outcome: "answered"}}},
		{"a part", `{"ok":true,"value":{"action":{"do":"send","attempt":1},"x":[1]}}`, "",
			Want{Value: json.RawMessage(`{"action":{"do":"send"},"x":[1]}`)}},
		{"another part", `{"ok":true,"value":{"action":{"do":"fail"}}}`, `value.action.do: wanted "send", got "fail"`,
			Want{Value: json.RawMessage(`{"action":{"do":"send"}}`)}},
		{"a longer list", `{"ok":true,"value":{"x":[1,2]}}`, `value.x: wanted [1], got [1,2]`,
			Want{Value: json.RawMessage(`{"x":[1]}`)}},
		{"a missing member", `{"ok":true,"value":{}}`, `value.x: wanted [1], got null`,
			Want{Value: json.RawMessage(`{"x":[1]}`)}},
		{"no JSON", `{`, `no JSON`, Want{Value: json.RawMessage(`{}`)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.want.Meets(c.reply)
			if c.told == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.told)
			}
		})
	}
}
