//go:build js && wasm

package main

import (
	"strings"
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

func TestCallChecksWhatJavaScriptPasses(t *testing.T) {
	bytesType := js.Global().Get("Uint8Array")
	call := newCall(contract.NewSession(), bytesType)
	say := func(args ...any) string {
		values := make([]js.Value, len(args))
		for i, a := range args {
			values[i] = js.ValueOf(a)
		}
		return call(js.Undefined(), values).(string)
	}
	blobs := make([]any, 0, maxBlobs+3)
	blobs = append(blobs, "isSwitch", "{}")
	for range maxBlobs + 1 {
		blobs = append(blobs, bytesType.New(0))
	}
	for name, c := range map[string]struct {
		reply string
		args  []any
	}{
		"no arguments":     {`"code":"bad-call"`, nil},
		"name only":        {`"code":"bad-call"`, []any{"contract"}},
		"name not text":    {`"code":"bad-call"`, []any{1, "{}"}},
		"args not text":    {`"code":"bad-call"`, []any{"contract", map[string]any{}}},
		"args too long":    {`"code":"bad-call"`, []any{"contract", strings.Repeat(" ", maxArgsBytes+1)}},
		"blob not bytes":   {`blob 0 is not a Uint8Array`, []any{"isSwitch", "{}", "text"}},
		"null blob":        {`blob 0 is not a Uint8Array`, []any{"isSwitch", "{}", nil}},
		"blobs too many":   {`"code":"bad-call"`, blobs},
		"blobs too large":  {`"code":"input-too-large"`, []any{"isSwitch", "{}", bytesType.New(maxBlobBytes + 1)}},
		"a call that fits": {`"contract":1`, []any{"contract", "{}"}},
	} {
		t.Run(name, func(t *testing.T) { require.Contains(t, say(c.args...), c.reply) })
	}
	require.Contains(t, say("contract", "{}"), `"ok":true`, "the session goes on after all of it")
}
