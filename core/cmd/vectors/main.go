// Command vectors runs the test vectors of a folder natively and prints one line of JSON a vector: {"name","reply"}.
//
// The tests of the npm package run the same vectors through the WebAssembly in Node and in browsers and compare the
// replies byte for byte with these.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ehealth-bcp/ehealth-bcp/core/contract"
)

// vector is the part of vector.json that a run needs.
type vector struct {
	Operation string          `json:"operation"`
	Args      json.RawMessage `json:"args"`
	Blobs     []string        `json:"blobs"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: vectors TESTDATA")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "vectors:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "vectors", "*", "*", "vector.json"))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, name := range names {
		reply, err := replyTo(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		short, err := filepath.Rel(filepath.Join(folder, "vectors"), filepath.Dir(name))
		if err != nil {
			return err
		}
		if err := out.Encode(map[string]string{"name": filepath.ToSlash(short), "reply": reply}); err != nil {
			return err
		}
	}
	return nil
}

// replyTo runs one vector in a session of its own. Handles are numbered from 1 in each, here and in the browsers.
func replyTo(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	var v vector
	if err := json.Unmarshal(text, &v); err != nil {
		return "", err
	}
	blobs := make([][]byte, len(v.Blobs))
	for i, blob := range v.Blobs {
		if blobs[i], err = os.ReadFile(filepath.Join(filepath.Dir(name), blob)); err != nil {
			return "", err
		}
	}
	return contract.NewSession().Call(v.Operation, v.Args, blobs), nil
}
