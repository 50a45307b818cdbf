// Command gateway measures `bcp serve` beside httputil.ReverseProxy bare and nginx, all in front of one server on
// loopback: requests a second, the 99th percentile, processor time of the proxy for a request.
//
// Needs wrk and nginx (Debian: apt-get install wrk nginx-light). Rounds are interleaved, and the bare proxy runs twice
// in each: identical proxies differ from run to run, and what A and B differ by is what a figure is worth.
//
//	go run ./bench/gateway -bcp build/bcp [-rounds 9] [-seconds 4] [-connections 64] [-slow 10000]
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

func main() {
	program := flag.String("bcp", "build/bcp", "the program to measure")
	rounds := flag.Int("rounds", 9, "interleaved rounds")
	seconds := flag.Int("seconds", 4, "of each run")
	connections := flag.Int("connections", 64, "at once")
	slow := flag.Int("slow", 10_000, "callers that never end their request; 0 for none")
	role := flag.String("role", "", "upstream or bare: what a child process is")
	target := flag.String("target", "", "where bare forwards to")
	flag.Parse()
	switch *role {
	case "upstream":
		serve(http.HandlerFunc(answer))
	case "bare":
		serve(bare(*target))
	}
	dir, err := os.MkdirTemp("", "bench-gateway")
	check(err)
	defer func() { _ = os.RemoveAll(dir) }()
	upstream := spawn("upstream", os.Args[0], "-role", "upstream")
	defer upstream.stop()
	all := []*proxy{
		spawn("bare A", os.Args[0], "-role", "bare", "-target", upstream.address),
		startGateway(*program, dir, upstream.address),
		spawn("bare B", os.Args[0], "-role", "bare", "-target", upstream.address),
		startNginx(dir, upstream.address),
	}
	for _, p := range all {
		defer p.stop()
		p.run(dir, 1, *connections) // warm
	}
	for round := range *rounds {
		for i := range all {
			p := all[(i+round)%len(all)]
			p.runs = append(p.runs, p.run(dir, *seconds, *connections))
		}
	}
	report(all)
	if *slow > 0 {
		besideSlow(all[1], dir, *seconds, *connections, *slow)
	}
}

// answer is 4 kB of SOAP.
func answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, envelope(4_000))
}

func envelope(size int) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q xmlns="urn:q">` +
		strings.Repeat("x", size) + `</q></s:Body></s:Envelope>`
}

func bare(target string) http.Handler {
	to, err := url.Parse(target)
	check(err)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	return &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
}

func serve(h http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("http://" + listener.Addr().String())
	log.Fatal(http.Serve(listener, h))
}

// startGateway serves a list whose one endpoint is the upstream.
func startGateway(program, dir, upstream string) *proxy {
	pki, err := drill.NewPKI()
	check(err)
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	signed, err := drill.Sign(drill.List{
		Version: 2, Environment: "Drill", IssueInstant: at,
		Services: []drill.Service{{ID: "uddi:bench:v1", Name: "Bench", Endpoints: []drill.Endpoint{
			{Status: drill.Active, URL: upstream + "/"},
		}}},
	}, pki.Signer, at)
	check(err)
	anchor := filepath.Join(dir, "anchor.pem")
	check(os.WriteFile(anchor, drill.PEM(pki.Root), 0o600))
	source, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	list := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(signed) })
	go func() { _ = http.Serve(source, list) }()
	address := free()
	p := start("gateway", program, "serve", "--catalogue", "http://"+source.Addr().String()+"/list.xml", "--anchors",
		anchor, "--environment", "Drill", "--dir", filepath.Join(dir, "state"), "--listen", address, "--admin", "none")
	p.address = "http://" + address
	p.path = "/endpoint?url=" + url.QueryEscape(upstream+"/")
	p.await("/healthz")
	return p
}

func startNginx(dir, upstream string) *proxy {
	address := free()
	config := filepath.Join(dir, "nginx.conf")
	check(os.WriteFile(config, fmt.Appendf(nil, `daemon off; master_process off; pid %[1]s/pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
  uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; keepalive_requests 1000000;
  upstream up { server %[2]s; keepalive 128; }
  server { listen %[3]s; location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
`, dir, strings.TrimPrefix(upstream, "http://"), address), 0o600))
	p := start("nginx", "nginx", "-c", config)
	p.address = "http://" + address
	p.await("/")
	return p
}

// report prints the medians, and the medians of the ratios to bare A of the same round.
func report(all []*proxy) {
	fmt.Printf("\n%-10s %10s %10s %14s   ratios to bare A: rate, p99, processor\n", "", "req/s", "p99 ms",
		"processor µs")
	for _, p := range all {
		of := func(value func(result) float64) (float64, float64) {
			var values, ratios []float64
			for i, r := range p.runs {
				values = append(values, value(r))
				ratios = append(ratios, value(r)/value(all[0].runs[i]))
			}
			return median(values), median(ratios)
		}
		rate, rateRatio := of(func(r result) float64 { return r.rate })
		p99, p99Ratio := of(func(r result) float64 { return r.p99 })
		used, usedRatio := of(func(r result) float64 { return r.processor })
		fmt.Printf("%-10s %10.0f %10.1f %14.0f   %.2f %.2f %.2f   %d rounds, failed %d\n", p.name, rate, p99, used,
			rateRatio, p99Ratio, usedRatio, len(p.runs), p.failed)
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// besideSlow opens callers that never end their request, and measures the others beside them.
func besideSlow(p *proxy, dir string, seconds, connections, slow int) {
	before := p.resident()
	alone := p.run(dir, seconds, connections)
	held := make([]net.Conn, 0, slow)
	for range slow {
		connection, err := net.Dial("tcp", strings.TrimPrefix(p.address, "http://"))
		check(err)
		_, err = io.WriteString(connection, "POST "+p.path+" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
		check(err)
		held = append(held, connection)
	}
	beside := p.run(dir, seconds, connections)
	fmt.Printf("\nbeside %d callers that never end: %.0f req/s (alone %.0f), p99 %.1f ms (%.1f), failed %d; "+
		"resident %d MB (before %d MB)\n", slow, beside.rate, alone.rate, beside.p99, alone.p99, p.failed,
		p.resident()>>20, before>>20)
	for _, connection := range held {
		_ = connection.Close()
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
