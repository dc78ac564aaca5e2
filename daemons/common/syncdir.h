/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64D_SYNCDIR_H
#define NAT64D_SYNCDIR_H

/**
 * syncdir() - force to the disk that a file has its name
 * @path: of the file
 *
 * A file that was written and renamed is there after a loss of power once its
 * directory is on the disk, too.
 *
 * Return: 0 or -errno.
 */
int syncdir(const char *path);

#endif
