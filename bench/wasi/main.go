// Command wasi measures the WASI module in wazero: how long it takes to load and to verify, and what memory it keeps.
// bench/wasi/node.mjs measures the same in Node.
//
//	wasi MODULE CATALOGUE ANCHORS AT    AT in milliseconds since 1970
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	engine "github.com/tetratelabs/wazero"

	"github.com/ehealth-bcp/ehealth-bcp/wasm/hosts/wazero"
)

const warm, calls = 750, 10_000

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: wasi MODULE CATALOGUE ANCHORS AT")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "wasi:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var files [3][]byte
	for i, name := range args[:3] {
		var err error
		if files[i], err = os.ReadFile(name); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "wazero")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"compiled", "from a cache"} {
		cache, err := engine.NewCompilationCacheWithDir(folder)
		if err != nil {
			return err
		}
		err = measure(ctx, name, engine.NewRuntimeConfig().WithCompilationCache(cache), files, args[3])
		if err := errors.Join(err, cache.Close(ctx)); err != nil {
			return err
		}
	}
	return nil
}

func measure(ctx context.Context, name string, config engine.RuntimeConfig, files [3][]byte, at string) error {
	began := time.Now()
	core, err := wazero.Load(ctx, files[0], config)
	if err != nil {
		return err
	}
	defer core.Close(ctx)
	loaded := time.Since(began)
	open := fmt.Sprintf(`{"environment":"Production","anchors":1,"atMs":%s}`, at)
	handle := 0
	verify := func() (time.Duration, error) {
		began := time.Now()
		reply, err := core.Call(ctx, "openCatalogue", open, files[1], files[2])
		took := time.Since(began)
		if handle++; err == nil && !strings.HasPrefix(reply, fmt.Sprintf(`{"ok":true,"value":{"handle":%d,`, handle)) {
			err = errors.New(reply)
		}
		if err != nil {
			return 0, err
		}
		_, err = core.Call(ctx, "closeCatalogue", fmt.Sprintf(`{"handle":%d}`, handle))
		return took, err
	}
	times := make([]time.Duration, calls)
	for i := range times {
		if times[i], err = verify(); err != nil {
			return err
		}
	}
	steady := slices.Sorted(slices.Values(times[calls-warm:]))
	fmt.Printf("wazero, %-13s load %v, first %v, then median %v (best %v); %d MiB after %d verifications\n", name,
		loaded.Round(time.Millisecond), times[0].Round(time.Millisecond/10), steady[warm/2].Round(time.Microsecond),
		steady[0].Round(time.Microsecond), core.MemoryBytes()>>20, calls)
	return nil
}
