// SPDX-License-Identifier: GPL-2.0
/* nat64ctl: options, and the way to the command. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <string.h>

#include "ctl.h"

static const struct option options[] = {
	{ "netns", required_argument, NULL, 'n' },
	{ "instance", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int enter(struct ctl *ctl, const char *netns)
{
	int err = nat64_netns_enter(netns);

	if (!err)
		return CTL_OK;
	if (err == -EPERM || err == -EACCES) {
		ctl_wrong(&ctl->cmd, netns, strerror(-err));
		return CTL_NO_ACCESS;
	}
	ctl_wrong(&ctl->cmd, netns, "no such network namespace");
	return CTL_REFUSED;
}

static int run(struct ctl *ctl, const char *netns)
{
	int ret = ctl_find(&ctl->cmd);

	if (!ret)
		ret = ctl_check_instance(&ctl->cmd);
	if (!ret && netns)
		ret = enter(ctl, netns);
	if (!ret)
		ret = ctl->cmd.verb->run(ctl);
	nat64_close(ctl->h);
	if (fflush(stdout) && !ret) {
		ctl_fail(&ctl->cmd, "standard output: %s", strerror(errno));
		ret = CTL_REFUSED;
	}
	return ret;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .cmd.instance = NAT64_DEFAULT };
	const char *netns = NULL;
	int c;

	setlocale(LC_CTYPE, "");
	while ((c = getopt_long(argc, argv, "+n:i:jh", options, NULL)) >= 0) {
		switch (c) {
		case 'n':
			netns = optarg;
			break;
		case 'i':
			ctl.cmd.instance = optarg;
			break;
		case 'j':
			ctl.json = true;
			break;
		case 'h':
			ctl_usage(stdout);
			return CTL_OK;
		default:
			return CTL_USAGE;
		}
	}
	if (optind == argc) {
		ctl_usage(stderr);
		return CTL_USAGE;
	}
	ctl.cmd.argv = argv + optind;
	ctl.cmd.argc = argc - optind;
	return run(&ctl, netns);
}
