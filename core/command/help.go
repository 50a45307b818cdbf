package command

import (
	"fmt"
	"strings"
)

// help explains all commands, or the one that rest names.
func help(rest []string) *Outcome {
	if len(rest) > 0 {
		if asksHelp(rest[0]) || rest[0] == "version" {
			return help(nil)
		}
		c := find(rest[0])
		if c == nil {
			return usage(nil, unknownCommand(rest[0]))
		}
		return &Outcome{Exit: ExitAccepted, Stdout: fmt.Sprintf("%s: %s\n\nusage: bcp %s\n\n%s", c.name, c.summary, c.usage, helpNotes)}
	}
	var out strings.Builder
	out.WriteString("bcp: verify the eHealth-platform's signed service catalogue and use it\n\n")
	for _, c := range commands {
		fmt.Fprintf(&out, "  %-10s%s\n", c.name, c.summary)
	}
	out.WriteString("  help      explain a command: bcp help COMMAND\n  version   print the version\n")
	out.WriteString("\nin the Go program only; each explains itself with --help:\n\n  sign      sign a list of services with keys of one's own\n  drill     rehearse an outage\n\n")
	out.WriteString(helpNotes)
	return &Outcome{Exit: ExitAccepted, Stdout: out.String()}
}

const helpNotes = `Options may stand before or after FILE; - reads standard input; T is an RFC 3339 instant.
--anchors     PEM file with the certificates that are trusted; may repeat
--signer-cn   the signer's subject CN; default: the platform's
--environment expected Environment, for example Production; not checked when absent
--at          the time of judgement; default: now
--held        the catalogue that is in use: an older one is refused; --held-at: when it was first accepted
--crl         certificate revocation list, PEM or DER; may repeat
Answers are one line of JSON. Exit: 0 accepted, 1 rejected, 2 usage.
`
