// SPDX-License-Identifier: GPL-2.0
#include "dhcp4.h"

#include <arpa/inet.h>
#include <string.h>

#define BOOTREQUEST 1
#define BOOTREPLY 2

#define OPT_PAD 0
#define OPT_END 255

/* Offsets of RFC 2131, figure 1. */
enum field {
	F_OP = 0,
	F_HTYPE = 1,
	F_HLEN = 2,
	F_HOPS = 3,
	F_XID = 4,
	F_SECS = 8,
	F_FLAGS = 10,
	F_CIADDR = 12,
	F_YIADDR = 16,
	F_GIADDR = 24,
	F_CHADDR = 28,
	F_SNAME = 44,
	F_FILE = 108,
	F_MAGIC = 236,
};

#define SNAME_LEN 64
#define FILE_LEN 128

#define OVERLOAD_FILE 1
#define OVERLOAD_SNAME 2

static const uint8_t magic[4] = { 99, 130, 83, 99 };

/* The options that are read, in pieces until all fields were looked at. */
struct pieces {
	struct dhcp4_value overload;
	struct dhcp4_value type;
	struct dhcp4_value requested;
	struct dhcp4_value server_id;
	struct dhcp4_value max_size;
	struct dhcp4_value autoconf;
	struct dhcp4_value v6only;
	struct dhcp4_value subnet;
	struct dhcp4_msg *msg;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void add_params(struct dhcp4_msg *msg, const uint8_t *p, size_t len)
{
	for (; len--; p++) {
		if (dhcp4_asks(msg, *p))
			continue;
		msg->params[*p / 8] |= (uint8_t)(1 << *p % 8);
		msg->order[msg->norder++] = *p;
	}
}

static struct dhcp4_value *value_for(struct pieces *s, uint8_t code)
{
	switch (code) {
	case DHCP4_OPT_OVERLOAD:
		return &s->overload;
	case DHCP4_OPT_TYPE:
		return &s->type;
	case DHCP4_OPT_REQUESTED_IP:
		return &s->requested;
	case DHCP4_OPT_SERVER_ID:
		return &s->server_id;
	case DHCP4_OPT_MAX_SIZE:
		return &s->max_size;
	case DHCP4_OPT_AUTOCONF:
		return &s->autoconf;
	case DHCP4_OPT_V6ONLY:
		return &s->v6only;
	case DHCP4_OPT_SUBNET_SELECTION:
		return &s->subnet;
	case DHCP4_OPT_CLIENT_ID:
		return &s->msg->client_id;
	case DHCP4_OPT_HOST_NAME:
		return &s->msg->host_name;
	case DHCP4_OPT_VENDOR_CLASS:
		return &s->msg->vendor_class;
	case DHCP4_OPT_RELAY_INFO:
		return &s->msg->relay_info;
	default:
		return NULL;
	}
}

/* RFC 3396, section 7: pieces of one option make one value. */
static enum dhcp4_error add_piece(struct pieces *s, const uint8_t *opt)
{
	struct dhcp4_value *v = value_for(s, opt[0]);

	if (opt[0] == DHCP4_OPT_PARAM_LIST)
		add_params(s->msg, opt + 2, opt[1]);
	if (opt[0] == DHCP4_OPT_RAPID_COMMIT)
		s->msg->rapid_commit = true;
	if (!v)
		return DHCP4_OK;
	if (v->len + opt[1] > DHCP4_VALUE_LEN)
		return DHCP4_OPTION_LENGTH;
	memcpy(v->data + v->len, opt + 2, opt[1]);
	v->len += opt[1];
	return DHCP4_OK;
}

/* The end option may be missing: then the field's end is the end. */
static enum dhcp4_error scan(struct pieces *s, const uint8_t *p, size_t len)
{
	enum dhcp4_error err;

