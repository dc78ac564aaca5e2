// SPDX-License-Identifier: GPL-2.0
#include "server.h"

#include "adoption.h"
#include "arp.h"
#include "judge.h"
#include "lease.h"
#include "probe.h"
#include "udp4.h"

#include "../common/hex.h"
#include "../common/keytab.h"
#include "../common/log.h"
#include "../common/subnet4.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int server_init(struct server *s, uint64_t now)
{
	s->devices = adoption_new(ADOPTION_MAX_DEVICES);
	s->macs = keytab_new(sizeof(struct bucket), SERVER_MAX_MACS, NULL,
			     NULL);
	s->leases = leases_new(s->conf);
	s->probes = probes_new(SERVER_MAX_PROBES);
	bucket_init(&s->all, SERVER_ALL_BURST, now);
	if (s->devices && s->macs && s->leases && s->probes)
		return 0;
	server_fini(s);
	return -ENOMEM;
}

void server_fini(struct server *s)
{
	adoption_free(s->devices);
	keytab_free(s->macs);
	leases_free(s->leases);
	probes_free(s->probes);
	s->devices = NULL;
	s->macs = NULL;
	s->leases = NULL;
	s->probes = NULL;
}

int server_configure(struct server *s)
{
	struct leases *fresh = leases_new(s->conf);

	if (!fresh)
		return -ENOMEM;
	leases_take_over(fresh, s->leases);
	leases_free(s->leases);
	s->leases = fresh;
	return 0;
}

static bool known_relay(const struct conf_dhcp *conf, struct in_addr relay)
{
	unsigned int i;

	for (i = 0; i < conf->nrelays; i++)
		if (conf->relays[i].s_addr == relay.s_addr)
			return true;
	return false;
}

bool server_replies(enum server_verdict v)
{
	return v <= SERVER_INFORMED;
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

static void add_option(struct dhcp4_reply *reply, uint8_t code,
		       const void *data, size_t len)
{
	struct dhcp4_option *o = &reply->extra[reply->nextra];
	unsigned int i;

	if (!len || reply->nextra == DHCP4_MAX_EXTRA)
		return;
	for (i = 0; i < reply->nextra; i++)
		if (reply->extra[i].code == code)
			return;
	o->code = code;
	o->len = (uint8_t)len;
	o->data = data;
	reply->nextra++;
}

/* The routers that a client can reach: those of its own subnet. */
static size_t routers_of(const struct server *s, const struct server_env *env,
			 const struct conf_subnet *subnet, struct in_addr *out)
{
	const struct conf_dhcp *conf = s->conf;
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < conf->nrouters; i++)
		if (subnet4_of(conf, conf->routers[i]) == subnet)
			out[n++] = conf->routers[i];
	for (i = 0; !conf->nrouters && !n && i < env->nsubnets; i++)
		if (subnet4_of(conf, env->subnets[i].addr) == subnet)
			out[n++] = env->subnets[i].addr;
	return n * sizeof(*out);
}

static void add_asked(struct server *s, const struct server_env *env,
		      uint8_t code, const struct conf_subnet *subnet,
		      struct dhcp4_reply *reply)
{
	const struct conf_dhcp *conf = s->conf;
	unsigned int i;

	if (code == DHCP4_OPT_SUBNET_MASK && subnet) {
		s->mask.s_addr = htonl(subnet4_mask(subnet->len));
		add_option(reply, code, &s->mask, sizeof(s->mask));
	} else if (code == DHCP4_OPT_ROUTER && subnet) {
		add_option(reply, code, s->routers,
			   routers_of(s, env, subnet, s->routers));
	}
	for (i = 0; i < conf->noptions; i++)
		if (conf->options[i].code == code)
			add_option(reply, code, conf->options[i].data,
				   conf->options[i].len);
}

/*
 * RFC 2132, section 9.8: in the client's order; section 3.3: but the mask in
 * front of the routers.
 */
static void add_options(struct server *s, const struct server_env *env,
			const struct dhcp4_msg *req, struct in_addr addr,
			struct dhcp4_reply *reply)
{
	static const uint8_t usual[] = { 1, 3, 6, 15 };
	const uint8_t *order = req->norder ? req->order : usual;
	size_t n = req->norder ? req->norder : sizeof(usual);
	const struct conf_subnet *subnet = subnet4_of(s->conf, addr);
	size_t i;

	for (i = 0; i < n; i++) {
		if (order[i] == DHCP4_OPT_ROUTER &&
		    memchr(order, DHCP4_OPT_SUBNET_MASK, n))
			add_asked(s, env, DHCP4_OPT_SUBNET_MASK, subnet, reply);
		add_asked(s, env, order[i], subnet, reply);
	}
}

