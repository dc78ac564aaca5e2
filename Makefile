# SPDX-License-Identifier: GPL-2.0
#
# make help says what there is.

TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
O ?= $(TOP)/build
override O := $(abspath $(O))
KVER ?= running
FUZZ_SECONDS ?= 30
MINUTES ?= 10
DESTDIR ?=
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' $(TOP)/dkms.conf)
SUB := O=$(O) --no-print-directory
# The demo needs a kernel that the tests know, whatever runs here.
VMKVER = $(if $(filter running,$(KVER)),6.12,$(KVER))

export NAT64_CACHE

all: tools daemons

help:
	@sed -n 's/^## //p' $(TOP)/Makefile

## make              the command line tool and the daemons, into $(O)/bin
## make module       the module: KVER=6.1|6.12|7|debug|uml|kcsan, or for the running kernel
## make deps         install the packages that everything below needs
## make demo         the conference network in a virtual machine
## make shell        the same network, with a shell in its gateway
## make check        every test: builds, unit, fuzz, style, four kernels
## make debug-check  kernels with KASAN, lockdep, KCSAN; takes hours: TESTS="name ..."
## make unit         unit tests
## make fuzz         fuzzers, FUZZ_SECONDS=30 each, and which lines they have reached
## make style        checks of style and structure
## make vm           tests in a virtual machine: KVER=6.12 TESTS="name ..."
## make fuzz-vm      packets and requests into the module: KVER=6.12 MINUTES=10
## make soak         flows against a model: KVER=6.12 MINUTES=10
## make bench        instructions per packet: KVER=6.1 ARMS="name ours others extra"
## make bench-check  our arms; fails if more than in the committed reference
## make bench-cycles cycles and memory: FLOWS="1 10000 1000000" ARMS="name ..."
## make bench-reference  take the instructions of this tree as the reference
## make bench-two    two processors against one: ARMS="name ..."
## make bench-lines  memory that two processors share: KVER=6.12 ARMS="name ..."
## make bench-profile ARM=name [FUNC=name]  the same by function, by instruction
## make peers        the daemons beside what does their work elsewhere: PARTS="dhcp ra"
## make kernels      fetch all that virtual machines need, ahead of time
## make uapi         regenerate header and policy from uapi/nat64.yaml
## make install      module of the running kernel, tool, daemons; DESTDIR=
## make dkms-install the module by DKMS, for every kernel installed later too
## make uninstall    what install and dkms-install have put down
## make clean        remove $(O)
## O=DIR builds elsewhere; NAT64_CACHE=DIR keeps kernels elsewhere.

module:
	$(TOP)/selftests/qemu/module $(KVER) $(O)

sparse: module

tools:
	$(MAKE) $(SUB) -C $(TOP)/tools

daemons: tools
	$(MAKE) $(SUB) -C $(TOP)/daemons

unit:
	$(MAKE) -C $(TOP)/selftests/unit O=$(O)/unit check

fuzz:
	$(MAKE) -C $(TOP)/selftests/fuzz O=$(O)/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) run
	@$(MAKE) --no-print-directory -C $(TOP)/selftests/fuzz O=$(O)/fuzz coverage

style:
	$(TOP)/selftests/style

deps:
	@$(TOP)/selftests/deps

kernels:
	$(TOP)/selftests/qemu/fetch all

check: deps
	@O=$(O) $(TOP)/selftests/check

fuzz-guest:
	$(MAKE) $(SUB) -C $(TOP)/selftests/fuzz/vm O=$(O)/fuzz/vm

vm: all fuzz-guest
	$(TOP)/selftests/qemu/module $(VMKVER) $(O)
	$(TOP)/selftests/qemu/run -k $(VMKVER) -o $(O) $(TESTS)

debug-check: deps all fuzz-guest
	@O=$(O) $(TOP)/selftests/check-debug $(TESTS)

# What takes minutes or hours and has its own seeds is no part of check.
fuzz-vm: all fuzz-guest
	$(TOP)/selftests/qemu/module $(VMKVER) $(O)
	$(TOP)/selftests/qemu/run -k $(VMKVER) -o $(O) -t 600 \
		-s $(TOP)/selftests/fuzz/vm/long -- $(MINUTES)

soak: all fuzz-guest
	$(TOP)/selftests/qemu/module $(VMKVER) $(O)
	$(TOP)/selftests/qemu/run -k $(VMKVER) -o $(O) -t 600 \
		-s $(TOP)/selftests/fuzz/vm/soak-guest -- $$(($(MINUTES) * 60))

# Instructions do not depend on this machine; cycles do.
BENCH = $(TOP)/selftests/bench
BENCH_KVER = $(if $(filter running,$(KVER)),6.1,$(KVER))
bench: deps
	$(MAKE) $(SUB) -C $(TOP) tools
	$(TOP)/selftests/qemu/module $(BENCH_KVER) $(O)
	$(BENCH)/run $(BENCH_KVER) $(O) $(ARMS)

