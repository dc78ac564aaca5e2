// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <event2/buffer.h>
#include <inttypes.h>

static void quoted(struct json *j, const char *s)
{
	evbuffer_add(j->out, "\"", 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		/*
		 * Bytes past ASCII are written as the Latin-1 code point: the
		 * text stays valid JSON whatever a client put into its options.
		 */
		if (c == '"' || c == '\\')
			evbuffer_add_printf(j->out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			evbuffer_add_printf(j->out, "\\u%04x", c);
		else
			evbuffer_add(j->out, s, 1);
	}
	evbuffer_add(j->out, "\"", 1);
}

static void member(struct json *j, const char *key)
{
	if (j->comma)
		evbuffer_add(j->out, ",", 1);
	j->comma = true;
	if (!key)
		return;
	quoted(j, key);
	evbuffer_add(j->out, ":", 1);
}

static void open_with(struct json *j, const char *key, const char *bracket)
{
	member(j, key);
	evbuffer_add(j->out, bracket, 1);
	j->comma = false;
}

static void close_with(struct json *j, const char *bracket)
{
	evbuffer_add(j->out, bracket, 1);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	open_with(j, key, "{");
}

void json_object_end(struct json *j)
{
	close_with(j, "}");
}

void json_array(struct json *j, const char *key)
{
	open_with(j, key, "[");
}

void json_array_end(struct json *j)
{
	close_with(j, "]");
}

void json_string(struct json *j, const char *key, const char *value)
{
	member(j, key);
	quoted(j, value);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	member(j, key);
	evbuffer_add_printf(j->out, "%" PRIu64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	member(j, key);
	evbuffer_add_printf(j->out, "%s", value ? "true" : "false");
}
