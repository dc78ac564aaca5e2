// SPDX-License-Identifier: GPL-2.0
#include "server.h"

#include "adoption.h"
#include "udp4.h"

#include "../common/keytab.h"
#include "../common/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int server_init(struct server *s, uint64_t now)
{
	s->devices = adoption_new(ADOPTION_MAX_DEVICES);
	s->macs = keytab_new(sizeof(struct bucket), SERVER_MAX_MACS, NULL,
			     NULL);
	bucket_init(&s->all, SERVER_ALL_BURST, now);
	if (s->devices && s->macs)
		return 0;
	server_fini(s);
	return -ENOMEM;
}

void server_fini(struct server *s)
{
	adoption_free(s->devices);
	keytab_free(s->macs);
	s->devices = NULL;
	s->macs = NULL;
}

static bool known_relay(const struct conf_dhcp *conf, struct in_addr relay)
{
	unsigned int i;

	for (i = 0; i < conf->nrelays; i++)
		if (conf->relays[i].s_addr == relay.s_addr)
			return true;
	return false;
}

/* An address that no host of this network could have. */
static bool wrong_net(const struct server_env *env, struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < env->nsubnets; i++) {
		unsigned int len = env->subnets[i].len;
		uint32_t mask = len ? htonl(UINT32_MAX << (32 - len)) : 0;

		if (!((addr.s_addr ^ env->subnets[i].addr.s_addr) & mask))
			return false;
	}
	return true;
}

static enum server_verdict judge_discover(const struct server *s,
					  const struct dhcp4_msg *req)
{
	if (dhcp4_asks(req, DHCP4_OPT_V6ONLY))
		return SERVER_OFFER;
	if (s->conf->stop_autoconf == CONF_AUTOCONF_ALL && req->has_autoconf)
		return SERVER_OFFER_AUTOCONF;
	return SERVER_NOT_ASKED;
}

/*
 * Nobody has an address from here, so no REQUEST can be granted. A client
 * that asks for option 108 is refused its old address: then it begins anew
 * and learns what it asks for. To the others silence, as if there were no
 * server; an old address of another network may be refused to them too,
 * because they would go on using it (RFC 2131, section 3.2).
 */
static enum server_verdict judge_request(const struct server *s,
					 const struct server_env *env,
					 const struct dhcp4_msg *req)
{
	struct in_addr addr = req->ciaddr.s_addr ? req->ciaddr :
						   req->requested;

	if (req->has_server_id)
		return req->server_id.s_addr == env->server_id.s_addr ?
		       SERVER_NAK : SERVER_OTHER_SERVER;
	if (!addr.s_addr)
		return SERVER_NONSENSE;
	if (dhcp4_asks(req, DHCP4_OPT_V6ONLY))
		return SERVER_NAK;
	if (s->conf->nak_wrong_net && wrong_net(env, addr))
		return SERVER_NAK;
	return SERVER_NOT_ASKED;
}

static enum server_verdict judge(const struct server *s,
				 const struct server_env *env,
				 const struct dhcp4_msg *req)
{
	switch (req->type) {
	case DHCP4_DISCOVER:
		return judge_discover(s, req);
	case DHCP4_REQUEST:
		return judge_request(s, env, req);
	case DHCP4_DECLINE:
		return SERVER_DECLINE;
	case DHCP4_RELEASE:
		return SERVER_RELEASE;
	default:
		return SERVER_INFORM;
	}
}

bool server_replies(enum server_verdict v)
{
	return v == SERVER_OFFER || v == SERVER_OFFER_AUTOCONF ||
	       v == SERVER_NAK;
}

static bool within_rate(struct server *s, const struct server_env *env,
			const struct dhcp4_msg *req)
{
	struct bucket *b;
	bool made;

	b = keytab_get(s->macs, req->chaddr, req->hlen, &made);
	if (!b)
		return false;
	if (made)
		bucket_init(b, SERVER_MAC_BURST, env->now);
	return bucket_take(b, SERVER_MAC_BURST, SERVER_MAC_RATE, env->now) &&
	       bucket_take(&s->all, SERVER_ALL_BURST, SERVER_ALL_RATE,
			   env->now);
}

