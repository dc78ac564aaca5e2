/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon counts, in the text format of Prometheus. */
#ifndef PREF64D_METRICS_H
#define PREF64D_METRICS_H

struct evbuffer;
struct iface;

void metrics_all(struct iface *const *ifaces, unsigned int count,
		 struct evbuffer *out);

#endif
