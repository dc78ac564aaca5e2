// SPDX-License-Identifier: GPL-2.0
/*
 * replay DIRECTORY...: what a fuzzer has kept, through the same function once
 * more, in a program that counts the lines which it executes.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(int fd, const char *name)
{
	static uint8_t buf[1 << 20];
	ssize_t len = read(fd, buf, sizeof(buf));

	if (len < 0)
		err(1, "%s", name);
	(void)LLVMFuzzerTestOneInput(buf, len);
}

static unsigned int replay_dir(const char *path)
{
	unsigned int files = 0;
	struct dirent *entry;
	int fd;
	DIR *dir;

	dir = opendir(path);
	if (!dir)
		err(1, "%s", path);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY);
		if (fd < 0)
			err(1, "%s/%s", path, entry->d_name);
		replay(fd, entry->d_name);
		close(fd);
		files++;
	}
	closedir(dir);
	return files;
}

int main(int argc, char **argv)
{
	unsigned int files = 0;
	int i;

	for (i = 1; i < argc; i++)
		files += replay_dir(argv[i]);
	return files ? 0 : 1;
}
