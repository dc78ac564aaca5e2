// SPDX-License-Identifier: GPL-2.0
/* DHCPv4 messages and the datagrams around them: daemons/dhcp108d/dhcp4.c. */
#include "ktap.h"

#include "dhcp108d/dhcp4.h"
#include "dhcp108d/udp4.h"

#include <arpa/inet.h>

static uint8_t packet[1500];
static size_t used;

/* A message of type @type without any other option, open at its end. */
static void begin(uint8_t type)
{
	static const uint8_t magic[] = { 99, 130, 83, 99 };

	memset(packet, 0, sizeof(packet));
	packet[0] = 1;			/* BOOTREQUEST */
	packet[1] = 1;			/* Ethernet */
	packet[2] = 6;
	memcpy(packet + 4, "\x12\x34\x56\x78", 4);
	memcpy(packet + 28, "\x02\0\0\0\0\x01", 6);
	memcpy(packet + 236, magic, sizeof(magic));
	used = DHCP4_FIXED_LEN;
	packet[used++] = DHCP4_OPT_TYPE;
	packet[used++] = 1;
	packet[used++] = type;
}

static void option(uint8_t code, const void *value, uint8_t len)
{
	packet[used++] = code;
	packet[used++] = len;
	memcpy(packet + used, value, len);
	used += len;
}

static enum dhcp4_error parse(struct dhcp4_msg *msg)
{
	packet[used] = 255;
	return dhcp4_parse(packet, used + 1, msg);
}

/* Value of an option in @data, length in @len; NULL when it is not there. */
static const uint8_t *find(const uint8_t *data, size_t size, uint8_t code,
			   uint8_t *len)
{
	size_t i = DHCP4_FIXED_LEN;

	while (i < size && data[i] != 255) {
		if (!data[i]) {
			i++;
			continue;
		}
		if (data[i] == code) {
			*len = data[i + 1];
			return data + i + 2;
		}
		i += 2u + data[i + 1];
	}
	return NULL;
}

TEST(reads_header_and_options)
{
	struct dhcp4_msg m;

	begin(DHCP4_REQUEST);
	packet[3] = 2;
	packet[10] = 0x80;
	memcpy(packet + 12, "\xc0\x00\x02\x07", 4);
	memcpy(packet + 24, "\x0a\x00\x00\x01", 4);
	option(DHCP4_OPT_REQUESTED_IP, "\xc0\xa8\x01\x07", 4);
	option(DHCP4_OPT_SERVER_ID, "\xc0\x00\x02\x01", 4);
	option(DHCP4_OPT_PARAM_LIST, "\x01\x03\x6c\x6c", 4);
	option(DHCP4_OPT_MAX_SIZE, "\x05\xdc", 2);
	option(DHCP4_OPT_VENDOR_CLASS, "android-dhcp-15", 15);
	option(DHCP4_OPT_CLIENT_ID, "\x01\x02\0\0\0\0\x01", 7);
	option(DHCP4_OPT_AUTOCONF, "\x01", 1);
	option(DHCP4_OPT_RAPID_COMMIT, "", 0);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT_EQ(m.type, DHCP4_REQUEST);
	EXPECT_EQ(m.hops, 2);
	EXPECT_EQ(m.flags, DHCP4_FLAG_BROADCAST);
	EXPECT_EQ(ntohl(m.ciaddr.s_addr), 0xc0000207);
	EXPECT_EQ(ntohl(m.giaddr.s_addr), 0x0a000001);
	EXPECT(m.has_requested && ntohl(m.requested.s_addr) == 0xc0a80107);
	EXPECT(m.has_server_id && ntohl(m.server_id.s_addr) == 0xc0000201);
	EXPECT(dhcp4_asks(&m, 108) && dhcp4_asks(&m, 1));
	EXPECT(!dhcp4_asks(&m, 6));
	EXPECT_EQ(m.max_size, 1500);
	EXPECT_EQ(m.vendor_class.len, 15);
	EXPECT_EQ(m.client_id.len, 7);
	EXPECT(m.has_autoconf && m.rapid_commit);
}

/* D6 C4 RFC 3396 */
TEST(joins_split_parameter_list)
{
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_PARAM_LIST, "\x01\x03", 2);
	option(DHCP4_OPT_VENDOR_CLASS, "ab", 2);
	option(DHCP4_OPT_PARAM_LIST, "\x6c", 1);
	option(DHCP4_OPT_VENDOR_CLASS, "cd", 2);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT(dhcp4_asks(&m, 108) && dhcp4_asks(&m, 3));
	EXPECT_EQ(m.vendor_class.len, 4);
	EXPECT_MEM(m.vendor_class.data, "abcd", 4);
}

