# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# An IPv6-only and an IPv4-only host with a gateway between them. Source
# lib.sh first, then this, then
#   make_sides; load_module; use_nat64; start_peers
#   talk "a megabyte" "$h6" "$AS6" tcp:1000000
#
#   h6 2001:db8:6::2 -- eth0 -- left gw right -- eth0 -- 192.0.2.2 h4
#
# h4 is 2001:db8:64::192.0.2.2 to h6, and h6 is 198.51.100.2 to h4, which holds
# in both modes: by an explicit mapping, or by static bindings of port 7000
# and of echo identifier 7000 (ping -e 7000).

H6=2001:db8:6::2
GW6=2001:db8:6::1
H4=192.0.2.2
GW4=192.0.2.1
PREFIX=2001:db8:64::/96
AS6=2001:db8:64::192.0.2.2
AS4=198.51.100.2
PORT=7000

make_sides() {
	setup_ns gw h6 h4
	veth "$h6" eth0 "$gw" left
	veth "$gw" right "$h4" eth0
	addr "$h6" eth0 $H6/64
	addr "$gw" left $GW6/64
	addr "$gw" right $GW4/24
	addr "$h4" eth0 $H4/24
	ip -n "$h6" route add default via $GW6
	ip -n "$h4" route add default via $GW4
	forward "$gw"
	ns_sysctl "$gw" net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# ctl COMMAND...: nat64ctl on the gateway.
ctl() {
	nat64ctl -n "$gw" "$@"
}

# In place of whatever there was.
use_nat64() {
	cat > "$(tmp)/nat64.conf" <<-CONF
	instance add default mode nat64
	prefix add $PREFIX
	pool4 add $AS4/32
	bib add tcp $H6#$PORT $AS4#$PORT
	bib add udp $H6#$PORT $AS4#$PORT
	bib add icmp $H6#$PORT $AS4#$PORT
	CONF
	ctl restore "$(tmp)/nat64.conf" || exit 1
}

use_siit() {
	cat > "$(tmp)/siit.conf" <<-CONF
	instance add default mode siit
	prefix add $PREFIX
	eam add $H6/128 $AS4/32
	CONF
	ctl restore "$(tmp)/siit.conf" || exit 1
}

# stat NAME: a counter of the instance "default".
stat() {
	ctl stats all | awk -v name="$1" '$1 == name { print $2 }'
}

# start_peers [NAMESPACE...]: TCP and UDP on port 7000, on both hosts.
start_peers() {
	local space

	[ $# -gt 0 ] || set -- "$h6" "$h4"
	for space in "$@"; do
		mkfifo "$(tmp)/$space.in" "$(tmp)/$space.out"
		ip netns exec "$space" /usr/bin/python3 -I -S selftests/peer.py \
			$PORT "$(tmp)/$space.in" "$(tmp)/$space.out" &
		disown
	done
	for space in "$@"; do
		wait_for 20 _serves "$space" || exit 1
	done
}

_serves() {
	ip netns exec "$1" ss -Hltn "sport = :$PORT" | grep -q .
}

# talk DESC NAMESPACE ADDRESS WHAT...: see peer.py
talk() {
	local desc=$1 space=$2 to=$3

	shift 3
	check "$desc" _tell "$space" "$to" $PORT "$@"
}

_tell() {
	local fifo

	fifo=$(tmp)/$1
	shift
	echo "$*" > "$fifo.in"
	_said=$(< "$fifo.out")
	echo "$_said"
	[ "$_said" = "done" ]
}

# offloads NAMESPACE DEVICE on|off
offloads() {
	on "$1" ethtool -K "$2" tx "$3" sg "$3" tso "$3" gso "$3" gro "$3" \
		rx "$3" > /dev/null 2>&1
}
