/* SPDX-License-Identifier: GPL-2.0 */
/* Frames of a network in, answers out. */
#ifndef DHCP108D_SERVE_H
#define DHCP108D_SERVE_H

struct net;

/* Takes what the sockets have, a limited number at a time. */
void serve_frames(struct net *n);
void serve_arp(struct net *n);
void serve_echo(struct net *n);

/* Answers that waited for a look, ends of leases, saving. */
void serve_timer(struct net *n);

/* Reads what was kept of a network and begins to keep it. */
void serve_open_files(struct net *n);

/* Keeps all for the next start. */
void serve_close_files(struct net *n);

/* After leases changed otherwise than by a message: has the disk know. */
void serve_commit(struct net *n);

#endif
