# SPDX-License-Identifier: GPL-2.0
# Parsers and builders of the access daemons.

DAEMONS := $(TOP)/daemons
DAEMON_CFLAGS := -D_GNU_SOURCE -I$(DAEMONS)

FUZZERS += dhcp4_fuzz dhcp_store_fuzz ra_fuzz

dhcp4_fuzz_SRCS := dhcp4_fuzz.c \
	$(addprefix $(DAEMONS)/dhcp108d/,dhcp4.c udp4.c server.c judge.c lease.c \
	probe.c adoption.c) \
	$(addprefix $(DAEMONS)/common/,hex.c keytab.c log.c)
dhcp4_fuzz_CFLAGS := $(DAEMON_CFLAGS)

dhcp_store_fuzz_SRCS := dhcp_store_fuzz.c \
	$(addprefix $(DAEMONS)/dhcp108d/,adoptfile.c adoption.c arp.c dhcp4.c \
	lease.c leasefile.c) \
	$(addprefix $(DAEMONS)/common/,hex.c journal.c keytab.c log.c \
	syncdir.c)
dhcp_store_fuzz_CFLAGS := $(DAEMON_CFLAGS)

ra_fuzz_SRCS := ra_fuzz.c $(DAEMONS)/pref64d/ra.c
ra_fuzz_CFLAGS := $(DAEMON_CFLAGS)
