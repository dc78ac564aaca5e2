// SPDX-License-Identifier: GPL-2.0
#include "judge.h"

#include "../common/subnet4.h"

#include <string.h>

/**
 * struct bench - a message before the judge
 * @s: server
 * @env: world
 * @req: message
 * @who: its client
 * @v6only: asks for option 108, may have it, and somebody translates
 */
struct bench {
	const struct server *s;
	const struct server_env *env;
	const struct dhcp4_msg *req;
	struct lease_owner who;
	bool v6only;
};

static struct judgement simply(enum server_verdict v)
{
	return (struct judgement){ .verdict = v };
}

/* The share grows with the percentage: who was in it once stays in it. */
static bool rolled_out(const struct conf_dhcp *conf,
		       const struct dhcp4_msg *req)
{
	uint32_t h = 2166136261u;
	unsigned int i;

	for (i = 0; i < req->hlen; i++)
		h = (h ^ req->chaddr[i]) * 16777619u;
	h ^= h >> 16;
	h *= 0x85ebca6b;
	h ^= h >> 13;
	return h % 100 < conf->rollout;
}

static bool opted_out(const struct conf_dhcp *conf,
		      const struct dhcp4_msg *req)
{
	const struct conf_opt_out *o = conf->opt_outs;
	const struct dhcp4_value *class = &req->vendor_class;

	for (; o < conf->opt_outs + conf->nopt_outs; o++) {
		if (o->len && o->len <= req->hlen &&
		    !memcmp(o->mac, req->chaddr, o->len))
			return true;
		if (!o->len && class->len == strlen(o->vendor) &&
		    !memcmp(o->vendor, class->data, class->len))
			return true;
	}
	return false;
}

static bool may_be_told(const struct bench *b)
{
	return rolled_out(b->s->conf, b->req) &&
	       !opted_out(b->s->conf, b->req);
}

static bool asks(const struct bench *b)
{
	return dhcp4_asks(b->req, DHCP4_OPT_V6ONLY);
}

/*
 * On an IPv6-only network addresses are for those who can do without: of the
 * others nobody keeps one, from a time when the network was another.
 */
static bool may_have_address(const struct bench *b)
{
	return b->s->conf->mode == CONF_DHCP_MOSTLY ||
	       (asks(b) && may_be_told(b));
}

static bool in_interface_net(const struct server_env *env, struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < env->nsubnets; i++)
		if (subnet4_same(addr, env->subnets[i].addr,
				 env->subnets[i].len))
			return true;
	return false;
}

/* An address that no host of this network could have. */
static bool wrong_net(const struct bench *b, struct in_addr addr)
{
	if (b->s->conf->nsubnets)
		return !subnet4_of(b->s->conf, addr);
	return !in_interface_net(b->env, addr);
}

/*
 * The subnets of a section share a link: any will do, unless a relay says
 * which (RFC 3527). That of the relay itself comes first.
 */
static struct lease *pick(const struct bench *b)
{
	const struct conf_dhcp *conf = b->s->conf;
	const struct conf_subnet *subnet = NULL;
	struct lease *lease;

	if (b->req->has_link)
		return leases_pick(b->s->leases, &b->who, b->req->requested,
				   subnet4_of(conf, b->req->link));
	if (b->req->giaddr.s_addr)
		subnet = subnet4_of(conf, b->req->giaddr);
	lease = leases_pick(b->s->leases, &b->who, b->req->requested, subnet);
	if (lease || !subnet)
		return lease;
	return leases_pick(b->s->leases, &b->who, b->req->requested, NULL);
}

/*
 * RFC 8925, section 3.3: an offer should hold no address, but may hold one
 * where that is not feasible; nothing is kept for the client then.
 */
static struct judgement offer_v6only(const struct bench *b, bool again)
{
	struct judgement j = { .verdict = SERVER_OFFER, .v6only = true };
	uint32_t offer = b->s->conf->offer;

	if (offer == CONF_OFFER_ADDR || (offer == CONF_OFFER_AUTO && again))
		j.lease = pick(b);
	if (j.lease)
		j.verdict = SERVER_OFFER_ADDR;
	return j;
}

static struct judgement offer_lease(const struct bench *b)
{
	struct judgement j = { .lease = pick(b) };

	j.rapid = b->req->rapid_commit && b->s->conf->rapid_commit;
	j.verdict = j.rapid ? SERVER_ACK : SERVER_OFFER_LEASE;
	if (!j.lease)
		j.verdict = SERVER_POOL_EMPTY;
	return j;
}

/* What those get on an IPv6-only network who are not told to do without. */
static struct judgement turn_away(const struct bench *b)
{
	if (asks(b))
		return simply(b->env->serving ? SERVER_HELD_BACK :
						SERVER_GATE_DOWN);
	if (b->s->conf->stop_autoconf != CONF_AUTOCONF_ALL ||
	    !b->req->has_autoconf)
		return simply(SERVER_NOT_ASKED);
	return simply(b->env->serving ? SERVER_OFFER_AUTOCONF :
					SERVER_GATE_DOWN);
}

static struct judgement judge_discover(const struct bench *b, bool again)
{
	if (b->v6only)
		return offer_v6only(b, again);
	if (b->s->conf->mode == CONF_DHCP_MOSTLY)
		return offer_lease(b);
	return turn_away(b);
}

static struct judgement confirm(const struct bench *b, struct lease *lease)
{
	return (struct judgement){
		.verdict = SERVER_ACK,
		.lease = lease,
		.v6only = b->v6only,
	};
}

/*
 * Whoever was offered an address and takes it gets it while it is free, also
 * one who was told to do without (RFC 8925, section 3.3).
 */
static struct judgement judge_selecting(const struct bench *b)
{
	struct lease *lease = leases_at(b->s->leases, b->req->requested);

