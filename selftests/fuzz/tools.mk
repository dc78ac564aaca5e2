# SPDX-License-Identifier: GPL-2.0
# What nat64ctl reads: router advertisements, and the words of people.

TOOLS := $(TOP)/tools
TOOLS_CFLAGS := -I$(TOP)/uapi -I$(TOOLS)/lib -I$(TOOLS)/nat64ctl

FUZZERS += clat_ra_fuzz words_fuzz

clat_ra_fuzz_SRCS := clat_ra_fuzz.c $(TOOLS)/nat64ctl/ra.c
clat_ra_fuzz_CFLAGS := $(TOOLS_CFLAGS)

words_fuzz_SRCS := words_fuzz.c \
	$(addprefix $(TOOLS)/lib/,addr.c names.c settings.c)
words_fuzz_CFLAGS := $(TOOLS_CFLAGS)
