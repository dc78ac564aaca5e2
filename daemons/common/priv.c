// SPDX-License-Identifier: GPL-2.0
#include "priv.h"

#include "log.h"

#include <cap-ng.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_MODE 0750

/* Beginnings of the names of what the daemons keep. */
static const char *const state_names[] = {
	"leases-", "adoption-", "pref64d.state",
};

static bool is_state(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++)
		if (!strncmp(name, state_names[i], strlen(state_names[i])))
			return true;
	return false;
}

/*
 * The directory may belong to the other user already, who may have put links
 * there: root must not give away what they lead to.
 */
static void give_file(int dir, const char *name, const struct passwd *to)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    fchownat(fd, "", to->pw_uid, to->pw_gid, AT_EMPTY_PATH))
		log_warn("%s: %s", name, strerror(errno));
	close(fd);
}

/* What cannot be given away is found out when it is written to. */
static void give_state(const char *path, const struct passwd *to)
{
	const struct dirent *e;
	struct stat st;
	DIR *dir;

	mkdir(path, STATE_MODE);
	dir = opendir(path);
	if (!dir)
		return;
	/* In one like /tmp everybody may write; it is nobody's. */
	if (!fstat(dirfd(dir), &st) && !(st.st_mode & S_ISVTX) &&
	    fchown(dirfd(dir), to->pw_uid, to->pw_gid))
		log_warn("%s: %s", path, strerror(errno));
	while ((e = readdir(dir)))
		if (is_state(e->d_name))
			give_file(dirfd(dir), e->d_name, to);
	closedir(dir);
}

static const struct passwd *find_user(const char *name)
{
	const struct passwd *pw;

	if (name)
		pw = getpwnam(name);
	else
		pw = getpwnam("nat64") ?: getpwnam("nobody");
	if (!pw && name)
		log_err("there is no user %s", name);
	else if (!pw)
		log_err("there is neither a user nat64 nor a user nobody: name one (-u)");
	return pw;
}

/* CAP_NET_RAW and @extra, of those that the process has. */
static void choose_caps(int extra)
{
	const int wanted[] = { CAP_NET_RAW, extra };
	bool have[2];
	unsigned int i;

	capng_get_caps_process();
	for (i = 0; i < 2; i++)
		have[i] = wanted[i] >= 0 &&
			  capng_have_capability(CAPNG_PERMITTED, wanted[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (i = 0; i < 2; i++)
		if (have[i])
			capng_update(CAPNG_ADD,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				     wanted[i]);
}

static int become(const struct daemon_args *a, int extra)
{
	const struct passwd *to = find_user(a->user);
	int err;

	if (!to)
		return -ENOENT;
	give_state(a->state_dir, to);
	choose_caps(extra);
	err = capng_change_id((int)to->pw_uid, (int)to->pw_gid,
			      CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
	if (err) {
		log_err("cannot become the user %s (%d): %s", to->pw_name, err,
			strerror(errno));
		return -EPERM;
	}
	log_info("running as %s", to->pw_name);
	return 0;
}

static int stay(const struct daemon_args *a, int extra)
{
	if (a->user) {
		log_err("only root can become the user %s", a->user);
		return -EPERM;
	}
	choose_caps(extra);
	return capng_apply(CAPNG_SELECT_CAPS) ? -EPERM : 0;
}

int priv_drop(const struct daemon_args *a, int extra)
{
	int err = geteuid() ? stay(a, extra) : become(a, extra);

	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	if (err) {
		log_err("cannot let go of the rights of root");
		return err;
	}
	if (access(a->conf_path, R_OK))
		log_warn("%s: %s: a change of it cannot be taken", a->conf_path,
			 strerror(errno));
	return 0;
}

int priv_settle(void)
{
	choose_caps(PRIV_RAW_ALONE);
	if (!capng_apply(CAPNG_SELECT_CAPS))
		return 0;
	log_err("cannot let go of capabilities");
	return -EPERM;
}
