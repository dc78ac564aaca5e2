// SPDX-License-Identifier: GPL-2.0
/* Reads configuration files as their owners would, and changes nothing. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "common/conf.h"
#include "ctl.h"

#define COMMANDS	"/etc/nat64/nat64.conf"

/* Of the two kinds of files one has sections: "[" begins its first word. */
static bool has_sections(FILE *in)
{
	bool comment = false, begun = false;
	int c;

	while (!begun && (c = fgetc(in)) != EOF) {
		if (c == '\n')
			comment = false;
		else if (c == '#' || c == ';')
			comment = true;
		else if (!comment && !isspace(c) && c < 0x80)
			begun = true;
	}
	rewind(in);
	return begun && c == '[';
}

static int check_sections(FILE *in, const char *name)
{
	struct conf conf;
	unsigned int errors = conf_read(in, name, &conf, stderr);

	conf_free(&conf);
	return errors ? CTL_REFUSED : CTL_OK;
}

static int check(const struct ctl *ctl, const char *name, bool needed)
{
	FILE *in = fopen(name, "re");
	int ret;

	if (!in && errno == ENOENT && !needed) {
		printf("%s: is not there\n", name);
		return CTL_OK;
	}
	if (!in) {
		ctl_wrong(&ctl->cmd, name, strerror(errno));
		return CTL_REFUSED;
	}
	ret = has_sections(in) ? check_sections(in, name) :
				 ctl_check_commands(in, name);
	fclose(in);
	if (!ret)
		printf("%s: nothing wrong\n", name);
	return ret;
}

/**
 * ctl_check_config() - check-config [FILE]...
 * @ctl: the run
 * Return: exit status
 */
int ctl_check_config(struct ctl *ctl)
{
	const char *name = ctl_next(&ctl->cmd);
	int ret = CTL_OK;

	if (!name) {
		ret |= check(ctl, COMMANDS, false);
		return ret | check(ctl, CONF_PATH, false);
	}
	for (; name; name = ctl_next(&ctl->cmd))
		ret |= check(ctl, name, true);
	return ret;
}
