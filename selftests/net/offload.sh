#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 180
#
# Super-packets and partial checksums: every byte arrives as it was sent,
# whatever the devices leave to each other, and what can stay whole stays so.

. selftests/lib.sh
. selftests/sides.sh

BIG=8000000

# Bytes per packet behind the translator, by direction.
watch() {
	on "$gw" nft -f - <<-NFT
	table ip watch {
		counter to4 {}
		chain forwarded {
			type filter hook forward priority 0;
			oifname "right" meta l4proto { tcp, udp } counter name to4
		}
	}
	table ip6 watch {
		counter to6 {}
		chain forwarded {
			type filter hook forward priority 0;
			oifname "left" meta l4proto { tcp, udp } counter name to6
		}
	}
	NFT
}

average() { # average FAMILY COUNTER: and start anew
	on "$gw" nft reset counter "$1" watch "$2" | awk '
		{ for (i = 1; i < NF; i++) v[$i] = $(i + 1) }
		END { print v["packets"] ? int(v["bytes"] / v["packets"]) : 0 }'
}

# Acknowledgements count too, so what is larger than a packet was whole.
is_whole() { # is_whole DESC FAMILY COUNTER
	local size

	size=$(average "$2" "$3")
	check "$1 stays whole (mean $size)" [ "$size" -gt 1500 ]
}

both_ways() { # both_ways DESC BYTES
	talk "$1, IPv6 to IPv4 and back" "$h6" $AS6 "tcp:$2"
	talk "$1, IPv4 to IPv6 and back" "$h4" $AS4 "tcp:$2"
}

tcp_offloads() { # tcp_offloads MODE
	local dev

	average ip to4 > /dev/null
	average ip6 to6 > /dev/null
	both_ways "$1: default offloads" $BIG		# D-40 D-41 D-44 G-16
	is_whole "$1: TCP to IPv4" ip to4		# D-41
	is_whole "$1: TCP to IPv6" ip6 to6		# D-41
	for dev in "$h6 eth0" "$h4 eth0" "$gw left" "$gw right"; do
		# shellcheck disable=SC2086
		offloads $dev off
		both_ways "$1: none on $dev" 1000000	# G-16 G-17
		# shellcheck disable=SC2086
		offloads $dev on
	done
}

udp_offloads() { # udp_offloads MODE
	average ip to4 > /dev/null
	average ip6 to6 > /dev/null
	talk "$1: UDP segmentation from IPv6" "$h6" $AS6 gso:1200:40	# D-41 D-43
	is_whole "$1: UDP to IPv4" ip to4
	average ip6 to6 > /dev/null
	talk "$1: UDP segmentation from IPv4" "$h4" $AS4 gso:1200:40	# D-41 D-43
	is_whole "$1: UDP to IPv6" ip6 to6
	talk "$1: segments above 1260" "$h6" $AS6 gso:1400:20		# C-07 D-43
	talk "$1: segments that have to be fragmented" "$h4" $AS4 gso:1440:20	# D-01 D-40
}

# A last datagram of one byte leaves without DF, those in front of it with DF.
# They go on as one packet, which the device cuts (C-07 D-43).
short_last() { # short_last DESC
	on "$gw" ethtool -K right tx-udp-segmentation off tx-gso-list off > /dev/null
	on "$h4" nft -f - <<-NFT
	table ip seen {
		chain prerouting {
			type filter hook prerouting priority -400;
			ip protocol != udp accept
			ip length < 1000 ip frag-off & 0x4000 == 0 counter comment "right"
			ip length < 1000 ip frag-off & 0x4000 != 0 counter comment "wrong"
			ip length > 1000 ip frag-off & 0x4000 != 0 counter comment "right"
			ip length > 1000 ip frag-off & 0x4000 == 0 counter comment "wrong"
		}
	}
	NFT
	average ip to4 > /dev/null
	talk "$1" "$h6" $AS6 flow:1400:30
	is_whole "$1: it" ip to4
	is "$1: DF" "$(on "$h4" nft list table ip seen |
		sed -n 's/.*packets \([0-9]*\) .*comment "\(.*\)"/\1 \2/p' | xargs)" \
		"2 right 0 wrong 30 right 0 wrong"
	on "$h4" nft delete table ip seen
	on "$gw" ethtool -K right tx-udp-segmentation on tx-gso-list on > /dev/null
}