/* A client without an address still has use for the portal's (RFC 8910). */
static void fill_offer(struct server *s, const struct server_env *env,
		       const struct dhcp4_msg *req, struct dhcp4_reply *reply)
{
	reply->type = DHCP4_OFFER;
	reply->no_autoconf = req->has_autoconf &&
			     s->conf->stop_autoconf != CONF_AUTOCONF_OFF;
	if (dhcp4_asks(req, DHCP4_OPT_PORTAL))
		add_asked(s, env, DHCP4_OPT_PORTAL, NULL, reply);
}

static void fill_nak(const struct server *s, const struct dhcp4_msg *req,
		     struct dhcp4_reply *reply)
{
	reply->type = DHCP4_NAK;
	reply->message = s->conf->mode == CONF_DHCP_V6ONLY ?
			 "no IPv4 addresses on this network" :
			 "not an address for this client";
	/* The relay must broadcast it: RFC 2131, section 4.3.2. */
	reply->broadcast = req->giaddr.s_addr;
}

static void fill(struct server *s, const struct server_env *env,
		 const struct dhcp4_msg *req, const struct judgement *j,
		 struct dhcp4_reply *reply)
{
	memset(reply, 0, sizeof(*reply));
	reply->server_id = env->server_id;
	reply->has_v6only = j->v6only;
	reply->v6only_wait = s->conf->v6only_wait;
	if (j->verdict == SERVER_NAK) {
		fill_nak(s, req, reply);
		return;
	}
	if (j->verdict == SERVER_INFORMED) {
		reply->type = DHCP4_ACK;
		add_options(s, env, req, req->ciaddr, reply);
		return;
	}
	if (!j->lease) {
		fill_offer(s, env, req, reply);
		return;
	}
	reply->type = j->verdict == SERVER_ACK ? DHCP4_ACK : DHCP4_OFFER;
	reply->rapid_commit = j->rapid;
	reply->yiaddr = j->lease->addr;
	reply->lease_time = s->conf->lease_time;
	add_options(s, env, req, j->lease->addr, reply);
}

static void tell_change(struct server *s, const struct lease *lease)
{
	if (s->changed)
		s->changed(s->ctx, lease);
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

/* Nobody has to look at what the client has had from here until now. */
static bool needs_probe(const struct server *s, const struct dhcp4_msg *req,
			const struct judgement *j)
{
	return s->conf->probe && req->type == DHCP4_DISCOVER &&
	       j->verdict != SERVER_OFFER_ADDR &&
	       j->lease->state != LEASE_BOUND &&
	       (j->lease->state != LEASE_OFFERED || j->lease->unproved);
}

static enum server_verdict start_probe(struct server *s,
				       const struct server_env *env,
				       const struct dhcp4_msg *req,
				       const struct judgement *j)
{
	struct lease *lease = j->lease;
	bool asked = lease->unproved && lease->state == LEASE_OFFERED;
	struct lease_owner who;

	if (j->tries > SERVER_MAX_TRIES)
		return SERVER_POOL_EMPTY;
	lease_owner_of(&who, req);
	if (!leases_take(s->leases, lease, &who, LEASE_OFFERED,
			 env->now + SERVER_HOLD_MS))
		return SERVER_NO_MEMORY;
	lease->unproved = true;
	if (asked) {
		probes_renew(s->probes, lease->addr, req);
	} else if (!probes_add(s->probes, lease->addr,
			       env->now + SERVER_PROBE_MS, req, j->tries)) {
		leases_release(s->leases, lease);
		return SERVER_RATE_LIMITED;
	}
	return SERVER_PROBING;
}

/* Gives the client what it was judged to get. */
static bool take(struct server *s, const struct server_env *env,
		 const struct dhcp4_msg *req, const struct judgement *j)
{
	struct lease_owner who;
	bool done;

	lease_owner_of(&who, req);
	if (j->verdict == SERVER_OFFER_LEASE)
		return leases_take(s->leases, j->lease, &who,
				   j->lease->state == LEASE_BOUND ?
				   LEASE_BOUND : LEASE_OFFERED,
				   j->lease->state == LEASE_BOUND ?
				   j->lease->until :
				   env->now + SERVER_HOLD_MS);
	if (j->verdict != SERVER_ACK)
		return true;
	done = leases_take(s->leases, j->lease, &who, LEASE_BOUND,
			   env->now + s->conf->lease_time * 1000ull);
	if (done)
		tell_change(s, j->lease);
	return done;
}

/* What needs no answer. */
static void give_back(struct server *s, const struct server_env *env,
		      const struct dhcp4_msg *req, const struct judgement *j)
{
	char text[INET_ADDRSTRLEN], mac[3 * ARP_MAC_LEN + 1];

	if (!j->lease)
		return;
	if (j->verdict == SERVER_DECLINED) {
		inet_ntop(AF_INET, &j->lease->addr, text, sizeof(text));
		log_warn("%s: its client %s says that somebody else uses it",
			 text, hex_colons(mac, req->chaddr, ARP_MAC_LEN));
		leases_decline(s->leases, j->lease,
			       env->now + SERVER_QUARANTINE_MS);
	} else if (j->verdict == SERVER_RELEASED ||
		   (j->verdict == SERVER_OTHER_SERVER &&
		    j->lease->state == LEASE_OFFERED)) {
		leases_release(s->leases, j->lease);
	}
	if (j->verdict != SERVER_OTHER_SERVER)
		tell_change(s, j->lease);
}

/* Carries a judgement out; the verdict may still become another. */
static enum server_verdict carry_out(struct server *s,
				     const struct server_env *env,
				     const struct dhcp4_msg *req,
				     struct judgement *j,
				     struct dhcp4_reply *reply)
{
	if (!server_replies(j->verdict)) {
		give_back(s, env, req, j);
		return j->verdict;
	}
	if (j->lease && needs_probe(s, req, j)) {
		memset(reply, 0, sizeof(*reply));
		reply->yiaddr = j->lease->addr;
		return start_probe(s, env, req, j);
	}
	if (j->lease && !take(s, env, req, j))
		return SERVER_NO_MEMORY;
	fill(s, env, req, j, reply);
	return j->verdict;
}

static bool costs(enum server_verdict v)
{
	return server_replies(v) || v == SERVER_DECLINED ||
	       v == SERVER_RELEASED;
}

/* The host's own, or said to be a router's: no client may have it. */
static bool taken_here(const struct server *s, const struct server_env *env,
		       struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < env->nsubnets; i++)
		if (env->subnets[i].addr.s_addr == addr.s_addr)
			return true;
	for (i = 0; i < s->conf->nrouters; i++)
		if (s->conf->routers[i].s_addr == addr.s_addr)
			return true;
	return env->server_id.s_addr == addr.s_addr;
}

