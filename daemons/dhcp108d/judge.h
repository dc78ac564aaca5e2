/* SPDX-License-Identifier: GPL-2.0 */
/* What a message deserves. Nothing is changed here; server.c does that. */
#ifndef DHCP108D_JUDGE_H
#define DHCP108D_JUDGE_H

#include "lease.h"
#include "server.h"

/**
 * struct judgement - what is to be done
 * @verdict: in short
 * @lease: address that is given, confirmed or given back; NULL for none
 * @v6only: the client is told to do without IPv4
 * @rapid: SERVER_ACK to a DISCOVER
 * @tries: how many addresses were found in use before
 */
struct judgement {
	enum server_verdict verdict;
	struct lease *lease;
	bool v6only;
	bool rapid;
	unsigned int tries;
};

/**
 * judge_message() - decide about a message that came through the door
 * @s: server
 * @env: world
 * @req: message
 * @again: the client was told to do without an address a moment ago
 *
 * Return: the judgement.
 */
struct judgement judge_message(const struct server *s,
			       const struct server_env *env,
			       const struct dhcp4_msg *req, bool again);

#endif
