package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const modulePath = "github.com/ehealth-bcp/ehealth-bcp/"

// layers lists the pure packages from the door down: each may import only those below it.
var layers = []string{
	"core/contract",
	"core/command",
	"core",
	"core/procedure",
	"core/cachekey",
	"core/history",
	"core/failover/replay",
	"core/failover",
	"core/servicelist",
	"core/dsig",
	"core/soap",
	"core/internal/xslt",
	"core/internal/xpath",
	"core/internal/xsdtype",
	"core/internal/payload",
	"core/internal/xmldoc",
	"core/internal/wire",
	"core/internal/pemtext",
	"core/arguments",
	"core/bcperr",
}

// hosts lists the packages that stand on the core, from the commands down: each may import only those below it, and any
// pure package. What is not named stands in its parent's place.
var hosts = []string{
	"cmd",
	"bench",
	"demo",
	"internal/vectors",
	"drill/scenario",
	"drill/simulation",
	"gateway",
	"drill/platform",
	"client",
	"drill",
	"internal/options",
	"internal/scenarios",
	"internal/corpus",
	"internal/steps",
	"wasm",
}

// impure lists what a pure package may not import: time and randomness come in as arguments, state as values.
var impure = []string{"syscall/js", "net", "net/http", "os", "log", "math/rand", "math/rand/v2", "crypto/rand",
	"unsafe"}

// breach is one broken rule, with its place.
type breach struct{ place, rule string }

// breaches judges one non-test file of the package pkg.
func breaches(fset *token.FileSet, pkg string, file *ast.File) []breach {
	var found []breach
	add := func(n ast.Node, rule string) { found = append(found, breach{fset.Position(n.Pos()).String(), rule}) }
	layer := slices.Index(layers, pkg)
	if layer < 0 && strings.HasPrefix(pkg, "core") {
		add(file.Name, "package "+pkg+" is not in the list of layers")
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		own, isOurs := strings.CutPrefix(name, modulePath)
		switch {
		case slices.Contains(impure, name):
			add(spec, "imports "+name)
		case !isOurs && strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
			add(spec, "imports a dependency: "+name)
		case name == "encoding/xml":
			add(spec, "parses XML outside xmldoc")
		case isOurs && slices.Index(layers, own) <= layer:
			add(spec, "imports upwards or outside: "+own)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "starts a goroutine")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" &&
				slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "NewTimer"}, n.Sel.Name) {
				add(n, "reads the clock: time."+n.Sel.Name)
			}
		}
		return true
	})
	return append(found, changedVariables(fset, file)...)
}

// changedVariables finds assignments to package-level variables inside functions of the same file.
func changedVariables(fset *token.FileSet, file *ast.File) []breach {
	//lint:ignore SA1019 resolving names inside one file is all that is needed here
	global := map[*ast.Object]bool{}
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.VAR {
			for _, spec := range gen.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if name.Obj != nil {
						global[name.Obj] = true
					}
				}
			}
		}
	}
	var found []breach
	target := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.Ident:
				if x.Obj != nil && global[x.Obj] {
					found = append(found, breach{fset.Position(x.Pos()).String(), "changes the package variable " +
						x.Name})
				}
			}
			return
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, l := range n.Lhs {
					target(l)
				}
			}
		case *ast.IncDecStmt:
			target(n.X)
		}
		return true
	})
	return found
}

// floor is the place of a package of a host in hosts, its parent's where it is not named.
func floor(pkg string) int {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if i := slices.Index(hosts, pkg); i >= 0 {
			return i
		}
	}
	return -1
}

// climbs finds the imports of a host's file that do not point down.
func climbs(fset *token.FileSet, pkg string, file *ast.File) []breach {
	var found []breach
	add := func(n ast.Node, rule string) { found = append(found, breach{fset.Position(n.Pos()).String(), rule}) }
	if floor(pkg) < 0 {
		add(file.Name, "package "+pkg+" is not in the list of hosts")
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		own, isOurs := strings.CutPrefix(name, modulePath)
		isBelow := slices.Contains(layers, own) || floor(own) >= floor(pkg)
		switch {
		case isOurs && !isBelow:
			add(spec, "imports upwards: "+own)
		case name == "syscall/js" && pkg != "wasm" && !strings.HasPrefix(pkg, "bench/"):
			add(spec, "imports syscall/js, which is for wasm")
		case name == "encoding/xml":
			add(spec, "parses XML outside xmldoc")
		}
	}
	return found
}

// TestArchitecture walks the sources of the module.
func TestArchitecture(t *testing.T) {
	files, packages := 0, map[string]bool{}
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "build" || entry.Name() == "dist") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		require.NoError(t, err)
		files++
		packages[pkg] = true
		judge := climbs
		if pkg == "core" || strings.HasPrefix(pkg, "core/") {
			judge = breaches
		}
		for _, b := range judge(fset, pkg, file) {
			t.Errorf("%s: %s", b.place, b.rule)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 100, "the walk found the sources")
	for _, pkg := range layers {
		require.True(t, packages[pkg], "%s is listed and does not exist", pkg)
	}
	require.Equal(t, len(layers), len(slices.Compact(slices.Sorted(slices.Values(layers)))),
		"a package is listed twice")
}

// TestArchitectureSeesBreaches shows that each rule above can fail.
func TestArchitectureSeesBreaches(t *testing.T) {
	cases := []struct{ name, pkg, source, rule string }{
		{"clock", "core/dsig", `package dsig; import "time"; var _ = time.Now()`, "reads the clock: time.Now"},
		{"os", "core/dsig", `package dsig; import "os"; var _ = os.Args`, "imports os"},
		{"upwards", "core/soap", `package soap; import _ "` + modulePath + `core/dsig"`,
			"imports upwards or outside: core/dsig"},
		{"drill", "core", `package core; import _ "` + modulePath + `drill"`, "imports upwards or outside: drill"},
		{"dependency", "core/dsig", `package dsig; import _ "github.com/beevik/etree"`,
			"imports a dependency: github.com/beevik/etree"},
		{"second parser", "core/soap", `package soap; import _ "encoding/xml"`, "parses XML outside xmldoc"},
		{"goroutine", "core", `package core; func f() { go f() }`, "starts a goroutine"},
		{"changing variable", "core", `package core; var n int; func f() { n++ }`, "changes the package variable n"},
		{"changing map", "core", `package core; var m = map[int]int{}; func f() { m[1] = 2 }`,
			"changes the package variable m"},
		{"unlisted package", "core/util", `package util`, "package core/util is not in the list of layers"},
		{"host upwards", "drill", `package drill; import _ "` + modulePath + `drill/scenario"`,
			"imports upwards: drill/scenario"},
		{"client on drill's scenarios", "client", `package client; import _ "` + modulePath + `gateway"`,
			"imports upwards: gateway"},
		{"unlisted host", "tools/x", `package x`, "package tools/x is not in the list of hosts"},
		{"js outside wasm", "client", `package client; import _ "syscall/js"`, "imports syscall/js, which is for wasm"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "x.go", c.source, 0)
			require.NoError(t, err)
			judge := breaches
			if !strings.HasPrefix(c.pkg, "core") {
				judge = climbs
			}
			found := judge(fset, c.pkg, file)
			require.Len(t, found, 1)
			require.Equal(t, c.rule, found[0].rule)
		})
	}
}