static void tell_conflict(struct server *s, struct in_addr addr,
			  const char *user)
{
	char text[INET_ADDRSTRLEN];

	s->conflicts++;
	inet_ntop(AF_INET, &addr, text, sizeof(text));
	log_warn("%s is not offered: %s uses it", text, user);
}

static void keep_off(struct server *s, const struct server_env *env,
		     struct lease *lease)
{
	leases_decline(s->leases, lease, env->now + SERVER_QUARANTINE_MS);
	tell_change(s, lease);
}

/*
 * The host does not hear its own questions, so what it has itself would pass
 * for free.
 */
static struct judgement judge_apart(struct server *s,
				    const struct server_env *env,
				    const struct dhcp4_msg *req, bool again)
{
	struct judgement j = judge_message(s, env, req, again);
	unsigned int tries = SERVER_MAX_SUBNETS + CONF_MAX_ADDRS4 + 1;

	while (j.lease && server_replies(j.verdict) &&
	       taken_here(s, env, j.lease->addr)) {
		tell_conflict(s, j.lease->addr, "this host or a router");
		keep_off(s, env, j.lease);
		if (!tries--)
			return (struct judgement){
				.verdict = SERVER_POOL_EMPTY,
			};
		j = judge_message(s, env, req, again);
	}
	return j;
}

/* An empty pool does not wait long for those who were offered something. */
static struct judgement judge(struct server *s, const struct server_env *env,
			      const struct dhcp4_msg *req, bool again)
{
	struct judgement j = judge_apart(s, env, req, again);

	if (j.verdict != SERVER_POOL_EMPTY ||
	    !leases_hasten(s->leases, env->now + SERVER_HOLD_MS -
				      SERVER_HASTY_HOLD_MS))
		return j;
	return judge_apart(s, env, req, again);
}

static void note_answer(const struct server *s, const struct server_env *env,
			struct adoption_device *d, enum server_verdict v)
{
	switch (v) {
	case SERVER_OFFER:
		d->told_at = env->now;
		adoption_told(d, env->wall, s->conf->v6only_wait);
		d->outcome = ADOPTION_TOLD;
		break;
	case SERVER_OFFER_ADDR:
		adoption_told(d, env->wall, s->conf->v6only_wait);
		d->outcome = ADOPTION_TOLD_ADDR;
		break;
	case SERVER_ACK:
		d->outcome = ADOPTION_LEASED;
		break;
	case SERVER_DECLINED:
	case SERVER_RELEASED:
		d->outcome = ADOPTION_NOTHING;
		break;
	case SERVER_NOT_ASKED:
	case SERVER_HELD_BACK:
	case SERVER_GATE_DOWN:
	case SERVER_POOL_EMPTY:
		d->outcome = ADOPTION_SILENCE;
		break;
	default:
		break;
	}
}

