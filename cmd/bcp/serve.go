package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/arguments"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
	"github.com/ehealth-bcp/ehealth-bcp/internal/options"
)

const serveUsage = `usage: bcp serve --catalogue URL --anchors PEM --environment E --dir DIR [options]

Serves the last good list on the application's own origin, and forwards calls to the endpoints of that list and to
nothing else. It belongs behind the application's reverse proxy and its log-in. docs/operations.md has examples.

--catalogue URL    where the signed list is; again for copies, asked in turn
--anchors PEM      the certificates that may have issued the signer's; may be given again. There is no default
--environment E    as the list writes it: Production, Acceptation
--signer-cn CN     the signer's name; default: the platform's
--crl FILE         a revocation list, PEM or DER; may be given again
--dir DIR          keeps the last good list, the states and the history; one for each replica
--listen ADDR      for pages; default 127.0.0.1:8780
--admin ADDR       for the operator: /status, /metrics, /healthz; default 127.0.0.1:8781; or none
--allow-origin O   a web origin that may call beside the gateway's own, such as https://ehr.example; may be given again
--allow-host H     a name under which the gateway is reached; may be given again. Loopback names are always allowed
--forward-header N a request header that goes to the endpoint beside the usual ones, such as Authorization
--access-log       one line a request on standard error: resource, status, time; nothing else of it
It ends on SIGTERM: /healthz says no for 5 s, then nothing new is taken, and what is under way may end.
Exit: 0 ended as asked, 1 cannot serve, 2 usage.
`

// names is a flag that may be given again.
type names []string

func (n *names) String() string     { return strings.Join(*n, " ") }
func (n *names) Set(v string) error { *n = append(*n, v); return nil }
func (n *names) IsRepeated()        {}

// trust is what the gateway verifies by.
type trust struct {
	catalogues, anchors, crls names
	environment, signer       string
}

func (t *trust) flags(f *flag.FlagSet) {
	f.Var(&t.catalogues, "catalogue", "")
	f.Var(&t.anchors, "anchors", "")
	f.Var(&t.crls, "crl", "")
	f.StringVar(&t.environment, "environment", "", "")
	f.StringVar(&t.signer, "signer-cn", "", "")
}

// options reads the files. A second result that is not nil is the whole outcome.
func (t *trust) options() (client.Options, *command.Outcome) {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	o := client.Options{Environment: t.environment, SignerCN: t.signer, Log: log}
	for _, missing := range []struct {
		name string
		is   bool
	}{
		{"--catalogue", len(t.catalogues) == 0}, {"--anchors", len(t.anchors) == 0},
		{"--environment", t.environment == ""},
	} {
		if missing.is {
			return o, misused("serve", serveUsage, "expected "+missing.name)
		}
	}
	o.Catalogue, o.Copies = t.catalogues[0], t.catalogues[1:]
	for _, from := range []struct {
		files    names
		maxBytes int
		isSpare  bool // one that cannot be read must not keep a house without its gateway
		into     *[][]byte
	}{{t.anchors, core.MaxAnchorBytes, false, &o.Anchors}, {t.crls, core.MaxCRLBytes, true, &o.CRLs}} {
		for _, name := range from.files {
			content, err := read(command.File{Name: name, MaxBytes: from.maxBytes}, os.Stdin)
			switch {
			case err != nil && from.isSpare:
				log.Warn("crl-unreadable", "file", name, "reason", reason(err))
			case err != nil:
				unreadable := command.Unreadable(name, reason(err))
				return o, &unreadable
			}
			*from.into = append(*from.into, content)
		}
	}
	return o, nil
}

func misused(name, usage, problem string) *command.Outcome {
	return &command.Outcome{Exit: command.ExitUsage, Stderr: "bcp " + name + ": " + problem + "\n" + usage}
}

// parsed parses flags that may stand before or after the operands. A second result that is not nil is the whole
// outcome.
func parsed(f *flag.FlagSet, args []string, usage string) ([]string, *command.Outcome) {
	operands, err := options.Parse(f, args)
	switch {
	case errors.Is(err, arguments.ErrHelp):
		return nil, &command.Outcome{Stdout: usage}
	case err != nil:
		return nil, misused(f.Name(), usage, err.Error())
	}
	return operands, nil
}

// serve runs the gateway until it is asked to end: `bcp serve`.
func serve(args []string) command.Outcome {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	var t trust
	t.flags(f)
	var o gateway.Options
	f.StringVar(&o.Dir, "dir", "", "")
	listen := f.String("listen", "127.0.0.1:8780", "")
	admin := f.String("admin", "127.0.0.1:8781", "")
	f.Var((*names)(&o.Origins), "allow-origin", "")
	f.Var((*names)(&o.Hosts), "allow-host", "")
	f.Var((*names)(&o.Forward), "forward-header", "")
	accessLog := f.Bool("access-log", false, "")
	operands, ended := parsed(f, args, serveUsage)
	if ended != nil {
		return *ended
	}
	if len(operands) > 0 {
		return *misused("serve", serveUsage, fmt.Sprintf("expected options alone, got %q", operands[0]))
	}
	if o.Dir == "" {
		return *misused("serve", serveUsage, "expected --dir")
	}
	if o.Client, ended = t.options(); ended != nil {
		return *ended
	}
	if *accessLog {
		o.AccessLog = o.Client.Log
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serveUntil(ctx, o, *listen, *admin); err != nil {
		exit := command.ExitRejected
		if errors.Is(err, bcperr.BadCall) {
			exit = command.ExitUsage
		}
		return command.Outcome{Exit: exit, Stderr: "bcp serve: " + err.Error() + "\n"}
	}
	return command.Outcome{}
}

func serveUntil(ctx context.Context, o gateway.Options, listen, admin string) error {
	public, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", listen, err)
	}
	defer func() { _ = public.Close() }()
	var operator net.Listener
	if admin != "none" {
		if operator, err = net.Listen("tcp", admin); err != nil {
			return fmt.Errorf("cannot listen on %s: %w", admin, err)
		}
		defer func() { _ = operator.Close() }()
	}
	g, err := gateway.New(o)
	if err != nil {
		return err
	}
	at := []any{"listen", "http://" + public.Addr().String(), "version", core.Version}
	if operator != nil {
		at = append(at, "admin", "http://"+operator.Addr().String())
	}
	o.Client.Log.Info("serving", at...)
	err = g.Serve(ctx, public, operator)
	o.Client.Log.Info("stopped")
	return err
}
