/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NBENCH_H
#define NBENCH_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#define NBENCH_CPUS	8

/* What a payload begins with. */
struct mark {
	__be32 magic;
	__be32 flow;
};

struct request {
	char dev[IFNAMSIZ];
	union nf_inet_addr src, dst;
	u8 family;
	int flows;	/* different flows, used in turn */
	int first;	/* number of the first of them */
	int shuffle;	/* used in random order instead */
	int list;	/* packets received together */
	int per_host;	/* flows that share a source address */
	int n;		/* packets */
	int batch;	/* packets between two readings of the counter */
	int len;	/* payload behind the transport header */
	int gso;	/* payload of one segment, 0: no super-packet */
	int fraglist;	/* segments are packets of their own */
	int tcp;
	int flags;	/* of TCP */
	int sport;	/* of a host's first flow */
	int dport;
	int reply;
	int learn;
	int drop;	/* free the packets instead of receiving them */
	int wait;	/* for a batch to come through, by way of a process */
	int same;	/* CPUs send the same flows */
	int cpus;	/* that send, alone and at the same time; 0: this one only */
	int pace;	/* nanoseconds from packet to packet, 0: as fast as it goes */
};

/**
 * struct source - who makes packets: one CPU
 * @rq: what they are
 * @dev: where they come in
 * @drop: free them instead of receiving them
 * @first: number of its first flow
 * @turn: packets of this run so far, unless in random order
 * @seed: of the random order
 * @sent: packets
 * @sent_bytes: of these
 */
struct source {
	const struct request *rq;
	struct net_device *dev;
	bool drop;
	u32 first;
	u32 turn;
	u32 seed;
	u64 sent;
	u64 sent_bytes;
} ____cacheline_aligned_in_smp;

/**
 * struct together - what a packet costs one CPU, ticks by thousand
 * @alone: while the others do nothing
 * @beside: while they do the same
 * @share: percent of its batches that they have worked during all of
 */
struct together {
	u64 alone;
	u64 beside;
	u32 share;
};

/* For those that ask for it, what comes through is kept. */
extern bool nbench_learning;
void nbench_learn(const struct sk_buff *skb);
int nbench_learn_begin(const struct request *rq);
void nbench_learn_end(void);
void nbench_forget(void);

void nbench_receive(struct source *s, int n);

/* All sources of a run at once, and each alone.  Process context. */
int nbench_together(struct source *sources, struct together *out);

int nbench_compare(const void *a, const void *b);

#endif
