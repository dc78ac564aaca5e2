#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# smoke: yes
#
# Load, configure, translate in both modes, unload.

. selftests/lib.sh
. selftests/sides.sh

works() { # works MODE
	check "$1: echo from IPv6" on "$h6" ping -n -c 2 -W 10 $AS6	# E-01 E-02
	check "$1: echo from IPv4" on "$h4" ping -n -c 2 -W 10 -e $PORT $AS4
	talk "$1: TCP and UDP from IPv6" "$h6" $AS6 tcp:1000000 udp:0,1,512	# G-01 G-02
	talk "$1: TCP and UDP from IPv4" "$h4" $AS4 tcp:1000000 udp:0,1,512
	like "$1: packets to IPv4 are counted" "$(stat packets_64)" '^[1-9]'	# M-02
	like "$1: packets to IPv6 are counted" "$(stat packets_46)" '^[1-9]'
}

no_slab() {
	! ls -d /sys/kernel/slab/nat64_*
}

make_sides
start_peers
refuse "without the module nothing is translated" on "$h6" ping -n -c 1 -W 1 $AS6
load_module
refuse "nor without an instance" on "$h6" ping -n -c 1 -W 1 $AS6
use_nat64
works nat64
is "nat64: a session for each" "$(ctl session count)" 6
use_siit
works siit
is "siit: no sessions" "$(ctl session count)" 0
use_nat64
check "sessions when the module goes" on "$h6" ping -n -c 1 -W 10 $AS6
check "it unloads" unload_module	# K-25
check "and leaves no slab behind" wait_for 10 no_slab
refuse "and translates no more" on "$h6" ping -n -c 1 -W 1 $AS6
