// SPDX-License-Identifier: GPL-2.0
#include "serve.h"

#include "adoptfile.h"
#include "arp.h"
#include "echo.h"
#include "leasefile.h"
#include "net.h"
#include "outbox.h"
#include "port.h"
#include "rogue.h"

#include "../common/clock.h"
#include "../common/hex.h"
#include "../common/log.h"
#include "../common/loop.h"
#include "../common/subnet4.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* What is known of the devices may be so old after a crash. */
#define SAVE_MS 120000
/* The log says so often that a pool is empty, or a relay not known. */
#define QUIET_MS 60000
#define STATE_MODE 0750

static void make_env(const struct net *n, struct server_env *env)
{
	env->serving = net_granting(n);
	env->server_id = n->server_id;
	memcpy(env->subnets, n->subnets, sizeof(env->subnets));
	env->nsubnets = n->nsubnets;
	env->now = clock_now_ms();
	env->wall = (uint64_t)time(NULL);
}

static struct lease_clock moment(void)
{
	return (struct lease_clock){ clock_now_ms(), (uint64_t)time(NULL) };
}

static void on_lease(void *ctx, const struct lease *lease)
{
	const struct lease_clock at = moment();
	struct net *n = ctx;

	if (n->leasefile)
		leasefile_note(n->leasefile, lease, &at);
}

static void send_one(struct net *n, const struct outbox_packet *p)
{
	int err;

	err = port_send(n->fd, n->link.ifindex, p->broadcast ? NULL : p->mac,
			p->data, p->len);
	if (!err)
		return;
	n->send_errors++;
	log_debug("[%s] cannot answer on %s: %s", n->conf.name,
		  n->conf.interface, strerror(-err));
}

/*
 * RFC 2131, section 3.1(4): what an answer promises is safe before it is
 * sent. When the disk refuses clients are served all the same; what they got
 * is looked for by ARP before somebody else gets it.
 */
void serve_commit(struct net *n)
{
	const struct lease_clock at = moment();
	unsigned int i;

	if (n->leasefile &&
	    leasefile_sync(n->leasefile, n->server.leases, &at))
		n->store_errors++;
	for (i = 0; i < n->outbox->count; i++)
		send_one(n, &n->outbox->packets[i]);
	n->outbox->count = 0;
	loop_at(n->timer, n->save < server_next(&n->server) ?
			  n->save : server_next(&n->server));
}

static void queue_reply(struct net *n, const struct dhcp4_msg *req,
			struct dhcp4_reply *reply)
{
	struct server_dest to = server_route(req, reply);
	struct outbox_packet *p = outbox_add(n->outbox);
	size_t len;

	p->broadcast = to.l2 == SERVER_L2_BROADCAST;
	memcpy(p->mac, to.l2 == SERVER_L2_SENDER ? req->from : req->chaddr,
	       sizeof(p->mac));
	len = dhcp4_build(p->data + UDP4_HEADERS, req, reply);
	n->server.dropped_relay_info += reply->dropped_relay_info;
	p->len = udp4_wrap(p->data, len, n->server_id, to.addr, to.port);
}

/* Nobody there would hear ARP. */
static void look_behind_relay(struct net *n, struct in_addr addr)
{
	if (n->echo_fd >= 0 && echo_ask(n->echo_fd, addr, n->echo_id))
		n->send_errors++;
}

static void look_for(struct net *n, const struct dhcp4_msg *req,
		     struct in_addr addr)
{
	uint8_t packet[ARP_LEN];

	if (req->giaddr.s_addr) {
		look_behind_relay(n, addr);
		return;
	}
	if (n->arp_fd < 0)
		return;
	arp_probe(packet, n->link.mac, addr);
	if (port_send_arp(n->arp_fd, n->link.ifindex, packet, sizeof(packet)))
		n->send_errors++;
}

/* Once in a while: @told is when it was said last. */
static bool worth_telling(uint64_t *told)
{
	uint64_t now = clock_now_ms();

	if (*told && now - *told < QUIET_MS)
		return false;
	*told = now;
	return true;
}

static void tell_empty(struct net *n)
{
	if (worth_telling(&n->told_empty))
		log_warn("[%s] no address is left for clients that need IPv4",
			 n->conf.name);
}

/* On an interface of several networks it may be the relay of another. */
static void tell_relay(struct net *n, const struct dhcp4_msg *req)
{
	char text[INET_ADDRSTRLEN];

	if (!req->giaddr.s_addr || n->conf.dhcp.shared ||
	    !worth_telling(&n->told_relay))
		return;
	log_warn("[%s] relay agent %s is not heard on %s: it is no 'relay' of the network, or names a link that is no 'subnet' of it",
		 n->conf.name, inet_ntop(AF_INET, &req->giaddr, text,
					 sizeof(text)),
		 n->conf.interface);
}

