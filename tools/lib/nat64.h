/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libnat64: typed client of the nat64 genetlink family. Everything in user
 * space that talks to the module does it through this header.
 *
 * Numbers are in host byte order, addresses (in_addr, in6_addr) in network
 * byte order, durations in milliseconds, protocols are IPPROTO_TCP,
 * IPPROTO_UDP and IPPROTO_ICMP (also for ICMPv6). A handle belongs to one
 * thread. Functions that can fail return 0 or -errno unless said otherwise.
 */
#ifndef NAT64_TOOLS_NAT64_H
#define NAT64_TOOLS_NAT64_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/nat64.h>

#define NAT64_DEFAULT		"default"
#define NAT64_VERSION_MAX	31
#define NAT64_TEXT_MAX		192

/* Longest text of a prefix or transport address: brackets, slash, port. */
#define NAT64_ADDR_MAX		(INET6_ADDRSTRLEN + 16)

/**
 * struct nat64_prefix6 - an IPv6 prefix; host bits are zero
 */
struct nat64_prefix6 {
	struct in6_addr addr;
	uint8_t len;
};

/**
 * struct nat64_prefix4 - an IPv4 prefix; host bits are zero
 */
struct nat64_prefix4 {
	struct in_addr addr;
	uint8_t len;
};

/**
 * struct nat64_taddr6 - an IPv6 transport address; for ICMP the port is the
 * identifier
 */
struct nat64_taddr6 {
	struct in6_addr addr;
	uint16_t port;
};

/**
 * struct nat64_taddr4 - an IPv4 transport address
 */
struct nat64_taddr4 {
	struct in_addr addr;
	uint16_t port;
};

/**
 * struct nat64_prefix - an RFC 6052 prefix of an instance
 * @p6: the prefix
 * @has_p4: @p4 limits the IPv4 addresses it stands for (mode siit)
 * @p4: the limit
 */
struct nat64_prefix {
	struct nat64_prefix6 p6;
	bool has_p4;
	struct nat64_prefix4 p4;
};

/**
 * struct nat64_pool4 - addresses and ports of the pool
 * @p4: the addresses
 * @port_min: first port; with @port_max 0 the module's default range
 * @port_max: last port
 * @proto: mask of enum nat64_l4; 0 stands for all
 * @has_mark: only packets with firewall mark @mark use this range
 * @mark: the mark
 * @used: ports in use, in dumps
 */
struct nat64_pool4 {
	struct nat64_prefix4 p4;
	uint16_t port_min;
	uint16_t port_max;
	uint32_t proto;
	bool has_mark;
	uint32_t mark;
	uint32_t used;
};

/**
 * struct nat64_eam - an explicit address mapping, RFC 7757
 */
struct nat64_eam {
	struct nat64_prefix6 p6;
	struct nat64_prefix4 p4;
};

/**
 * struct nat64_bib - a binding, RFC 6146 section 3.1
 * @proto: transport protocol
 * @src6: transport address of the IPv6 host
 * @src4: transport address it has in the IPv4 Internet
 * @is_static: made by an operator
 * @sessions: how many sessions use it, in dumps
 */
struct nat64_bib {
	uint8_t proto;
	struct nat64_taddr6 src6;
	struct nat64_taddr4 src4;
	bool is_static;
	uint32_t sessions;
};

/**
 * struct nat64_session - a session, RFC 6146 section 3.2
 * @proto: transport protocol
 * @src6: the IPv6 host
 * @dst6: the remote host as the IPv6 host sees it
 * @src4: the pool4 address
 * @dst4: the remote host
 * @state: enum nat64_tcp_state, for TCP
 * @expires: milliseconds until it ends if nothing comes
 * @counted: it has counters
 * @packets64: that came from IPv6
 * @bytes64: their length from the IP header on
 * @packets46: that came from IPv4
 * @bytes46: their length from the IP header on
 */
struct nat64_session {
	uint8_t proto;
	struct nat64_taddr6 src6;
	struct nat64_taddr6 dst6;
	struct nat64_taddr4 src4;
	struct nat64_taddr4 dst4;
	uint32_t state;
	uint32_t expires;
	bool counted;
	uint64_t packets64, bytes64;
	uint64_t packets46, bytes46;
};

/**
 * struct nat64_counter - a counter or gauge of an instance
 * @name: its name, of the message it came in
 * @value: its value
 * @drop: it counts dropped packets and @name is the reason
 * @gauge: a level, not a count
 * @text: what a drop reason means, "" for others; of the message, too
 */
