# Everything that a newcomer or CI does is a target here; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Shared test cases (genuine catalogues, corpora), used when the folder stands beside this one. Without it the tests
# that need it are reported as skipped, and the repository's own vectors still run.
export BCP_SHARED ?= $(abspath $(wildcard ../shared))
export CHROMIUM_PATH ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
export FIREFOX_PATH ?= $(shell command -v firefox-esr || command -v firefox)
export WEBKIT_DRIVER_PATH ?= $(shell command -v WebKitWebDriver)
export XVFB_PATH ?= $(shell command -v Xvfb)

GO_PACKAGES := ./...
# The packages that run in the browser.
PURE := ./core/...
WASM_TEST := GOOS=js GOARCH=wasm go test -exec="$(CURDIR)/tools/wasm-exec"

.PHONY: help setup chromium build demo test test-go test-wasm test-node test-browser check build/bcp wasi kit generate fuzz fuzz-readers test-properties chaos chaos-dir test-calls test-tools model model-write bench bench-gateway size \
	screenshots release clean

help: ## list the targets
	@grep -hE '^[a-z/-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z\/-]+):.*## /  \1\t/' | expand -t 18

setup: node_modules chromium ## install what the build and the tests need
	go mod download

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

chromium: ## install Chromium, Firefox and WebKitGTK for the browser tests (Debian), or say what is missing
	@tools/browsers

build: node_modules wasi ## build the package into dist/, and the WASI module into build/
	npm run --silent build

wasi: ## the core as a WASI module for other languages, build/bcp-core.wasm
	node tools/build.mjs --wasi

kit: wasi ## module, page, hosts, vectors and the wanted replies for who writes a host, as one archive in build/
	tools/kit

build/bcp: ## the bcp program, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o $@ ./cmd/bcp

demo: build ## serve the demonstration and print its address
	go build -o build/platform ./demo/platform
	@exec build/platform

test: check test-go test-wasm test-node test-browser ## run every test

check: node_modules ## formatting, vet, staticcheck, types
	@test -z "$$(gofmt -l $$(git ls-files "*.go"))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files "*.go"); exit 1; }
	go vet $(GO_PACKAGES)
	GOOS=js GOARCH=wasm go vet ./wasm
	GOOS=wasip1 GOARCH=wasm go vet ./wasm
	go tool staticcheck $(GO_PACKAGES)
	npm run --silent check

test-go: wasi ## Go tests, native, and the core as a WASI module in wazero
	go test $(GO_PACKAGES)

test-wasm: ## the same tests of the core, compiled to WebAssembly and run in Node
	$(WASM_TEST) $(PURE) ./wasm

test-node: build ## the package in Node
	npm run --silent test:node

test-browser: build chromium ## the package in headless Chromium, Firefox and WebKitGTK
	npm run --silent test:browser

fuzz: ## every fuzz target for FUZZTIME each (30s), then random expressions and stylesheets against the JDK and xsltproc
	tools/fuzz
	BCP_ORACLE=2000 BCP_ORACLE_SEED=$$RANDOM go test -count=1 -run Oracle -v ./core/internal/xpath ./core/internal/xslt ./core/cachekey
	BCP_FUZZ=1000 BCP_FUZZ_SEED=$$RANDOM go test -count=1 -run DifferentialNamespaces -v ./core/internal/xslt

model: ## search every state of the models with spin, find their deliberate bugs, compare the paths: docs/model.md
	node model/run.mjs

model-write: ## the same, and keep the paths that the tests walk on the code
	node model/run.mjs --write

test-properties: ## 200,000 random scripts through the choice of endpoints
	BCP_SCRIPTS=200000 go test -run TestProperties -timeout 30m ./core/failover

fuzz-readers: build ## values of every kind for what is read from stores, headers, tabs, clocks (BCP_FUZZ_SECONDS, 600)
	BCP_FUZZ_SECONDS=$${BCP_FUZZ_SECONDS:-600} BCP_FUZZ_SEED=$${BCP_FUZZ_SEED:-$$RANDOM} node --test js/test/readers.test.mjs

chaos: build ## shake the storage of pages in Chromium in twelve ways; a table of what was lost (BCP_CHAOS_ROUNDS, 20 each; BCP_CHAOS_FILE to go on)
	node js/test/chaos/run.mjs

chaos-dir: ## kill a process that publishes into a Dir, and a mirror, 10,000 times each; prints what was lost, torn, older
	BCP_KILLS=10000 go test -count=1 -run TestKilledPublisher -timeout 60m -v ./client
	BCP_KILLS=10000 go test -count=1 -run TestKilledMirror -timeout 60m -v ./gateway

test-tools: build chromium ## the package in every bundler, framework, runtime and test runner: a table (TOOLS="vite next" for some)
	node tools/matrix/run.mjs $(TOOLS)

test-calls: ## 100,000 calls through the gateway: goroutines and open files as before them
	BCP_CALLS=100000 go test -count=1 -run TestNothingIsLeftOfCalls -timeout 30m -v ./gateway

bench: build bench/node_modules build/bench ## speed beside the peers: verification, cache key, overhead of a call
	go test -run '^$$' -bench . -benchmem ./core/...
	node bench/verify/node.mjs
	node bench/verify/chromium.mjs
	node bench/hostile.mjs
	node bench/keys/native.mjs
	node bench/keys/node.mjs
	node bench/keys/chromium.mjs
	node bench/client/run.mjs
	node bench/client/http2.mjs

bench-gateway: build/bcp ## the gateway beside a bare reverse proxy and nginx: rate, p99, processor time (needs wrk, nginx)
	go build -o build/bench-gateway ./bench/gateway
	build/bench-gateway -bcp build/bcp

bench/node_modules: bench/package-lock.json
	npm ci --prefix bench --no-audit --no-fund
	@touch $@

build/bench:
	go run ./internal/vectors/generate -synthetic $@

size: build ## raw, gzip and brotli bytes of what is shipped; fails over budget
	npm run --silent size

generate: ## write testdata/ anew
	go generate ./...

release: test size ## the package as npm would publish it, in build/
	npm pack --pack-destination build

clean: ## remove what the targets made
	rm -rf dist build

screenshots: build ## pictures of the demonstration and sheets of the panel, in build/screenshots
	node tools/screenshots.mjs
	node tools/contactsheets.mjs
