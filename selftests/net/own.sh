#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's own programs: as clients of the prefix, and as servers on an
# address that it shares with the IPv6 hosts.

. selftests/lib.sh
. selftests/sides.sh

# The pool is the gateway's only IPv4 address, without its own ports.
share() {
	ctl instance add default mode nat64
	ctl prefix add $PREFIX
	ctl pool4 add $GW4/32 ports 40000-65535 force
	ns_sysctl "$gw" net.ipv4.ip_local_port_range="10000 39999"
	# so that the gateway's own programs have a source address to use
	ip -n "$gw" route add $PREFIX dev left
}

clients() {
	check "ping through the prefix" on "$gw" ping -n -c 2 -i 0.2 -W 10 $AS6
	talk "TCP through the prefix" "$gw" $AS6 tcp:3000000
	talk "UDP through the prefix" "$gw" $AS6 udp:1,1200,5000
	check "web page through the prefix" on "$gw" curl -sS -g --max-time 60 \
		"http://[$AS6]/"
	talk "native IPv4, too" "$gw" $H4 tcp:1000000 udp:1,3000
	check "and echo" on "$gw" ping -n -c 1 -W 10 $H4
	like "errors reach the gateway's sockets" \
		"$(_tell "$gw" $H4 9 udp:1)" refused
	like "also through the prefix" "$(_tell "$gw" $AS6 9 udp:1)" refused
}

servers() {
	talk "TCP and UDP outside the range" "$h4" $GW4 tcp:1000000 udp:1,3000 # K-24
	check "echo to the shared address" on "$h4" ping -n -c 1 -W 10 $GW4	# E-11
	like "closed ports are refused" "$(_tell "$h4" $GW4 9 udp:1)" refused	# A-35
	like "also those of the pool" "$(_tell "$h4" $GW4 50000 tcp:1)" refused
}

hosts() {
	talk "IPv6 hosts use the same address" "$h6" $AS6 tcp:1000000 udp:1,3000
	like "and learn of closed ports" "$(_tell "$h6" $AS6 9 udp:1)" refused
	check "and of echo" on "$h6" ping -n -c 1 -W 10 $AS6
	ctl bib add tcp "$H6#$PORT" "$GW4#40000"
	check "a bound port leads to the IPv6 host" \
		_tell "$h4" $GW4 40000 tcp:100000
	like "and is used" "$(ctl session list addr6 $H6/128 port4 40000)" \
		"$GW4#40000"
	check "the gateway reaches it too" _tell "$gw" $GW4 40000 tcp:100000
	talk "services of the gateway behind the prefix" "$h6" \
		2001:db8:64::$GW4 tcp:100000 udp:1,3000
}

# A host must not lose its own IPv4 and IPv6 to its own translator.
stateless() {
	ctl instance del default
	use_siit
	# so that the gateway's own programs have a source address to use
	ip -n "$gw" route add $AS4/32 dev left
	check "siit: the gateway pings a mapped host by IPv6" \
		on "$gw" ping -n -c 1 -W 10 $H6
	check "siit: and by IPv4" on "$gw" ping -n -c 1 -W 10 $AS4
	talk "siit: TCP and UDP by IPv6" "$gw" $H6 tcp:100000 udp:3000
	talk "siit: TCP and UDP by IPv4" "$gw" $AS4 tcp:100000 udp:1000
	talk "siit: native IPv4" "$gw" $H4 tcp:100000 udp:3000
	talk "siit: services of the gateway" "$h4" $GW4 tcp:100000 udp:3000
	talk "siit: for both families" "$h6" $GW6 tcp:100000 udp:3000
}

make_sides
start_peers "$gw" "$h6" "$h4"
echo "hello" > "$(tmp)/index.html"
on "$h4" busybox httpd -p 80 -h "$(tmp)"
load_module
share
clients
servers
hosts
clients
servers
stateless
