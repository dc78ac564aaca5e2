// SPDX-License-Identifier: GPL-2.0
/* Structures to attributes and back, and which attribute an offset means. */
#include <arpa/inet.h>

#include <netlink/genl/genl.h>

#include "../../tools/lib/internal.h"
#include "ktap.h"

static struct nl_msg *new_msg(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 1, 0x20, 0, 0, NAT64_CMD_CONFIG_NTF, 1);
	return msg;
}

/* Writes a change as a notification has it, and reads it back. */
static void round_trip(const struct nat64_change *in, struct nat64_change *out)
{
	struct nlattr *tb[NAT64_A_MAX + 1];
	struct nl_msg *msg = new_msg();

	EXPECT_EQ(nla_put_u32(msg, NAT64_A_CMD, in->cmd), 0);
	EXPECT_EQ(nat64_put_change(msg, in), 0);
	EXPECT_EQ(genlmsg_parse(nlmsg_hdr(msg), 0, tb, NAT64_A_MAX, NULL), 0);
	nat64_get_change(tb, out);
	EXPECT_EQ(!!tb[NAT64_A_FORCE], in->force);
	EXPECT_EQ(out->cmd, in->cmd);
	EXPECT_STR(out->instance, in->instance);
	nlmsg_free(msg);
}

TEST(instance)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_INSTANCE_ADD, .instance = "a",
		.mode = NAT64_MODE_SIIT,
	};

	round_trip(&in, &out);
	EXPECT_EQ(out.mode, NAT64_MODE_SIIT);
}

TEST(prefix)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_PREFIX_ADD, .instance = "default",
		.force = true,
		.prefix = { .p6 = { .addr.s6_addr = { 0, 0x64 }, .len = 96 },
			    .has_p4 = true, .p4 = { { 0x01020304 }, 8 } },
	};

	round_trip(&in, &out);
	EXPECT_MEM(&out.prefix, &in.prefix, sizeof(in.prefix));
}

TEST(pool4)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_POOL4_DEL, .instance = "default",
		.pool4 = { .p4 = { { 0x01020304 }, 28 }, .port_max = 9,
			   .proto = NAT64_L4_UDP, .has_mark = true,
			   .mark = 0x80000001 },
	};

	round_trip(&in, &out);
	EXPECT_MEM(&out.pool4, &in.pool4, sizeof(in.pool4));
}

TEST(eam_deny4)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_EAM_ADD, .instance = "x",
		.eam = { { .addr.s6_addr = { 0x20 }, .len = 120 },
			 { { 0x01020300 }, 24 } },
	};

	round_trip(&in, &out);
	EXPECT_MEM(&out.eam, &in.eam, sizeof(in.eam));
	in.cmd = NAT64_CMD_DENY4_ADD;
	in.deny4 = (struct nat64_prefix4){ { 0x0a }, 8 };
	round_trip(&in, &out);
	EXPECT_EQ(out.deny4.addr.s_addr, 0x0a);
	EXPECT_EQ(out.deny4.len, 8);
}

TEST(bib)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_BIB_ADD, .instance = "x",
		.bib = { .proto = IPPROTO_UDP,
			 .src6 = { { .s6_addr = { 0x20 } }, 65535 },
			 .src4 = { { 0x01020304 }, 0 } },
	};

	round_trip(&in, &out);
	EXPECT_EQ(out.bib.proto, IPPROTO_UDP);
	EXPECT_MEM(&out.bib.src6, &in.bib.src6, sizeof(in.bib.src6));
	EXPECT_EQ(out.bib.src4.addr.s_addr, 0x01020304);
	EXPECT_EQ(out.bib.src4.port, 0);
	EXPECT(!out.bib.is_static);
}

/* A value, or as many elements of a list. */
static uint32_t some_value(int attr)
{
	return attr == NAT64_A_SETTINGS_MTU_PLATEAUS ||
	       attr == NAT64_A_SETTINGS_UDP_ZERO_PORTS ? NAT64_LIST_MAX : attr;
}