	while (len && *p != OPT_END) {
		size_t step = 1;

		if (*p != OPT_PAD) {
			if (len < 2 || len - 2 < p[1])
				return DHCP4_OPTION_OVERRUN;
			err = add_piece(s, p);
			if (err)
				return err;
			step = 2 + (size_t)p[1];
		}
		p += step;
		len -= step;
	}
	return DHCP4_OK;
}

/* RFC 2131, section 4.1: the options field, then file, then sname. */
static enum dhcp4_error scan_all(struct pieces *s, const uint8_t *data,
				 size_t len)
{
	enum dhcp4_error err;
	uint8_t overload;

	err = scan(s, data + DHCP4_FIXED_LEN, len - DHCP4_FIXED_LEN);
	if (err || !s->overload.len)
		return err;
	if (s->overload.len != 1)
		return DHCP4_OPTION_LENGTH;
	overload = s->overload.data[0];
	if (overload & OVERLOAD_FILE)
		err = scan(s, data + F_FILE, FILE_LEN);
	if (!err && (overload & OVERLOAD_SNAME))
		err = scan(s, data + F_SNAME, SNAME_LEN);
	return err;
}

static enum dhcp4_error take_address(const struct dhcp4_value *v, bool *has,
				     struct in_addr *out)
{
	if (!v->len)
		return DHCP4_OK;
	if (v->len != sizeof(*out))
		return DHCP4_OPTION_LENGTH;
	memcpy(out, v->data, sizeof(*out));
	*has = true;
	return DHCP4_OK;
}

/* Malformed relay information is echoed all the same: RFC 3046, 2.2. */
static void take_link(const struct pieces *s)
{
	const struct dhcp4_value *info = &s->msg->relay_info;
	size_t i = 0;

	take_address(&s->subnet, &s->msg->has_subnet, &s->msg->subnet);
	s->msg->has_link = s->msg->has_subnet;
	s->msg->link = s->msg->subnet;
	while (i + 2 <= info->len && i + 2 + info->data[i + 1] <= info->len) {
		if (info->data[i] == DHCP4_RELAY_LINK_SELECTION &&
		    info->data[i + 1] == sizeof(s->msg->link)) {
			memcpy(&s->msg->link, info->data + i + 2,
			       sizeof(s->msg->link));
			s->msg->has_link = true;
		}
		i += 2u + info->data[i + 1];
	}
}

static enum dhcp4_error take_options(const struct pieces *s)
{
	struct dhcp4_msg *msg = s->msg;
	enum dhcp4_error err;

	if (s->type.len != 1)
		return DHCP4_NO_TYPE;
	msg->type = s->type.data[0];
	err = take_address(&s->requested, &msg->has_requested,
			   &msg->requested);
	if (err)
		return err;
	err = take_address(&s->server_id, &msg->has_server_id,
			   &msg->server_id);
	if (err)
		return err;
	if (s->max_size.len && s->max_size.len != 2)
		return DHCP4_OPTION_LENGTH;
	if (s->max_size.len)
		msg->max_size = get16(s->max_size.data);
	if (s->autoconf.len > 1)
		return DHCP4_OPTION_LENGTH;
	msg->has_autoconf = s->autoconf.len == 1;
	msg->has_v6only = s->v6only.len == 4;
	take_link(s);
	return DHCP4_OK;
}

static enum dhcp4_error take_header(const uint8_t *data, size_t len,
				    struct dhcp4_msg *msg)
{
	if (len < DHCP4_FIXED_LEN)
		return DHCP4_SHORT;
	if (data[F_HLEN] > DHCP4_CHADDR_LEN)
		return DHCP4_BAD_HLEN;
	if (data[F_HOPS] > DHCP4_MAX_HOPS)
		return DHCP4_BAD_HOPS;
	if (memcmp(data + F_MAGIC, magic, sizeof(magic)))
		return DHCP4_BAD_MAGIC;
	msg->htype = data[F_HTYPE];
	msg->hlen = data[F_HLEN];
	msg->hops = data[F_HOPS];
	memcpy(msg->xid, data + F_XID, sizeof(msg->xid));
	msg->secs = get16(data + F_SECS);
	msg->flags = get16(data + F_FLAGS);
	memcpy(&msg->ciaddr, data + F_CIADDR, sizeof(msg->ciaddr));
	memcpy(&msg->giaddr, data + F_GIADDR, sizeof(msg->giaddr));
	memcpy(msg->chaddr, data + F_CHADDR, sizeof(msg->chaddr));
	return DHCP4_OK;
}

static bool from_client(uint8_t type)
{
	return type == DHCP4_DISCOVER || type == DHCP4_REQUEST ||
	       type == DHCP4_DECLINE || type == DHCP4_RELEASE ||
	       type == DHCP4_INFORM;
}

static bool from_server(uint8_t type)
{
	return type == DHCP4_OFFER || type == DHCP4_ACK || type == DHCP4_NAK;
}

static enum dhcp4_error parse(const uint8_t *data, size_t len, uint8_t op,
			      struct dhcp4_msg *msg)
{
	struct pieces s = { .msg = msg };
	enum dhcp4_error err;

