#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
#
# Links of a small MTU on the way: the sender learns it through the translator,
# and no connection hangs.
#
#   h6 -- a6 -- b6 -- gw -- b4 -- a4 -- h4

. selftests/lib.sh
. selftests/sides.sh

link_of() { # link_of NAME: its two ends
	case $1 in
	far6) echo "$a6 right $b6 left" ;;
	near6) echo "$b6 right $gw left" ;;
	near4) echo "$gw right $b4 left" ;;
	far4) echo "$b4 right $a4 left" ;;
	esac
}

link_mtu() { # link_mtu NAME MTU
	local ends

	read -ra ends <<< "$(link_of "$1")"
	ip -n "${ends[0]}" link set "${ends[1]}" mtu "$2"
	ip -n "${ends[2]}" link set "${ends[3]}" mtu "$2"
}

# Routers on the IPv6 side are 2001:db8:N::1 on the left and ::2 on the right.
side6() {
	veth "$h6" eth0 "$a6" left
	veth "$a6" right "$b6" left
	veth "$b6" right "$gw" left
	addr "$h6" eth0 $H6/64
	addr "$a6" left $GW6/64
	addr "$a6" right 2001:db8:a::1/64
	addr "$b6" left 2001:db8:a::2/64
	addr "$b6" right 2001:db8:b::1/64
	addr "$gw" left 2001:db8:b::2/64
	ip -n "$h6" route add default via $GW6
	ip -n "$a6" route add default via 2001:db8:a::2
	ip -n "$b6" route add default via 2001:db8:b::2
	ip -n "$b6" route add 2001:db8:6::/64 via 2001:db8:a::1
	ip -n "$gw" route add 2001:db8::/32 via 2001:db8:b::1
}

side4() {
	veth "$gw" right "$b4" left
	veth "$b4" right "$a4" left
	veth "$a4" right "$h4" eth0
	addr "$gw" right 203.0.113.1/30
	addr "$b4" left 203.0.113.2/30
	addr "$b4" right 203.0.113.5/30
	addr "$a4" left 203.0.113.6/30
	addr "$a4" right $GW4/24
	addr "$h4" eth0 $H4/24
	ip -n "$gw" route add default via 203.0.113.2
	ip -n "$b4" route add default via 203.0.113.1
	ip -n "$b4" route add 192.0.2.0/24 via 203.0.113.6
	ip -n "$a4" route add default via 203.0.113.5
	ip -n "$h4" route add default via $GW4
}

build() {
	local ns

	setup_ns h6 a6 b6 gw b4 a4 h4
	for ns in "$a6" "$b6" "$gw" "$b4" "$a4"; do
		forward "$ns"
		ns_sysctl "$ns" net.ipv4.icmp_ratelimit=0 \
			net.ipv6.icmp.ratelimit=0
	done
	side6
	side4
}

learnt() { # learnt NAMESPACE ADDRESS: path MTU, or nothing
	ip -n "$1" route get "$2" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'
}

forget() {
	local ns

	for ns in "$h6" "$h4" "$gw"; do
		ip -n "$ns" -4 route flush cache
		ip -n "$ns" -6 route flush cache
	done
}

# small DESC LINK MTU WANTED6 WANTED4: what each host is to learn; "-": nothing
small() {
	local ns to wanted

	forget
	link_mtu "$2" "$3"
	while read -r ns to wanted; do
		# D-13 D-48
		talk "$1: TCP and large datagrams of ${ns%-*}" "$ns" "$to" \
			tcp:300000 try:1440 try:4000
		[ "$wanted" = - ] || is "$1: ${ns%-*} learns the MTU" \
			"$(learnt "$ns" "$to")" "$wanted"
	done <<-LIST
	$h6 $AS6 $4
	$h4 $AS4 $5
	LIST
	link_mtu "$2" 1500
	is "$1: the gateway itself has learnt nothing" \
		"$(learnt "$gw" $H4)$(learnt "$gw" $H6)" ""	# D-45 F-53
}

paths() {
	small "$1: next IPv4 link of 1400" near4 1400 1420 -	# D-19
	small "$1: far IPv4 link of 1300" far4 1300 1320 -	# D-13 F-03
	small "$1: next IPv6 link of 1400" near6 1400 - 1380	# D-05
	small "$1: far IPv6 link of 1280" far6 1280 - 1260	# D-13
	small "$1: next IPv4 link of 700" near4 700 1280 -	# D-18 D-20
	small "$1: far IPv4 link of 700" far4 700 1280 -	# D-18 D-20
}

# A route says it, not a device.
route_mtu() {
	forget
	ip -n "$gw" route replace default via 203.0.113.2 mtu 1350
	talk "$1: route with an MTU of 1350" "$h6" $AS6 tcp:300000	# D-25
	is "$1: which h6 learns" "$(learnt "$h6" $AS6)" 1370
	ip -n "$gw" route replace default via 203.0.113.2
}

build
start_peers
load_module
for mode in nat64 siit; do
	use_$mode
	paths $mode
	route_mtu $mode
done
