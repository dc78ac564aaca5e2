/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DHCPv4 messages (RFC 2131, RFC 2132) between bytes and structures.
 * Pure: no socket, no clock, no allocation.
 */
#ifndef DHCP108D_DHCP4_H
#define DHCP108D_DHCP4_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP4_FIXED_LEN 240	/* up to and with the magic cookie */
#define DHCP4_MIN_LEN 300	/* BOOTP's smallest message, RFC 1542 2.1 */
#define DHCP4_MAX_LEN 1472	/* what one Ethernet frame holds */
#define DHCP4_VALUE_LEN 255
#define DHCP4_CHADDR_LEN 16
#define DHCP4_MAX_HOPS 16	/* RFC 1542, section 4.1.1 */
#define DHCP4_KEY_LEN (2 + DHCP4_VALUE_LEN)
#define DHCP4_MAX_EXTRA 34

enum dhcp4_type {
	DHCP4_DISCOVER = 1,
	DHCP4_OFFER = 2,
	DHCP4_REQUEST = 3,
	DHCP4_DECLINE = 4,
	DHCP4_ACK = 5,
	DHCP4_NAK = 6,
	DHCP4_RELEASE = 7,
	DHCP4_INFORM = 8,
};

enum dhcp4_code {
	DHCP4_OPT_SUBNET_MASK = 1,
	DHCP4_OPT_ROUTER = 3,
	DHCP4_OPT_HOST_NAME = 12,
	DHCP4_OPT_REQUESTED_IP = 50,
	DHCP4_OPT_LEASE_TIME = 51,
	DHCP4_OPT_OVERLOAD = 52,
	DHCP4_OPT_TYPE = 53,
	DHCP4_OPT_SERVER_ID = 54,
	DHCP4_OPT_PARAM_LIST = 55,
	DHCP4_OPT_MESSAGE = 56,
	DHCP4_OPT_MAX_SIZE = 57,
	DHCP4_OPT_T1 = 58,
	DHCP4_OPT_T2 = 59,
	DHCP4_OPT_VENDOR_CLASS = 60,
	DHCP4_OPT_CLIENT_ID = 61,
	DHCP4_OPT_RAPID_COMMIT = 80,
	DHCP4_OPT_RELAY_INFO = 82,
	DHCP4_OPT_V6ONLY = 108,
	DHCP4_OPT_PORTAL = 114,
	DHCP4_OPT_AUTOCONF = 116,
	DHCP4_OPT_SUBNET_SELECTION = 118,
};

#define DHCP4_RELAY_LINK_SELECTION 5	/* suboption of 82, RFC 3527 */

#define DHCP4_FLAG_BROADCAST 0x8000

/* Why a message was not taken, also the index of a counter. */
enum dhcp4_error {
	DHCP4_OK,
	DHCP4_SHORT,		/* ends before the magic cookie */
	DHCP4_NOT_REQUEST,	/* op is not BOOTREQUEST */
	DHCP4_BAD_HLEN,		/* longer than chaddr */
	DHCP4_BAD_MAGIC,
	DHCP4_BAD_HOPS,
	DHCP4_OPTION_OVERRUN,	/* an option leaves its field */
	DHCP4_OPTION_LENGTH,	/* an option has an impossible length */
	DHCP4_NO_TYPE,		/* BOOTP, or message type of a wrong length */
	DHCP4_BAD_TYPE,		/* not a message that clients send */
	DHCP4_ERRORS
};

/* A variable-length option; @len is 0 when the message has none. */
struct dhcp4_value {
	uint16_t len;
	uint8_t data[DHCP4_VALUE_LEN];
};

/**
 * struct dhcp4_msg - a client's message
 * @htype: hardware type
 * @hlen: bytes of @chaddr that count
 * @hops: relay agents passed
 * @xid: transaction, bytes as received
 * @secs: seconds since the client began
 * @flags: DHCP4_FLAG_BROADCAST
 * @ciaddr: address the client has
 * @giaddr: relay agent, 0 when there was none
 * @chaddr: hardware address
 * @type: enum dhcp4_type
 * @params: set of the option codes asked for (option 55), a bit each
 * @order: the same codes in the client's order, each once
 * @norder: entries of @order
 * @has_requested: option 50 is there
 * @requested: its value
 * @has_server_id: option 54 is there
 * @server_id: its value
 * @max_size: option 57, 0 when absent
 * @has_autoconf: option 116 is there
 * @rapid_commit: option 80 is there
 * @has_v6only: option 108 itself is there, which only servers send
 * @has_subnet: option 118 is there
 * @subnet: its value
 * @has_link: a relay names the link of the client (RFC 3527), or the client
 *	      itself its subnet (RFC 3011)
 * @link: an address of it
 * @client_id: option 61
 * @host_name: option 12
 * @vendor_class: option 60
 * @relay_info: option 82
 * @direct: sent to an address of this server alone, set by whoever received it
 * @from: hardware address of who sent the frame, set likewise
 *
 * Addresses are in network byte order, numbers in host byte order.
 */
