#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
#
# Every hop of a traceroute answers, from either side and through a CLAT.
#
#   client -- cpe -- gw -- r1 -- r2 -- web

. selftests/lib.sh
need traceroute

WEB=192.0.2.80
CLIENT=2001:db8:6::c
POOL=198.51.100.2
HOPS4="2001:db8:64::c633:6401 2001:db8:64::cb00:7102"

build() {
	local ns

	setup_ns client cpe gw r1 r2 web
	# the last hop gets several probes at once, and would answer six
	for ns in "$client" "$cpe" "$gw" "$r1" "$r2" "$web"; do
		ns_sysctl "$ns" net.ipv4.icmp_ratelimit=0 \
			net.ipv6.icmp.ratelimit=0
	done
	forward "$cpe"
	forward "$gw"
	forward "$r1"
	forward "$r2"
	veth "$client" eth0 "$cpe" left
	veth "$cpe" right "$gw" left
	veth "$gw" right "$r1" left
	veth "$r1" right "$r2" left
	veth "$r2" right "$web" eth0
	addr "$client" eth0 $CLIENT/64
	addr "$cpe" left 2001:db8:6::1/64
	addr "$cpe" right 2001:db8:b::1/64
	addr "$gw" left 2001:db8:b::2/64
	addr "$gw" right $POOL/24
	addr "$r1" left 198.51.100.1/24
	addr "$r1" right 203.0.113.1/24
	addr "$r2" left 203.0.113.2/24
	addr "$r2" right 192.0.2.1/24
	addr "$web" eth0 $WEB/24
	ip -n "$client" route add default via 2001:db8:6::1
	ip -n "$cpe" route add default via 2001:db8:b::2
	ip -n "$gw" route add 2001:db8:6::/64 via 2001:db8:b::1
	ip -n "$gw" route add default via 198.51.100.1
	ip -n "$r1" route add 192.0.2.0/24 via 203.0.113.2
	ip -n "$r1" route add 198.51.100.128/25 via $POOL
	ip -n "$r2" route add default via 203.0.113.1
	ip -n "$web" route add default via 192.0.2.1
}

# hops NAMESPACE WORD...: the answers, or * for none
hops() {
	local space=$1

	shift
	ip netns exec "$space" traceroute -n -w 8 -q 1 -m 10 "$@" |
		awk 'NR > 1 { printf "%s%s", (NR > 2 ? " " : ""), $2 }'
}

from6() { # from6 DESC WORD...
	local desc=$1

	shift
	is "$desc" "$(hops "$client" -6 "$@" 2001:db8:64::$WEB)" \
		"2001:db8:6::1 2001:db8:b::2 $HOPS4 2001:db8:64::c000:250"
}

# The gateway hears from the IPv6 router and answers itself, too.
through_clat() { # through_clat DESC WORD...
	local desc=$1

	shift
	is "$desc" "$(hops "$client" "$@" $WEB)" \
		"$(first_hops) 198.51.100.1 203.0.113.2 $WEB"
}

# Routers without an IPv4 address are the dummy address to a CLAT.
first_hops() {
	echo "192.0.0.8 192.0.0.8"
}

every_kind() { # every_kind COMMAND DESC
	$1 "$2: UDP" -U			# J-10 J-11
	$1 "$2: UDP, a port per probe"
	$1 "$2: ICMP" -I		# J-10 J-11
	$1 "$2: TCP" -T -p 80		# J-10 J-11
}

stateful() {
	nat64ctl -n "$gw" instance add default mode nat64
	nat64ctl -n "$gw" prefix add 2001:db8:64::/96
	ns_sysctl "$gw" net.ipv4.ip_local_port_range="1024 4999"
	nat64ctl -n "$gw" pool4 add $POOL/32 ports 5000-65535
	nat64ctl -n "$gw" bib add udp $CLIENT#7000 $POOL#7000
	every_kind from6 "IPv6 host to IPv4 host"
	# X-10 H-66: an IPv6 router hides behind the address of the session
	is "IPv4 host to a binding" "$(hops "$web" -U -p 7000 $POOL)" \
		"192.0.2.1 203.0.113.1 $POOL $POOL $POOL"	# J-10 J-11
}

# As nat64ctl clat does it, but without a router that advertises.
clat() {
	addr "$client" eth0 2001:db8:6::64/128 192.0.0.1/32
	ip -n "$client" route add default dev eth0 src 192.0.0.1 mtu 1472
	nat64ctl -n "$client" instance add clat mode siit
	nat64ctl -n "$client" -i clat prefix add 2001:db8:64::/96
	nat64ctl -n "$client" -i clat eam add 2001:db8:6::64 192.0.0.1
	every_kind through_clat "CLAT to IPv4 host"	# M-20 I-22
	nat64ctl -n "$client" instance del clat
	ip -n "$client" addr del 2001:db8:6::64/128 dev eth0
	ip -n "$client" addr del 192.0.0.1/32 dev eth0
}

stateless() {
	nat64ctl -n "$gw" instance del default
	nat64ctl -n "$gw" instance add default mode siit
	nat64ctl -n "$gw" prefix add 2001:db8:64::/96
	nat64ctl -n "$gw" eam add $CLIENT 198.51.100.130
	every_kind from6 "siit: IPv6 host to IPv4 host"
	is "siit: IPv4 host to a mapping" "$(hops "$web" 198.51.100.130)" \
		"192.0.2.1 203.0.113.1 $POOL 192.0.0.8 198.51.100.130"	# J-05 J-10
	nat64ctl -n "$gw" set rfc6791-prefix4 198.51.100.200/32
	is "siit: routers have an address of RFC 6791" \
		"$(hops "$web" 198.51.100.130)" \
		"192.0.2.1 203.0.113.1 $POOL 198.51.100.200 198.51.100.130" # J-02
}

build
on "$web" busybox httpd -p $WEB:80 -h "$(tmp)"
load_module
stateful
clat
stateless
