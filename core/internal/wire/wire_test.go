package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/internal/wire"
)

// thing is a shape with everything that a Reader reads.
type thing struct {
	Name  string   `json:"name,omitempty"`
	N     int64    `json:"n,omitempty"`
	On    bool     `json:"on,omitempty"`
	Words []string `json:"words,omitempty"`
	Rest  string   `json:"-"`
}

func (v *thing) write() []byte {
	o := wire.NewObject(nil)
	o.Text("name", v.Name)
	o.Number("n", v.N)
	o.Truth("on", v.On)
	o.List("words", len(v.Words), func(b []byte, i int) []byte { return wire.AppendText(b, v.Words[i]) })
	return o.Close()
}

func read(text string) (v thing, err error) {
	err = wire.Read([]byte(text), "thing", func(r *wire.Reader) {
		r.Open('{')
		for r.More('}') {
			switch name := r.Member(); string(name) {
			case "name":
				v.Name = r.Text()
			case "n":
				v.N = r.Number(-wire.MaxInteger, wire.MaxInteger)
			case "on":
				v.On = r.Truth()
			case "words":
				r.Open('[')
				for r.More(']') {
					v.Words = append(v.Words, r.Text())
				}
			case "rest":
				v.Rest = string(r.Raw())
			default:
				r.Unknown(name)
			}
		}
	})
	return v, err
}

func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]thing{
		`{}`:                                   {},
		" { \"n\" :\t-12 ,\r\n\"on\": true } ": {N: -12, On: true},
		`{"on":false,"words":[]}`:              {},
		`{"words":["a","\u00e9\n","é"],"name":"x\"y"}`: {Words: []string{"a", "é\n", "é"}, Name: `x"y`},
		`{"na\u006de":"a"}`:                            {Name: "a"},
		`{"n":9007199254740991}`:                       {N: wire.MaxInteger},
		`{"rest":{"a":[1,"}]\""]},"n":1}`:              {Rest: `{"a":[1,"}]\""]}`, N: 1},
		`{"rest":null}`:                                {Rest: `null`},
		`{"rest":[ ] }`:                                {Rest: `[ ] `},
	} {
		got, err := read(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestReadRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                           `expected '{' at byte 0`,
		`[]`:                         `expected '{' at byte 0`,
		`{`:                          `at byte 1`,
		`{}x`:                        `expected the end at byte 2`,
		`{"n":1 "on":true}`:          `expected ','`,
		`{"n":1,}`:                   `expected '"'`,
		`{"n" 1}`:                    `expected ':'`,
		`{"m":1}`:                    `expected another member than "m"`,
		`{"n":}`:                     `expected an integer`,
		`{"n":-}`:                    `expected an integer`,
		`{"n":1.5}`:                  `expected ','`,
		`{"n":1e3}`:                  `expected ','`,
		`{"n":9007199254740992}`:     `expected an integer`,
		`{"n":-9007199254740992}`:    `expected an integer`,
		`{"n":99999999999999999999}`: `expected an integer`,
		`{"n":"1"}`:                  `expected an integer`,
		`{"on":tru}`:                 `expected true or false`,
		`{"on":null}`:                `expected true or false`,
		`{"name":"a}`:                `expected the end of a string`,
		`{"name":"\`:                 `expected the end of a string`,
		`{"name":"\q"}`:              `expected a valid string`,
		"{\"name\":\"\n\"}":          `expected a valid string`,
		`{"name":null}`:              `expected '"'`,
		`{"words":["a" "b"]}`:        `expected ','`,
		`{"words":["a"}`:             `expected ','`,
		`{"words":["a",]}`:           `expected '"'`,
		`{"rest":}`:                  `expected a value`,
		`{"rest":[`:                  `expected the end of a value`,
		`{"rest":"a`:                 `expected the end of a string`,
		`{"rest":[1}`:                `expected`,
	} {
		_, err := read(text)
		require.Equal(t, bcperr.BadCall, bcperr.CodeOf(err), text)
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "thing: ", text)
	}
}

func TestRejectKeepsTheFirst(t *testing.T) {
	t.Parallel()
	err := wire.Read([]byte(`1`), "n", func(r *wire.Reader) {
		r.Reject(nil)
		require.EqualValues(t, 1, r.Number(0, 1))
		r.Reject(bcperr.New(bcperr.BadCall, "first"))
		r.Reject(bcperr.New(bcperr.BadCall, "second"))
		require.False(t, r.More('}'))
	})
	require.EqualError(t, err, "bad-call: n: first")
}

func FuzzRead(f *testing.F) {
	f.Add(`{"name":"a","n":-1,"on":true,"words":["\u2028"],"rest":[{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := read(text)
		if err != nil {
			return
		}
		again, err := read(string(v.write()))
		require.NoError(t, err)
		again.Rest = v.Rest
		require.Equal(t, v, again)
		if v.Rest == "" && !strings.Contains(text, "0") { // a leading zero is the one liberty that a Reader takes
			require.True(t, json.Valid([]byte(text)), text)
		}
	})
}