enum server_verdict server_answer(struct server *s,
				  const struct server_env *env,
				  const struct dhcp4_msg *req,
				  struct dhcp4_reply *reply)
{
	struct judgement j = { .verdict = SERVER_RELAY_UNKNOWN };
	struct adoption_device *d;
	bool news = false;

	if (req->giaddr.s_addr && !known_relay(s->conf, req->giaddr))
		goto out;
	d = adoption_note(s->devices, req, env->wall, &news);
	if (d && news)
		tell_news(s, d);
	j = judge(s, env, req, d && d->told_at &&
		  env->now - d->told_at < SERVER_AGAIN_MS);
	if (costs(j.verdict) && !within_rate(s, env, req))
		j.verdict = SERVER_RATE_LIMITED;
	else
		j.verdict = carry_out(s, env, req, &j, reply);
	if (d)
		note_answer(s, env, d, j.verdict);
out:
	s->counts[j.verdict]++;
	return j.verdict;
}

bool server_due(struct server *s, const struct server_env *env,
		struct dhcp4_msg *req, struct dhcp4_reply *reply,
		enum server_verdict *v)
{
	struct adoption_device *d;
	struct lease_owner who;
	struct probe_end end;
	struct judgement j;
	struct lease *lease;

	if (!probes_take(s->probes, env->now, &end))
		return false;
	*req = end.req;
	lease_owner_of(&who, req);
	lease = leases_at(s->leases, end.addr);
	if (lease && lease_belongs_to(lease, &who))
		lease->unproved = false;
	j = judge_apart(s, env, req, false);
	j.tries = end.tries;
	*v = carry_out(s, env, req, &j, reply);
	d = adoption_find(s->devices, req);
	if (d)
		note_answer(s, env, d, *v);
	s->counts[*v]++;
	return true;
}

bool server_seen(struct server *s, const struct server_env *env,
		 struct in_addr addr, const uint8_t *mac)
{
	char user[3 * ARP_MAC_LEN + 1];
	struct lease *lease;

	if (!probes_hit(s->probes, addr, mac))
		return false;
	tell_conflict(s, addr, mac ? hex_colons(user, mac, ARP_MAC_LEN) :
				     "somebody");
	lease = leases_at(s->leases, addr);
	if (lease && lease->state == LEASE_OFFERED)
		keep_off(s, env, lease);
	return true;
}

void server_expire(struct server *s, const struct server_env *env)
{
	leases_expire(s->leases, env->now, 4096);
}

uint64_t server_next(const struct server *s)
{
	uint64_t probe = probes_next(s->probes);
	uint64_t lease = leases_next(s->leases);

	return probe < lease ? probe : lease;
}

struct server_dest server_route(const struct dhcp4_msg *req,
				const struct dhcp4_reply *reply)
{
	struct server_dest to = {
		.addr.s_addr = INADDR_BROADCAST,
		.port = UDP4_CLIENT_PORT,
		.l2 = SERVER_L2_BROADCAST,
	};

	/*
	 * Section 4.3.5 comes before 4.1: a relay would look into yiaddr for
	 * whom to pass the answer of an INFORM to, and find nobody there.
	 */
	if (req->giaddr.s_addr && req->type != DHCP4_INFORM) {
		to.addr = req->giaddr;
		to.port = UDP4_SERVER_PORT;
		to.l2 = SERVER_L2_SENDER;
		return to;
	}
	if (reply->type != DHCP4_NAK && req->ciaddr.s_addr) {
		to.addr = req->ciaddr;
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
		[SERVER_OFFER_ADDR] = "offered_with_address",
		[SERVER_OFFER_AUTOCONF] = "offered_no_autoconf",
		[SERVER_OFFER_LEASE] = "offered_lease",
		[SERVER_ACK] = "acknowledged",
		[SERVER_NAK] = "refused",
		[SERVER_INFORMED] = "informed",
		[SERVER_PROBING] = "probing",
		[SERVER_DECLINED] = "declined",
		[SERVER_RELEASED] = "released",
		[SERVER_NOT_ASKED] = "not_asked",
		[SERVER_HELD_BACK] = "held_back",
		[SERVER_GATE_DOWN] = "translator_down",
		[SERVER_POOL_EMPTY] = "pool_empty",
		[SERVER_UNKNOWN] = "unknown_address",
		[SERVER_OTHER_SERVER] = "other_server",
		[SERVER_RELAY_UNKNOWN] = "relay_unknown",
		[SERVER_RATE_LIMITED] = "rate_limited",
		[SERVER_INFORM] = "inform_ignored",
		[SERVER_DECLINE] = "decline_ignored",
		[SERVER_RELEASE] = "release_ignored",
		[SERVER_NONSENSE] = "nonsense",
		[SERVER_NO_MEMORY] = "no_memory",
	};

	return names[v];
}
