package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// proxy is a process that is measured.
type proxy struct {
	name, address, path string
	command             *exec.Cmd
	runs                []result
	failed              int // answers that were none, of all runs
}

// result is one run. Units: requests a second, milliseconds, microseconds of processor time for a request.
type result struct{ rate, p99, processor float64 }

func start(name, program string, args ...string) *proxy {
	p := &proxy{name: name, path: "/", command: exec.Command(program, args...)}
	check(p.command.Start())
	return p
}

// spawn starts a process that prints its address.
func spawn(name, program string, args ...string) *proxy {
	p := &proxy{name: name, path: "/", command: exec.Command(program, args...)}
	out, err := p.command.StdoutPipe()
	check(err)
	check(p.command.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	check(err)
	p.address = strings.TrimSpace(line)
	return p
}

func (p *proxy) stop() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// await waits until it answers with 200.
func (p *proxy) await(path string) {
	for range 500 {
		response, err := http.Get(p.address + path)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	log.Fatalf("%s does not come up", p.name)
}

var (
	rateLine   = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	countLine  = regexp.MustCompile(`(\d+) requests in`)
	p99Line    = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)\b`)
	failedLine = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
)

// run posts 2 kB again and again for so many seconds.
func (p *proxy) run(dir string, seconds, connections int) result {
	script := filepath.Join(dir, "post.lua")
	check(os.WriteFile(script, fmt.Appendf(nil, "wrk.method='POST'\nwrk.headers['Content-Type']='text/xml'\n"+
		"wrk.body=%q\n", envelope(2_000)), 0o600))
	before := p.ticks()
	text, err := exec.Command("wrk", "-t1", "-c", strconv.Itoa(connections), "-d", strconv.Itoa(seconds), "--latency",
		"--timeout", "30", "-s", script, p.address+p.path).CombinedOutput()
	if err != nil {
		log.Fatalf("wrk: %s", text)
	}
	used := float64(p.ticks()-before) * 10_000 // 100 ticks a second
	if failed := failedLine.FindSubmatch(text); failed != nil {
		p.failed += int(number(failed[1]))
	}
	p99 := p99Line.FindSubmatch(text)
	unit := map[string]float64{"us": 1e-3, "ms": 1, "s": 1e3}[string(p99[2])]
	count := number(countLine.FindSubmatch(text)[1])
	return result{rate: number(rateLine.FindSubmatch(text)[1]), p99: number(p99[1]) * unit, processor: used / count}
}

func number(text []byte) float64 {
	value, err := strconv.ParseFloat(string(text), 64)
	check(err)
	return value
}

// ticks is the processor time of the process so far, in hundredths of a second.
func (p *proxy) ticks() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	check(err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	check(err)
	system, err := strconv.Atoi(fields[12])
	check(err)
	return user + system
}

// resident is the memory of the process, in bytes.
func (p *proxy) resident() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	check(err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	check(err)
	return pages * os.Getpagesize()
}

// free is an address of which nobody makes use.
func free() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
