# SPDX-License-Identifier: Apache-2.0
# The front door: one word for each thing one does here. The work is in tools/ and CMakePresets.json.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build demo test run release check bench e2e fuzz fmt asan tsan clean

help:  ## Lists what make can do.
	@echo "Vigie. Newcomers: make demo, make test."
	@sed -n 's/^\([a-z0-9]*\):.*## /\1|/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name sentence; do printf '  make %-8s  %s\n' "$$name" "$$sentence"; done

setup:  ## Installs what is missing; quick when nothing is.
	@tools/setup

build:  ## Builds everything, tests included, into build/dev.
	@tools/build dev

demo: release  ## Installs, builds, and plays recorded lives through the whole chain on http://127.0.0.1:8080.
	@tools/demo

test:  ## Installs, builds, and runs every test.
	@tools/test

run: release  ## Installs, builds, and starts the real thing (ARGS="--roles web" for its flags).
	@build/release/vigie serve $(ARGS)

release:  ## Leaves build/release/vigie and build/release/vigie-sim.
	@tools/build release vigie vigie-sim

check:  ## Layout, clang-tidy on what changed, tests, sanitizers, a little fuzzing: what a change must pass.
	@tools/check

bench:  ## Builds the release and runs the benchmarks.
	@tools/bench

e2e: build  ## Drives the built program with a browser.
	@tools/e2e

fuzz:  ## Runs each fuzz target for FUZZ_SECONDS (60).
	@tools/fuzz

fmt:  ## Lays the C++ sources out.
	@tools/fmt

asan:  ## Runs the C++ tests under address and undefined-behaviour sanitizers.
	@tools/build asan
	@ctest --preset asan

tsan:  ## Runs the C++ tests under the thread sanitizer.
	@tools/build tsan
	@ctest --preset tsan

clean:  ## Removes what was built; what was fetched stays in the cache.
	@rm -rf build web/dist
