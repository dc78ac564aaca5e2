/* SPDX-License-Identifier: GPL-2.0 */
/* Tells when a file has been written or put into place. */
#ifndef NAT64D_WATCH_H
#define NAT64D_WATCH_H

struct event_base;
struct watch;

/**
 * watch_open() - begin to watch a file
 * @base: event loop
 * @path: of the file; it may come and go, its directory may not
 * @changed: called from the loop a moment after the last of several changes
 * @ctx: for @changed
 * @result: the watcher
 *
 * Only what is finished counts: a file that was closed after writing, or one
 * that was renamed to @path.
 *
 * Return: 0 or -errno.
 */
int watch_open(struct event_base *base, const char *path,
	       void (*changed)(void *ctx), void *ctx, struct watch **result);

/*
 * The same, telling the log of a failure: there is still SIGHUP then. NULL
 * where it failed.
 */
struct watch *watch_start(struct event_base *base, const char *path,
			  void (*changed)(void *ctx), void *ctx);
void watch_close(struct watch *w);

#endif
