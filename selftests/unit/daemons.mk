# SPDX-License-Identifier: GPL-2.0
# The pure files of the access daemons.

DAEMONS := $(TOP)/daemons
DAEMON_CFLAGS := -D_GNU_SOURCE -I$(DAEMONS)
DHCP_SERVER := $(addprefix $(DAEMONS)/dhcp108d/,server.c judge.c lease.c \
	probe.c adoption.c dhcp4.c) \
	$(addprefix $(DAEMONS)/common/,hex.c keytab.c log.c)

UNIT_TESTS += dhcp4_test dhcp4_server_test dhcp4_lease_test dhcp4_store_test ra_test \
	ra_advert_test ra_store_test sched_test past_test \
	conf_test conf_health_test conf_keytab_test

dhcp4_test_SRCS := dhcp4_test.c $(DAEMONS)/dhcp108d/dhcp4.c \
	$(DAEMONS)/dhcp108d/udp4.c
dhcp4_test_CFLAGS := $(DAEMON_CFLAGS)

dhcp4_server_test_SRCS := dhcp4_server_test.c \
	$(DHCP_SERVER)
dhcp4_server_test_CFLAGS := $(DAEMON_CFLAGS)

dhcp4_lease_test_SRCS := dhcp4_lease_test.c $(DHCP_SERVER)
dhcp4_lease_test_CFLAGS := $(DAEMON_CFLAGS)

dhcp4_store_test_SRCS := dhcp4_store_test.c \
	$(addprefix $(DAEMONS)/dhcp108d/,adoptfile.c adoption.c arp.c dhcp4.c echo.c \
	lease.c leasefile.c rogue.c) \
	$(addprefix $(DAEMONS)/common/,hex.c journal.c keytab.c log.c \
	syncdir.c)
dhcp4_store_test_CFLAGS := $(DAEMON_CFLAGS)

ra_test_SRCS := ra_test.c $(DAEMONS)/pref64d/ra.c
ra_test_CFLAGS := $(DAEMON_CFLAGS)

ra_advert_test_SRCS := ra_advert_test.c \
	$(addprefix $(DAEMONS)/pref64d/,advert.c past.c ra.c others.c) \
	$(DAEMONS)/common/keytab.c
ra_advert_test_CFLAGS := $(DAEMON_CFLAGS)

ra_store_test_SRCS := ra_store_test.c \
	$(addprefix $(DAEMONS)/pref64d/,store.c past.c renumber.c ra.c) \
	$(addprefix $(DAEMONS)/common/,confval.c health.c log.c syncdir.c)
ra_store_test_CFLAGS := $(DAEMON_CFLAGS)

past_test_SRCS := past_test.c \
	$(addprefix $(DAEMONS)/pref64d/,past.c renumber.c advert.c ra.c sched.c) \
	$(DAEMONS)/common/health.c
past_test_CFLAGS := $(DAEMON_CFLAGS)

sched_test_SRCS := sched_test.c $(DAEMONS)/pref64d/sched.c
sched_test_CFLAGS := $(DAEMON_CFLAGS)

conf_test_SRCS := conf_test.c \
	$(addprefix $(DAEMONS)/common/,conf.c confkey.c confra.c confdhcp.c \
	confval.c hex.c log.c)
conf_test_CFLAGS := $(DAEMON_CFLAGS)
conf_test_LIBS := -linih

conf_health_test_SRCS := conf_health_test.c \
	$(addprefix $(DAEMONS)/common/,health.c ping.c log.c)
conf_health_test_CFLAGS := $(DAEMON_CFLAGS)

conf_keytab_test_SRCS := conf_keytab_test.c $(DAEMONS)/common/keytab.c
conf_keytab_test_CFLAGS := $(DAEMON_CFLAGS)
