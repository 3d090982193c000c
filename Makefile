# The one entry for building, running and checking Hypha. `make help` lists what there is. Every target installs what it
# needs, and is quick when nothing changed. Needed beforehand: make, bash, git, Go and Node in the versions below.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

GO_MIN := 1.26
NODE_MIN := 20.19
GOLANGCI_VERSION := v2.15.0

VERSION ?= $(shell git describe --tags --match 'v*' --dirty 2>/dev/null || echo 0.1.0-dev)
COMMIT ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION:v%=%) -X main.commit=$(COMMIT)
DATA ?= ./data
RUN_FLAGS ?=

# Everything but the race detector builds without C.
export CGO_ENABLED := 0
# A package of the API reader reports its installation elsewhere; it need not.
export SCARF_ANALYTICS := false

modules := frontend/node_modules/.package-lock.json
spa := frontend/dist/index.html
packed := backend/internal/web/dist/app/index.html.gz
spa_sources := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/package.json -type f 2>/dev/null)
reader := frontend/node_modules/swagger-ui-dist
golangci := .tools/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: help
help:
	@sed -n 's/^## \([a-z0-9-]*\): \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

## run: build, then serve on http://127.0.0.1:8080 with the data in ./data (DATA=... to change)
.PHONY: run
run: build
	bin/hypha serve --data $(DATA) $(RUN_FLAGS)

## demo: the same with a simulated grow tent
.PHONY: demo
demo: build
	bin/hypha serve --data $(DATA) --demo $(RUN_FLAGS)

## dev: the server and the pages' development server (http://localhost:5173), which follows each change
.PHONY: dev
dev: need-go need-node $(modules) $(packed)
	trap 'kill 0' EXIT; (cd backend && exec go run -ldflags '$(LDFLAGS)' ./cmd/hypha serve --data ../data --demo $(RUN_FLAGS)) & \
	(cd frontend && exec npx vite)

## build: the program with the pages inside, to bin/hypha
.PHONY: build
build: need-go $(packed)
	cd backend && go build -trimpath -ldflags '$(LDFLAGS)' -o ../bin/hypha ./cmd/hypha

$(modules): frontend/package-lock.json | need-node
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	touch $@

$(spa): $(spa_sources) $(modules)
	cd frontend && npm run --silent build
	touch $@

$(packed): $(spa) api-docs/openapi.json backend/tools/packweb/main.go | need-go
	cd backend && go run ./tools/packweb -app ../frontend/dist -reader ../$(reader) -openapi ../api-docs/openapi.json -out internal/web/dist
	touch $@

## release: bin/release/ for every board, with checksums
.PHONY: release
release: need-go $(packed)
	rm -rf bin/release && mkdir -p bin/release
	cd backend && for target in linux/amd64 linux/arm64 linux/arm/6; do \
		IFS=/ read -r os arch arm <<<"$$target"; \
		GOOS=$$os GOARCH=$$arch GOARM=$$arm go build -trimpath -ldflags '$(LDFLAGS)' -o ../bin/release/hypha-$$os-$$arch$${arm:+v$$arm} ./cmd/hypha; \
	done
	cd bin/release && sha256sum hypha-* > SHA256SUMS && ls -l

## api-docs: the OpenAPI document from the handlers, and the pages' client types from the document
.PHONY: api-docs
api-docs: need-go $(modules)
	scripts/api-docs

## lint: all linters; nothing may be found
.PHONY: lint
lint: lint-go lint-web

.PHONY: lint-go
lint-go: need-go $(golangci)
	cd backend && ../$(golangci) run ./...

.PHONY: lint-web
lint-web: $(modules) $(spa)
	cd frontend && npm run --silent lint && npm run --silent check

$(golangci): | need-go
	rm -f .tools/golangci-lint*
	GOBIN=$(abspath .tools) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv .tools/golangci-lint $@

## test: everything that can fail: linters, unit tests with the race detector, drift, cross-builds, clients, the browser
.PHONY: test
test: need-go need-node
	scripts/need race chromium mosquitto victoria-metrics prometheus
	scripts/test

## e2e: the journeys in a real browser against the real program (ARGS="-g login" picks some)
.PHONY: e2e
e2e: build $(modules)
	scripts/need chromium mosquitto
	cd frontend && npx playwright test --config e2e/playwright.config.ts $(ARGS)

## faults: puts faults into the running program (dead probes, kill -9, hung outputs, a full disk) and writes docs/fault-report.md
.PHONY: faults
faults: build
	cd backend && go build -trimpath -o ../bin/faults ./cmd/faults
	bin/faults -bin bin/hypha -out docs/fault-report.md $(ARGS)

## torture: kills the program amid its work a hundred times, spoils what lies on the disk, and looks for what was acknowledged (ARGS="-rounds 20 -seed 1")
.PHONY: torture
torture: build
	cd backend && go build -trimpath -o ../bin/torture ./cmd/torture
	bin/torture -bin bin/hypha $(ARGS)

## model: outputs under a million random commands, kills, faults and changes; nothing they promise may break (HYPHA_LONG=N for N steps)
.PHONY: model
model: need-go
	cd backend && HYPHA_LONG=$${HYPHA_LONG:-1} go test -count=1 -timeout 30m -run Model -v ./internal/output | grep -v 'OK, passed'

## bench: cost per reading, round times, and the whole program under load; writes docs/benchmarks.md
.PHONY: bench
bench: build
	scripts/need victoria-metrics influxdb
	scripts/bench

## clean: what was built (not ./data, nor what was installed)
.PHONY: clean
clean:
	rm -rf bin frontend/dist frontend/coverage frontend/test-results .cache
	cd backend/internal/web/dist && rm -rf app docs

.PHONY: need-go need-node
need-go:
	@scripts/need go=$(GO_MIN)
need-node:
	@scripts/need node=$(NODE_MIN)
