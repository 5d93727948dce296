# run and test each do all the set-up there is: dependencies from the lock file, build, the job.
BUN := node_modules/.bin/bun
SOURCES := $(shell find src scripts -type f) build.ts package.json tsconfig.json

# The node that make run prepares: a virtual machine, or with NODE=host this machine (as root).
NODE := vm
NODE_IMAGE ?= storageos/node:v2.5.0

.PHONY: run run-vm run-host test build image image-base manifests docs lint format bench e2e-cluster e2e-image e2e-vm crash clean

run: run-$(NODE)

run-vm: build
	@$(BUN) test/vm/run-node.ts --node-image=$(NODE_IMAGE)

run-host: build
	dist/init run -scripts=dist/scripts -nodeImage=$(NODE_IMAGE)

# The timeout is for what hangs, no claim about speed: some tests wait for a real half minute.
test: build
	$(BUN) test --parallel=4 --timeout=120000

build: dist/init

# Variables: IMAGE, BASE, BUILDER, PLATFORM, ARCHIVE; see image/build.ts.
image: build
	$(BUN) image/build.ts

# Looks into ARCHIVE, and builds it a second time.
e2e-image: node_modules
	$(BUN) test ./test/image/image.e2e.ts

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
	else { [ -z "$$CLUSTER_LOAD" ] || $$CLUSTER_LOAD $(ARCHIVE); } && \
	$(BUN) test --timeout=120000 ./test/cluster/*.e2e.ts; fi

# In virtual machines with Debian's kernel, without KVM.
e2e-vm: build
	$(BUN) test $(wildcard ./test/vm/*.e2e.ts)

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
	npm ci --no-audit --no-fund --loglevel=error
	@$(BUN) --version >/dev/null 2>&1 || node node_modules/bun/install.js
	@touch node_modules
