// Command generate writes testdata, or large catalogues for measurements.
//
//	generate DIR              the folders pki, catalogues, vectors and index.json below DIR
//	generate -synthetic DIR   synthetic-22.xml, synthetic-1000.xml, synthetic-10000.xml and root.pem in DIR
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
	"github.com/ehealth-bcp/ehealth-bcp/internal/vectors"
)

func main() {
	isSynthetic := flag.Bool("synthetic", false, "write large catalogues instead of testdata")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: generate [-synthetic] DIR")
		os.Exit(2)
	}
	work := writeTestdata
	if *isSynthetic {
		work = writeSynthetic
	}
	if err := work(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func writeTestdata(dir string) error {
	files, err := vectors.Files()
	if err != nil {
		return err
	}
	for _, folder := range vectors.Folders {
		if err := os.RemoveAll(filepath.Join(dir, folder)); err != nil {
			return err
		}
	}
	return write(dir, files)
}

func writeSynthetic(dir string) error {
	pki, err := drill.NewPKI()
	if err != nil {
		return err
	}
	files := map[string][]byte{"root.pem": drill.PEM(pki.Root)}
	for _, n := range []int{22, 1_000, 10_000} {
		if files[fmt.Sprintf("synthetic-%d.xml", n)], err = drill.Sign(drill.Synthetic(n), pki.Signer,
			time.Time{}); err != nil {
			return err
		}
	}
	return write(dir, files)
}

func write(dir string, files map[string][]byte) error {
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
