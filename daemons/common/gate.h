/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate of a network: may clients be sent to its translator? It watches
 * the module, the IPv4 route and, if told so, a host behind the translator.
 */
#ifndef NAT64D_GATE_H
#define NAT64D_GATE_H

#include <stdbool.h>

struct conf_network;
struct event_base;
struct gate;
struct xlat;

/**
 * gate_new() - begin to watch
 * @conf: the network
 * @base: event loop
 * @xlat: the module; outlives the gate
 * @changed: called from the loop when gate_up() or gate_reason() changed,
 *	     never from within a function of the gate
 * @ctx: for @changed
 *
 * Return: the gate, NULL without memory.
 */
struct gate *gate_new(const struct conf_network *conf, struct event_base *base,
		      const struct xlat *xlat, void (*changed)(void *ctx),
		      void *ctx);
void gate_free(struct gate *g);

/* Takes changed settings. */
void gate_configure(struct gate *g, const struct conf_network *conf);

/* The module changed: looks again now. */
void gate_look(struct gate *g);

/* May clients be sent to the translator? */
bool gate_up(const struct gate *g);

/* Nothing but the first probe is missing, which is answered in a moment. */
bool gate_unsure(const struct gate *g);

/* Why not, or what it holds on; a text that stays. */
const char *gate_reason(const struct gate *g);

#endif
