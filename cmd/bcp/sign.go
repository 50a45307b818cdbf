package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/core"
	"github.com/ehealth-bcp/ehealth-bcp/core/bcperr"
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

const signUsage = `usage: bcp sign [--key KEY.pem --chain CHAIN.pem] [--at T] LIST.json
Signs a list of services in the platform's form and writes the catalogue to standard output. What "bcp verify" would
have against it is a warning on standard error: a drill may want it. - reads standard input.
--key     the signer's key; without it the keys of the drill are used, which nobody may trust outside a rehearsal, with
          the anchor testdata/pki/issuing.pem
--chain   the signer's certificate, then its issuing CA
--at      the SigningTime, RFC 3339; default: the list's issueInstant
LIST.json: {"version":2,"environment":"Production","issueInstant":"2026-05-20T10:00:00Z","services":[
  {"id":"uddi:…:v1","name":"…","endpoints":["https://…",{"order":1,"status":"INACTIVE","url":"https://…"}],
   "cache":{"strategy":"ENDPOINT_FIRST","key":{"inline":true,"text":"<xsl:stylesheet…"},
            "expiry":{"type":"ttl","duration":"PT8H"}}}]}
All of it is required but: the list's own "id" (default: made of the content); "cache", which needs version 2; "order"
(default: the place in the list); "duration" with the type none. An endpoint that is a URL alone is ACTIVE when it is
the first, else INACTIVE.
`

const maxKeyBytes = 256 << 10

// sign makes a signed catalogue of a list in JSON: `bcp sign`.
func sign(args []string, stdin io.Reader) command.Outcome {
	flags := flag.NewFlagSet("sign", flag.ContinueOnError)
	key := flags.String("key", "", "")
	chain := flags.String("chain", "", "")
	at := flags.String("at", "", "")
	operands, ended := parsed(flags, args, signUsage)
	switch {
	case ended != nil:
		return *ended
	case len(operands) != 1:
		return *misused("sign", signUsage, fmt.Sprintf("expected one LIST.json, got %d", len(operands)))
	case (*key == "") != (*chain == ""):
		return *misused("sign", signUsage, "--key and --chain go together")
	}
	var signingTime time.Time
	var err error
	if *at != "" {
		if signingTime, err = time.Parse(time.RFC3339, *at); err != nil {
			return *misused("sign", signUsage, fmt.Sprintf("--at: expected an RFC 3339 instant, got %q", *at))
		}
	}
	var contents [3][]byte
	for i, f := range []command.File{
		{Name: operands[0], MaxBytes: drill.MaxListBytes}, {Name: *key, MaxBytes: maxKeyBytes},
		{Name: *chain, MaxBytes: maxKeyBytes},
	} {
		if f.Name == "" {
			continue
		}
		if contents[i], err = read(f, stdin); err != nil {
			return command.Unreadable(f.Name, reason(err))
		}
	}
	signed, warnings, err := signList(contents[0], contents[1], contents[2], signingTime)
	if err != nil {
		// To standard error: standard output is the catalogue's.
		return command.Outcome{Exit: command.ExitRejected, Stderr: fmt.Sprintf("bcp sign: %s: %s\n", bcperr.CodeOf(err),
			bcperr.DetailOf(err))}
	}
	return command.Outcome{Stdout: string(signed), Stderr: warnings}
}

// signList signs the list that a JSON text describes, and says in lines what a verifier will have against it.
func signList(text, key, chain []byte, at time.Time) (signed []byte, warnings string, err error) {
	list, err := drill.ParseList(text)
	if err != nil {
		return nil, "", err
	}
	signer, err := drill.SignerOf(key, chain)
	if err != nil {
		return nil, "", err
	}
	if signed, err = drill.Sign(list, signer, at); err != nil {
		return nil, "", err
	}
	// Judged at the first moment at which it can be good, so that the same list gives the same warnings.
	for _, moment := range []time.Time{list.IssueInstant, signer.Chain[0].NotBefore} {
		if moment.After(at) {
			at = moment
		}
	}
	return signed, warningsOf(signed, signer, at), nil
}

func warningsOf(signed []byte, signer drill.Signer, at time.Time) string {
	if len(signer.Chain) == 1 {
		return "bcp sign: warning: not verified: the chain has no issuing CA after the signer's certificate\n"
	}
	c, err := core.Open(signed, core.Judgement{
		Anchors: [][]byte{drill.PEM(signer.Chain[1:]...)}, SignerCN: signer.Chain[0].Subject.CommonName, At: at,
	})
	if err != nil {
		return fmt.Sprintf("bcp sign: warning: verify refuses what was signed: %s: %s\n", bcperr.CodeOf(err),
			bcperr.DetailOf(err))
	}
	var lines strings.Builder
	for _, f := range c.Summary().Lint {
		fmt.Fprintf(&lines, "bcp sign: warning: %s: %s: %s\n", f.Code, f.Place, f.Detail)
	}
	return lines.String()
}
