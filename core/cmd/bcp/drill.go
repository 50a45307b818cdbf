package main

import (
	"github.com/ehealth-bcp/ehealth-bcp/core/command"
)

// runDrill rehearses an outage: `bcp drill`.
func runDrill([]string) command.Outcome {
	return command.Outcome{Exit: command.ExitUsage, Stderr: "bcp drill: no scenario runner yet\n"}
}