/* D7 C7 C8: file, sname, both; a field without an end option is one. */
TEST(looks_into_overloaded_fields)
{
	static const struct {
		uint8_t overload;
		bool file;
		bool sname;
	} cases[] = {
		{ 1, true, false }, { 2, false, true }, { 3, true, true },
	};
	struct dhcp4_msg m;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		begin(DHCP4_DISCOVER);
		option(DHCP4_OPT_OVERLOAD, &cases[i].overload, 1);
		memcpy(packet + 108, "\x37\x02\x06\x6c", 4);
		memcpy(packet + 44, "\x37\x01\x77", 3);
		EXPECT_EQ(parse(&m), DHCP4_OK);
		EXPECT_EQ(dhcp4_asks(&m, 108), cases[i].file);
		EXPECT_EQ(dhcp4_asks(&m, 0x77), cases[i].sname);
	}
}

TEST(refuses_an_option_that_leaves_an_overloaded_field)
{
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_OVERLOAD, "\x01", 1);
	packet[108 + 126] = 55;
	packet[108 + 127] = 1;
	EXPECT_EQ(parse(&m), DHCP4_OPTION_OVERRUN);
}

/* D8: the option itself is not a request for it. */
TEST(sending_108_is_not_asking)
{
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_V6ONLY, "\0\0\x07\x08", 4);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT(!dhcp4_asks(&m, 108));
}

/* D45, RFC 3011, section 2: a client that gets no copy discards the answer. */
TEST(returns_the_subnet_selection)
{
	static uint8_t out[DHCP4_MAX_LEN];
	struct dhcp4_reply r = { .type = DHCP4_OFFER };
	const uint8_t *v;
	struct dhcp4_msg m;
	uint8_t len;
	size_t n;

	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_SUBNET_SELECTION, "\x0a\x01\x00\x00", 4);
	option(DHCP4_OPT_RELAY_INFO, "\x05\x04\x0a\x02\x00\x00", 6);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT_EQ(ntohl(m.link.s_addr), 0x0a020000);
	n = dhcp4_build(out, &m, &r);
	v = find(out, n, DHCP4_OPT_SUBNET_SELECTION, &len);
	EXPECT(v && len == 4 && !memcmp(v, "\x0a\x01\x00\x00", 4));
	r = (struct dhcp4_reply){ .type = DHCP4_NAK };
	n = dhcp4_build(out, &m, &r);
	EXPECT(!find(out, n, DHCP4_OPT_SUBNET_SELECTION, &len));
	begin(DHCP4_DISCOVER);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	r = (struct dhcp4_reply){ .type = DHCP4_OFFER };
	n = dhcp4_build(out, &m, &r);
	EXPECT(!find(out, n, DHCP4_OPT_SUBNET_SELECTION, &len));
}

/* D50 C10 C11 C13 C14 */
TEST(refuses_what_is_no_message)
{
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	EXPECT_EQ(dhcp4_parse(packet, DHCP4_FIXED_LEN - 1, &m), DHCP4_SHORT);
	EXPECT_EQ(dhcp4_parse(packet, 0, &m), DHCP4_SHORT);
	EXPECT_EQ(dhcp4_parse(packet, DHCP4_FIXED_LEN, &m), DHCP4_NO_TYPE);
	packet[0] = 2;
	EXPECT_EQ(parse(&m), DHCP4_NOT_REQUEST);
	packet[0] = 1;
	packet[2] = 17;
	EXPECT_EQ(parse(&m), DHCP4_BAD_HLEN);
	packet[2] = 6;
	packet[3] = 17;
	EXPECT_EQ(parse(&m), DHCP4_BAD_HOPS);
	packet[3] = 0;
	packet[239] = 98;
	EXPECT_EQ(parse(&m), DHCP4_BAD_MAGIC);
	begin(DHCP4_OFFER);
	EXPECT_EQ(parse(&m), DHCP4_BAD_TYPE);
	begin(99);
	EXPECT_EQ(parse(&m), DHCP4_BAD_TYPE);
}