	memset(msg, 0, sizeof(*msg));
	if (len > F_OP && data[F_OP] != op)
		return DHCP4_NOT_REQUEST;
	err = take_header(data, len, msg);
	if (err)
		return err;
	err = scan_all(&s, data, len);
	if (err)
		return err;
	return take_options(&s);
}

enum dhcp4_error dhcp4_parse(const uint8_t *data, size_t len,
			     struct dhcp4_msg *msg)
{
	enum dhcp4_error err = parse(data, len, BOOTREQUEST, msg);

	return err || from_client(msg->type) ? err : DHCP4_BAD_TYPE;
}

enum dhcp4_error dhcp4_parse_answer(const uint8_t *data, size_t len,
				    struct dhcp4_msg *msg)
{
	enum dhcp4_error err = parse(data, len, BOOTREPLY, msg);

	return err || from_server(msg->type) ? err : DHCP4_BAD_TYPE;
}

size_t dhcp4_key(const struct dhcp4_msg *msg, uint8_t *key)
{
	if (msg->client_id.len) {
		key[0] = 0;
		memcpy(key + 1, msg->client_id.data, msg->client_id.len);
		return 1 + (size_t)msg->client_id.len;
	}
	key[0] = 1;
	key[1] = msg->htype;
	memcpy(key + 2, msg->chaddr, msg->hlen);
	return 2 + (size_t)msg->hlen;
}

bool dhcp4_asks(const struct dhcp4_msg *msg, uint8_t code)
{
	return msg->params[code / 8] & (1 << code % 8);
}

/* A message being written; @limit keeps room for the end option. */
struct writer {
	uint8_t *out;
	size_t used;
	size_t limit;
};

static bool put(struct writer *w, uint8_t code, const void *value, size_t len)
{
	if (w->used + 2 + len > w->limit)
		return false;
	w->out[w->used++] = code;
	w->out[w->used++] = (uint8_t)len;
	if (len)
		memcpy(w->out + w->used, value, len);
	w->used += len;
	return true;
}

static void put_header(uint8_t *out, const struct dhcp4_msg *req,
		       const struct dhcp4_reply *reply)
{
	uint16_t flags = htons(reply->broadcast ?
			       req->flags | DHCP4_FLAG_BROADCAST : req->flags);

	memset(out, 0, DHCP4_MAX_LEN);
	out[F_OP] = BOOTREPLY;
	out[F_HTYPE] = req->htype;
	out[F_HLEN] = req->hlen;
	memcpy(out + F_XID, req->xid, sizeof(req->xid));
	memcpy(out + F_FLAGS, &flags, sizeof(flags));
	if (reply->type == DHCP4_ACK)
		memcpy(out + F_CIADDR, &req->ciaddr, sizeof(req->ciaddr));
	memcpy(out + F_YIADDR, &reply->yiaddr, sizeof(reply->yiaddr));
	memcpy(out + F_GIADDR, &req->giaddr, sizeof(req->giaddr));
	memcpy(out + F_CHADDR, req->chaddr, sizeof(req->chaddr));
	memcpy(out + F_MAGIC, magic, sizeof(magic));
}

/*
 * Option 57 counts the IP datagram (RFC 2132, section 9.10: the smallest
 * value is 576, which is the datagram every host takes).
 */
static size_t room(const struct dhcp4_msg *req)
{
	size_t size = req->max_size > 576 ? req->max_size : 576;

	size -= 28;	/* headers of IPv4 and UDP */
	return size < DHCP4_MAX_LEN ? size : DHCP4_MAX_LEN;
}

static void put32(struct writer *w, uint8_t code, uint32_t value)
{
	value = htonl(value);
	put(w, code, &value, sizeof(value));
}

/* What every client needs; it fits the smallest datagram. */
static void put_vital(struct writer *w, const struct dhcp4_msg *req,
		      const struct dhcp4_reply *reply)
{
	const uint8_t do_not = 0;

	put(w, DHCP4_OPT_TYPE, &reply->type, 1);
	put(w, DHCP4_OPT_SERVER_ID, &reply->server_id, 4);
	if (reply->lease_time)
		put32(w, DHCP4_OPT_LEASE_TIME, reply->lease_time);
	if (reply->has_v6only)
		put32(w, DHCP4_OPT_V6ONLY, reply->v6only_wait);
	if (reply->no_autoconf)
		put(w, DHCP4_OPT_AUTOCONF, &do_not, 1);
	if (reply->rapid_commit)
		put(w, DHCP4_OPT_RAPID_COMMIT, NULL, 0);
	if (req->client_id.len)
		put(w, DHCP4_OPT_CLIENT_ID, req->client_id.data,
		    req->client_id.len);
	/* Whoever chose a subnet discards an answer that does not say so. */
	if (req->has_subnet && reply->type != DHCP4_NAK)
		put(w, DHCP4_OPT_SUBNET_SELECTION, &req->subnet, 4);
	if (reply->message)
		put(w, DHCP4_OPT_MESSAGE, reply->message,
		    strlen(reply->message));
}

/* T1 and T2 of RFC 2131, section 4.4.5 are what clients take anyway. */
static void put_extra(struct writer *w, const struct dhcp4_reply *reply)
{
	unsigned int i;

	if (reply->lease_time && reply->lease_time != UINT32_MAX) {
		put32(w, DHCP4_OPT_T1, reply->lease_time / 2);
		put32(w, DHCP4_OPT_T2,
		      (uint32_t)((uint64_t)reply->lease_time * 7 / 8));
	}
	for (i = 0; i < reply->nextra; i++)
		put(w, reply->extra[i].code, reply->extra[i].data,
		    reply->extra[i].len);
}

size_t dhcp4_build(uint8_t *out, const struct dhcp4_msg *req,
		   struct dhcp4_reply *reply)
{
	struct writer w = {
		.out = out,
		.used = DHCP4_FIXED_LEN,
		.limit = room(req) - 1,
	};
	size_t relayed = req->relay_info.len ? 2u + req->relay_info.len : 0;

