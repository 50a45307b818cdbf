package command

import (
	"fmt"
	"strings"
)

// help explains all commands, or the one that rest names.
func help(rest []string) *Outcome {
	var out strings.Builder
	if len(rest) > 0 && !asksHelp(rest[0]) && rest[0] != "version" {
		c := find(rest[0])
		if c == nil {
			return usage(nil, unknownCommand(rest[0]))
		}
		fmt.Fprintf(&out, "%s: %s\n\nusage: bcp %s\n\n%s", c.name, c.summary, c.usage, c.about)
		for _, f := range c.flags {
			fmt.Fprintf(&out, "--%-13s%s\n", f.name, strings.ReplaceAll(f.about, "\n", "\n               "))
		}
		if len(c.flags) > 0 {
			out.WriteString("\n")
		}
		out.WriteString(helpNotes + c.exits)
		return &Outcome{Exit: ExitAccepted, Stdout: out.String()}
	}
	out.WriteString("bcp: verify the eHealth-platform's signed service catalogue and use it\n\n")
	for _, c := range commands {
		fmt.Fprintf(&out, "  %-10s%s\n", c.name, c.summary)
	}
	out.WriteString("  help      explain a command and its options: bcp help COMMAND\n  version   print the version\n" +
		"\nin the Go program only; each explains itself with --help:\n\n")
	for i := range goOnly {
		fmt.Fprintf(&out, "  %-10s%s\n", goOnly[i].name, goOnly[i].summary)
	}
	fmt.Fprintf(&out, "\nin the npm package only:\n\n  %-10sa page, and a simulated platform that fails as you say: "+
		"npx ehealth-bcp %[1]s\n\n", ofNode)
	out.WriteString(helpNotes)
	return &Outcome{Exit: ExitAccepted, Stdout: out.String()}
}

const helpNotes = `Options may stand before or after a file; - reads standard input.
Answers are one line of JSON. Exit: 0 accepted, 1 rejected, 2 usage.
`

const serviceAbout = "the Id of a service, or one of its URLs, in FILE"

const stylesheetAbout = `XSLT 1.0 in the place of the catalogue's; what it prints for the payload is the key:
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/>
<xsl:template match="/"><xsl:value-of select="//*[local-name()='Inss']"/></xsl:template></xsl:stylesheet>`

const requestAbout = `a SOAP request; its payload is the first element of the Body:
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<Query xmlns="urn:q"><Inss>85071599987</Inss></Query></soap:Body></soap:Envelope>`

const scriptAbout = `JSON, one object or a list of them: the endpoints by Order, which one is ACTIVE, what happens
{"endpoints":["https://a.example/","https://b.example/"],"active":0,"steps":[
{"call":"https://a.example/","down":{"https://a.example/":"conn"}},
{"call":"https://a.example/","down":{"https://b.example/":"switch"},"idempotent":false},
{"publish":1},{"advanceMs":600000},{"call":"https://a.example/"}]}
down: conn, switch, unavailable, unreachable, timeout, incomplete or cancelled; publish: the endpoint that a newer
catalogue has ACTIVE, -1 for none. The answer has the same form, with what was tried in each call.`