static void follow(struct net *n, const struct dhcp4_msg *req,
		   enum server_verdict v, struct dhcp4_reply *reply)
{
	log_debug("[%s] message %u: %s", n->conf.name, req->type,
		  server_verdict_name(v));
	if (server_replies(v))
		queue_reply(n, req, reply);
	else if (v == SERVER_PROBING)
		look_for(n, req, reply->yiaddr);
	else if (v == SERVER_POOL_EMPTY)
		tell_empty(n);
	else if (v == SERVER_RELAY_UNKNOWN)
		tell_relay(n, req);
}

static bool known_server(const struct net *n, struct in_addr id)
{
	unsigned int i;

	if (id.s_addr == n->server_id.s_addr)
		return true;
	for (i = 0; i < n->conf.dhcp.nservers; i++)
		if (n->conf.dhcp.servers[i].s_addr == id.s_addr)
			return true;
	return false;
}

static void tell_rogue(const struct net *n, const struct rogue *r)
{
	char id[INET_ADDRSTRLEN], mac[3 * ROGUE_MAC_LEN + 1];

	inet_ntop(AF_INET, &r->id, id, sizeof(id));
	if (r->answers)
		log_warn("[%s] another DHCP server answers on %s: %s at %s, %s option 108",
			 n->conf.name, n->conf.interface, id,
			 hex_colons(mac, r->mac, ROGUE_MAC_LEN),
			 r->v6only ? "with" : "without");
	else
		log_warn("[%s] a client on %s takes the offer of another DHCP server: %s",
			 n->conf.name, n->conf.interface, id);
}

static void take_answer(struct net *n, const struct port_frame *f,
			const struct udp4_packet *p)
{
	struct dhcp4_msg msg;
	struct rogue *r;

	if (dhcp4_parse_answer(p->data, p->len, &msg) ||
	    known_server(n, msg.server_id))
		return;
	r = rogues_answer(n->rogues, &msg, f->from, (uint64_t)time(NULL));
	if (r && rogue_tell(r, &n->told_rogue))
		tell_rogue(n, r);
}

static void notice_choice(struct net *n, const struct dhcp4_msg *req)
{
	struct rogue *r;

	if (known_server(n, req->server_id))
		return;
	r = rogues_chosen(n->rogues, req->server_id, (uint64_t)time(NULL));
	if (r && rogue_tell(r, &n->told_rogue))
		tell_rogue(n, r);
}

/*
 * The sections of an interface are told apart by the relays. What a client
 * that has an address sends to the server alone goes past them (RFC 2131,
 * section 4.4.5): then that address tells.
 */
static bool of_section(const struct net *n, const struct dhcp4_msg *req)
{
	const struct world *w = n->world;
	unsigned int i;

	if (req->giaddr.s_addr || !n->conf.dhcp.shared)
		return true;
	for (i = 0; req->direct && i < w->count; i++)
		if (!strcmp(w->nets[i]->conf.interface, n->conf.interface) &&
		    subnet4_of(&w->nets[i]->conf.dhcp, req->ciaddr))
			return w->nets[i] == n;
	return !n->conf.dhcp.remote;
}

static void take_message(struct net *n, const struct port_frame *f,
			 const struct udp4_packet *p)
{
	struct dhcp4_reply reply;
	struct server_env env;
	struct dhcp4_msg req;
	enum server_verdict v;
	unsigned int err;

	err = dhcp4_parse(p->data, p->len, &req);
	req.direct = p->dst.s_addr != INADDR_BROADCAST;
	if (!err && !of_section(n, &req))
		return;
	n->message_errors[err]++;
	if (err) {
		log_debug("[%s] message ignored: %s", n->conf.name,
			  dhcp4_error_name(err));
		return;
	}
	memcpy(req.from, f->from, sizeof(req.from));
	if (req.max_size > n->link.mtu)
		req.max_size = (uint16_t)n->link.mtu;
	make_env(n, &env);
	v = server_answer(&n->server, &env, &req, &reply);
	if (v == SERVER_OTHER_SERVER)
		notice_choice(n, &req);
	follow(n, &req, v, &reply);
}

/* What this host forwards to others comes by here too. */
static bool for_this_host(const struct net *n, const struct port_frame *f,
			  struct in_addr dst)
{
	unsigned int i;

