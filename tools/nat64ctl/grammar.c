// SPDX-License-Identifier: GPL-2.0
/* The commands, and how the words of the user find them. */
#include <string.h>

#include "ctl.h"

#define PREFIX_ARGS	"PREFIX6 [v4 PREFIX4]"
#define POOL4_ARGS	"PREFIX4 [ports LO-HI] [proto tcp|udp|icmp|all] [mark N]"
#define EAM_ARGS	"PREFIX6 PREFIX4"
#define BIB_ARGS	"tcp|udp|icmp ADDR6#PORT ADDR4#PORT"

#define CHANGE(_object, _verb, _args, _help, _cmd, _parse)		\
	{ _object, _verb, _args, _help, ctl_change, NAT64_CMD_##_cmd, _parse }

#define ACTION(_object, _verb, _args, _help, _run)			\
	{ _object, _verb, _args, _help, _run, 0, NULL }

const struct ctl_verb ctl_verbs[] = {
	CHANGE("instance", "add", "NAME mode nat64|siit", "create a translator",
	       INSTANCE_ADD, ctl_parse_instance_add),
	CHANGE("instance", "del", "NAME", "delete it with all it has",
	       INSTANCE_DEL, ctl_parse_instance_del),
	ACTION("instance", "list", "", "list them", ctl_list_instances),

	CHANGE("prefix", "add", PREFIX_ARGS " [force]",
	       "translate to and from this prefix",
	       PREFIX_ADD, ctl_parse_prefix),
	CHANGE("prefix", "del", PREFIX_ARGS, "no longer",
	       PREFIX_DEL, ctl_parse_prefix),
	ACTION("prefix", "list", "", "list them", ctl_list_prefixes),

	CHANGE("pool4", "add", POOL4_ARGS " [force]",
	       "addresses and ports that IPv6 hosts share",
	       POOL4_ADD, ctl_parse_pool4),
	CHANGE("pool4", "del", POOL4_ARGS " [force]",
	       "remove them, with their sessions",
	       POOL4_DEL, ctl_parse_pool4),
	ACTION("pool4", "list", "", "list them and their use", ctl_list_pool4),

	CHANGE("eam", "add", EAM_ARGS " [force]",
	       "map addresses to addresses (RFC 7757)",
	       EAM_ADD, ctl_parse_eam),
	CHANGE("eam", "del", EAM_ARGS " [force]", "no longer",
	       EAM_DEL, ctl_parse_eam),
	ACTION("eam", "list", "", "list the mappings", ctl_list_eam),

	CHANGE("deny4", "add", "PREFIX4", "never translate these",
	       DENY4_ADD, ctl_parse_deny4),
	CHANGE("deny4", "del", "PREFIX4", "translate them again",
	       DENY4_DEL, ctl_parse_deny4),
	ACTION("deny4", "list", "", "list them", ctl_list_deny4),

	CHANGE("bib", "add", BIB_ARGS, "bind a port of the pool for good",
	       BIB_ADD, ctl_parse_bib),
	CHANGE("bib", "del", BIB_ARGS, "end a binding, with its sessions",
	       BIB_DEL, ctl_parse_bib),
	ACTION("bib", "list", "[FILTER]", "list the bindings", ctl_list_bib),

	ACTION("session", "list", "[FILTER]", "list the sessions",
	       ctl_list_sessions),
	ACTION("session", "del", "FILTER", "end those that match",
	       ctl_session_del),
	ACTION("session", "count", "[FILTER]", "count them",
	       ctl_session_count),

	CHANGE("set", NULL, "KEY VALUE [KEY VALUE]… [force]", "change settings",
	       SETTINGS_SET, ctl_parse_set),
	ACTION("get", NULL, "[KEY]", "list settings", ctl_get),
	ACTION("map", NULL, "ADDR",
	       "tell what an address stands for in the other family", ctl_map),
	ACTION("stats", NULL, "[all]",
	       "list the counters, with all also those that are 0", ctl_stats),
	ACTION("save", NULL, "", "print the configuration as commands",
	       ctl_save),
	ACTION("restore", NULL, "FILE",
	       "replace the configuration by that of a file (- is stdin)",
	       ctl_restore),
	ACTION("apply", NULL, "[--check|--confirm SECONDS] FILE",
	       "the same; only look, or go back unless it is confirmed in time",
	       ctl_apply),
	ACTION("confirm", NULL, "", "keep what apply --confirm has made",
	       ctl_confirm),
	ACTION("monitor", NULL, "[config] [event]",
	       "tell of changes and events as they come", ctl_monitor),
	ACTION("status", NULL, "", "instances and daemons at a glance",
	       ctl_status),
	ACTION("metrics", NULL, "",
	       "what module and daemons count, for Prometheus", ctl_metrics),
	ACTION("whois", NULL, "ADDR4[#PORT] [tcp|udp|icmp]",
	       "tell which IPv6 hosts have an address and port of the pool",
	       ctl_whois),
	ACTION("adoption", NULL, "[leases]",
	       "devices seen and how many need no IPv4, or the others' leases",
	       ctl_adoption),
	ACTION("ra", "list", "", "what routers are advertised, and others heard",
	       ctl_ra_list),
	ACTION("ra", "renumber", "OLD NEW [overlap TIME]",
	       "move hosts to another prefix; both are translated",
	       ctl_ra_renumber),
	ACTION("check-config", NULL, "[FILE]…",
	       "tell what is wrong in configuration files, change nothing",
	       ctl_check_config),
	ACTION("clat", "up", "IFACE [PREFIX6] [force]",
	       "give this host IPv4 over an IPv6-only network",
	       ctl_clat_up),
	ACTION("clat", "down", "IFACE", "take it back", ctl_clat_down),
	ACTION("clat", "show", "", "tell whether it is up", ctl_clat_show),
	ACTION("help", NULL, "[OBJECT]", "this text", ctl_help),
	{ .object = NULL }
};

static bool shortens(const char *word, const char *full)
{
	return *word && !strncmp(word, full, strlen(word));
}

/*
 * The object that @word means; commands of one object stand together. What is
 * ambiguous or unknown has been told.
 */
static const struct ctl_verb *find_object(const struct ctl_cmd *cmd,
					  const char *word)
{
	const struct ctl_verb *v, *found = NULL;

	for (v = ctl_verbs; v->object; v++) {
		if (!strcmp(word, v->object))
			return v;
		if (!shortens(word, v->object) ||
		    (found && !strcmp(found->object, v->object)))
			continue;
		if (found) {
			ctl_fail(cmd, "\"%s\": could be %s or %s", word,
				 found->object, v->object);
			return NULL;
		}
		found = v;
	}
	if (!found)
		ctl_wrong(cmd, word, "no such object (\"help\" lists them)");
	return found;
}

static int no_verb(const struct ctl_cmd *cmd, const struct ctl_verb *first,
		   const char *word)
{
	const char *object = first->object;
	char list[64] = "";

	for (; first->object && !strcmp(first->object, object); first++) {
		if (*list)
			strcat(list, ", ");
		strcat(list, first->verb);
	}
	if (word)
		ctl_fail(cmd, "\"%s\": no such verb, there are %s", word, list);
	else
		ctl_fail(cmd, "the verb is missing, there are %s", list);
	return CTL_USAGE;
}

/* The verbs of an object start with letters of their own. */
static int find_verb(struct ctl_cmd *cmd, const struct ctl_verb *first)
{
	const char *word = ctl_next(cmd);
	const struct ctl_verb *v;

	for (v = first; word && v->object && !strcmp(v->object, first->object);
	     v++) {
		if (!shortens(word, v->verb))
			continue;
		cmd->verb = v;
		snprintf(cmd->what, sizeof(cmd->what), "%s %s", v->object,
			 v->verb);
		return CTL_OK;
	}
	return no_verb(cmd, first, word);
}

/**
 * ctl_find() - find the command of the grammar
 * @cmd: the command; verb and what are set, and the words after it are next
 * Return: CTL_OK or CTL_USAGE
 */
int ctl_find(struct ctl_cmd *cmd)
{
	const char *word = ctl_next(cmd);
	const struct ctl_verb *v;

	if (!word)
		return ctl_fail(cmd, "a command is missing");
	v = find_object(cmd, word);
	if (!v)
		return CTL_USAGE;
	snprintf(cmd->what, sizeof(cmd->what), "%s", v->object);
	if (v->verb)
		return find_verb(cmd, v);
	cmd->verb = v;
	return CTL_OK;
}

static void print_verb(FILE *to, const struct ctl_verb *v)
{
	fprintf(to, "  %s%s%s%s%s\n        %s\n", v->object,
		v->verb ? " " : "", v->verb ? v->verb : "",
		*v->args ? " " : "", v->args, v->help);
}

/**
 * ctl_usage() - write all commands
 * @to: where to
 */
void ctl_usage(FILE *to)
{
	const struct ctl_verb *v;

	fprintf(to,
		"usage: nat64ctl [-n NETNS] [-i INSTANCE] [-j] OBJECT VERB …\n"
		"  -n  act in this network namespace (a name or a path)\n"
		"  -i  the instance, \"default\" if not given\n"
		"  -j  write JSON\n"
		"Objects and verbs may be shortened. FILTER is any of\n"
		"  proto tcp|udp|icmp, addr6 PREFIX6, port6 N, addr4 PREFIX4,\n"
		"  port4 N, remote PREFIX4, remote-port N\n");
	for (v = ctl_verbs; v->object; v++)
		print_verb(to, v);
}

static int help_object(const char *object)
{
	const struct nat64_setting *s;
	const struct ctl_verb *v;

	for (v = ctl_verbs; v->object; v++)
		if (!strcmp(v->object, object))
			print_verb(stdout, v);
	if (strcmp(object, "set") && strcmp(object, "get"))
		return CTL_OK;
	printf("settings:");
	for (s = nat64_settings_table; s->word; s++)
		printf(" %s", s->word);
	putchar('\n');
	return CTL_OK;
}

/**
 * ctl_help() - explain the commands, or those of one object
 * @ctl: the run
 * Return: exit status
 */
int ctl_help(struct ctl *ctl)
{
	const char *word = ctl_next(&ctl->cmd);
	const struct ctl_verb *v;

	if (!word) {
		ctl_usage(stdout);
		return CTL_OK;
	}
	v = find_object(&ctl->cmd, word);
	if (!v || ctl_end(&ctl->cmd))
		return CTL_USAGE;
	return help_object(v->object);
}
