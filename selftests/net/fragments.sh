#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 180
#
# Datagrams larger than a packet, from both sides and in both modes.

. selftests/lib.sh
. selftests/sides.sh

# Around every limit: 1280, 1260 and 1500 with and without Fragment Header.
SIZES=1,1000,1204,1205,1224,1225,1232,1233,1240,1252,1253,1432,1433,1444,1445
SIZES+=,1452,1453,1472,1473,2448,2449,2952,3000,5000,20000,65000,65507

# Seen by the IPv6 host before anything puts fragments together.
watch() {
	on "$h6" nft -f - <<-NFT
	table ip6 watch {
		counter fragments {}
		counter above1280 {}
		counter atomic {}
		chain early {
			type filter hook prerouting priority -500;
			exthdr frag exists counter name fragments
			meta length > 1280 counter name above1280
			frag frag-off 0 frag more-fragments 0 counter name atomic
		}
	}
	NFT
	on "$h4" nft -f - <<-NFT
	table ip watch {
		counter fragments {}
		chain early {
			type filter hook prerouting priority -500;
			ip frag-off & 0x3fff != 0 counter name fragments
		}
	}
	NFT
}

seen() { # seen NAMESPACE FAMILY COUNTER: and start anew
	on "$1" nft reset counter "$2" watch "$3" | awk '
		{ for (i = 1; i < NF; i++) v[$i] = $(i + 1) }
		END { print v["packets"] + 0 }'
}

reset_seen() {
	on "$h6" nft reset counters table ip6 watch > /dev/null
	on "$h4" nft reset counters table ip watch > /dev/null
}

datagrams() { # datagrams MODE
	# D-04 D-08 D-11 D-14 D-21 D-23 D-29 D-30
	talk "$1: datagrams from IPv6" "$h6" $AS6 udp:$SIZES
	talk "$1: datagrams from IPv4" "$h4" $AS4 udp:$SIZES
	is "$1: no fragment stands alone" "$(seen "$h6" ip6 atomic)" 0	# D-03
}

echo_passes() {
	local size

	for size in 3000 20000 65000; do
		check "$1: echo of $size bytes from IPv6" on "$h6" \
			ping -n -c 2 -i 0.2 -W 10 -s $size $AS6	# D-37 E-06
		check "$1: echo of $size bytes from IPv4" on "$h4" \
			ping -n -c 2 -i 0.2 -W 10 -M dont -e $PORT -s $size $AS4
	done
}

echo_is_dropped() {
	local before

	before=$(stat icmp_fragment)
	refuse "$1: no fragmented echo from IPv6" on "$h6" \
		ping -n -c 1 -W 2 -s 3000 $AS6	# D-22
	refuse "$1: no fragmented echo from IPv4" on "$h4" \
		ping -n -c 1 -W 2 -M dont -s 3000 $AS4
	is "$1: every fragment is counted" $(($(stat icmp_fragment) - before)) 6
}

# One datagram from IPv4, without DF, whose answer is of no interest.
limit() { # limit MODE VALUE LENGTH FRAGMENTS ABOVE1280
	ctl set lowest-ipv6-mtu "$2"
	reset_seen
	talk "$1: lowest-ipv6-mtu $2: $3 bytes pass" "$h4" $AS4 "udp:$3"
	is "$1: lowest-ipv6-mtu $2: $3 bytes in $4 fragments" \
		"$(seen "$h6" ip6 fragments)" "$4"
	is "$1: lowest-ipv6-mtu $2: $3 bytes in $5 long packets" \
		"$(seen "$h6" ip6 above1280)" "$5"
}

limits() { # limits MODE
	refuse "$1: lowest-ipv6-mtu 1279 is refused" ctl set lowest-ipv6-mtu 1279	# D-02
	limit "$1" 1280 1232 0 0	# D-01 D-03
	limit "$1" 1280 1233 2 0	# D-01
	limit "$1" 1280 1472 2 0	# D-01
	limit "$1" 1500 1233 0 1	# D-02
	limit "$1" 1500 1452 0 1
	limit "$1" 1500 1453 2 1	# D-02
	limit "$1" auto 1452 0 1
	limit "$1" auto 1453 2 1
	ctl set lowest-ipv6-mtu 1280
	check "$1: a large echo is fragmented" on "$h4" \
		ping -n -c 1 -W 10 -M dont -e $PORT -s 1400 $AS4	# D-09 D-10
}

small_link() { # small_link MODE
	ip -n "$gw" link set right mtu 700
	ip -n "$h4" link set eth0 mtu 700
	reset_seen
	talk "$1: 1280 bytes to an IPv4 link of 700" "$h6" $AS6 udp:1232	# D-18
	is "$1: they are cut on the way" "$(seen "$h4" ip fragments)" 2	# D-18
	talk "$1: fragments to an IPv4 link of 700" "$h6" $AS6 \
		udp:1500,3000,20000	# D-21
	# too long to be cut: h6 is told, and cuts at 1280 from then on
	talk "$1: 1281 bytes to an IPv4 link of 700" "$h6" $AS6 try:1233 # D-19 D-20
	talk "$1: and from there" "$h4" $AS4 udp:600,1232,3000,20000
	ip -n "$gw" link set right mtu 1500
	ip -n "$h4" link set eth0 mtu 1500
}

# Later fragments overtake earlier ones.
reordered() { # reordered MODE
	local ns

	for ns in "$h6" "$h4"; do
		on "$ns" tc qdisc add dev eth0 root netem delay 5ms reorder 40%
	done
	talk "$1: fragments out of order" "$h6" $AS6 \
		udp:3000,3001,3002,9000,9001,30000,30001	# D-29 D-31
	talk "$1: and from IPv4" "$h4" $AS4 \
		udp:3000,3001,3002,9000,9001,30000,30001
	for ns in "$h6" "$h4"; do
		on "$ns" tc qdisc del dev eth0 root
	done
}

make_sides
start_peers
load_module
watch
for mode in siit nat64; do
	use_$mode
	datagrams $mode
	limits $mode
	small_link $mode
	reordered $mode
	if [ $mode = siit ]; then
		echo_is_dropped $mode
	else
		echo_passes $mode
	fi
done
