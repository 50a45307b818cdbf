package main

import (
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/core/drill"
)

const signUsage = `usage: bcp sign [--key KEY.pem --chain CHAIN.pem] [--at T] LIST.json
Signs a list of services in the platform's form and writes the catalogue to standard output. Without --key the keys of the
drill are used, which nobody may trust outside a rehearsal. CHAIN.pem: the signer's certificate, then its issuing CA.
T is the SigningTime, RFC 3339; default: the list's issueInstant. - reads standard input. The anchor of the drill's keys is
testdata/pki/issuing.pem. LIST.json: {"version":2,"environment":"Production","issueInstant":"2026-05-20T10:00:00Z","services":[
  {"id":"uddi:…:v1","name":"…","endpoints":[{"order":0,"status":"ACTIVE","url":"https://…"}],
   "cache":{"strategy":"ENDPOINT_FIRST","key":{"inline":true,"text":"<xsl:stylesheet…"},"expiry":{"type":"ttl","duration":"PT8H"}}}]}
`

const (
	maxListBytes = 16 << 20 // as much JSON as makes a catalogue of the largest size
	maxKeyBytes  = 256 << 10
)

// sign makes a signed catalogue of a list in JSON: `bcp sign`.
func sign(args []string, stdin io.Reader) command.Outcome {
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	key := flags.String("key", "", "")
	chain := flags.String("chain", "", "")
	at := flags.String("at", "", "")
	operands, err := parseInterspersed(flags, args)
	switch {
	case err == flag.ErrHelp:
		return command.Outcome{Stdout: signUsage}
	case err != nil:
		return signMisused(err.Error())
	case len(operands) != 1:
		return signMisused(fmt.Sprintf("expected one LIST.json, got %d", len(operands)))
	case (*key == "") != (*chain == ""):
		return signMisused("--key and --chain go together")
	}
	var signingTime time.Time
	if *at != "" {
		if signingTime, err = time.Parse(time.RFC3339, *at); err != nil {
			return signMisused(fmt.Sprintf("--at: expected an RFC 3339 instant, got %q", *at))
		}
	}
	var contents [3][]byte
	for i, f := range []command.File{{Name: operands[0], MaxBytes: maxListBytes}, {Name: *key, MaxBytes: maxKeyBytes}, {Name: *chain, MaxBytes: maxKeyBytes}} {
		if f.Name == "" {
			continue
		}
		if contents[i], err = read(f, stdin); err != nil {
			return command.Unreadable(f.Name, reason(err))
		}
	}
	signed, err := drill.SignJSON(contents[0], contents[1], contents[2], signingTime)
	if err != nil {
		// To standard error: standard output is the catalogue's.
		return command.Outcome{Exit: command.ExitRejected, Stderr: fmt.Sprintf("bcp sign: %s: %s\n", bcperr.CodeOf(err), bcperr.DetailOf(err))}
	}
	return command.Outcome{Stdout: string(signed)}
}

func signMisused(problem string) command.Outcome {
	return command.Outcome{Exit: command.ExitUsage, Stderr: "bcp sign: " + problem + "\n" + signUsage}
}

// parseInterspersed parses flags that may stand before or after the operands, and returns the operands.
func parseInterspersed(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return operands, nil
		}
		operands = append(operands, flags.Arg(0))
		args = flags.Args()[1:]
	}
}
