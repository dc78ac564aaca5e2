// SPDX-License-Identifier: GPL-2.0
/* The words of a command, and messages that name the one that is wrong. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ctl.h"

/**
 * ctl_next() - take the next word
 * @cmd: the command
 * Return: the word, NULL at the end
 */
const char *ctl_next(struct ctl_cmd *cmd)
{
	return cmd->at < cmd->argc ? cmd->argv[cmd->at++] : NULL;
}

/**
 * ctl_take() - take a word that has to be there
 * @cmd: the command
 * @name: what it stands for
 * Return: the word; NULL at the end, which has been told
 */
const char *ctl_take(struct ctl_cmd *cmd, const char *name)
{
	const char *word = ctl_next(cmd);

	if (!word)
		ctl_fail(cmd, "%s is missing", name);
	return word;
}

/**
 * ctl_accept() - take a word if it is the next
 * @cmd: the command
 * @word: the word
 * Return: true where it was
 */
bool ctl_accept(struct ctl_cmd *cmd, const char *word)
{
	if (cmd->at == cmd->argc || strcmp(cmd->argv[cmd->at], word))
		return false;
	cmd->at++;
	return true;
}

/**
 * ctl_end() - see that no word is left
 * @cmd: the command
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_end(struct ctl_cmd *cmd)
{
	const char *word = ctl_next(cmd);

	return word ? ctl_wrong(cmd, word, "is not expected here") : CTL_OK;
}

static void begin(const struct ctl_cmd *cmd)
{
	fprintf(stderr, "nat64ctl: ");
	if (cmd->file)
		fprintf(stderr, "%s:%u: ", cmd->file, cmd->line);
	if (*cmd->what)
		fprintf(stderr, "%s: ", cmd->what);
}

/**
 * ctl_wrong() - say that a word is wrong
 * @cmd: the command
 * @word: the word
 * @why: what is wrong about it
 * Return: CTL_USAGE
 */
int ctl_wrong(const struct ctl_cmd *cmd, const char *word, const char *why)
{
	begin(cmd);
	fprintf(stderr, "\"%s\": %s\n", word, why);
	return CTL_USAGE;
}

/**
 * ctl_fail() - say what is wrong with a command
 * @cmd: the command
 * @fmt: text as for printf()
 * Return: CTL_USAGE
 */
int ctl_fail(const struct ctl_cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	begin(cmd);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return CTL_USAGE;
}

/**
 * ctl_origin() - remember which word an attribute was made of
 * @cmd: the command
 * @attr: NAT64_A_…
 * @sub: attribute within it, 0 for the whole
 * @word: the word
 */
void ctl_origin(struct ctl_cmd *cmd, uint16_t attr, uint16_t sub,
		const char *word)
{
	if (cmd->n_origins == CTL_ORIGINS)
		return;
	cmd->origins[cmd->n_origins++] = (struct ctl_origin){
		.attr = attr, .sub = sub, .word = word,
	};
}

/* The kernel may point to an attribute or to the nest that holds it. */
static const char *find_origin(const struct ctl_cmd *cmd, uint16_t attr,
			       uint16_t sub)
{
	const char *word = NULL;
	unsigned int i;

	for (i = 0; attr && i < cmd->n_origins; i++) {
		const struct ctl_origin *o = &cmd->origins[i];

		if (o->attr != attr)
			continue;
		if (o->sub == sub)
			return o->word;
		if (!sub && !word)
			word = o->word;
	}
	return word;
}

static void say(const struct ctl_cmd *cmd, const struct nat64_refusal *r)
{
	const char *word = find_origin(cmd, r->attr, r->sub);

	if (word)
		ctl_wrong(cmd, word, r->text);
	else
		ctl_fail(cmd, "%s", r->text);
}

/**
 * ctl_refused() - say why the module refused a command
 * @cmd: the command
 * @r: the refusal
 * Return: CTL_REFUSED or CTL_NO_ACCESS
 */
int ctl_refused(const struct ctl_cmd *cmd, const struct nat64_refusal *r)
{
	say(cmd, r);
	return r->error == EPERM || r->error == ENODEV ? CTL_NO_ACCESS :
							 CTL_REFUSED;
}

/**
 * ctl_done() - exit status of a request
 * @ctl: the run
 * @err: what the request returned
 * Return: CTL_OK, or the status of the refusal. That, or what was done with a
 * warning, has been told.
 */
int ctl_done(const struct ctl *ctl, int err)
{
	const struct nat64_refusal *r = nat64_refusal(ctl->h);

	if (err)
		return ctl_refused(&ctl->cmd, r);
	if (*r->text)
		say(&ctl->cmd, r);
	return CTL_OK;
}

/**
 * ctl_open() - connect to the module
 * @ctl: the run; h is set
 * Return: CTL_OK, CTL_NO_ACCESS, CTL_REFUSED
 */
int ctl_open(struct ctl *ctl)
{
	int err = nat64_open(&ctl->h, 0);

	ctl_origin(&ctl->cmd, NAT64_A_INSTANCE, 0, ctl->cmd.instance);
	if (!err)
		return CTL_OK;
	if (err == -ENODEV) {
		ctl_fail(&ctl->cmd,
			 "the module nat64 is not loaded (modprobe nat64)");
		return CTL_NO_ACCESS;
	}
	ctl_fail(&ctl->cmd, "netlink: %s", strerror(-err));
	return err == -EPERM ? CTL_NO_ACCESS : CTL_REFUSED;
}
