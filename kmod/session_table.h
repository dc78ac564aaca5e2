/* SPDX-License-Identifier: GPL-2.0 */
/* Finding sessions by either of their tuples. */
#ifndef NAT64_SESSION_TABLE_H
#define NAT64_SESSION_TABLE_H

struct nat64_session;
struct nat64_state;
struct nat64_tuple4;
struct nat64_tuple6;

struct nat64_session *
nat64_session_table_find6(struct nat64_state *st,
			  const struct nat64_tuple6 *t6);
struct nat64_session *
nat64_session_table_find4(struct nat64_state *st,
			  const struct nat64_tuple4 *t4);
void nat64_session_table_insert(struct nat64_state *st,
				struct nat64_session *s);
void nat64_session_table_remove(struct nat64_state *st,
				struct nat64_session *s);

struct nat64_session *nat64_session_new(void);
int nat64_session_tables_init(struct nat64_state *st);

#endif /* NAT64_SESSION_TABLE_H */
