/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control socket: a local stream on which a client writes one line and reads
 * the answer up to the end of the stream.
 */
#ifndef NAT64D_CTL_H
#define NAT64D_CTL_H

struct ctl;
struct evbuffer;
struct event_base;

/**
 * typedef ctl_answer_fn - answers a request
 * @ctx: as given to ctl_open()
 * @request: the line without its end
 * @out: where the answer goes
 *
 * Return: 0, or -ENOENT when the request is not known.
 */
typedef int ctl_answer_fn(void *ctx, const char *request, struct evbuffer *out);

/**
 * ctl_open() - listen
 * @base: event loop
 * @path: of the socket; its directory is made if it is missing
 * @answer: answers requests
 * @ctx: for @answer
 * @ctl: result
 *
 * A socket file that nobody listens on is replaced; one in use is not.
 *
 * Return: 0, -EADDRINUSE when another daemon listens there, or -errno.
 */
int ctl_open(struct event_base *base, const char *path, ctl_answer_fn *answer,
	     void *ctx, struct ctl **ctl);
void ctl_close(struct ctl *ctl);

#endif
