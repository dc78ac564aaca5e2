/* SPDX-License-Identifier: GPL-2.0 */
/* The devices seen, kept over restarts. */
#ifndef DHCP108D_ADOPTFILE_H
#define DHCP108D_ADOPTFILE_H

#include "adoption.h"

#include <stdbool.h>
#include <stdint.h>

#define ADOPTFILE_LINE_LEN 1024
/* Devices that were not seen for so long are forgotten, in seconds. */
#define ADOPTFILE_MAX_AGE (90 * 86400)

struct adoptfile;

/**
 * adoptfile_open() - read the devices
 * @path: of the file
 * @a: table they go into
 * @wall: seconds since 1970
 *
 * Return: the file, NULL with errno.
 */
struct adoptfile *adoptfile_open(const char *path, struct adoption *a,
				 uint64_t wall);
void adoptfile_close(struct adoptfile *f);

/* Writes all devices; what is wrong is told to the log. */
void adoptfile_save(struct adoptfile *f, struct adoption *a);

/* A device as a line of at most ADOPTFILE_LINE_LEN bytes, and back. */
void adoptfile_format(char *out, const struct adoption_device *d);
bool adoptfile_parse(const char *line, struct adoption *a, uint64_t wall);

#endif