static void fill(const struct server *s, const struct server_env *env,
		 const struct dhcp4_msg *req, enum server_verdict v,
		 struct dhcp4_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->server_id = env->server_id;
	if (v == SERVER_NAK) {
		reply->type = DHCP4_NAK;
		reply->message = "no IPv4 addresses on this network";
		/* The relay must broadcast it: RFC 2131, section 4.3.2. */
		reply->broadcast = req->giaddr.s_addr;
		return;
	}
	reply->type = DHCP4_OFFER;
	reply->has_v6only = v == SERVER_OFFER;
	reply->v6only_wait = s->conf->v6only_wait;
	reply->no_autoconf = req->has_autoconf &&
			     s->conf->stop_autoconf != CONF_AUTOCONF_OFF;
}

static void mac_text(const struct adoption_device *d, char *out, size_t cap)
{
	size_t used = 0;
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < d->mac_len && used + 3 < cap; i++)
		used += (size_t)snprintf(out + used, cap - used, "%s%02x",
					 i ? ":" : "", d->mac[i]);
}

static void tell_news(const struct server *s, const struct adoption_device *d)
{
	unsigned int devices = adoption_devices(s->devices);
	unsigned int capable = adoption_capable(s->devices);
	unsigned int share = adoption_permille(capable, devices);
	char mac[3 * DHCP4_CHADDR_LEN + 1];

	mac_text(d, mac, sizeof(mac));
	log_debug("device %s%s%s %s option 108; %u of %u devices do (%u.%u %%)",
		  mac, d->vendor[0] ? " " : "", d->vendor,
		  d->capable ? "asks for" : "does not ask for",
		  capable, devices, share / 10, share % 10);
}

enum server_verdict server_answer(struct server *s,
				  const struct server_env *env,
				  const struct dhcp4_msg *req,
				  struct dhcp4_reply *reply)
{
	struct adoption_device *d = NULL;
	enum server_verdict v;
	bool news = false;

	if (req->giaddr.s_addr && !known_relay(s->conf, req->giaddr)) {
		v = SERVER_RELAY_UNKNOWN;
		goto out;
	}
	d = adoption_note(s->devices, req, env->wall, &news);
	if (d && news)
		tell_news(s, d);
	v = judge(s, env, req);
	if (!server_replies(v))
		goto out;
	if (!env->serving)
		v = SERVER_GATE_DOWN;
	else if (!within_rate(s, env, req))
		v = SERVER_RATE_LIMITED;
	else
		fill(s, env, req, v, reply);
	if (d && v == SERVER_OFFER)
		d->offers++;
out:
	s->counts[v]++;
	return v;
}

struct server_dest server_route(const struct dhcp4_msg *req,
				const struct dhcp4_reply *reply)
{
	struct server_dest to = {
		.addr.s_addr = INADDR_BROADCAST,
		.port = UDP4_CLIENT_PORT,
		.l2 = SERVER_L2_BROADCAST,
	};

	if (req->giaddr.s_addr) {
		to.addr = req->giaddr;
		to.port = UDP4_SERVER_PORT;
		to.l2 = SERVER_L2_SENDER;
		return to;
	}
	/*
	 * A client without an address takes a frame sent to it alone as well;
	 * on radio that is faster and surer than a broadcast. One that says it
	 * cannot, and one that is refused (it may use any address), get a
	 * broadcast.
	 */
	if (reply->type != DHCP4_NAK && !(req->flags & DHCP4_FLAG_BROADCAST) &&
	    req->htype == 1 && req->hlen == 6)
		to.l2 = SERVER_L2_CLIENT;
	return to;
}

const char *server_verdict_name(enum server_verdict v)
{
	static const char *const names[SERVER_VERDICTS] = {
		[SERVER_OFFER] = "offered",
		[SERVER_OFFER_AUTOCONF] = "offered_no_autoconf",
		[SERVER_NAK] = "refused",
		[SERVER_NOT_ASKED] = "not_asked",
		[SERVER_GATE_DOWN] = "translator_down",
		[SERVER_OTHER_SERVER] = "other_server",
		[SERVER_RELAY_UNKNOWN] = "relay_unknown",
		[SERVER_RATE_LIMITED] = "rate_limited",
		[SERVER_INFORM] = "inform_ignored",
		[SERVER_DECLINE] = "decline_ignored",
		[SERVER_RELEASE] = "release_ignored",
		[SERVER_NONSENSE] = "nonsense",
	};

	return names[v];
}
