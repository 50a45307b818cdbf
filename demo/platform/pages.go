package main

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"

	"github.com/ehealth-bcp/ehealth-bcp/demo"
	"github.com/ehealth-bcp/ehealth-bcp/drill/platform"
)

// pages serves the demonstration: its pages, the built package at /dist/, the platform's controls at /platform/, the
// EHR's own server at /practice/, its gateway at /bcp/.
func pages(sim *platform.Platform, gate *house, dist string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/platform/", http.StripPrefix("/platform", sim.Handler()))
	own := newPractice(sim)
	mux.HandleFunc("GET /practice/config.json", own.config)
	mux.HandleFunc("GET /practice/secret", own.secret)
	mux.HandleFunc("GET /practice/gateway.json", gate.state)
	mux.Handle("/bcp/", http.StripPrefix("/bcp", gate))
	mux.Handle("/dist/", http.StripPrefix("/dist", http.FileServer(http.Dir(dist))))
	mux.Handle("/", http.FileServerFS(demo.Files))
	policy := contentSecurityPolicy()
	return platform.LocalOnly(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	}))
}

var importMapPattern = regexp.MustCompile(`(?s)<script type="importmap">(.*?)</script>`)

// contentSecurityPolicy is as strict as a hospital's page may be: only 'wasm-unsafe-eval' beyond the page's own
// scripts, the import maps by their hash, Trusted Types, and calls to nobody but the page's own origin, where the
// gateway is.
func contentSecurityPolicy() string {
	source := "'self' 'wasm-unsafe-eval'"
	for _, page := range []string{"app/index.html", "verify/index.html"} {
		text, err := demo.Files.ReadFile(page)
		if err != nil {
			panic("internal error: " + err.Error())
		}
		for _, match := range importMapPattern.FindAllSubmatch(text, -1) {
			sum := sha256.Sum256(match[1])
			hash := " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			if !strings.Contains(source, hash) {
				source += hash
			}
		}
	}
	return "default-src 'none'; script-src " + source +
		"; style-src 'self'; img-src 'self' data:; manifest-src 'self'; " +
		"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; " +
		"frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
}