TEST(refuses_options_of_a_wrong_length)
{
	static const struct {
		uint8_t code;
		uint8_t len;
		enum dhcp4_error error;
	} cases[] = {
		{ DHCP4_OPT_TYPE, 1, DHCP4_NO_TYPE },	/* two bytes now */
		{ DHCP4_OPT_REQUESTED_IP, 3, DHCP4_OPTION_LENGTH },
		{ DHCP4_OPT_SERVER_ID, 5, DHCP4_OPTION_LENGTH },
		{ DHCP4_OPT_MAX_SIZE, 1, DHCP4_OPTION_LENGTH },
		{ DHCP4_OPT_AUTOCONF, 2, DHCP4_OPTION_LENGTH },
		{ DHCP4_OPT_OVERLOAD, 2, DHCP4_OPTION_LENGTH },
		{ DHCP4_OPT_PARAM_LIST, 0, DHCP4_OK },
	};
	const uint8_t junk[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	struct dhcp4_msg m;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(DHCP4_DISCOVER);
		option(cases[i].code, junk, cases[i].len);
		EXPECT_EQ(parse(&m), cases[i].error);
	}
	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_CLIENT_ID, packet, 200);
	option(DHCP4_OPT_CLIENT_ID, packet, 56);
	EXPECT_EQ(parse(&m), DHCP4_OPTION_LENGTH);
}

TEST(refuses_options_that_overrun)
{
	struct dhcp4_msg m;
	size_t len;

	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_VENDOR_CLASS, "0123456789", 10);
	for (len = DHCP4_FIXED_LEN + 4; len < used; len++)
		EXPECT_EQ(dhcp4_parse(packet, len, &m), DHCP4_OPTION_OVERRUN);
	EXPECT_EQ(dhcp4_parse(packet, used, &m), DHCP4_OK);
}

/* D1 D2 D10 D13 D15 C1 C23 C26 C28: an offer, byte by byte. */
TEST(builds_the_offer)
{
	struct dhcp4_reply r = {
		.type = DHCP4_OFFER,
		.server_id.s_addr = htonl(0xc0000008),
		.has_v6only = true,
		.v6only_wait = 1800,
		.no_autoconf = true,
	};
	static const uint8_t options[] = {
		53, 1, 2, 54, 4, 192, 0, 0, 8, 108, 4, 0, 0, 7, 8, 116, 1, 0,
		61, 3, 1, 2, 3, 82, 4, 1, 2, 'g', 'e', 255,
	};
	uint8_t zero[240] = { 0 };
	uint8_t out[DHCP4_MAX_LEN];
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	packet[3] = 1;
	packet[9] = 7;
	memcpy(packet + 12, "\xc0\x00\x02\x07", 4);
	memcpy(packet + 24, "\x0a\x00\x00\x01", 4);
	option(DHCP4_OPT_RELAY_INFO, "\x01\x02ge", 4);
	option(DHCP4_OPT_CLIENT_ID, "\x01\x02\x03", 3);
	option(DHCP4_OPT_RAPID_COMMIT, "", 0);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT_EQ(dhcp4_build(out, &m, &r), DHCP4_MIN_LEN);
	EXPECT_EQ(out[0], 2);
	EXPECT_EQ(out[1], 1);
	EXPECT_EQ(out[2], 6);
	EXPECT_EQ(out[3], 0);			/* hops */
	EXPECT_MEM(out + 4, packet + 4, 4);	/* xid */
	EXPECT_MEM(out + 8, zero, 2);		/* secs */
	EXPECT_MEM(out + 12, zero, 12);		/* ciaddr yiaddr siaddr */
	EXPECT_MEM(out + 24, packet + 24, 4);	/* giaddr */
	EXPECT_MEM(out + 28, packet + 28, 16);	/* chaddr */
	EXPECT_MEM(out + 44, zero, 192);	/* sname file */
	EXPECT_MEM(out + 240, options, sizeof(options));
	EXPECT_MEM(out + 240 + sizeof(options), zero, 300 - 240 - 30);
	EXPECT(!r.dropped_relay_info);
}

/* D41 D40 C43 C47 */
TEST(builds_the_refusal)
{
	struct dhcp4_reply r = {
		.type = DHCP4_NAK,
		.server_id.s_addr = htonl(0xc0000201),
		.message = "no",
		.broadcast = true,
	};
	uint8_t out[DHCP4_MAX_LEN];
	struct dhcp4_msg m;
	uint8_t len;

	begin(DHCP4_REQUEST);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT_EQ(dhcp4_build(out, &m, &r), DHCP4_MIN_LEN);
	EXPECT_EQ(out[10], 0x80);
	EXPECT(!find(out, 300, 108, &len));
	EXPECT(!find(out, 300, 51, &len));
	EXPECT(!find(out, 300, 61, &len));
	EXPECT(find(out, 300, 56, &len) && len == 2);
	EXPECT_EQ(*find(out, 300, 53, &len), DHCP4_NAK);
}

