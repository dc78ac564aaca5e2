#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 464XLAT from end to end: a host without IPv4 learns the prefix from its router
# and reaches IPv4 literals through its own CLAT and the gateway's NAT64.

. selftests/lib.sh
. selftests/sides.sh

# Prefix information for 2001:db8:6::/64, and PREF64 2001:db8:64::/96, in two
# messages as of a router that has much to say.
PIO=030440c0000151800000384000000000
PIO+=20010db8000600000000000000000000
PREF64=2602070820010db80064000000000000

has_prefix() {
	ip -n "$h6" -6 -o addr show dev eth0 dynamic | grep -q inet6
}

packets() { # MODE DESC: through both translators
	check "$1: echo" on "$h6" ping -n -c 2 -i 0.2 -W 10 $H4	# I-22
	talk "$1: TCP" "$h6" $H4 tcp:5000000	# M-20 D-28
	talk "$1: UDP of all sizes" "$h6" $H4 \
		udp:1,1000,1231,1232,1233,1252,1444,1445,1472,1473,3000,20000
	like "$1: errors" "$(_tell "$h6" $H4 9 udp:1)" refused	# I-22 F-01
}

small_links() {
	ip -n "$gw" link set right mtu 1400
	ip -n "$h4" link set eth0 mtu 1400
	talk "IPv4 link of 1400" "$h6" $H4 tcp:500000 try:1400 try:4000	# D-13 I-22
	ip -n "$gw" link set right mtu 1500
	ip -n "$h4" link set eth0 mtu 1500
	ip -n "$gw" link set left mtu 1280
	ip -n "$h6" link set eth0 mtu 1280
	talk "IPv6 link of 1280" "$h6" $H4 tcp:500000 try:1400 try:4000	# D-13 D-28
	ip -n "$gw" link set left mtu 1500
	ip -n "$h6" link set eth0 mtu 1500
}

no_ipv4() {
	is "no IPv4 address" "$(ip -n "$h6" -4 -o addr show dev eth0)" ""
	is "no IPv4 route" "$(ip -n "$h6" -4 route)" ""
	refuse "no IPv4" on "$h6" ping -n -c 1 -W 1 $H4
}

make_sides
ip -n "$h6" -6 route del default
ns_sysctl "$h6" net.ipv6.conf.eth0.accept_ra=1
load_module
use_nat64
on "$gw" /usr/bin/python3 -I -S selftests/net/ra_beacon.py left 255 $PREF64 $PIO &
disown
wait_for 20 has_prefix
no_ipv4
check "clat up" nat64ctl -n "$h6" clat up eth0
like "clat show" "$(nat64ctl -n "$h6" clat show)" 2001:db8:64::/96
start_peers
packets "clat"
small_links
check "native IPv6 goes on" on "$h6" ping -n -c 1 -W 10 $GW6	# J-12
talk "also TCP and UDP" "$h6" $AS6 tcp:100000 udp:1,3000
like "one mapping, many sessions" "$(ctl session count)" '^[1-9]'
check "clat down" nat64ctl -n "$h6" clat down eth0
no_ipv4
talk "IPv6 stays" "$h6" $AS6 tcp:100000