# What a device with GRO forwards as one packet.
udp_gro() { # udp_gro MODE FEATURE
	local dev

	for dev in left right; do
		on "$gw" ethtool -K $dev gro on "$2" on > /dev/null
	done
	average ip to4 > /dev/null
	talk "$1: $2 from IPv6" "$h6" $AS6 flow:1000:30 gso:900:30 udp:100,1000	# D-41 D-43
	is_whole "$1: $2 to IPv4" ip to4
	short_last "$1: $2, the last one short"
	average ip6 to6 > /dev/null
	talk "$1: $2 from IPv4" "$h4" $AS4 flow:1000:30 gso:900:30 udp:100,1000
	is_whole "$1: $2 to IPv6" ip6 to6
	talk "$1: $2 and TCP" "$h6" $AS6 tcp:1000000
	for dev in left right; do
		on "$gw" ethtool -K $dev "$2" off > /dev/null
	done
}

# IPv6 headers are longer, and packets of a host leave it with hardly any room in
# front.  Behind a bridge to a tunnel they have some, as those of drivers do.
with_room() { # with_room COMMAND...
	local mac

	mac=$(ip -n "$h4" -o link show eth0 | grep -o 'link/ether [^ ]*')
	ip -n "$h4" link add br0 address "${mac#* }" type bridge
	ip -n "$h4" link add far type vxlan id 1 remote $GW4 dstport 4789
	ip -n "$h4" addr flush dev eth0
	ip -n "$h4" link set eth0 master br0
	ip -n "$h4" link set far master br0
	ip -n "$h4" link set br0 up
	addr "$h4" br0 $H4/24
	ip -n "$h4" route add default via $GW4
	on "$h4" ethtool -K br0 tx-udp-segmentation off tso off > /dev/null
	"$@"
	ip -n "$h4" link del br0
	ip -n "$h4" link del far
	addr "$h4" eth0 $H4/24
	ip -n "$h4" route add default via $GW4
}

# The hosts cut what they send, so that GRO has something to put together.
gro() { # gro MODE
	local ns

	for ns in "$h6" "$h4"; do
		on "$ns" ethtool -K eth0 tx-udp-segmentation off tso off > /dev/null
	done
	udp_gro "$1" rx-udp-gro-forwarding
	with_room udp_gro "$1" rx-gro-list
	for ns in "$h6" "$h4"; do
		on "$ns" ethtool -K eth0 tx-udp-segmentation on tso on > /dev/null
	done
}

mtus() { # mtus LEFT RIGHT
	ip -n "$h6" link set eth0 mtu "$1"
	ip -n "$gw" link set left mtu "$1"
	ip -n "$gw" link set right mtu "$2"
	ip -n "$h4" link set eth0 mtu "$2"
}

jumbo() { # jumbo MODE
	mtus 9000 1500
	both_ways "$1: MTU 9000 to 1500" 2000000	# D-05 D-19 D-40
	talk "$1: UDP, MTU 9000 to 1500" "$h6" $AS6 try:8000 udp:1000
	mtus 1500 9000
	both_ways "$1: MTU 1500 to 9000" 2000000
	mtus 9000 9000
	both_ways "$1: MTU 9000 to 9000" 2000000
	mtus 1500 1500
}

vlans() {
	ip -n "$h6" link add link eth0 name tag6 type vlan id 6
	ip -n "$gw" link add link left name tag6 type vlan id 6
	ip -n "$h4" link add link eth0 name tag4 type vlan id 4
	ip -n "$gw" link add link right name tag4 type vlan id 4
	ip -n "$h6" link set tag6 up
	ip -n "$gw" link set tag6 up
	ip -n "$h4" link set tag4 up
	ip -n "$gw" link set tag4 up
	addr "$h6" tag6 2001:db8:7::2/64
	addr "$gw" tag6 2001:db8:7::1/64
	addr "$h4" tag4 203.0.113.2/24
	addr "$gw" tag4 203.0.113.1/24
	ip -n "$h6" route add 2001:db8:64::203.0.113.0/120 via 2001:db8:7::1
	ip -n "$h4" route add 198.51.100.0/24 via 203.0.113.1
	[ "$1" = nat64 ] || ctl eam add 2001:db8:7::2/128 198.51.100.7/32
	talk "$1: through VLAN devices" "$h6" 2001:db8:64::203.0.113.2 \
		tcp:1000000 udp:1000,5000 gso:1200:20	# D-41 G-16
	ip -n "$gw" link del tag6
	ip -n "$gw" link del tag4
	ip -n "$h6" link del tag6
	ip -n "$h4" link del tag4
}

make_sides
start_peers
load_module
watch
for mode in nat64 siit; do
	use_$mode
	tcp_offloads $mode
	udp_offloads $mode
	gro $mode
	jumbo $mode
	vlans $mode
done
