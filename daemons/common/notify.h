/* SPDX-License-Identifier: GPL-2.0 */
/* Readiness and state for the service manager, as sd_notify(3) sends them. */
#ifndef NAT64D_NOTIFY_H
#define NAT64D_NOTIFY_H

/**
 * notify_send() - tell the service manager something
 * @state: lines of VARIABLE=VALUE as in sd_notify(3)
 *
 * Does nothing when no manager asked to be told ($NOTIFY_SOCKET unset).
 */
void notify_send(const char *state);

#endif