	if (b->req->server_id.s_addr != b->env->server_id.s_addr)
		return (struct judgement){
			.verdict = SERVER_OTHER_SERVER,
			.lease = leases_of(b->s->leases, &b->who),
		};
	if (lease && may_have_address(b) && lease_open_to(lease, &b->who) &&
	    (b->s->conf->mode == CONF_DHCP_MOSTLY || b->v6only ||
	     lease_belongs_to(lease, &b->who)))
		return confirm(b, lease);
	if (b->s->conf->mode == CONF_DHCP_V6ONLY && !b->env->serving)
		return simply(SERVER_GATE_DOWN);
	return simply(SERVER_NAK);
}

/*
 * On an IPv6-only network a client that asks for option 108 is refused an old
 * address: then it begins anew and learns what it asks for. To the others
 * silence, as if there were no server; an old address of another network may
 * be refused to them too, because they would go on using it (RFC 2131,
 * section 3.2).
 */
static struct judgement refuse_v6only(const struct bench *b,
				      struct in_addr addr)
{
	if (b->v6only)
		return simply(SERVER_NAK);
	if (asks(b) && !b->env->serving)
		return simply(SERVER_GATE_DOWN);
	if (b->s->conf->nak_wrong_net && wrong_net(b, addr))
		return simply(b->env->serving ? SERVER_NAK : SERVER_GATE_DOWN);
	return simply(asks(b) ? SERVER_HELD_BACK : SERVER_NOT_ASKED);
}

/*
 * RFC 2131, section 4.3.2: a wrong address is refused, and so is one that
 * this server knows to be another's. Of others it knows nothing and is
 * silent: there may be a second server.
 */
static struct judgement refuse_mostly(const struct bench *b,
				      struct in_addr addr)
{
	const struct lease *lease = leases_at(b->s->leases, addr);
	const struct lease *own = leases_of(b->s->leases, &b->who);

	if (wrong_net(b, addr))
		return simply(SERVER_NAK);
	if (lease && !lease_open_to(lease, &b->who))
		return simply(SERVER_NAK);
	if (own && own->state != LEASE_FREE)
		return simply(SERVER_NAK);
	if (leases_lost(b->s->leases, addr, &b->who, b->env->now))
		return simply(SERVER_NAK);
	return simply(SERVER_UNKNOWN);
}

/* There is another address for the client, by a change of configuration. */
static bool to_move(const struct bench *b, struct in_addr addr)
{
	const struct lease *kept = leases_reserved(b->s->leases, &b->who);

	return kept && kept->addr.s_addr != addr.s_addr &&
	       kept->state != LEASE_DECLINED &&
	       subnet4_of(b->s->conf, kept->addr) ==
	       subnet4_of(b->s->conf, addr);
}

/* INIT-REBOOT, RENEWING and REBINDING: the client names what it has. */
static struct judgement judge_keeping(const struct bench *b)
{
	struct in_addr addr = b->req->ciaddr.s_addr ? b->req->ciaddr :
						      b->req->requested;
	struct lease *lease;

	if (!addr.s_addr)
		return simply(SERVER_NONSENSE);
	if (b->s->conf->mode == CONF_DHCP_MOSTLY && to_move(b, addr))
		return simply(SERVER_NAK);
	lease = leases_at(b->s->leases, addr);
	if (lease && may_have_address(b) && lease->state != LEASE_DECLINED &&
	    lease_belongs_to(lease, &b->who))
		return confirm(b, lease);
	if (b->s->conf->mode == CONF_DHCP_MOSTLY)
		return refuse_mostly(b, addr);
	return refuse_v6only(b, addr);
}

/* RFC 2131, section 4.3.5 */
static struct judgement judge_inform(const struct bench *b)
{
	struct judgement j = {
		.verdict = SERVER_INFORMED,
		.v6only = b->v6only,
	};

	if (b->s->conf->mode != CONF_DHCP_MOSTLY || !b->req->ciaddr.s_addr ||
	    wrong_net(b, b->req->ciaddr))
		return simply(SERVER_INFORM);
	return j;
}

static struct judgement judge_decline(const struct bench *b)
{
	struct judgement j = { .verdict = SERVER_DECLINED };

	j.lease = leases_at(b->s->leases, b->req->requested);
	if (!j.lease || !lease_belongs_to(j.lease, &b->who) ||
	    (j.lease->state != LEASE_OFFERED && j.lease->state != LEASE_BOUND))
		return simply(SERVER_DECLINE);
	return j;
}

static struct judgement judge_release(const struct bench *b)
{
	struct judgement j = { .verdict = SERVER_RELEASED };

	j.lease = leases_at(b->s->leases, b->req->ciaddr);
	if (!j.lease || !lease_belongs_to(j.lease, &b->who) ||
	    j.lease->state != LEASE_BOUND)
		return simply(SERVER_RELEASE);
	return j;
}

struct judgement judge_message(const struct server *s,
			       const struct server_env *env,
			       const struct dhcp4_msg *req, bool again)
{
	struct bench b = { .s = s, .env = env, .req = req };

	lease_owner_of(&b.who, req);
	b.v6only = env->serving && asks(&b) && may_be_told(&b);
	if (req->has_link && s->conf->nsubnets &&
	    !subnet4_of(s->conf, req->link))
		return simply(SERVER_RELAY_UNKNOWN);
	switch (req->type) {
	case DHCP4_DISCOVER:
		return judge_discover(&b, again);
	case DHCP4_REQUEST:
		return req->has_server_id ? judge_selecting(&b) :
					    judge_keeping(&b);
	case DHCP4_DECLINE:
		return judge_decline(&b);
	case DHCP4_RELEASE:
		return judge_release(&b);
	default:
		return judge_inform(&b);
	}
}
