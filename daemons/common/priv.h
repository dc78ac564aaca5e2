/* SPDX-License-Identifier: GPL-2.0 */
/* Rights of root, which a daemon needs for its start alone. */
#ifndef NAT64D_PRIV_H
#define NAT64D_PRIV_H

#include "args.h"

/* No capability beside CAP_NET_RAW. */
#define PRIV_RAW_ALONE (-1)

/**
 * priv_drop() - become another user and let go of what root may do
 * @a: the command line: user, directory of state, configuration
 * @extra: a capability that is kept until priv_settle(), or PRIV_RAW_ALONE
 *
 * A daemon that is not root stays who it is. What is left is CAP_NET_RAW, for
 * sockets on interfaces that come later, and it can gain nothing. The directory
 * of state and what earlier runs left in it are given to the user.
 *
 * Return: 0 or a negative errno, with a line in the log.
 */
int priv_drop(const struct daemon_args *a, int extra);

/**
 * priv_settle() - keep CAP_NET_RAW alone
 *
 * Return: 0 or a negative errno, with a line in the log.
 */
int priv_settle(void);

#endif
