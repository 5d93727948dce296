# run and test each do all the set-up there is: dependencies from the lock file, build, the job.
BUN := node_modules/.bin/bun
SOURCES := $(shell find src scripts -type f) build.ts package.json tsconfig.json

# The node that make run prepares: a virtual machine, or with NODE=host this machine (as root).
NODE := vm
NODE_IMAGE ?= storageos/node:v2.5.0

.PHONY: run run-vm run-host check test nightly build image image-base manifests docs lint format bench e2e-chain e2e-cluster e2e-image e2e-vm crash clean

run: run-$(NODE)

run-vm: build
	@$(BUN) test/vm/run-node.ts --node-image=$(NODE_IMAGE)

run-host: build
	dist/init run -scripts=dist/scripts -nodeImage=$(NODE_IMAGE)

# The timeout is for what hangs, no claim about speed: some tests wait for a real half minute.
SHELL := /bin/bash
# How often a test that fails is tried again; CI tries once, and names what needed it.
RETRY ?= 0
TEST := $(BUN) test --timeout=120000 --retry=$(RETRY)
SHORT := 2>&1 | awk -f test/summary.awk; exit $${PIPESTATUS[0]}

# Under 20 s, for every save: types, lint, unit tests that the changes since BASE touch.
BASE ?= HEAD
check: node_modules
	node_modules/.bin/tsc
	node_modules/.bin/oxlint --deny-warnings
	@$(TEST) --changed=$(BASE) --pass-with-no-tests ./src ./scripts/*/lib $(SHORT)

test: build
	@$(TEST) --parallel=4 $(SHORT)

# What takes longer than a person waits: crashes at every system call, torture, large property tests.
nightly: export NIGHTLY = 1
nightly: build crash
	@$(BUN) test --timeout=36000000 --parallel=2 $(SHORT)
	@$(MAKE) --no-print-directory e2e-chain

build: dist/init

# Variables: IMAGE, BASE, BUILDER, PLATFORM, ARCHIVE; see image/build.ts.
image: build
	$(BUN) image/build.ts

# Looks into ARCHIVE, and builds it a second time.
e2e-image: node_modules
	$(TEST) ./test/image/image.e2e.ts

# For machines that reach no image registry: BASE=localhost/debian:bookworm-slim
image-base:
	image/base.sh

manifests: node_modules
	$(BUN) deploy/render.ts

# The tables of docs/failures.md.
docs: node_modules
	$(BUN) docs/failures/render.ts

lint: node_modules
	node_modules/.bin/oxlint --deny-warnings
	node_modules/.bin/oxfmt --check
	node_modules/.bin/tsc
	$(BUN) deploy/render.ts --check
	$(BUN) docs/failures/render.ts --check

format: node_modules
	node_modules/.bin/oxfmt

bench: build
	$(BUN) bench/run.ts

# On the cluster of KUBECONFIG, in namespaces of its own; see docs/kubernetes.md. CLUSTER_LOAD is the
# command that brings ARCHIVE, which `make image ARCHIVE=…` wrote, to the cluster's nodes.
ARCHIVE ?= .cache/image.tar
e2e-cluster: node_modules
	@if [ -z "$$KUBECONFIG" ]; then echo "e2e-cluster skipped: KUBECONFIG names no cluster"; \
	else { [ -z "$$CLUSTER_LOAD" ] || $$CLUSTER_LOAD "$(ARCHIVE)"; } && \
	$(TEST) ./test/cluster/*.e2e.ts; fi

# From the operator's objects to the main container, on a node whose kernel has Linux-IO: that of
# KUBECONFIG and NODE_RUN (see test/chain/node.ts), else a virtual one. ARCHIVE is the image's.
e2e-chain: node_modules
	@if [ ! -e $(ARCHIVE) ]; then echo "e2e-chain skipped: cannot find $(ARCHIVE), which make image ARCHIVE=$(ARCHIVE) builds"; \
	elif [ -z "$$NODE_RUN" ]; then test/chain/on-vm-node $(MAKE) --no-print-directory e2e-chain; \
	else $$CLUSTER_LOAD "$(ARCHIVE)" && $(BUN) test --timeout=120000 $(wildcard ./test/chain/*.e2e.ts); fi

# In virtual machines with Debian's kernel, without KVM.
e2e-vm: build
	$(TEST) $(wildcard ./test/vm/*.e2e.ts)

# Kills and starves the database upgrade at every system call, and cuts a machine's power: an hour.
crash: build
	CRASH=all $(BUN) test --timeout=36000000 scripts/10-dbupgrade-v1v2/test/crash.test.ts
	POWER_CUTS=20 $(BUN) test --timeout=36000000 ./test/vm/dbupgrade-power.e2e.ts

clean:
	rm -rf dist node_modules .cache

dist/init: node_modules $(SOURCES)
	$(BUN) build.ts
	@touch dist/init

# npm may be set up to skip install scripts; bun's puts its executable in place.
node_modules: package-lock.json
	@command -v npm >/dev/null || { echo "cannot find npm: install Node.js 20 or later"; exit 1; }
	@timeout 20 npm view semver version --fetch-retries=0 --fetch-timeout=15000 >/dev/null 2>&1 || { \
	  echo "cannot reach the npm registry within 20 s"; \
	  echo "Check the network, and the proxy in HTTPS_PROXY and in npm's settings (npm config list)."; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@$(BUN) --version >/dev/null 2>&1 || node node_modules/bun/install.js
	@touch node_modules