struct dhcp4_msg {
	uint8_t htype;
	uint8_t hlen;
	uint8_t hops;
	uint8_t xid[4];
	uint16_t secs;
	uint16_t flags;
	struct in_addr ciaddr;
	struct in_addr giaddr;
	uint8_t chaddr[DHCP4_CHADDR_LEN];
	uint8_t type;
	uint8_t params[32];
	uint8_t order[256];
	unsigned int norder;
	bool has_requested;
	struct in_addr requested;
	bool has_server_id;
	struct in_addr server_id;
	uint16_t max_size;
	bool has_autoconf;
	bool rapid_commit;
	bool has_v6only;
	bool has_subnet;
	struct in_addr subnet;
	bool has_link;
	struct in_addr link;
	struct dhcp4_value client_id;
	struct dhcp4_value host_name;
	struct dhcp4_value vendor_class;
	struct dhcp4_value relay_info;
	bool direct;
	uint8_t from[6];
};

/* An option whose value stands elsewhere. */
struct dhcp4_option {
	uint8_t code;
	uint8_t len;
	const void *data;
};

/**
 * struct dhcp4_reply - an answer to a client's message
 * @type: enum dhcp4_type
 * @yiaddr: address given, 0 for none
 * @server_id: server identifier, network byte order
 * @lease_time: seconds for which @yiaddr is given, 0: option left out
 * @has_v6only: option 108 is sent
 * @v6only_wait: its value in seconds
 * @no_autoconf: option 116 is sent with the value DoNotAutoConfigure
 * @rapid_commit: option 80 is sent
 * @broadcast: the broadcast flag is set whatever the client said
 * @message: text of option 56, or NULL
 * @extra: options that may be left out if there is no room
 * @nextra: entries of @extra
 * @dropped_relay_info: result: option 82 did not fit
 */
struct dhcp4_reply {
	uint8_t type;
	struct in_addr yiaddr;
	struct in_addr server_id;
	uint32_t lease_time;
	bool has_v6only;
	uint32_t v6only_wait;
	bool no_autoconf;
	bool rapid_commit;
	bool broadcast;
	const char *message;
	struct dhcp4_option extra[DHCP4_MAX_EXTRA];
	unsigned int nextra;
	bool dropped_relay_info;
};

/**
 * dhcp4_parse() - read a client's message
 * @data: payload of the UDP datagram
 * @len: its length in bytes
 * @msg: result, undefined after an error
 *
 * Joins options that come in several pieces (RFC 3396) and looks into file
 * and sname when option 52 says so (RFC 2131, section 4.1).
 *
 * Return: DHCP4_OK or why the message is not one.
 */
enum dhcp4_error dhcp4_parse(const uint8_t *data, size_t len,
			     struct dhcp4_msg *msg);

/* The same for a server's answer: to notice servers that are not wanted. */
enum dhcp4_error dhcp4_parse_answer(const uint8_t *data, size_t len,
				    struct dhcp4_msg *msg);

/**
 * dhcp4_key() - what tells this client from others
 * @msg: its message
 * @key: room for DHCP4_KEY_LEN bytes
 *
 * Its identifier, or its hardware type and address when it sends none
 * (RFC 2131, section 2). The first byte keeps the two apart.
 *
 * Return: bytes of @key.
 */
size_t dhcp4_key(const struct dhcp4_msg *msg, uint8_t *key);

/* Did the client ask for the option (RFC 2132, section 9.8)? */
bool dhcp4_asks(const struct dhcp4_msg *msg, uint8_t code);

/**
 * dhcp4_build() - write an answer
 * @out: room for DHCP4_MAX_LEN bytes
 * @req: message that is answered
 * @reply: answer
 *
 * Copies what RFC 2131, table 3 wants copied, the client identifier
 * (RFC 6842), the subnet selection (RFC 3011) and, as the last option, relay
 * agent information (RFC 3046, section 2.2). Never longer than the client
 * takes (option 57), at least DHCP4_MIN_LEN.
 *
 * Return: length in bytes.
 */
size_t dhcp4_build(uint8_t *out, const struct dhcp4_msg *req,
		   struct dhcp4_reply *reply);

/* Name of an error for counters, words joined by '_'. */
const char *dhcp4_error_name(enum dhcp4_error error);

#endif
