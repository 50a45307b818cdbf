// Package wazero runs bcp-core.wasm in a Go program: a complete host, to read and to copy. A Go program that can link
// the core itself needs none of it.
//
// Source: docs/other-languages.md.
package wazero

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// contract is the number of the operations that this host was written for.
const contract = `"contract":1,`

// Core is one instance of the module, for any number of goroutines: they wait for each other.
type Core struct {
	mu      sync.Mutex
	runtime wazero.Runtime
	module  api.Module
	ended   error
}

// Load compiles the module and starts it. The configuration says where compiled code is kept, and bounds the memory.
func Load(ctx context.Context, module []byte, config wazero.RuntimeConfig) (*Core, error) {
	c := &Core{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	wasi_snapshot_preview1.MustInstantiate(ctx, c.runtime)
	settings := wazero.NewModuleConfig().WithStartFunctions("_initialize").
		WithSysWalltime().WithSysNanotime().WithRandSource(rand.Reader)
	var err error
	if c.module, err = c.runtime.InstantiateWithConfig(ctx, module, settings); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	if c.module.ExportedFunction("bcpCall") == nil {
		return nil, errors.Join(errors.New("the module is not the core"), c.Close(ctx))
	}
	if about, err := c.Call(ctx, "contract", "{}"); err != nil || !strings.Contains(about, contract) {
		return nil, errors.Join(fmt.Errorf("the module has another contract: %s", about), err, c.Close(ctx))
	}
	return c, nil
}

// Close frees what the instance holds.
func (c *Core) Close(ctx context.Context) error { return c.runtime.Close(ctx) }

// MemoryBytes is the size of the instance's memory, which only grows: load another when it is too large.
func (c *Core) MemoryBytes() int { return int(c.module.Memory().Size()) }

// Call performs one operation and returns its reply, JSON text. An error means that the program ended: load another.
func (c *Core) Call(ctx context.Context, operation, args string, blobs ...[]byte) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		return "", fmt.Errorf("the program has ended: %w", c.ended)
	}
	reply, err := c.call(ctx, frame(append([][]byte{[]byte(operation), []byte(args)}, blobs...)))
	if errors.Is(err, errTooLarge) {
		return "", err // nothing was written: the program goes on
	}
	c.ended = err
	return reply, err
}

var errTooLarge = errors.New("the call is too large")

func (c *Core) call(ctx context.Context, call []byte) (string, error) {
	memory := c.module.Memory()
	input, err := c.module.ExportedFunction("bcpInput").Call(ctx, uint64(len(call)))
	if err != nil {
		return "", err
	}
	if input[0] == 0 {
		return "", errTooLarge
	}
	if !memory.Write(uint32(input[0]), call) {
		return "", errors.New("the address of the call is outside the memory")
	}
	output, err := c.module.ExportedFunction("bcpCall").Call(ctx, input[0])
	if err != nil {
		return "", err
	}
	size, _ := memory.ReadUint32Le(uint32(output[0]))
	reply, ok := memory.Read(uint32(output[0])+4, size)
	if !ok {
		return "", errors.New("the reply is outside the memory")
	}
	return string(reply), nil // a copy: the next call writes over it
}

// frame is the number of parts, the length of each, and the parts.
func frame(parts [][]byte) []byte {
	call := binary.LittleEndian.AppendUint32(nil, uint32(len(parts)))
	for _, part := range parts {
		call = binary.LittleEndian.AppendUint32(call, uint32(len(part)))
	}
	for _, part := range parts {
		call = append(call, part...)
	}
	return call
}
