/* SPDX-License-Identifier: GPL-2.0 */
/* The networks in the text format of Prometheus. */
#ifndef DHCP108D_METRICS_H
#define DHCP108D_METRICS_H

struct evbuffer;
struct net;

void metrics_all(struct net *const *nets, unsigned int count,
		 struct evbuffer *out);

#endif
