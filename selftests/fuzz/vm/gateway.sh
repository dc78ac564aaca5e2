# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# A gateway with the devices, the addresses and the translators that
# storm.c expects. Source lib.sh first.

PATH=$NAT64_OUT/fuzz/vm:$PATH

gateway_devices() { # gateway_devices NAMESPACE
	local dev

	[ -e /dev/net/tun ] || modprobe -q tun
	for dev in six four; do
		ip -n "$1" tuntap add dev $dev mode tun vnet_hdr
		ip -n "$1" link set $dev up
	done
	ip -n "$1" tuntap add dev frags mode tap vnet_hdr
	ip -n "$1" link set frags up
	forward "$1"
	ns_sysctl "$1" net.ipv4.conf.all.rp_filter=0 net.ipv4.icmp_ratelimit=0 \
		net.ipv6.icmp.ratelimit=0
	# What is sent there by itself would be taken for a translation.
	ns_sysctl "$1" net.ipv6.conf.four.disable_ipv6=1
	addr "$1" six fd00:6::1/64
	addr "$1" four 198.18.0.1/24
	ip -n "$1" route add 2001:db8:6::/48 dev six
	ip -n "$1" route add 2001:db8:6:1::/64 dev six mtu 1280
	ip -n "$1" route add default dev four
	ip -n "$1" route add 198.51.100.3 dev four mtu 576
}

gateway_config() { # gateway_config NAMESPACE
	cat > "$(tmp)/gateway.conf" <<-CONF
	instance add default mode nat64
	prefix add 2001:db8:64::/96
	pool4 add 192.0.2.0/31 ports 1024-2047
	pool4 add 192.0.2.2/32 ports 4000-5000
	bib add tcp 2001:db8:6::2#4000 192.0.2.2#4000
	bib add udp 2001:db8:6::2#4000 192.0.2.2#4000
	bib add icmp 2001:db8:6::2#4000 192.0.2.2#4000
	instance add second mode siit
	-i second prefix add 2001:db8:46::/96
	-i second eam add 2001:db8:6:4::/120 198.18.64.0/24
	CONF
	nat64ctl -n "$1" restore "$(tmp)/gateway.conf" || exit 1
}

use_gateway() {
	setup_ns gw
	gateway_devices "$gw"
	load_module
	gateway_config "$gw"
}

storm() {
	on "$gw" "$NAT64_OUT/fuzz/vm/storm" "$@"
}

# figure DESC COMMAND...: like check, with what the command tells of itself.
figure() {
	local desc=$1 out status

	shift
	out=$("$@" 2>&1 < /dev/null)
	status=$?
	_detail "$out"
	check "$desc" [ $status -eq 0 ]
}