static void settings_round_trip(int first)
{
	struct nat64_change out, in = {
		.cmd = NAT64_CMD_SETTINGS_SET, .instance = "x",
	};
	int i;

	for (i = first; i <= NAT64_A_SETTINGS_MAX; i += 2) {
		in.settings.has |= 1ULL << i;
		if (i == NAT64_A_SETTINGS_RFC6791_ADDR6)
			in.settings.rfc6791_addr6 = in6addr_loopback;
		else
			in.settings.val[i] = some_value(i);
	}
	for (i = 0; i < NAT64_LIST_MAX; i++) {
		if (in.settings.has & 1ULL << NAT64_A_SETTINGS_MTU_PLATEAUS)
			in.settings.mtu_plateaus[i] = 9000 - i;
		if (in.settings.has & 1ULL << NAT64_A_SETTINGS_UDP_ZERO_PORTS)
			in.settings.udp_zero_ports[i] = 500u << 16 | i;
	}
	round_trip(&in, &out);
	EXPECT_MEM(&out.settings, &in.settings, sizeof(in.settings));
}

TEST(settings)
{
	settings_round_trip(1);
	settings_round_trip(2);
}

/* The widths of the switches are those of the policy. */
TEST(settings_width)
{
	struct nat64_change in = { .cmd = NAT64_CMD_SETTINGS_SET };
	struct nlattr *tb[NAT64_A_MAX + 1], *s[NAT64_A_SETTINGS_MAX + 1];
	struct nl_msg *msg = new_msg();

	in.settings.has = 1ULL << NAT64_A_SETTINGS_ENABLED |
			  1ULL << NAT64_A_SETTINGS_TOS |
			  1ULL << NAT64_A_SETTINGS_RFC6791_LEN4;
	EXPECT_EQ(nat64_put_change(msg, &in), 0);
	genlmsg_parse(nlmsg_hdr(msg), 0, tb, NAT64_A_MAX, NULL);
	nla_parse_nested(s, NAT64_A_SETTINGS_MAX, tb[NAT64_A_SETTINGS], NULL);
	EXPECT_EQ(nla_len(s[NAT64_A_SETTINGS_ENABLED]), 1);
	EXPECT_EQ(nla_len(s[NAT64_A_SETTINGS_TOS]), 4);
	EXPECT_EQ(nla_len(s[NAT64_A_SETTINGS_RFC6791_LEN4]), 1);
	nlmsg_free(msg);
}

/* What comes from the kernel is not trusted to be long enough. */
TEST(short_attributes)
{
	struct nlattr *tb[NAT64_A_MAX + 1];
	struct nl_msg *msg = new_msg();
	struct nlattr *nest;
	struct nat64_entry e;

	nla_put(msg, NAT64_A_INSTANCE, 3, "abc");
	nest = nla_nest_start(msg, NAT64_A_SESSION);
	nla_put(msg, NAT64_A_SESSION_SRC6, 3, "abc");
	nla_put(msg, NAT64_A_SESSION_SRC4, 1, "a");
	nla_put(msg, NAT64_A_SESSION_SPORT6, 0, NULL);
	nla_nest_end(msg, nest);
	genlmsg_parse(nlmsg_hdr(msg), 0, tb, NAT64_A_MAX, NULL);
	EXPECT_EQ(nat64_get_entry(NAT64_CMD_SESSION_GET, tb, &e), 0);
	EXPECT_STR(e.instance, "");
	EXPECT_EQ(e.session.src6.addr.s6_addr[0], 0);
	EXPECT_EQ(e.session.src4.addr.s_addr, 0);
	EXPECT_EQ(e.session.src6.port, 0);
	EXPECT_EQ(nat64_get_entry(NAT64_CMD_BIB_GET, tb, &e), -1);
	nlmsg_free(msg);
}

static uint32_t offset_of(const struct nl_msg *msg, const struct nlattr *a)
{
	return (const char *)a - (const char *)nlmsg_hdr((void *)msg);
}

