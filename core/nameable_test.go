package core_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hidden finds the types of internal packages in what a file exports: an importer can hold such a value and cannot
// name its type. An alias (type T = ...) gives it a name, so it may stand for one.
func hidden(fset *token.FileSet, file *ast.File) []breach {
	internal := map[string]bool{}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		internal[path.Base(name)] = strings.Contains(name, "/internal/")
	}
	var found []breach
	look := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && internal[x.Name] {
				found = append(found, breach{fset.Position(s.Pos()).String(), "exports " + x.Name + "." + s.Sel.Name})
			}
			return true
		})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && receiverIsExported(d) {
				look(d.Type)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() && spec.Assign == token.NoPos {
						lookAtType(spec.Type, look)
					}
				case *ast.ValueSpec:
					if isExported(spec.Names) && spec.Type != nil {
						look(spec.Type)
					}
				}
			}
		}
	}
	return found
}

// lookAtType looks at a type without the unexported fields of a struct.
func lookAtType(e ast.Expr, look func(ast.Node)) {
	s, ok := e.(*ast.StructType)
	if !ok {
		look(e)
		return
	}
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 || isExported(f.Names) {
			look(f.Type)
		}
	}
}

func isExported(names []*ast.Ident) bool {
	for _, n := range names {
		if n.IsExported() {
			return true
		}
	}
	return false
}

func receiverIsExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	e := d.Recv.List[0].Type
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	name, ok := e.(*ast.Ident)
	return !ok || name.IsExported()
}

// TestExportedTypesCanBeNamed: no exported function, method, field or variable of a package that can be imported has a
// type of an internal package.
func TestExportedTypesCanBeNamed(t *testing.T) {
	files := 0
	for _, room := range []string{".", "../client", "../gateway", "../drill"} {
		require.NoError(t, filepath.WalkDir(room, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() && entry.Name() == "internal" {
				return fs.SkipDir
			}
			if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files++
			for _, b := range hidden(fset, file) {
				t.Errorf("%s: %s", b.place, b.rule)
			}
			return nil
		}))
	}
	require.Greater(t, files, 100, "the walk found the sources")
}

// TestHiddenTypesAreSeen gives the walk one of each.
func TestHiddenTypesAreSeen(t *testing.T) {
	const head = `package p; import "` + modulePath + `core/internal/xmldoc"; `
	for name, c := range map[string]struct {
		source string
		want   int
	}{
		"result":            {`func F() *xmldoc.Node { return nil }`, 1},
		"argument":          {`func F(f func(xmldoc.Node)) {}`, 1},
		"method":            {`type T int; func (T) M() []xmldoc.Node { return nil }`, 1},
		"field":             {`type T struct { N map[string]xmldoc.Node; n xmldoc.Node }`, 1},
		"embedded":          {`type T struct { xmldoc.Node }`, 1},
		"variable":          {`var V xmldoc.Node`, 1},
		"alias":             {`type T = xmldoc.Node; func F() T { return T{} }`, 0},
		"unexported":        {`type t struct { N xmldoc.Node }; func (t) M() xmldoc.Node { panic(0) }`, 0},
		"used inside alone": {`func F() { var n xmldoc.Node; _ = n }`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "p.go", head+c.source, parser.SkipObjectResolution)
			require.NoError(t, err)
			require.Len(t, hidden(fset, file), c.want)
		})
	}
}
