#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 120
# kernel: 6.12
#
# Half a minute of the soak.

exec selftests/fuzz/vm/soak-guest 30
