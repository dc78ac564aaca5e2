/* SPDX-License-Identifier: GPL-2.0 */
/* State and statistics of the networks, for programs and for people. */
#ifndef DHCP108D_REPORT_H
#define DHCP108D_REPORT_H

struct evbuffer;
struct net;

/**
 * report_answer() - answer a request of the control socket
 * @nets: the networks
 * @count: how many
 * @request: "status", "adoption" or "leases" for JSON, with " text" behind
 *	     for people; "metrics" for Prometheus
 * @out: gets the answer
 *
 * Return: 0, -ENOENT for another request.
 */
int report_answer(struct net *const *nets, unsigned int count,
		  const char *request, struct evbuffer *out);

#endif
