package wazero_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	engine "github.com/tetratelabs/wazero"

	"github.com/ehealth-bcp/ehealth-bcp/internal/vectors"
	"github.com/ehealth-bcp/ehealth-bcp/wasm/hosts/wazero"
)

const testdata = "../../../testdata"

// cache is the folder of compiled code: compiling takes seconds, loading it a fifth of one.
var cache string

func TestMain(m *testing.M) {
	var err error
	if cache, err = os.MkdirTemp("", "wazero"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(cache)
	os.Exit(code)
}

// load starts the module that `make build` made.
func load(t *testing.T, config engine.RuntimeConfig) *wazero.Core {
	t.Helper()
	module, err := os.ReadFile("../../../build/bcp-core.wasm")
	if os.IsNotExist(err) {
		t.Skip("build/bcp-core.wasm is not there: run `make build`")
	}
	require.NoError(t, err)
	compiled, err := engine.NewCompilationCacheWithDir(cache)
	require.NoError(t, err)
	core, err := wazero.Load(t.Context(), module, config.WithCompilationCache(compiled))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, core.Close(context.Background())) })
	return core
}

func TestVectors(t *testing.T) {
	core := load(t, engine.NewRuntimeConfig())
	cases, err := vectors.Load(testdata)
	require.NoError(t, err)
	hosted := &vectors.Runner{Call: func(operation string, args []byte, blobs [][]byte) (string, error) {
		return core.Call(t.Context(), operation, string(args), blobs...)
	}}
	calls := 0
	for _, c := range cases {
		want, err := vectors.Native().Run(c)
		require.NoError(t, err)
		got, err := hosted.Run(c)
		require.NoError(t, err)
		require.Equal(t, want, got, c.Name)
		calls += len(got)
	}
	t.Logf("%d vectors, %d calls: the replies of the native core, byte for byte; %d MiB at the end", len(cases), calls,
		core.MemoryBytes()>>20)
}

// Goroutines share an instance: each gets the reply to its own call.
func TestEveryCallerGetsItsOwnReply(t *testing.T) {
	core := load(t, engine.NewRuntimeConfig())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				unknown := fmt.Sprintf("operation-%d-%d", i, j)
				reply, err := core.Call(context.Background(), unknown, "{}")
				if err != nil || !strings.Contains(reply, `\"`+unknown+`\"`) {
					t.Errorf("call %s: %s %v", unknown, reply, err)
				}
			}
		})
	}
	all.Wait()
}

// A call that is too large is refused before anything is written, and the program goes on.
func TestTooLarge(t *testing.T) {
	core := load(t, engine.NewRuntimeConfig())
	_, err := core.Call(t.Context(), "isSwitch", "{}", make([]byte, 70<<20))
	require.ErrorContains(t, err, "too large")
	reply, err := core.Call(t.Context(), "contract", "{}")
	require.NoError(t, err)
	require.Contains(t, reply, `"ok":true`)
}

// A program that has no memory left ends, and says so ever after.
func TestEnded(t *testing.T) {
	core := load(t, engine.NewRuntimeConfig().WithMemoryLimitPages(32<<20>>16))
	_, err := core.Call(t.Context(), "isSwitch", "{}", make([]byte, 60<<20))
	require.Error(t, err)
	for range 2 {
		_, err = core.Call(t.Context(), "contract", "{}")
		require.ErrorContains(t, err, "the program has ended")
	}
}

// Another module is refused when it is loaded, not at the first call of a patient's.
func TestOtherModule(t *testing.T) {
	empty := []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
	_, err := wazero.Load(t.Context(), empty, engine.NewRuntimeConfig())
	require.ErrorContains(t, err, "the module is not the core")
}
