/* SPDX-License-Identifier: GPL-2.0 */
/* Printing JSON into an evbuffer; nothing here reads it. */
#ifndef NAT64D_JSON_H
#define NAT64D_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct evbuffer;

/**
 * struct json - a JSON text being written
 * @out: where it goes
 * @comma: the next member needs a comma before it
 */
struct json {
	struct evbuffer *out;
	bool comma;
};

/* @key is NULL for members of an array and for the outermost value. */
void json_object(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_end(struct json *j);
void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);

#endif
