/* SPDX-License-Identifier: GPL-2.0 */
/* The command line that both daemons share. */
#ifndef NAT64D_ARGS_H
#define NAT64D_ARGS_H

#include <stdbool.h>

/* Exit statuses of the daemons. */
enum daemon_exit {
	DAEMON_OK = 0,
	DAEMON_FAILED = 1,
	DAEMON_BAD_CONFIG = 2,	/* also a bad command line */
};

/**
 * struct daemon_args - what the command line said
 * @conf_path: configuration file
 * @socket_path: control socket
 * @state_dir: where to keep what must survive
 * @user: whom to become; NULL: nat64, or nobody where there is none
 * @debug: say more in the log
 * @check: only check the configuration
 */
struct daemon_args {
	const char *conf_path;
	const char *socket_path;
	const char *state_dir;
	const char *user;
	bool debug;
	bool check;
};

/**
 * args_parse() - read the command line
 * @a: result; @a->socket_path holds the daemon's default on entry
 * @argc: as main() got it
 * @argv: as main() got it
 *
 * Prints help or what is wrong itself.
 *
 * Return: -1 to go on, otherwise the exit status.
 */
int args_parse(struct daemon_args *a, int argc, char **argv);

#endif