/* D44 C22 C56: what does not fit the client is left out, 82 first. */
TEST(respects_the_size_the_client_takes)
{
	struct dhcp4_reply r = { .type = DHCP4_OFFER, .has_v6only = true };
	uint8_t out[DHCP4_MAX_LEN];
	struct dhcp4_msg m;
	uint8_t big[255];
	uint8_t len;
	size_t n;

	memset(big, 0xff, sizeof(big));
	begin(DHCP4_DISCOVER);
	option(DHCP4_OPT_CLIENT_ID, big, 255);
	option(DHCP4_OPT_RELAY_INFO, big, 255);
	option(DHCP4_OPT_MAX_SIZE, "\x01\x2c", 2);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	n = dhcp4_build(out, &m, &r);
	EXPECT(n <= 548);
	EXPECT(r.dropped_relay_info);
	EXPECT(find(out, n, 108, &len) && len == 4);
	EXPECT(find(out, n, 61, &len) && len == 255);
	EXPECT(!find(out, n, 82, &len));

	/* The option counts the headers of IP and UDP: 770 bytes are 798. */
	m.max_size = 797;
	dhcp4_build(out, &m, &r);
	EXPECT(r.dropped_relay_info);
	m.max_size = 798;
	n = dhcp4_build(out, &m, &r);
	EXPECT_EQ(n, 770);
	EXPECT(!r.dropped_relay_info);
	EXPECT(find(out, n, 82, &len) && len == 255);
	EXPECT_EQ(out[n - 1], 255);
	EXPECT_MEM(out + n - 256, big, 255);	/* last of all */
}

static size_t wrap(uint8_t *frame, size_t len)
{
	const struct in_addr src = { htonl(0xc0000008) };
	const struct in_addr dst = { INADDR_BROADCAST };
	size_t n;

	n = udp4_wrap(frame, len, src, dst, 67);
	return n;
}

/* D44 */
TEST(wraps_and_unwraps)
{
	uint8_t frame[400] = { 0 };
	struct udp4_packet p;
	size_t n;

	memcpy(frame + UDP4_HEADERS, "payload", 7);
	n = wrap(frame, 7);
	EXPECT_EQ(n, 35);
	EXPECT_EQ(frame[0], 0x45);
	EXPECT_EQ(frame[8], 64);
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_OK);
	EXPECT_EQ(p.len, 7);
	EXPECT_MEM(p.data, "payload", 7);
	EXPECT_EQ(ntohl(p.src.s_addr), 0xc0000008);
	/* Padding of the link behind the datagram is not payload. */
	EXPECT_EQ(udp4_parse(frame, n + 11, false, &p), UDP4_OK);
	EXPECT_EQ(p.len, 7);
}

/* The sums of RFC 768 computed apart. */
TEST(computes_checksums)
{
	static const uint8_t want[] = {
		0x45, 0x10, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x40, 0x11,
		0xba, 0xb5, 0xc0, 0x00, 0x00, 0x08, 0xff, 0xff, 0xff, 0xff,
		0x00, 0x43, 0x00, 0x43, 0x00, 0x0c, 0x7a, 0x81, 'a', 'b', 'c',
		'd',
	};
	uint8_t frame[32];

	memcpy(frame + UDP4_HEADERS, "abcd", 4);
	EXPECT_EQ(wrap(frame, 4), 32);
	EXPECT_MEM(frame, want, sizeof(want));
}

/* C58 */
TEST(judges_datagrams)
{
	uint8_t good[64] = { 0 }, frame[64];
	struct udp4_packet p;
	size_t n, i;

	n = wrap(good, 16);
	for (i = 0; i < n; i++)
		EXPECT_EQ(udp4_parse(good, i, false, &p), UDP4_SHORT);

	memcpy(frame, good, sizeof(frame));
	frame[40] ^= 1;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_BAD_CHECKSUM);
	EXPECT_EQ(udp4_parse(frame, n, true, &p), UDP4_OK);
	frame[26] = frame[27] = 0;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_OK);

	memcpy(frame, good, sizeof(frame));
	frame[8] ^= 1;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_BAD_HEADER);

	memcpy(frame, good, sizeof(frame));
	frame[0] = 0x44;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_BAD_HEADER);

	memcpy(frame, good, sizeof(frame));
	frame[6] = 0x20;
	frame[10] -= 0x20;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_FRAGMENT);

	memcpy(frame, good, sizeof(frame));
	frame[23] = 69;
	EXPECT_EQ(udp4_parse(frame, n, false, &p), UDP4_NOT_OURS);

	memcpy(frame, good, sizeof(frame));
	frame[25] = 200;
	EXPECT_EQ(udp4_parse(frame, n, true, &p), UDP4_SHORT);
	frame[25] = 7;
	EXPECT_EQ(udp4_parse(frame, n, true, &p), UDP4_SHORT);
}

