// Command vectors runs the test vectors of a folder natively and prints one line of JSON a vector: {"name","replies"}.
//
// The tests of the npm package run the same vectors through the WebAssembly in Node and in browsers and compare the
// replies byte for byte with these.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/ehealth-bcp/ehealth-bcp/internal/vectors"
)

type line struct {
	Name    string   `json:"name"`
	Replies []string `json:"replies"`
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

func run(testdata string) error {
	cases, err := vectors.Load(testdata)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, c := range cases {
		replies, err := vectors.Native().Run(c)
		if err != nil {
			return err
		}
		if err := out.Encode(line{c.Name, replies}); err != nil {
			return err
		}
	}
	return nil
}
