# SPDX-License-Identifier: GPL-2.0
# The library and the command line tool.

TOOLS := $(TOP)/tools
TOOLS_CFLAGS := -I$(TOP)/uapi -I$(TOOLS)/lib -I$(TOOLS)/nat64ctl \
	-I$(TOP)/daemons \
	$(shell pkg-config --cflags libnl-genl-3.0 libnl-route-3.0 smartcols)
TOOLS_LIBS := $(shell pkg-config --libs libnl-route-3.0 libnl-genl-3.0 smartcols)
TOOLS_LIB_SRCS := $(wildcard $(TOOLS)/lib/*.c)
TOOLS_CTL_SRCS := $(filter-out %/main.c,$(wildcard $(TOOLS)/nat64ctl/*.c))

TOOLS_CONF_SRCS := $(wildcard $(TOP)/daemons/common/conf*.c) \
	$(TOP)/daemons/common/hex.c $(TOP)/daemons/common/log.c

UNIT_TESTS += addr_test addr_attr_test cli_test cli_ra_test

addr_test_SRCS := addr_test.c \
	$(addprefix $(TOOLS)/lib/,addr.c names.c settings.c)
addr_test_CFLAGS := $(TOOLS_CFLAGS)

addr_attr_test_SRCS := addr_attr_test.c $(TOOLS_LIB_SRCS)
addr_attr_test_CFLAGS := $(TOOLS_CFLAGS)
addr_attr_test_LIBS := $(TOOLS_LIBS)

cli_test_SRCS := cli_test.c $(TOOLS_CTL_SRCS) $(TOOLS_LIB_SRCS) \
	$(TOOLS_CONF_SRCS)
cli_test_CFLAGS := $(TOOLS_CFLAGS)
cli_test_LIBS := $(TOOLS_LIBS) -linih

cli_ra_test_SRCS := cli_ra_test.c $(TOOLS)/nat64ctl/ra.c
cli_ra_test_CFLAGS := $(TOOLS_CFLAGS)