/* D46 D45: the list keeps its order; the link is told by relay or client. */
TEST(reads_what_leases_need)
{
	struct dhcp4_msg m;

	begin(DHCP4_DISCOVER);
	option(55, "\x03\x01\x03\x6c", 4);
	option(55, "\x01\x72", 2);
	option(12, "host", 4);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT_EQ(m.norder, 4);
	EXPECT(!memcmp(m.order, "\x03\x01\x6c\x72", 4));
	EXPECT_EQ(m.host_name.len, 4);
	EXPECT(!m.has_link && !m.has_v6only);
	option(82, "\1\1a\5\4\x0a\0\0\1", 9);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT(m.has_link);
	EXPECT_EQ(ntohl(m.link.s_addr), 0x0a000001);

	begin(DHCP4_DISCOVER);
	option(118, "\x0a\0\1\0", 4);
	/* C22: a suboption that leaves its option tells nothing. */
	option(82, "\5\4\x0a\0", 4);
	EXPECT_EQ(parse(&m), DHCP4_OK);
	EXPECT(m.has_link);
	EXPECT_EQ(ntohl(m.link.s_addr), 0x0a000100);
}

TEST(reads_answers_of_other_servers)
{
	struct dhcp4_msg m;

	begin(DHCP4_OFFER);
	packet[0] = 2;
	option(54, "\xc0\0\2\x63", 4);
	option(108, "\0\0\7\x08", 4);
	packet[used] = 255;
	EXPECT_EQ(dhcp4_parse_answer(packet, used + 1, &m), DHCP4_OK);
	EXPECT(m.has_server_id && m.has_v6only);
	EXPECT_EQ(dhcp4_parse(packet, used + 1, &m), DHCP4_NOT_REQUEST);
	packet[0] = 1;
	EXPECT_EQ(dhcp4_parse_answer(packet, used + 1, &m),
		  DHCP4_NOT_REQUEST);
	begin(DHCP4_DISCOVER);
	packet[0] = 2;
	packet[used] = 255;
	EXPECT_EQ(dhcp4_parse_answer(packet, used + 1, &m), DHCP4_BAD_TYPE);
}

/* D53 */
TEST(tells_clients_apart)
{
	uint8_t a[DHCP4_KEY_LEN], b[DHCP4_KEY_LEN];
	struct dhcp4_msg m = { .htype = 1, .hlen = 6 };

	EXPECT_EQ(dhcp4_key(&m, a), 8);
	m.client_id.len = 7;
	EXPECT_EQ(dhcp4_key(&m, b), 8);
	EXPECT(memcmp(a, b, 8));
	m.client_id.len = DHCP4_VALUE_LEN;
	EXPECT_EQ(dhcp4_key(&m, b), 1 + DHCP4_VALUE_LEN);
}

/* D5 D44 C56: the vital ones first; the rest goes before option 82 does. */
TEST(writes_leases)
{
	struct dhcp4_msg m = { .type = DHCP4_REQUEST, .htype = 1, .hlen = 6 };
	static const uint8_t filler[255];
	struct dhcp4_reply r = {
		.type = DHCP4_ACK,
		.lease_time = 3600,
		.has_v6only = true,
		.v6only_wait = 1800,
		.rapid_commit = true,
		.nextra = 2,
		.extra = { { 43, 255, filler }, { 6, 4, "\x0a\0\0\1" } },
	};
	uint8_t out[DHCP4_MAX_LEN];
	const uint8_t *v;
	uint8_t len;
	size_t n;

	m.relay_info.len = 200;
	n = dhcp4_build(out, &m, &r);
	EXPECT(n <= 548 && !r.dropped_relay_info);
	v = find(out, n, 51, &len);
	EXPECT(v && len == 4 && !memcmp(v, "\0\0\x0e\x10", 4));
	v = find(out, n, 58, &len);
	EXPECT(v && !memcmp(v, "\0\0\x07\x08", 4));
	v = find(out, n, 59, &len);
	EXPECT(v && !memcmp(v, "\0\0\x0c\x4e", 4));
	v = find(out, n, 80, &len);
	EXPECT(v && len == 0);
	EXPECT(find(out, n, 108, &len) && find(out, n, 82, &len));
	EXPECT(!find(out, n, 43, &len) && find(out, n, 6, &len));
	r.lease_time = UINT32_MAX;
	n = dhcp4_build(out, &m, &r);
	EXPECT(find(out, n, 51, &len) && !find(out, n, 58, &len));
}

KTAP_MAIN()