	put_header(out, req, reply);
	put_vital(&w, req, reply);
	reply->dropped_relay_info = w.used + relayed > w.limit;
	if (!reply->dropped_relay_info)
		w.limit -= relayed;
	put_extra(&w, reply);
	if (relayed && !reply->dropped_relay_info) {
		w.limit += relayed;
		put(&w, DHCP4_OPT_RELAY_INFO, req->relay_info.data,
		    req->relay_info.len);
	}
	out[w.used++] = OPT_END;
	return w.used > DHCP4_MIN_LEN ? w.used : DHCP4_MIN_LEN;
}

const char *dhcp4_error_name(enum dhcp4_error error)
{
	static const char *const names[DHCP4_ERRORS] = {
		[DHCP4_OK] = "ok",
		[DHCP4_SHORT] = "too_short",
		[DHCP4_NOT_REQUEST] = "not_a_request",
		[DHCP4_BAD_HLEN] = "bad_hlen",
		[DHCP4_BAD_MAGIC] = "bad_magic",
		[DHCP4_BAD_HOPS] = "bad_hops",
		[DHCP4_OPTION_OVERRUN] = "option_overrun",
		[DHCP4_OPTION_LENGTH] = "option_length",
		[DHCP4_NO_TYPE] = "no_message_type",
		[DHCP4_BAD_TYPE] = "bad_message_type",
	};

	return names[error];
}
