/* SPDX-License-Identifier: GPL-2.0 */
/* State and statistics of the networks, for programs and for people. */
#ifndef PREF64D_REPORT_H
#define PREF64D_REPORT_H

struct evbuffer;
struct iface;

/**
 * report_answer() - answer a request of the control socket
 * @ifaces: the networks
 * @count: how many
 * @request: "status" for JSON, "status text" for people, "metrics" for
 *	     Prometheus
 * @out: gets the answer
 *
 * Return: 0, -ENOENT for another request.
 */
int report_answer(struct iface *const *ifaces, unsigned int count,
		  const char *request, struct evbuffer *out);

#endif
