// SPDX-License-Identifier: GPL-2.0
#include "args.h"

#include "conf.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define STATE_DIR "/var/lib/nat64"

static void usage(FILE *out, const char *prog, const char *socket_path)
{
	fprintf(out,
		"usage: %s [-c FILE] [-s SOCKET] [-S DIR] [-u USER] [-d] [-t]\n"
		"  -c, --config FILE    configuration, default %s\n"
		"  -s, --socket SOCKET  control socket, default %s\n"
		"  -S, --state DIR      what must survive is kept here, default %s\n"
		"  -u, --user USER      become this user, default nat64 or else nobody\n"
		"  -d, --debug          say more in the log\n"
		"  -t, --check          check the configuration and exit\n"
		"  -h, --help           this text\n",
		prog, CONF_PATH, socket_path, STATE_DIR);
}

int args_parse(struct daemon_args *a, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "state", required_argument, NULL, 'S' },
		{ "user", required_argument, NULL, 'u' },
		{ "debug", no_argument, NULL, 'd' },
		{ "check", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *default_socket = a->socket_path;
	int c;

	a->conf_path = CONF_PATH;
	a->state_dir = STATE_DIR;
	while ((c = getopt_long(argc, argv, "c:s:S:u:dth", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			a->conf_path = optarg;
			break;
		case 's':
			a->socket_path = optarg;
			break;
		case 'S':
			a->state_dir = optarg;
			break;
		case 'u':
			a->user = optarg;
			break;
		case 'd':
			a->debug = true;
			break;
		case 't':
			a->check = true;
			break;
		case 'h':
			usage(stdout, argv[0], default_socket);
			return DAEMON_OK;
		default:
			usage(stderr, argv[0], default_socket);
			return DAEMON_BAD_CONFIG;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "%s: unexpected argument '%s'\n", argv[0],
		argv[optind]);
	usage(stderr, argv[0], default_socket);
	return DAEMON_BAD_CONFIG;
}
