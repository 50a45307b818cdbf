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
		``:                           `expected an object, got the end`,
		`[]`:                         `expected an object, got a list`,
		`{`:                          `at byte 1`,
		`{}x`:                        `expected the end, got 'x' at byte 2`,
		`{"n":1 "on":true}`:          `n: expected ',', got text`,
		`{"n":1,}`:                   `expected text, got '}'`,
		`{"n" 1}`:                    `expected ':'`,
		`{"m":1}`:                    `unknown member "m"`,
		`{"n":}`:                     `n: expected an integer`,
		`{"n":-}`:                    `n: expected an integer`,
		`{"n":1.5}`:                  `n: expected an integer from -9007199254740991 to 9007199254740991, got 1.5`,
		`{"n":1e3}`:                  `n: expected an integer from -9007199254740991 to 9007199254740991, got 1e3`,
		`{"n":9007199254740992}`:     `, got 9007199254740992`,
		`{"n":-9007199254740992}`:    `, got -9007199254740992`,
		`{"n":99999999999999999999}`: `, got 99999999999999999999`,
		`{"n":"1"}`:                  `, got text`,
		`{"n":null}`:                 `, got null`,
		`{"n":[1]}`:                  `, got a list`,
		`{"n":{}}`:                   `, got an object`,
		`{"n":false}`:                `, got true or false`,
		`{"on":tru}`:                 `on: expected true or false`,
		`{"on":null}`:                `on: expected true or false, got null`,
		`{"on":1}`:                   `on: expected true or false, got a number`,
		`{"name":"a}`:                `name: expected the end of a string`,
		`{"name":"\`:                 `name: expected the end of a string, got the end`,
		`{"name":"\q"}`:              `name: expected a valid string`,
		"{\"name\":\"\n\"}":          `name: expected a valid string`,
		`{"name":null}`:              `name: expected text, got null`,
		`{"words":["a" "b"]}`:        `words: expected ',', got text`,
		`{"words":["a"}`:             `words: expected ','`,
		`{"words":["a",]}`:           `words: expected text, got ']'`,
		`{"words":"a"}`:              `words: expected a list, got text`,
		`{"rest":}`:                  `rest: expected a value`,
		`{"rest":[`:                  `rest: expected the end of a value`,
		`{"rest":"a`:                 `rest: expected the end of a string`,
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
	require.EqualError(t, err, "bad-call: first", "it says itself of what it is")
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