TEST(locate)
{
	struct nat64_change in = {
		.cmd = NAT64_CMD_PREFIX_ADD, .instance = "default",
	};
	struct nlattr *tb[NAT64_A_MAX + 1], *p[NAT64_A_PREFIX_MAX + 1];
	struct nl_msg *msg = new_msg();
	struct nat64_refusal r = { .item = -1 };

	nat64_put_change(msg, &in);
	genlmsg_parse(nlmsg_hdr(msg), 0, tb, NAT64_A_MAX, NULL);
	nla_parse_nested(p, NAT64_A_PREFIX_MAX, tb[NAT64_A_PREFIX], NULL);

	nat64_locate(nlmsg_hdr(msg), offset_of(msg, p[NAT64_A_PREFIX_LEN]), &r);
	EXPECT_EQ(r.item, -1);
	EXPECT_EQ(r.attr, NAT64_A_PREFIX);
	EXPECT_EQ(r.sub, NAT64_A_PREFIX_LEN);

	r = (struct nat64_refusal){ .item = -1 };
	nat64_locate(nlmsg_hdr(msg), offset_of(msg, tb[NAT64_A_PREFIX]), &r);
	EXPECT_EQ(r.attr, NAT64_A_PREFIX);
	EXPECT_EQ(r.sub, 0);

	r = (struct nat64_refusal){ .item = -1 };
	nat64_locate(nlmsg_hdr(msg), offset_of(msg, tb[NAT64_A_INSTANCE]), &r);
	EXPECT_EQ(r.attr, NAT64_A_INSTANCE);
	EXPECT_EQ(r.sub, 0);

	r = (struct nat64_refusal){ .item = -1 };
	nat64_locate(nlmsg_hdr(msg), 100000, &r);
	EXPECT_EQ(r.attr, 0);
	nlmsg_free(msg);
}

TEST(locate_in_batch)
{
	struct nat64_change in = {
		.cmd = NAT64_CMD_PREFIX_ADD, .instance = "default",
	};
	struct nl_msg *msg = new_msg();
	struct nat64_refusal r = { .item = -1 };
	struct nlattr *a, *last = NULL, *tb[NAT64_A_MAX + 1];
	struct genlmsghdr *gh = nlmsg_data(nlmsg_hdr(msg));
	int i, rem;

	for (i = 0; i < 3; i++) {
		a = nla_nest_start(msg, NAT64_A_ITEM | NLA_F_NESTED);
		nla_put_u32(msg, NAT64_A_CMD, in.cmd);
		nat64_put_change(msg, &in);
		nla_nest_end(msg, a);
	}
	nla_for_each_attr(a, genlmsg_attrdata(gh, 0), genlmsg_attrlen(gh, 0),
			  rem)
		last = a;
	nla_parse_nested(tb, NAT64_A_MAX, last, NULL);
	nat64_locate(nlmsg_hdr(msg), offset_of(msg, tb[NAT64_A_INSTANCE]), &r);
	EXPECT_EQ(r.item, 2);
	EXPECT_EQ(r.attr, NAT64_A_INSTANCE);

	r = (struct nat64_refusal){ .item = -1 };
	nat64_locate(nlmsg_hdr(msg), offset_of(msg, last), &r);
	EXPECT_EQ(r.item, 2);
	EXPECT_EQ(r.attr, 0);
	nlmsg_free(msg);
}

/* The text of the kernel stands in the refusal already when it is kept. */
TEST(refusal_keeps_its_text)
{
	struct nat64 h = { .refusal.text = "from the kernel" };

	EXPECT_EQ(nat64_refuse(&h, 22, h.refusal.text), -22);
	EXPECT_EQ(h.refusal.error, 22);
	EXPECT_STR(h.refusal.text, "from the kernel");
	h.refusal.text[0] = 0;
	nat64_refuse(&h, 22, h.refusal.text);
	EXPECT_STR(h.refusal.text, "Invalid argument");
}

KTAP_MAIN()
