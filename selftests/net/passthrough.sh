#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Traffic that matches no prefix, pool or mapping goes on as if the module were
# not there, conntrack and NAT44 on the same gateway included.

. selftests/lib.sh
. selftests/sides.sh

IN4=10.0.0.2
OUT6=2001:db8:4::2

dual_stack() {
	addr "$h6" eth0 $IN4/24
	addr "$gw" left 10.0.0.1/24
	addr "$gw" right 2001:db8:4::1/64
	addr "$h4" eth0 $OUT6/64
	ip -n "$h6" route add default via 10.0.0.1
	ip -n "$h4" route add default via 2001:db8:4::1
	ns_sysctl "$gw" net.ipv4.icmp_echo_ignore_broadcasts=0
	on "$gw" nft -f - <<-NFT
	table ip nat {
		chain post {
			type nat hook postrouting priority 100;
			ip saddr 10.0.0.0/24 oifname "right" masquerade
		}
	}
	table inet tracked {
		counter established {}
		chain forwarded {
			type filter hook forward priority 0;
			ct state invalid drop
			ct state established counter name established
		}
	}
	NFT
}

established() {
	on "$gw" nft reset counter inet tracked established |
		grep -q 'packets [1-9]'
}

native() { # native DESC
	talk "$1: IPv6 forwarding" "$h6" $OUT6 tcp:500000 udp:100,3000
	talk "$1: and from the other side" "$h4" $H6 tcp:500000
	check "$1: is tracked" established
	talk "$1: IPv4 forwarding with NAT" "$h6" $H4 tcp:500000 udp:100,3000
	check "$1: is tracked, too" established
	check "$1: gateway answers by IPv6" on "$h6" ping -n -c 1 -W 10 $GW6	# E-11
	check "$1: gateway answers by IPv4" on "$h4" ping -n -c 1 -W 10 $GW4	# E-11
	check "$1: gateway pings IPv6" on "$gw" ping -n -c 1 -W 10 $H6
	check "$1: gateway pings IPv4" on "$gw" ping -n -c 1 -W 10 $H4
	check "$1: IPv6 multicast" on "$h6" ping -n -c 1 -W 10 ff02::2%eth0	# E-10
	check "$1: IPv6 link-local" on "$h6" ping -n -c 1 -W 10 \
		"$(link_local "$gw" left)%eth0"
	check "$1: IPv4 multicast" on "$h4" ping -n -c 1 -W 10 -I eth0 224.0.0.1 # A-25
	check "$1: IPv4 broadcast" on "$h4" ping -n -c 1 -W 10 -b 192.0.2.255
}

link_local() {
	ip -n "$1" -6 -o addr show dev "$2" scope link |
		sed 's/.*inet6 \([^/]*\).*/\1/'
}

untouched() { # untouched DESC
	# A-35 H-06
	is "$1: nothing was translated or dropped" "$(ctl stats all | awk '
		NR > 1 && $2 != 0 && $3 != "gauge" { print $1 }')" ""
}

# Kernels without nfnetlink_hook can not tell.
hooks() { # hooks DESC REGEX: how many there are
	! modprobe -q nfnetlink_hook ||
		like "$1" "$(on "$gw" nft list hooks | grep -c 'nat64')" "$2"
}

make_sides
dual_stack
start_peers
native "no module"
load_module
native "no instance"
hooks "no instance, no hook" '^0$'
ctl instance add default mode nat64
ctl prefix add $PREFIX
ctl pool4 add $AS4/32
native nat64
untouched nat64
hooks "an instance has hooks" '^[1-9]'
ctl instance del default
hooks "and none when it is gone" '^0$'
ctl instance add default mode siit
ctl prefix add $PREFIX v4 192.0.2.0/24
ctl eam add $H6/128 $AS4/32
native siit
untouched siit