struct nat64_counter {
	const char *name;
	uint64_t value;
	bool drop;
	bool gauge;
	const char *text;
};

/**
 * struct nat64_instance - an instance
 * @mode: enum nat64_mode
 * @usable: enabled, and has what it needs to translate
 * @version: version of the module
 * @seq: number of the last change of the configuration of the namespace
 */
struct nat64_instance {
	uint32_t mode;
	bool usable;
	uint32_t seq;
	char version[NAT64_VERSION_MAX + 1];
};

#define NAT64_LIST_MAX		16

/* Of a port that goes back to the setting of all, in udp_zero_ports. */
#define NAT64_UDP_ZERO_INHERIT	255

/* Longest text of a setting: a list of ports with words. */
#define NAT64_SETTING_MAX	256

/**
 * struct nat64_settings - values of some settings
 * @has: bit N tells that @val[N] is given, N is NAT64_A_SETTINGS_…
 * @val: the values; addresses in network byte order; of a list the number of
 *	its elements
 * @rfc6791_addr6: of NAT64_A_SETTINGS_RFC6791_ADDR6
 * @mtu_plateaus: of NAT64_A_SETTINGS_MTU_PLATEAUS
 * @udp_zero_ports: of NAT64_A_SETTINGS_UDP_ZERO_PORTS: port << 16 | enum
 *	nat64_udp_zero or NAT64_UDP_ZERO_INHERIT
 */
struct nat64_settings {
	uint64_t has;
	uint32_t val[NAT64_A_SETTINGS_MAX + 1];
	struct in6_addr rfc6791_addr6;
	uint16_t mtu_plateaus[NAT64_LIST_MAX];
	uint32_t udp_zero_ports[NAT64_LIST_MAX];
};

/**
 * struct nat64_filter - restricts a list or a deletion; all that is given
 * has to match
 * @has: bit N tells that the field of NAT64_A_FILTER_N is given
 * @proto: transport protocol
 * @p6: addresses of the IPv6 host
 * @port6: its port
 * @p4: pool4 addresses
 * @port4: pool4 port
 * @remote: addresses of the remote host
 * @remote_port: its port
 */
struct nat64_filter {
	uint32_t has;
	uint8_t proto;
	struct nat64_prefix6 p6;
	uint16_t port6;
	struct nat64_prefix4 p4;
	uint16_t port4;
	struct nat64_prefix4 remote;
	uint16_t remote_port;
};

/**
 * struct nat64_change - a change of the configuration, wished or told of
 * @cmd: NAT64_CMD_…_ADD, NAT64_CMD_…_DEL or NAT64_CMD_SETTINGS_SET; it tells
 *	which member of the union holds
 * @instance: name of the instance
 * @mode: enum nat64_mode, for NAT64_CMD_INSTANCE_ADD
 * @force: do it although a check advises against
 */
struct nat64_change {
	uint32_t cmd;
	char instance[NAT64_NAME_MAX + 1];
	uint32_t mode;
	bool force;
	union {
		struct nat64_prefix prefix;
		struct nat64_pool4 pool4;
		struct nat64_eam eam;
		struct nat64_prefix4 deny4;
		struct nat64_bib bib;
		struct nat64_settings settings;
	};
};

/**
 * struct nat64_entry - one entry of a dump
 * @instance: the instance it belongs to, of the message it came in
 */
struct nat64_entry {
	const char *instance;
	union {
		struct nat64_instance inst;
		struct nat64_prefix prefix;
		struct nat64_pool4 pool4;
		struct nat64_eam eam;
		struct nat64_prefix4 deny4;
		struct nat64_bib bib;
		struct nat64_session session;
		struct nat64_settings settings;
		struct nat64_counter counter;
	};
};

/**
 * enum nat64_note_type - what came out of nat64_receive()
 * @NAT64_NOTE_CONFIG: the configuration changed, see change
 * @NAT64_NOTE_EVENT: an event, see event and change.instance
 * @NAT64_NOTE_LOST: notifications were lost before this; read all again
 * @NAT64_NOTE_LOADED: the module came (back); read all again
 * @NAT64_NOTE_UNLOADED: the module went, and the configuration with it
 */
enum nat64_note_type {
	NAT64_NOTE_CONFIG,
	NAT64_NOTE_EVENT,
	NAT64_NOTE_LOST,
	NAT64_NOTE_LOADED,
	NAT64_NOTE_UNLOADED,
};

/**
 * struct nat64_block - a block of ports that a subscriber has
 * @subscriber: prefix of its hosts
 * @addr4: the pool4 address
 * @port_min: the first port
 * @port_max: the last port
 */
