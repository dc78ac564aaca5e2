#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The conference network, in namespaces of the machine that sources this:
#
#   client (capable) --+
#                      +-- wifi -- gateway ------ router1 -- router2 -- web
#   legacy ------------+     2001:db8:1::/64   198.51.100  203.0.113  192.0.2
#
# Left of the gateway there is no IPv4, right of it no IPv6. The gateway runs
# nat64.ko, dhcp108d and pref64d, configured as an operator would.

PREFIX=2001:db8:64::/96
GATEWAY4=198.51.100.2
ROUTER1=198.51.100.1
ROUTER2=203.0.113.2
WEB=192.0.2.80
DNS=192.0.2.53
HOST_NAME=www.example.net
RUN=/run/nat64-demo

# _cable NS1 DEV1 NS2 DEV2
_cable() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

_space() {
	local ns

	for ns in "$@"; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
	done
}

_router4() {
	ip netns exec "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv4.icmp_ratelimit=0
}

# IPv4 alone: three networks, two routers, a web server and a DNS server.
build_internet() {
	_space router1 router2 web
	_cable gateway wan router1 r1wan
	_cable router1 r1r2 router2 r2r1
	_cable router2 r2web web eth0

	ip -n gateway addr add $GATEWAY4/24 dev wan
	ip -n gateway route add default via $ROUTER1
	ip -n router1 addr add $ROUTER1/24 dev r1wan
	ip -n router1 addr add 203.0.113.1/24 dev r1r2
	ip -n router1 route add 192.0.2.0/24 via $ROUTER2
	ip -n router2 addr add $ROUTER2/24 dev r2r1
	ip -n router2 addr add 192.0.2.1/24 dev r2web
	ip -n router2 route add default via 203.0.113.1
	ip -n web addr add $WEB/24 dev eth0
	ip -n web addr add $DNS/24 dev eth0
	ip -n web route add default via 192.0.2.1
	_router4 router1
	_router4 router2
}

start_servers() {
	mkdir -p $RUN/www
	echo "hello from the IPv4 Internet" > $RUN/www/index.html
	head -c $((50 * 1024 * 1024)) /dev/urandom > $RUN/www/file.bin
	(cd $RUN/www && sha256sum file.bin > $RUN/file.sha256)
	ip netns exec web busybox httpd -p $WEB:80 -h $RUN/www
	ip netns exec web dnsmasq --conf-file=/dev/null --no-resolv \
		--no-hosts --no-daemon --bind-interfaces \
		--listen-address=$DNS --address=/$HOST_NAME/$WEB \
		> $RUN/dnsmasq.log 2>&1 &
}

# The switch that all devices of the access network hang on.
build_access() {
	_space wifi client legacy
	ip -n wifi link add br0 type bridge
	ip -n wifi link set br0 up
	ip netns exec wifi sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	_cable gateway access wifi gw
	ip -n wifi link set gw master br0
	ip netns exec gateway sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.icmp_ratelimit=0
	ip -n gateway addr add 2001:db8:1::1/64 dev access nodad
}

# join NAMESPACE: plug a device into the switch.
join_wifi() {
	_cable "$1" eth0 wifi "$1"
	ip -n wifi link set "$1" master br0
}

# What an operator types, and the file that the daemons read.
configure_gateway() {
	modprobe nat64
	ip netns exec gateway nat64ctl instance add default mode nat64
	ip netns exec gateway nat64ctl prefix add $PREFIX
	ip netns exec gateway sysctl -qw \
		net.ipv4.ip_local_port_range="1024 32767"
	ip netns exec gateway nat64ctl pool4 add $GATEWAY4/32 \
		ports 32768-65535
	ip netns exec gateway nat64ctl set lowest-ipv6-mtu 1500
	# so that the gateway's own programs have a source address to use
	ip -n gateway route add $PREFIX dev access
	cat > $RUN/access.conf <<-CONF
	[network conference]
	interface = access
	instance = default
	dhcp = v6only
	v6only-wait = 1800s
	ra = on
	prefix = auto
	dns = 2001:db8:64::${DNS}
	CONF
}

start_daemons() {
	local d

	for d in dhcp108d pref64d; do
		ip netns exec gateway $d -c $RUN/access.conf > $RUN/$d.log 2>&1 &
		echo $! > $RUN/$d.pid
	done
}

network_up() {
	mkdir -p $RUN
	_space gateway
	build_internet
	start_servers
	build_access
	configure_gateway
	start_daemons
}
