//go:build wasm

package main

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// frame returns the call that a host writes for these parts.
func frame(parts ...string) []byte {
	call := binary.LittleEndian.AppendUint32(nil, uint32(len(parts)))
	for _, part := range parts {
		call = binary.LittleEndian.AppendUint32(call, uint32(len(part)))
	}
	return append(call, strings.Join(parts, "")...)
}

// say performs a call as a host does: makes room, writes, runs, reads the reply.
func say(t *testing.T, call []byte) string {
	t.Helper()
	room := input(int32(len(call)))
	require.NotNil(t, room)
	copy(unsafe.Slice((*byte)(room), len(call)), call)
	return said(run(room))
}

// said is the reply at an address.
func said(at unsafe.Pointer) string {
	size := binary.LittleEndian.Uint32(unsafe.Slice((*byte)(at), lengthBytes))
	return unsafe.String((*byte)(unsafe.Add(at, lengthBytes)), size)
}

func TestCallChecksWhatAHostWrites(t *testing.T) {
	whole := frame("isSwitch", "{}", "text")
	for name, c := range map[string]struct {
		reply string
		call  []byte
	}{
		"a call that fits": {`"contract":1`, frame("contract", "{}")},
		"a call with a blob": {`"ok":true`,
			frame("isSwitch", "{}", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/>`+
				`</s:Envelope>`)},
		"unknown operation":    {`unknown operation`, frame("no", "{}")},
		"no parts":             {`expected a number of parts`, frame()},
		"a name only":          {`expected a number of parts`, frame("contract")},
		"lengths cut":          {`expected a number of parts`, whole[:7]},
		"parts cut":            {`expected a number of parts`, whole[:len(whole)-1]},
		"more after the parts": {`expected a number of parts`, append(slices.Clone(whole), 0)},
		"a length that is huge": {`expected a number of parts`,
			binary.LittleEndian.AppendUint32(frame("contract", "{}")[:8], 1<<32-1)},
		"a number that is huge": {`blobs given, at most 64`, binary.LittleEndian.AppendUint32(nil, 1<<32-1)},
		"args too long": {`the arguments are 4194305 bytes long`,
			frame("contract", strings.Repeat(" ", maxArgsBytes+1))},
		"blobs too many": {`65 blobs given, at most 64`,
			frame(append([]string{"isSwitch", "{}"}, make([]string, maxBlobs+1)...)...)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, say(t, c.call), c.reply)
			require.Contains(t, say(t, frame("contract", "{}")), `"ok":true`, "the session goes on")
		})
	}
}

func TestInputIsBounded(t *testing.T) {
	for _, size := range []int32{-1, 0, lengthBytes - 1, maxCallBytes + 1, 1<<31 - 1} {
		require.Nil(t, input(size), size)
	}
	require.NotNil(t, input(maxCallBytes))
	given = nil
}

func TestCallKeepsNothingThatTheNextOverwrites(t *testing.T) {
	first := say(t, frame("contract", "{}"))
	kept := strings.Clone(first)
	say(t, frame("no", "{}"))
	require.Equal(t, kept, first)
}

// TestOneCallerNeverGetsTheReplyToAnother: whoever runs a call that is not the one waiting is told so.
func TestOneCallerNeverGetsTheReplyToAnother(t *testing.T) {
	const told = `{"ok":false,"error":{"code":"bad-call","detail":"no call is waiting at this address`
	write := func(call []byte) unsafe.Pointer {
		room := input(int32(len(call)))
		copy(unsafe.Slice((*byte)(room), len(call)), call)
		return room
	}
	first := write(frame("contract", "{}"))
	second := write(frame("isSwitch", "{}", "text"))
	require.Contains(t, said(run(first)), told, "its room was given to the second")
	require.Contains(t, said(run(second)), `incomplete`, "the second is still waiting")
	require.Contains(t, said(run(second)), told, "performed already")
	require.Contains(t, said(run(nil)), told, "no call at all")
	require.Contains(t, said(run(unsafe.Add(write(frame("contract", "{}")), 1))), told, "beside it")
}
