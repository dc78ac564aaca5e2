#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 240
#
# Configuration, devices, namespaces and the module come and go under traffic;
# all that is left behind is work as before.

. selftests/lib.sh
. selftests/sides.sh

# TCP, UDP in fragments, and echo, for ever; not as much as would go.
traffic_starts() {
	on "$h4" iperf3 -s -p 5001 > /dev/null 2>&1 &
	on "$h4" iperf3 -s -p 5002 > /dev/null 2>&1 &
	on "$h6" bash -c "while sleep 0.2; do
		iperf3 -c $AS6 -p 5001 -t 3 -P 2 -b 10M; done" > /dev/null 2>&1 &
	on "$h6" bash -c "while sleep 0.2; do
		iperf3 -c $AS6 -p 5002 -u -b 5M -l 3000 -t 3; done" > /dev/null 2>&1 &
	on "$h6" ping -n -i 0.02 -W 1 -s 3000 $AS6 > /dev/null 2>&1 &
	disown -a
}

flows() { # flows DESC: packets are translated, now
	check "$1" wait_for 20 on "$h6" ping -n -c 1 -W 1 $AS6
}

reconfigure() {
	local i

	for ((i = 0; i < 5; i++)); do
		ctl instance del default
		use_nat64
	done
	flows "instance deleted and created under traffic"	# K-25
	for ((i = 0; i < 5; i++)); do
		ctl pool4 del $AS4/32 force && ctl pool4 add $AS4/32
	done
	flows "pool removed and added under traffic"	# A-34 H-117
	for ((i = 0; i < 5; i++)); do
		ctl prefix del $PREFIX && ctl prefix add $PREFIX
	done
	flows "prefix removed and added under traffic"	# A-34 H-117
	for ((i = 0; i < 3; i++)); do
		ctl set enabled off
		ctl session del proto udp > /dev/null
		ctl set enabled on
	done
	flows "switched off and on, sessions deleted"
	for ((i = 0; i < 3; i++)); do
		use_siit
		use_nat64
	done
	flows "another mode and back"
}

devices() {
	ip -n "$gw" link set right down
	ip -n "$gw" link set right up
	flows "IPv4 side down and up"
	ip -n "$gw" link set left down
	ip -n "$gw" link set left up
	addr "$gw" left $GW6/64
	flows "IPv6 side down and up"
	ip -n "$gw" addr del $GW4/24 dev right
	refuse "no way out" on "$h6" ping -n -c 1 -W 1 $AS6
	addr "$gw" right $GW4/24
	flows "address gone and back"
}

module() {
	check "the module goes under traffic" unload_module	# K-25
	check "and comes back" load_module
	use_nat64
	flows "and works"
}

# The gateway's namespace goes with all its sessions and held fragments.
namespace() {
	ip netns del "$gw"
	check "no device waits" wait_for 20 gone
	kill_traffic
}

gone() {
	! ip -n "$h6" link show eth0
}

kill_traffic() {
	del_ns "$h6"
	del_ns "$h4"
}

many() {
	local i failed=0

	cat > "$(tmp)/conf" <<-CONF
	instance add default mode nat64
	prefix add $PREFIX
	pool4 add 198.51.100.0/24
	bib add tcp $H6#80 198.51.100.1#80
	instance add other mode siit
	-i other prefix add 2a06:64::/96
	-i other eam add $H6 192.0.2.33
	CONF
	sed -i 's/198.51.100.1#80/198.51.100.1#8080/' "$(tmp)/conf"
	for ((i = 0; i < 100; i++)); do
		ip netns add "many-$$" || failed=1
		nat64ctl -n "many-$$" restore "$(tmp)/conf" || failed=1
		ip netns del "many-$$" || failed=1
	done
	is "100 namespaces, configured and deleted" $failed 0	# K-25
}

no_slab() {
	! ls -d /sys/kernel/slab/nat64_*
}

load_module
for round in 1 2; do
	make_sides
	use_nat64
	traffic_starts
	flows "round $round: traffic"
	if [ $round = 1 ]; then
		reconfigure
		devices
		module
	fi
	namespace
done
many
check "the module unloads" unload_module
check "and leaves no slab behind" wait_for 20 no_slab	# K-25