struct nat64_block {
	struct nat64_prefix6 subscriber;
	struct in_addr addr4;
	uint16_t port_min;
	uint16_t port_max;
};

/**
 * struct nat64_note - a notification
 * @type: what it is
 * @seq: its number, counted per namespace and group
 * @lost: for NAT64_NOTE_LOST how many are missing, 0 where nobody knows
 * @time: wall clock of an event, nanoseconds since 1970
 * @event: enum nat64_event
 * @has_bib: @change.bib tells the binding of an event
 * @has_block: @block tells the block of ports of an event
 * @block: a block of ports
 * @has_counter: @counter tells of the limit of an event
 * @counter: a counter
 * @change: the change; cmd is 0 for an event
 */
struct nat64_note {
	enum nat64_note_type type;
	uint32_t seq;
	uint32_t lost;
	uint64_t time;
	uint32_t event;
	bool has_bib;
	bool has_block;
	bool has_counter;
	struct nat64_block block;
	struct nat64_counter counter;
	struct nat64_change change;
};

/**
 * struct nat64_refusal - why the last request failed, or what it warned of
 * @error: positive errno, 0 with a warning
 * @item: which element of nat64_apply_all() was wrong, counted from 0; -1
 *	where it is not known or not a batch
 * @attr: the attribute that was wrong, NAT64_A_…, 0 where not known
 * @sub: the attribute within it (NAT64_A_PREFIX_…), 0 where not known
 * @text: for people
 */
struct nat64_refusal {
	int error;
	int item;
	uint16_t attr;
	uint16_t sub;
	char text[NAT64_TEXT_MAX];
};

struct nat64;

typedef int (*nat64_entry_fn)(const struct nat64_entry *entry, void *arg);
typedef void (*nat64_note_fn)(const struct nat64_note *note, void *arg);

/* Connection: nat64.c */

/* nat64_open() succeeds without the module; requests fail with -ENODEV. */
#define NAT64_OPEN_WAIT		0x1

int nat64_netns_enter(const char *netns);
int nat64_open(struct nat64 **handle, unsigned int flags);
void nat64_close(struct nat64 *h);
const struct nat64_refusal *nat64_refusal(const struct nat64 *h);

/* Requests: nat64.c */
int nat64_apply(struct nat64 *h, const struct nat64_change *change);
int nat64_apply_all(struct nat64 *h, const struct nat64_change *changes,
		    size_t n);
int nat64_session_del(struct nat64 *h, const char *instance,
		      const struct nat64_filter *filter, uint32_t *count);
int nat64_dump(struct nat64 *h, uint8_t cmd, const char *instance,
	       const struct nat64_filter *filter, nat64_entry_fn fn, void *arg);

/*
 * Lists. @instance NULL lists those of all instances. @fn is called for each
 * entry and stops the list by returning other than 0, which the function then
 * returns. -EINTR: the list changed while it was read; entries may be missing
 * or double.
 */
static inline int nat64_dump_instances(struct nat64 *h, nat64_entry_fn fn,
				       void *arg)
{
	return nat64_dump(h, NAT64_CMD_INSTANCE_GET, NULL, NULL, fn, arg);
}

static inline int nat64_dump_prefixes(struct nat64 *h, const char *instance,
				      nat64_entry_fn fn, void *arg)
{
	return nat64_dump(h, NAT64_CMD_PREFIX_GET, instance, NULL, fn, arg);
}

static inline int nat64_dump_pool4(struct nat64 *h, const char *instance,
				   nat64_entry_fn fn, void *arg)
{
	return nat64_dump(h, NAT64_CMD_POOL4_GET, instance, NULL, fn, arg);
}

static inline int nat64_dump_settings(struct nat64 *h, const char *instance,
				      nat64_entry_fn fn, void *arg)
{
	return nat64_dump(h, NAT64_CMD_SETTINGS_GET, instance, NULL, fn, arg);
}

static inline int nat64_dump_stats(struct nat64 *h, const char *instance,
				   nat64_entry_fn fn, void *arg)
{
	return nat64_dump(h, NAT64_CMD_STATS_GET, instance, NULL, fn, arg);
}

/* Notifications: note.c */

#define NAT64_GROUP_CONFIG	0x1
#define NAT64_GROUP_EVENT	0x2
#define NAT64_GROUP_BINDING	0x4	/* with NAT64_GROUP_CONFIG */

int nat64_subscribe(struct nat64 *h, unsigned int groups);
int nat64_fd(const struct nat64 *h);
int nat64_receive(struct nat64 *h, nat64_note_fn fn, void *arg);

