/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for what is configured. */
#ifndef NAT64_GFP_H
#define NAT64_GFP_H

#include <linux/gfp.h>

/*
 * Whoever configures is root of a user namespace at least, so it counts for its
 * memory cgroup; that there is none is told by the answer and fills no log.
 */
#define NAT64_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

#endif /* NAT64_GFP_H */
