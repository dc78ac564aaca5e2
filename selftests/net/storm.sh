#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 300
# debug: yes
#
# Packets of every kind and shape, most of them strange, into the module: none
# may harm the kernel, and none that is ill-formed may come out. The seeds are
# the same each time; make fuzz-vm tries new ones.

. selftests/lib.sh
. selftests/fuzz/vm/gateway.sh

use_gateway

# K-14 B-16 B-17 C-14 C-20 D-40 D-41
for seed in 1 2 3 4; do
	figure "seed $seed" storm -s $seed -n 3000
done
check "hosts still reach each other" storm -s 7 -n 200
unload_module
check "the module can go" [ ! -e /sys/module/nat64 ]
