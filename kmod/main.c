// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "net.h"
#include "netlink.h"
#include "pool4.h"
#include "routes.h"
#include "session.h"
#include "skb.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init nat64_init(void)
{
	int ret;

	nat64_pool4_init();
	nat64_skb_init();
	ret = nat64_session_init();
	if (ret)
		return ret;
	ret = nat64_net_init();
	if (ret)
		goto exit_session;
	ret = nat64_netlink_init();
	if (ret)
		goto exit_net;
	return 0;

exit_net:
	nat64_net_exit();
exit_session:
	nat64_session_exit();
	nat64_routes_exit();
	return ret;
}

static void __exit nat64_exit(void)
{
	nat64_netlink_exit();
	nat64_net_exit();
	nat64_session_exit();
	nat64_routes_exit();
}

module_init(nat64_init);
module_exit(nat64_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NAT64 and SIIT translator");
MODULE_VERSION(NAT64_VERSION);