	for (i = 0; i < n->nsubnets; i++)
		if (dst.s_addr == (n->subnets[i].addr.s_addr |
				   ~htonl(subnet4_mask(n->subnets[i].len))))
			return true;
	return f->to_all || dst.s_addr == INADDR_BROADCAST ||
	       dst.s_addr == n->server_id.s_addr ||
	       links_has4(n->world->links, dst);
}

static void take_frame(struct net *n, const struct port_frame *f)
{
	struct udp4_packet p;
	unsigned int err;

	err = udp4_parse(f->data, f->len, f->sum_missing, &p);
	if (!err && !for_this_host(n, f, p.dst))
		return;
	if (!err && p.dport == UDP4_CLIENT_PORT) {
		take_answer(n, f, &p);
		return;
	}
	n->packet_errors[err]++;
	if (!err)
		take_message(n, f, &p);
}

static void tell_port(const struct net *n, int err)
{
	if (err < 0 && err != -ENETDOWN)
		log_warn("[%s] %s: %s", n->conf.name, n->conf.interface,
			 strerror(-err));
}

void serve_frames(struct net *n)
{
	struct port_frame f;
	int got = 1;
	int i;

	/* Timers and the control socket get a turn after each batch. */
	for (i = 0; i < OUTBOX_MAX && got > 0; i++) {
		got = port_receive(n->fd, &f);
		if (got > 0)
			take_frame(n, &f);
	}
	tell_port(n, got);
	serve_commit(n);
}

void serve_arp(struct net *n)
{
	uint8_t mac[ARP_MAC_LEN];
	struct server_env env;
	struct in_addr addr;
	struct port_frame f;
	int got = 1;
	int i;

	make_env(n, &env);
	for (i = 0; i < OUTBOX_MAX && got > 0; i++) {
		got = port_receive(n->arp_fd, &f);
		if (got > 0 && arp_parse(f.data, f.len, &addr, mac))
			server_seen(&n->server, &env, addr, mac);
	}
	tell_port(n, got);
	serve_timer(n);
}

void serve_echo(struct net *n)
{
	struct server_env env;
	struct in_addr addr;
	uint16_t id;
	int got = 1;
	int i;

	make_env(n, &env);
	for (i = 0; i < OUTBOX_MAX && got > 0; i++) {
		got = echo_heard(n->echo_fd, &addr, &id);
		if (got > 0 && addr.s_addr && id == n->echo_id)
			server_seen(&n->server, &env, addr, NULL);
	}
	serve_timer(n);
}

static void answer_due(struct net *n)
{
	struct dhcp4_reply reply;
	struct server_env env;
	enum server_verdict v;
	struct dhcp4_msg req;

	make_env(n, &env);
	server_expire(&n->server, &env);
	while (!outbox_full(n->outbox) &&
	       server_due(&n->server, &env, &req, &reply, &v))
		follow(n, &req, v, &reply);
}

static void save_devices(struct net *n)
{
	n->save = clock_now_ms() + SAVE_MS;
	if (n->adoptfile)
		adoptfile_save(n->adoptfile, n->server.devices);
}

void serve_timer(struct net *n)
{
	answer_due(n);
	if (clock_now_ms() >= n->save)
		save_devices(n);
	serve_commit(n);
}

static bool make_path(const struct net *n, const char *what, char *path)
{
	const char *dir = n->world->state_dir;

	if (mkdir(dir, STATE_MODE) && errno != EEXIST)
		return false;
	errno = ENAMETOOLONG;
	return snprintf(path, PATH_MAX, "%s/%s-%s", dir, what, n->conf.name) <
	       PATH_MAX;
}

void serve_open_files(struct net *n)
{
	const struct lease_clock at = moment();
	char path[PATH_MAX];

	n->server.changed = on_lease;
	n->server.ctx = n;
	if (leases_total(n->server.leases) && !n->leasefile) {
		if (make_path(n, "leases", path))
			n->leasefile = leasefile_open(path, n->server.leases,
						      &at);
		if (!n->leasefile)
			log_err("[%s] leases will not survive: %s: %s",
				n->conf.name, n->world->state_dir,
				strerror(errno));
	}
	if (!n->adoptfile) {
		if (make_path(n, "adoption", path))
			n->adoptfile = adoptfile_open(path, n->server.devices,
						      at.wall);
		if (!n->adoptfile)
			log_warn("[%s] the count of devices will not survive: %s: %s",
				 n->conf.name, n->world->state_dir,
				 strerror(errno));
	}
	n->save = at.now + SAVE_MS;
	serve_commit(n);
}

void serve_close_files(struct net *n)
{
	if (n->adoptfile)
		save_devices(n);
	adoptfile_close(n->adoptfile);
	leasefile_close(n->leasefile);
	n->adoptfile = NULL;
	n->leasefile = NULL;
}
