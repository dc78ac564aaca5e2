// SPDX-License-Identifier: GPL-2.0
/* What is read can be written, and reads the same again. */
#include <stdlib.h>
#include <string.h>

#include "nat64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *why;
static char buf[NAT64_SETTING_MAX];

static void need(bool truth)
{
	if (!truth)
		abort();
}

static void prefixes(const char *s)
{
	struct nat64_prefix6 p6, q6;
	struct nat64_prefix4 p4, q4;

	if (!nat64_parse_prefix6(s, &p6, &why)) {
		nat64_print_prefix6(buf, sizeof(buf), &p6);
		need(!nat64_parse_prefix6(buf, &q6, &why));
		need(p6.len == q6.len && !memcmp(&p6.addr, &q6.addr, 16));
		need(nat64_prefix6_has(&p6, &p6.addr));
	}
	if (!nat64_parse_prefix4(s, &p4, &why)) {
		nat64_print_prefix4(buf, sizeof(buf), &p4);
		need(!nat64_parse_prefix4(buf, &q4, &why));
		need(p4.len == q4.len && p4.addr.s_addr == q4.addr.s_addr);
	}
}

static void transport_addresses(const char *s, bool mixed)
{
	struct nat64_taddr6 t6, u6;
	struct nat64_taddr4 t4, u4;

	if (!nat64_parse_taddr6(s, &t6, &why)) {
		nat64_print_taddr6(buf, sizeof(buf), &t6, mixed);
		need(!nat64_parse_taddr6(buf, &u6, &why));
		need(t6.port == u6.port && !memcmp(&t6.addr, &u6.addr, 16));
	}
	if (!nat64_parse_taddr4(s, &t4, &why)) {
		nat64_print_taddr4(buf, sizeof(buf), &t4);
		need(!nat64_parse_taddr4(buf, &u4, &why));
		need(t4.port == u4.port && t4.addr.s_addr == u4.addr.s_addr);
	}
}

static void setting(const struct nat64_setting *s, const char *word)
{
	struct nat64_settings a = { 0 }, b = { 0 };

	if (nat64_setting_parse(s, word, &a, &why)) {
		need(!a.has && *why);
		return;
	}
	nat64_setting_print(s, &a, buf, sizeof(buf));
	need(!nat64_setting_parse(s, buf, &b, &why));
	need(a.has == b.has && a.val[s->attr] == b.val[s->attr]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct nat64_setting *s;
	char *word;

	if (!size)
		return 0;
	word = malloc(size);
	memcpy(word, data + 1, size - 1);
	word[size - 1] = 0;
	prefixes(word);
	transport_addresses(word, data[0] & 1);
	for (s = nat64_settings_table; s->word; s++)
		setting(s, word);
	free(word);
	return 0;
}
