package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/core/command"
)

// An outage over midnight of the reader: polls and calls take turns, and a name would steer the terminal.
const saved = "\ufeff" + `{"exportedAt":"2026-03-01T00:10:00Z","version":"9.0.0","environment":"Production",
"policy":{"coolDownMs":1000},"timeZone":"Europe/Brussels","status":{"phase":"ready","later":[1],
"catalogue":{"issueInstant":"2026-02-20T08:00:00Z","checkedAtMs":1772319600000,"stale":true},
"services":[{"id":"uddi:a:business:etk:v1","health":{"failedOver":true,"uncertain":true,
"failures":[{"endpoint":"https://a.example/","atMs":1772319500000}]}},
{"id":"uddi:a:business:kgss:v1","health":{}}]},
"events":[
{"type":"endpoint-failed","atMs":1772319500000,"service":"uddi:a:business:etk:v1","endpoint":"https://a.example/",
 "outcome":"switch","status":503,"coolDownMs":900},
{"type":"catalogue-unreachable","atMs":1772319501000,"detail":"cut\u001b[2J\u202e","count":3,"lastAtMs":1772319560000},
{"type":"endpoint-failed","atMs":1772319590000,"service":"uddi:a:business:etk:v1","endpoint":"https://a.example/",
 "outcome":"switch","status":503,"coolDownMs":1100},
{"type":"catalogue-unreachable","atMs":1772319660000,"detail":"cut\u001b[2J\u202e"},
{"type":"service-recovered","atMs":1772323000000,"service":"uddi:a:business:etk:v1","endpoint":"https://a.example/",
 "sinceMs":1772319500000},
{"type":"of-a-later-version","atMs":1772323001000,"colour":"red"}]}`

const told = `saved 2026-03-01 01:10:00 CET by ehealth-bcp 9.0.0 for Production; the page's time zone: Europe/Brussels
policy: [coolDownMs:1000]
state: ready
list of services of 2026-02-20T08:00:00Z, checked 2026-03-01 00:00:00, stale
etk:v1: failed over, uncertain: an act may have arrived, https://a.example/ fails since 2026-02-28 23:58:20

Sat 2026-02-28
23:58:20  endpoint-failed        etk:v1  https://a.example/  switch  503  (2 times, until 23:59:50)
23:58:21  catalogue-unreachable  cut\x1b[2J\u202e  (4 times, until 2026-03-01 00:01:00)

Sun 2026-03-01
00:56:40  service-recovered   etk:v1  https://a.example/  since 2026-02-28 23:58:20
00:56:41  of-a-later-version  colour red
`

func TestLog(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		name, file string
		exit       int
		stdout     string
		stderr     string
	}{
		{"folded, in the reader's time, nothing that steers the terminal", saved, command.ExitAccepted, told, ""},
		{"a page", "<!doctype html>", command.ExitRejected, "", "no log as a page saves it"},
		{"another JSON", `{"ok":true}`, command.ExitRejected, "", "it has no events"},
		{"a member of another type", `{"events":[7]}`, command.ExitRejected, "", "cannot unmarshal number"},
		{"too much", strings.Repeat(" ", maxLogBytes+1), command.ExitRejected, "", "more than 8388608 octets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := printLog([]string{"-"}, strings.NewReader(c.file), zone)
			require.Equal(t, c.exit, o.Exit)
			require.Equal(t, c.stdout, o.Stdout)
			require.Contains(t, o.Stderr, c.stderr)
		})
	}
	require.Equal(t, command.Outcome{Stdout: logUsage}, run([]string{"log", "--help"}, nil))
	require.Equal(t, command.ExitUsage, run([]string{"log"}, nil).Exit)
	require.Contains(t, run([]string{"log", "nowhere.json"}, nil).Stderr, "not found")
}
