#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The gateway's own programs: as clients of the prefix, and as servers on an
# address that it shares with the IPv6 hosts.

. selftests/lib.sh
. selftests/sides.sh

# no DESC TEXT WORDS...: refused, and why.
no() {
	local desc=$1 text=$2 out

	shift 2
	out=$(ctl "$@" 2>&1)
	is "$desc" "$? $out" "1 nat64ctl: pool4 add: \"$GW4\": $text; force adds it anyway"
}

# add DESC WORDS...: a range that is accepted, and goes again.
add() {
	local desc=$1 out

	shift
	out=$(ctl pool4 add $GW4 "$@" 2>&1)
	is "$desc" "$? $out" "0 "
	ctl pool4 del $GW4 "${@/force/}"
}

# A-14: what is allowed, but looks like a mistake.
warns() {
	local said="nat64ctl: prefix add: warning: 64:ff9b::/96 is"

	ctl instance add default mode siit
	is "the well-known prefix for IPv6 hosts" "$(ctl prefix add 64:ff9b::/96 2>&1)" \
		"$said not for the addresses of IPv6 hosts (RFC 6052 section 3.3)"
	ctl instance del default
	ctl instance add default mode nat64
	ctl pool4 add 10.0.0.1
	is "and with a private pool4" "$(ctl prefix add 64:ff9b::/96 2>&1)" \
		"$said for global IPv4 addresses, and pool4 has others (RFC 6052 section 3.1)"
	ctl instance del default
}

# J-08: addresses for routers that have none; others drop what is private.
stand_ins() {
	local said="nat64ctl: set: warning: many networks drop what comes from private"
	local prefix

	said+=" addresses, and so these ICMP errors (RFC 6791 section 3.1)"
	ctl instance add default mode siit
	for prefix in 10.1.0.0/24 172.31.0.0/16 192.168.9.9/32 100.64.0.0/10; do
		is "stand-ins of $prefix" "$(ctl set rfc6791-prefix4 $prefix 2>&1)" "$said"
		like "they are set" "$(ctl get rfc6791-prefix4)" " $prefix\$"
	done
	for prefix in 198.51.100.0/24 172.32.0.0/16 100.128.0.0/10 none; do
		is "no warning of $prefix" "$(ctl set rfc6791-prefix4 $prefix 2>&1)" ""
	done
	is "nor of what is insisted on" \
		"$(ctl set rfc6791-prefix4 10.1.0.0/24 force 2>&1)" ""
	is "nor of other settings then" "$(ctl set tos 1 2>&1)" ""
	ctl instance del default
}

# keeps PROTO PORT: a program waits there, at one device, until stop_keeping.
keeps() {
	ip netns exec "$gw" python3 -c '
import signal, socket, sys
kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[sys.argv[1]]
sock = socket.socket(socket.AF_INET, kind)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"right\0")
sock.bind(("", int(sys.argv[2])))
if kind == socket.SOCK_STREAM:
    sock.listen()
signal.pause()' "$1" "$2" &
	keeper=$!
	defer stop_keeping
	wait_for 10 eval "ip netns exec $gw ss -Hln --$1 'sport = :$2' | grep -q ."
}

stop_keeping() {
	kill $keeper 2>/dev/null
	wait $keeper 2>/dev/null
}

# K-24 H-89: a pool does not take ports from the gateway's own programs.
guard() {
	local range=net.ipv4.ip_local_port_range
	local mixed="connections of this host itself use these ports of its address:"
	local used="a program of this host listens on one of these ports of its address:"

	mixed+=" sysctl -w $range=\"1024 32767\" and ports 32768-65535 set them apart"
	used+=" ss -ltun shows which, ports LO-HI leaves it out"
	ctl instance add default mode nat64
	ns_sysctl "$gw" $range="10000 39999"
	no "default ports of an own address" "$mixed" pool4 add $GW4
	no "the last port of its connections" "$mixed" pool4 add $GW4 ports 39999-40001
	no "the first" "$mixed" pool4 add $GW4 ports 9000-10000 proto udp
	is "nothing of it is there" "$(ctl pool4 list)" ""
	add "identifiers of echo are not ports" proto icmp
	add "the ports behind" ports 40000-65535
	ns_sysctl "$gw" net.ipv4.ip_local_reserved_ports=39000-39999
	add "ports that are reserved" ports 39000-65535
	no "one port before" "$mixed" pool4 add $GW4 ports 38999-65535
	ns_sysctl "$gw" net.ipv4.ip_local_reserved_ports=
	for proto in tcp udp; do
		no "a port that $proto listens on" "$used" \
			pool4 add $GW4 ports $PORT-7100 proto $proto
		no "within a range" "$used" pool4 add $GW4 ports 6900-$PORT proto $proto
		add "not the one beside" ports $((PORT + 1))-7100 proto $proto
	done
	for proto in tcp udp; do
		keeps $proto 7300
		no "one of $proto that waits at a device" "$used" \
			pool4 add $GW4 ports 7300-7300 proto $proto
		stop_keeping
		add "until it does no more" ports 7300-7300 proto $proto
	done
	# no address of a large range is overlooked
	ip -n "$gw" addr add 10.9.5.1/32 dev right
	like "one of 65536 addresses is an own one" \
		"$(ctl pool4 add 10.9.0.0/16 2>&1)" "connections of this host itself"
	ip -n "$gw" addr del 10.9.5.1/32 dev right
	check "and none of them" ctl pool4 add 10.9.0.0/16
	ctl pool4 del 10.9.0.0/16
	ns_sysctl "$gw" $range="1024 32767"
	add "what the refusal says" ports 32768-65535
	is "forced" "$(ctl pool4 add $GW4 ports $PORT-7100 force 2>&1)" \
		"nat64ctl: pool4 add: warning: programs of this host itself use the same ports of this address"
	ctl prefix add $PREFIX
	talk "and its own programs are still there" "$h4" $GW4 tcp:100000 udp:1
	ctl instance del default
}

# The pool is the gateway's only IPv4 address, without its own ports.
share() {
	ns_sysctl "$gw" net.ipv4.ip_local_port_range="10000 39999"
	ctl instance add default mode nat64
	ctl prefix add $PREFIX
	ctl pool4 add $GW4/32 ports 40000-65535
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

# A-23: what the gateway itself sends goes by a more specific route, too.
native() { # native MODE
	local before

	addr "$h6" eth0 $AS6/128
	ip -n "$gw" route add $AS6/128 dev left
	before=$(stat packets_64)
	check "$1: the gateway pings by a route in the prefix" \
		on "$gw" ping -n -c 1 -W 10 $AS6
	talk "$1: and opens connections" "$gw" $AS6 tcp:1000
	is "$1: nothing of it is translated" "$(stat packets_64)" "$before"
	ip -n "$gw" route del $AS6/128 dev left
	ip -n "$h6" addr del $AS6/128 dev eth0
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
	native siit
	talk "siit: native IPv4" "$gw" $H4 tcp:100000 udp:3000
	talk "siit: services of the gateway" "$h4" $GW4 tcp:100000 udp:3000
	talk "siit: for both families" "$h6" $GW6 tcp:100000 udp:3000
}

make_sides
start_peers "$gw" "$h6" "$h4"
echo "hello" > "$(tmp)/index.html"
on "$h4" busybox httpd -p 80 -h "$(tmp)"
load_module
warns
stand_ins
guard
share
native nat64
clients
servers
hosts
clients
servers
stateless
