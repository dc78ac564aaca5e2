# SPDX-License-Identifier: GPL-2.0
# The pure translation core, built in user space against a stand-in header.

XLAT_FUZZERS := parse_fuzz xlat64_fuzz xlat46_fuzz roundtrip_fuzz icmp_fuzz
XLAT_SRCS := $(wildcard $(TOP)/kmod/xlat/*.c)
XLAT_CFLAGS := -fno-strict-aliasing -I../unit -include ../unit/xlat_internal.h \
	-I$(TOP)/kmod/xlat

define xlat_fuzzer
$(1)_SRCS := $(1).c $(XLAT_SRCS)
$(1)_CFLAGS := $(XLAT_CFLAGS)
endef
$(foreach t,$(XLAT_FUZZERS),$(eval $(call xlat_fuzzer,$(t))))

FUZZERS += $(XLAT_FUZZERS)
