// SPDX-License-Identifier: GPL-2.0
/* Names of the values that the protocol numbers. */
#include <errno.h>
#include <string.h>

#include "nat64.h"

#define N(_array)	(sizeof(_array) / sizeof((_array)[0]))

static const char *const modes[] = {
	[NAT64_MODE_NAT64] = "nat64",
	[NAT64_MODE_SIIT] = "siit",
};

static const char *const states[] = {
	[NAT64_TCP_STATE_CLOSED] = "closed",
	[NAT64_TCP_STATE_V6_INIT] = "v6-init",
	[NAT64_TCP_STATE_V4_INIT] = "v4-init",
	[NAT64_TCP_STATE_ESTABLISHED] = "established",
	[NAT64_TCP_STATE_V6_FIN] = "v6-fin",
	[NAT64_TCP_STATE_V4_FIN] = "v4-fin",
	[NAT64_TCP_STATE_BOTH_FIN] = "both-fin",
	[NAT64_TCP_STATE_TRANS] = "trans",
};

static const char *const events[] = {
	[NAT64_EVENT_BIB_NEW] = "bib-new",
	[NAT64_EVENT_BIB_DEL] = "bib-del",
	[NAT64_EVENT_POOL_EXHAUSTED] = "pool-exhausted",
	[NAT64_EVENT_LIMIT] = "limit",
	[NAT64_EVENT_BLOCK_NEW] = "block-new",
	[NAT64_EVENT_BLOCK_DEL] = "block-del",
	[NAT64_EVENT_PORT_ALARM] = "port-alarm",
	[NAT64_EVENT_SUBSCRIBER_ALARM] = "subscriber-alarm",
};

static const char *const cmds[] = {
	[NAT64_CMD_INSTANCE_ADD] = "instance add",
	[NAT64_CMD_INSTANCE_DEL] = "instance del",
	[NAT64_CMD_PREFIX_ADD] = "prefix add",
	[NAT64_CMD_PREFIX_DEL] = "prefix del",
	[NAT64_CMD_POOL4_ADD] = "pool4 add",
	[NAT64_CMD_POOL4_DEL] = "pool4 del",
	[NAT64_CMD_EAM_ADD] = "eam add",
	[NAT64_CMD_EAM_DEL] = "eam del",
	[NAT64_CMD_DENY4_ADD] = "deny4 add",
	[NAT64_CMD_DENY4_DEL] = "deny4 del",
	[NAT64_CMD_BIB_ADD] = "bib add",
	[NAT64_CMD_BIB_DEL] = "bib del",
	[NAT64_CMD_SETTINGS_SET] = "set",
};

static const struct {
	const char *name;
	uint8_t proto;
} protos[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
};

static const char *name(const char *const *names, size_t n, uint32_t i)
{
	return i < n && names[i] ? names[i] : "?";
}

/**
 * nat64_mode_name() - name of a mode
 * @mode: enum nat64_mode
 * Return: the name, "?" for a mode this library does not know
 */
const char *nat64_mode_name(uint32_t mode)
{
	return name(modes, N(modes), mode);
}

/**
 * nat64_state_name() - name of a state of a TCP session
 * @state: enum nat64_tcp_state
 * Return: the name or "?"
 */
const char *nat64_state_name(uint32_t state)
{
	return name(states, N(states), state);
}

/**
 * nat64_event_name() - name of an event
 * @event: enum nat64_event
 * Return: the name or "?"
 */
const char *nat64_event_name(uint32_t event)
{
	return name(events, N(events), event);
}

/**
 * nat64_cmd_name() - the words that make a change
 * @cmd: NAT64_CMD_…
 * Return: "prefix add" and the like, or "?"
 */
const char *nat64_cmd_name(uint32_t cmd)
{
	return name(cmds, N(cmds), cmd);
}

/**
 * nat64_proto_name() - name of a transport protocol
 * @proto: IPPROTO_…
 * Return: the name or "?"
 */
const char *nat64_proto_name(uint8_t proto)
{
	size_t i;

	for (i = 0; i < N(protos); i++)
		if (protos[i].proto == proto)
			return protos[i].name;
	return "?";
}

/**
 * nat64_parse_proto() - read the name of a transport protocol
 * @s: "tcp", "udp" or "icmp"
 * @proto: the result, IPPROTO_…
 * Return: 0 or -EINVAL
 */
int nat64_parse_proto(const char *s, uint8_t *proto)
{
	size_t i;

	for (i = 0; i < N(protos); i++) {
		if (strcmp(protos[i].name, s))
			continue;
		*proto = protos[i].proto;
		return 0;
	}
	return -EINVAL;
}
