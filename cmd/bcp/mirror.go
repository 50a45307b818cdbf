package main

import (
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/client"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/gateway"
)

// mirror publishes the list in a folder: `bcp mirror`. The contents are those of the anchors, then of the CRLs.
func mirror(m *command.Mirror, contents [][]byte) command.Outcome {
	o := client.Options{
		Environment: m.Environment, SignerCN: m.SignerCN, Catalogue: m.Sources[0].URL,
		Anchors: contents[:m.Anchors], CRLs: contents[m.Anchors:],
	}
	for _, source := range m.Sources[1:] {
		o.Copies = append(o.Copies, source.URL)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(m.TimeoutMs)*time.Millisecond)
	defer cancel()
	status, err := gateway.Mirror(ctx, o, m.Dir)
	if err != nil {
		return command.Outcome{Exit: command.ExitUsage, Stderr: "bcp mirror: " + err.Error() + "\n"}
	}
	text, err := json.Marshal(status)
	if err != nil {
		panic("internal error: " + err.Error()) // unreachable: our own types
	}
	out := command.Outcome{Stdout: string(text) + "\n"}
	switch {
	case status.Result == gateway.MirrorUnreachable:
		out.Exit = command.ExitUnreachable
	case !status.OK:
		out.Exit = command.ExitRejected
	}
	return out
}