/*
 * Text of addresses, durations (addr.c) and names (names.c). A parser that
 * fails returns -EINVAL and why says what is wrong.
 */
int nat64_parse_prefix6(const char *s, struct nat64_prefix6 *p,
			const char **why);
int nat64_parse_prefix4(const char *s, struct nat64_prefix4 *p,
			const char **why);
int nat64_parse_taddr6(const char *s, struct nat64_taddr6 *t, const char **why);
int nat64_parse_taddr4(const char *s, struct nat64_taddr4 *t, const char **why);
int nat64_parse_uint(const char *s, uint32_t max, uint32_t *val,
		     const char **why);
int nat64_parse_duration(const char *s, uint32_t *ms, const char **why);
int nat64_parse_proto(const char *s, uint8_t *proto);

const char *nat64_print_addr6(char *buf, size_t len, const struct in6_addr *a,
			      bool mixed);
const char *nat64_print_addr4(char *buf, size_t len, const struct in_addr *a);
const char *nat64_print_prefix6(char *buf, size_t len,
				const struct nat64_prefix6 *p);
const char *nat64_print_prefix4(char *buf, size_t len,
				const struct nat64_prefix4 *p);
const char *nat64_print_taddr6(char *buf, size_t len,
			       const struct nat64_taddr6 *t, bool mixed);
const char *nat64_print_taddr4(char *buf, size_t len,
			       const struct nat64_taddr4 *t);
const char *nat64_print_duration(char *buf, size_t len, uint32_t ms);
const char *nat64_proto_name(uint8_t proto);
const char *nat64_cmd_name(uint32_t cmd);
const char *nat64_mode_name(uint32_t mode);
const char *nat64_state_name(uint32_t state);
const char *nat64_event_name(uint32_t event);
bool nat64_prefix6_has(const struct nat64_prefix6 *p, const struct in6_addr *a);

/**
 * enum nat64_setting_kind - how a setting is written
 * @NAT64_SETTING_CHOICE: one of the words in choices, its place is the value
 * @NAT64_SETTING_NUMBER: min to max, or the word of special
 * @NAT64_SETTING_DURATION: 300s, 5m, 2h4m
 * @NAT64_SETTING_PREFIX4: a prefix, or none
 * @NAT64_SETTING_PREFIX6: a prefix, or none
 * @NAT64_SETTING_MTUS: numbers with commas between
 * @NAT64_SETTING_PORTS: PORT:CHOICE with commas between, or none
 * @NAT64_SETTING_BLOCKS: a number, with deterministic before it or without
 */
enum nat64_setting_kind {
	NAT64_SETTING_CHOICE,
	NAT64_SETTING_NUMBER,
	NAT64_SETTING_DURATION,
	NAT64_SETTING_PREFIX4,
	NAT64_SETTING_PREFIX6,
	NAT64_SETTING_MTUS,
	NAT64_SETTING_PORTS,
	NAT64_SETTING_BLOCKS,
};

/**
 * struct nat64_setting - description of a setting
 * @word: its name
 * @attr: its attribute, NAT64_A_SETTINGS_…
 * @attr_len: of a prefix the attribute of the length, of blocks that of the way
 *	they are chosen
 * @width: bytes of the attribute, 1 or 4; 0 if it is no number
 * @kind: how it is written
 * @choices: NULL-terminated words of a choice
 * @min: smallest number
 * @max: largest number
 * @special: word of a number that is no number, NULL if there is none
 * @special_val: what that word stands for
 * @special2: another one, NULL if there is none
 * @special2_val: what that stands for
 */
struct nat64_setting {
	const char *word;
	uint8_t attr;
	uint8_t attr_len;
	uint8_t width;
	enum nat64_setting_kind kind;
	const char *const *choices;
	uint32_t min;
	uint32_t max;
	const char *special;
	uint32_t special_val;
	const char *special2;
	uint32_t special2_val;
};

/* Settings: settings.c; the table ends with a word that is NULL. */
extern const struct nat64_setting nat64_settings_table[];

int nat64_setting_parse(const struct nat64_setting *s, const char *word,
			struct nat64_settings *set, const char **why);
const char *nat64_setting_print(const struct nat64_setting *s,
				const struct nat64_settings *set, char *buf,
				size_t len);
bool nat64_setting_given(const struct nat64_setting *s,
			 const struct nat64_settings *set);
int nat64_setting_port(const char *action, const char *port,
		       struct nat64_settings *set, const char **why);

#endif
