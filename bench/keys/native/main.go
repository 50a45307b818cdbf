// Command native makes cache keys for the benchmark and says how long it took.
//
// Each line of its input is: compiled or fresh, a stylesheet, a request (file names), how often; tabs between. The
// answer is the nanoseconds for all of them and the last key in hexadecimal, or "error" and why.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/cachekey"
)

func main() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		took, key, err := run(strings.Split(in.Text(), "\t"))
		if err != nil {
			fmt.Printf("error\t%v\n", err)
			continue
		}
		fmt.Printf("%d\t%x\n", took.Nanoseconds(), key)
	}
}

func run(order []string) (time.Duration, string, error) {
	if len(order) != 4 {
		return 0, "", fmt.Errorf("expected 4 fields, got %d", len(order))
	}
	sheet, err := os.ReadFile(order[1])
	if err != nil {
		return 0, "", err
	}
	request, err := os.ReadFile(order[2])
	if err != nil {
		return 0, "", err
	}
	times, err := strconv.Atoi(order[3])
	if err != nil {
		return 0, "", err
	}
	compiled, err := cachekey.Compile(sheet)
	if err != nil {
		return 0, "", err
	}
	isCompiled := order[0] == "compiled"
	var key cachekey.Key
	began := time.Now()
	for range times {
		if !isCompiled {
			if compiled, err = cachekey.Compile(sheet); err != nil {
				return 0, "", err
			}
		}
		if key, err = compiled.Key(request); err != nil {
			return 0, "", err
		}
	}
	return time.Since(began), key.Text, nil
}
