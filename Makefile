# SPDX-License-Identifier: Apache-2.0
# The front door.  Meson does the work; each target installs the Debian packages it lacks.
#
## make demo                  watch a live session leave one process and go on in another
## make check                 build and run every test; ends with "N passed, N failed"
## make install PREFIX=DIR    install below DIR (default /usr/local; DESTDIR is honoured)
## make bench [JSON=1]        measure against other implementations, as ratios
## make load                  let very many clients use lsad at once, for some minutes
## make fuzz                  fuzz every decoder for FUZZ_SECONDS (default 30)
## make clean                 remove what the targets above have built

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 30
RELEASE = build-release
# Warnings of a compiler that is not ours to choose are no reason not to build.
RELEASE_OPTIONS = -Dbuildtype=release -Dtests=false -Dwerror=false

.PHONY: help demo check install bench load fuzz clean

help:
	@sed -n 's/^## //p' Makefile

demo:
	@tools/install-packages build demo
	@echo "Building..."
	@tools/setup-build $(RELEASE) $(RELEASE_OPTIONS) >$(RELEASE).log 2>&1 || { cat $(RELEASE).log; exit 1; }
	@$(RELEASE)/src/cli/sspi demo --lsa both

check:
	@tools/install-packages build demo test peers
	@tools/check

install:
	@tools/install-packages build
	@tools/setup-build $(RELEASE) $(RELEASE_OPTIONS) --prefix=$(abspath $(PREFIX))
	@meson install -C $(RELEASE) --no-rebuild

bench:
	@tools/install-packages build demo peers
	@tools/setup-build build-bench $(RELEASE_OPTIONS) -Dbench=true >build-bench.log 2>&1 || { cat build-bench.log; exit 1; }
	@build-bench/bench/bench $(if $(JSON),--json)

load:
	@tools/install-packages build test peers domain
	@tools/setup-build build-load -Dbuildtype=release -Dwerror=false >build-load.log 2>&1 || { cat build-load.log; exit 1; }
	@meson test -C build-load --no-rebuild --setup load --suite load; status=$$?; \
	    grep -h '^# [0-9]\|^# the' build-load/meson-logs/testlog-load.txt; exit $$status

fuzz:
	@tools/install-packages build fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz

clean:
	rm -rf build-release build-release.log build-bench build-bench.log build-load build-load.log build-fuzz build-check-*
