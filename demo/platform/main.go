// Command platform serves the demonstration on this machine: a simulated eHealth-platform that publishes, fails and
// recovers on command, a gateway as a practice has one, a small EHR that keeps working, and a page that checks
// catalogues.
//
//	platform [-port 8730] [-dist dist]
//
// It prints one URL. Everything it does can be scripted: POST a command (see drill/platform, Do) to
// /platform/do, read /platform/state. It listens on the loopback interface only, and leaves nothing behind when it is
// interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends. It returns 0, 1 when it cannot serve, 2 for wrong arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("platform", flag.ContinueOnError)
	flags.SetOutput(stderr)
	port := flags.Int("port", 8730, "port of the pages, 0 for any; the catalogue and the endpoints take those after it")
	dist := flags.String("dist", "dist", "folder of the built package")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 || *port < 0 || *port > 65000 {
		_, _ = fmt.Fprintf(stderr, "platform: expected a port from 0 to 65000 and no other arguments\n")
		return 2
	}
	if _, err := os.Stat(filepath.Join(*dist, "index.js")); err != nil {
		_, _ = fmt.Fprintf(stderr, "platform: no built package in %q; run `make build` first\n", *dist)
		return 1
	}
	if err := serve(ctx, *port, *dist, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "platform: %v\n", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, port int, dist string, stdout, stderr io.Writer) error {
	listener, err := listen(port, stderr)
	if err != nil {
		return err
	}
	base := 0
	if port > 0 {
		base = listener.Addr().(*net.TCPAddr).Port + 1
	}
	sim, err := platform.Start(platform.Options{BasePort: base})
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer sim.Close()
	gate, err := newHouse(sim)
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer gate.close()
	server := &http.Server{Handler: pages(sim, gate, dist), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	_, _ = fmt.Fprintf(stdout, "The demonstration is at http://%s/ — stop it with Ctrl-C.\n", listener.Addr())
	select {
	case <-ctx.Done():
	case err := <-done:
		return err
	}
	if err := server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	_, _ = fmt.Fprintln(stdout, "Stopped.")
	return nil
}

// listen takes the port, or a free one, with a message, when another program has it.
func listen(port int, stderr io.Writer) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EACCES) {
		_, _ = fmt.Fprintf(stderr, "platform: port %d cannot be had (%v); taking a free one\n", port, err)
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return listener, err
}
