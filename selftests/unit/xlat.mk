# SPDX-License-Identifier: GPL-2.0
# The pure translation core, built in user space against a stand-in header.

XLAT_TESTS := rfc6052_test parse_test hdr_test icmpmap_test csum_test \
	tcp_test ports_test
XLAT_SRCS := $(wildcard $(TOP)/kmod/xlat/*.c)
XLAT_CFLAGS := -fno-strict-aliasing -include xlat_internal.h -I$(TOP)/kmod/xlat

define xlat_test
$(1)_SRCS := $(1).c $(XLAT_SRCS)
$(1)_CFLAGS := $(XLAT_CFLAGS)
endef
$(foreach t,$(XLAT_TESTS),$(eval $(call xlat_test,$(t))))
ports_test_SRCS := ports_test.c
ports_test_LIBS := -pthread

UNIT_TESTS += $(XLAT_TESTS)