bench-check:
	$(MAKE) $(SUB) -C $(TOP) bench ARMS="$(or $(ARMS),ours)"
	$(BENCH)/report.py --check $(O)/bench/$(BENCH_KVER).json $(BENCH)/reference.json

bench-reference: bench
	$(BENCH)/report.py --update $(O)/bench/$(BENCH_KVER).json $(BENCH)/reference.json
	$(BENCH)/report.py --picture $(BENCH)/reference.json $(TOP)/docs/bench.svg
	$(BENCH)/report.py --page $(BENCH)/reference.json $(TOP)/docs/bench.md

bench-cycles: deps
	$(MAKE) $(SUB) -C $(TOP) tools
	$(BENCH)/cycles $(O) "$(FLOWS)" $(ARMS)

bench-two: deps
	$(MAKE) $(SUB) -C $(TOP) tools
	$(BENCH)/cycles --two $(O) $(ARMS)

bench-lines: deps
	$(MAKE) $(SUB) -C $(TOP) tools
	$(TOP)/selftests/qemu/module $(BENCH_KVER) $(O)
	$(BENCH)/run --lines $(BENCH_KVER) $(O) $(ARMS)

bench-profile: deps
	$(MAKE) $(SUB) -C $(TOP) tools
	$(TOP)/selftests/qemu/module $(BENCH_KVER) $(O)
	$(BENCH)/run --profile $(BENCH_KVER) $(O) $(or $(ARM),$(error ARM=name)) $(FUNC)

# What others do is no test of ours, hence no part of check.
PEERS = $(TOP)/selftests/peers
peers: deps all
	$(TOP)/selftests/qemu/module $(VMKVER) $(O)
	$(PEERS)/run $(VMKVER) $(O) $(PARTS)

# What is built on the way matters to nobody who came to see the demo.
demo-build: deps
	@$(TOP)/selftests/qemu/fetch kernel $(VMKVER)
	@$(TOP)/selftests/qemu/fetch dhcpcd10
	@mkdir -p $(O)
	@echo "Building; the full output is in $(O)/demo-build.log"
	@{ $(MAKE) $(SUB) -C $(TOP) tools daemons && \
	   $(TOP)/selftests/qemu/module $(VMKVER) $(O); } > $(O)/demo-build.log 2>&1 || \
	 { cat $(O)/demo-build.log; exit 1; }

demo: demo-build
	@$(TOP)/selftests/qemu/run -k $(VMKVER) -o $(O) -s $(TOP)/selftests/demo/demo.sh

shell: demo-build
	@$(TOP)/selftests/qemu/run -k $(VMKVER) -o $(O) --shell \
		-s $(TOP)/selftests/demo/demo.sh -- --setup-only

uapi:
	$(TOP)/uapi/generate $(or $(KSRC),$$($(TOP)/selftests/qemu/fetch dir source))

install: all
	$(TOP)/selftests/qemu/module running $(O)
	install -D -m 644 $(O)/mod-running/kmod/nat64.ko \
		$(DESTDIR)/lib/modules/$$(uname -r)/updates/nat64.ko
	$(if $(DESTDIR),,depmod)
	$(MAKE) $(SUB) -C $(TOP)/tools install DESTDIR=$(DESTDIR)
	$(MAKE) $(SUB) -C $(TOP)/daemons install DESTDIR=$(DESTDIR)

DKMS_TREE = /usr/src/nat64-$(VERSION)
dkms-install:
	rm -rf $(DESTDIR)$(DKMS_TREE)
	mkdir -p $(DESTDIR)$(DKMS_TREE)
	cp -r $(TOP)/kmod $(TOP)/uapi $(TOP)/dkms.conf $(TOP)/COPYING $(DESTDIR)$(DKMS_TREE)/
	$(if $(DESTDIR),,dkms install nat64/$(VERSION))

# Whatever the parts install is found by letting them do so once more, aside.
uninstall:
	rm -rf $(O)/stage
	$(MAKE) $(SUB) -C $(TOP)/tools install DESTDIR=$(O)/stage
	$(MAKE) $(SUB) -C $(TOP)/daemons install DESTDIR=$(O)/stage
	cd $(O)/stage && find . ! -type d ! -path './etc/*' | \
		while read -r f; do rm -fv "$(DESTDIR)/$$f"; done
	rm -f $(DESTDIR)/lib/modules/$$(uname -r)/updates/nat64.ko
	$(if $(DESTDIR),,-! command -v dkms > /dev/null || dkms remove nat64/$(VERSION) --all)
	rm -rf $(O)/stage $(DESTDIR)$(DKMS_TREE)
	$(if $(DESTDIR),,depmod)

clean:
	rm -rf $(O)

.PHONY: all help module sparse tools daemons unit fuzz style deps kernels check vm \
	fuzz-guest fuzz-vm soak debug-check \
	bench bench-check bench-reference bench-cycles bench-two bench-lines bench-profile \
	peers demo-build demo shell uapi \
	install dkms-install uninstall clean
