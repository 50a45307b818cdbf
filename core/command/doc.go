// Package command is the command line of the product without its I/O: it reads arguments, says which files it needs,
// and turns their bytes into what goes to standard output and standard error and the exit code.
//
// The Go command and the Node command are both thin loops around it, so they print the same bytes.
//
// It leaves out: `sign` and `drill`, which need keys, a file system and a network, and live in cmd/bcp.
package command
