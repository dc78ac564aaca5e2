#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
#
# Several instances, prefixes and pools on one gateway, and several gateways.

. selftests/lib.sh
. selftests/sides.sh

# 192.0.2.2 in a prefix of each length, RFC 6052 section 2.2.
LENGTHS="
2a01:64::/32 2a01:64:c000:202::
2a02:64::/40 2a02:64:c0:2:2::
2a03:64::/48 2a03:64:0:c000:2:200::
2a04:64::/56 2a04:64:0:c0:0:202::
2a05:64::/64 2a05:64::c0:2:200:0
2a06:64::/96 2a06:64::c000:202
"

watch() { # by source address
	on "$h4" nft -f - <<-NFT
	table ip in {
		map sources {
			type ipv4_addr : verdict
		}
		set seen {
			type ipv4_addr
			flags dynamic
		}
		chain early {
			type filter hook prerouting priority -500;
			add @seen { ip saddr }
		}
	}
	NFT
}

sources() { # addresses that h4 got packets from since
	on "$h4" nft list set ip in seen | tr -d '\n\t ' |
		sed -n 's/.*elements={\([^}]*\)}.*/\1/p'
	on "$h4" nft flush set ip in seen
}

lengths() {
	local prefix addr

	ctl instance add default mode nat64
	ctl pool4 add 198.51.100.2/32
	while read -r prefix addr; do
		[ -z "$prefix" ] || ctl prefix add "$prefix"
	done <<< "$LENGTHS"
	# A-01 A-02 A-03 A-22: the reply comes from where it was sent to
	while read -r prefix addr; do
		[ -z "$prefix" ] || talk "nat64: $prefix" "$h6" "$addr" \
			tcp:10000 udp:100
	done <<< "$LENGTHS"
	is "a session for each" "$(ctl session count)" 12
	ctl prefix del 2a05:64::/64
	is "sessions of a prefix go with it" "$(ctl session count)" 10	# H-117
	refuse "which is translated no more" on "$h6" \
		ping -n -c 1 -W 1 2a05:64::c0:2:200:0
	talk "as others are" "$h6" 2a06:64::c000:202 tcp:10000	# A-34
	refuse "a length of 33 is refused" ctl prefix add 2a07::/33	# A-01
	refuse "a length of 104 is refused" ctl prefix add 2a07::/104	# A-21
	ctl instance del default
}

lengths_siit() {
	local prefix addr

	while read -r prefix addr; do
		[ -n "$prefix" ] || continue
		ctl instance add default mode siit
		ctl prefix add "$prefix"
		ctl eam add $H6 198.51.100.2
		talk "siit: $prefix" "$h6" "$addr" tcp:10000 udp:100	# A-02 A-03
		check "siit: $prefix from IPv4" on "$h4" \
			ping -n -c 1 -W 10 198.51.100.2
		ctl instance del default
	done <<< "$LENGTHS"
}

# The longest match decides, whatever the order (A-27 M-05).
longest() {
	ctl instance add wide mode nat64
	ctl -i wide prefix add 2a07::/32
	ctl -i wide pool4 add 198.51.100.10/32
	ctl instance add narrow mode nat64
	ctl -i narrow prefix add 2a07:0:0:64::/64
	ctl -i narrow pool4 add 198.51.100.11/32
	ctl instance add direct mode siit
	ctl -i direct prefix add 2a08:64::/96
	ctl -i direct eam add $H6 198.51.100.12
	sources > /dev/null
	talk "the wide prefix" "$h6" 2a07:0:c000:202:: udp:10 tcp:1000
	is "is the one instance" "$(sources)" 198.51.100.10
	talk "the longer prefix" "$h6" 2a07::64:c0:2:200:0 udp:10 tcp:1000
	is "is the other" "$(sources)" 198.51.100.11
	talk "the stateless prefix" "$h6" 2a08:64::c000:202 udp:10 tcp:1000
	is "is the third" "$(sources)" 198.51.100.12
	check "which can be reached" on "$h4" ping -n -c 1 -W 10 198.51.100.12
	is "each has its sessions" "$(ctl -i wide session count) $(
		ctl -i narrow session count)" "2 2"
}

# A-23: a route has to be more specific than what the instance has that would
# take the packet.
native() {
	local narrow=2a07::64:c0:2:200:0 wide=2a07:0:c000:202:: a

	addr "$gw" right 2001:db8:4::1/64
	addr "$h4" eth0 2001:db8:4::2/64 $narrow/128 $wide/128
	ip -n "$h4" route add $H6/128 via 2001:db8:4::1
	ip -n "$gw" route add 2a07::/48 dev right
	ip -n "$gw" route add 2a07:0:c000::/48 dev right
	sources > /dev/null
	talk "a route inside the wide prefix" "$h6" $wide tcp:1000
	is "goes before it" "$(sources)" ""
	talk "one around the longer prefix" "$h6" $narrow tcp:1000 udp:1
	is "does not" "$(sources)" 198.51.100.11
	ip -n "$gw" route add $narrow/128 dev right
	talk "one inside the longer prefix" "$h6" $narrow tcp:1000
	is "does" "$(sources)" ""
	for a in $narrow/128 2a07:0:c000::/48 2a07::/48; do
		ip -n "$gw" route del $a dev right
	done
	talk "without routes it is the wide one again" "$h6" $wide udp:1
	is "by its pool" "$(sources)" 198.51.100.10
	for a in 2001:db8:4::2/64 $narrow/128 $wide/128; do
		ip -n "$h4" addr del $a dev eth0
	done
	ip -n "$gw" addr del 2001:db8:4::1/64 dev right
}

switched() {
	ctl -i narrow set enabled off
	refuse "disabled: not the narrow one" on "$h4" \
		ping -n -c 1 -W 1 198.51.100.11
	talk "disabled: the other goes on" "$h6" 2a07:0:c000:202:: tcp:1000
	ctl -i narrow set enabled on
	sources > /dev/null
	talk "enabled again" "$h6" 2a07::64:c0:2:200:0 tcp:1000
	is "by its own pool" "$(sources)" 198.51.100.11
	ctl instance del narrow
	talk "one less" "$h6" 2a07:0:c000:202:: tcp:1000
	is "and the others stay" "$(ctl instance list |
		awk 'NR > 1 { printf "%s ", $1 }')" "wide direct "
	ctl instance del wide
	ctl instance del direct
}

# Ranges that are not next to each other, one after the other in use (A-34).
pools() {
	local i

	use_nat64
	ctl pool4 del $AS4/32
	ctl pool4 add 198.51.100.20/32 ports 5000-5001 proto udp
	ctl pool4 add 198.51.100.24/30 ports 6000-6003 proto tcp
	sources > /dev/null
	talk "one range is for UDP" "$h6" $AS6 udp:10
	is "and has its address" "$(sources)" 198.51.100.20
	talk "the other is for TCP" "$h6" $AS6 tcp:10
	like "and has its addresses" "$(sources)" '^198.51.100.2[4-7]$'
	refuse "none is for echo" on "$h6" ping -n -c 1 -W 1 $AS6
	like "which is counted" "$(stat no_pool)$(stat pool_exhausted)" '[1-9]'
	for ((i = 0; i < 3; i++)); do
		_tell "$h6" $AS6 $PORT udp:1 > "$(tmp)/udp"
	done
	like "ports run out" "$(stat pool_exhausted)" '^[1-9]'	# H-23
	ctl pool4 add 198.51.100.22/32 proto icmp
	check "until there is one" on "$h6" ping -n -c 1 -W 10 $AS6	# A-34
	ctl pool4 del 198.51.100.24/30 ports 6000-6003 proto tcp
	is "sessions of a range go with it" "$(ctl session count proto tcp)" 0 # H-117
	ctl instance del default
}

# One address, and each instance has ports of its own (M-05).
shared() {
	local i lo=1024 hi=9999

	for i in 1 2; do
		ctl instance add p$i mode nat64
		ctl -i p$i prefix add 2a0$i:64::/96
		ctl -i p$i pool4 add 198.51.100.30 ports $lo-$hi
		lo=10000 hi=65535
	done
	for i in 1 2; do
		sources > /dev/null
		talk "a shared address, instance $i" "$h6" 2a0$i:64::$H4 \
			tcp:100000 udp:1,3000
		is "it is the one address" "$(sources)" 198.51.100.30
		check "echo, instance $i" on "$h6" ping -n -c 1 -W 10 2a0$i:64::$H4
		like "errors, instance $i" "$(_tell "$h6" 2a0$i:64::$H4 9 udp:1)" \
			refused
		is "all of that is its own, instance $i" "$(
			ctl -i p$i session count proto icmp)" 1
	done
	ctl -i p2 bib add tcp "$H6#$PORT" "198.51.100.30#20000"
	check "a port that the second one has" _tell "$h4" 198.51.100.30 20000 tcp:1000
	check "by a U-turn from the first" _tell "$h6" 2a01:64::198.51.100.30 \
		20000 tcp:1000	# H-70
	ctl instance del p1
	ctl instance del p2
}

# A namespace knows nothing of another's instances.
two_gateways() {
	setup_ns gw2
	veth "$h6" eth1 "$gw2" left
	veth "$gw2" right "$h4" eth1
	addr "$h6" eth1 2001:db8:16::2/64
	addr "$gw2" left 2001:db8:16::1/64
	addr "$gw2" right 203.0.113.1/24
	addr "$h4" eth1 203.0.113.2/24
	forward "$gw2"
	ip -n "$h6" route add $PREFIX via 2001:db8:16::1 src 2001:db8:16::2
	ip -n "$h6" route add 2a06:64::/96 via $GW6 src $H6
	ip -n "$h4" route add 198.51.100.64/32 via 203.0.113.1
	use_nat64
	ctl prefix add 2a06:64::/96
	is "the second gateway has no instance" \
		"$(nat64ctl -n "$gw2" instance list | grep -c default)" 0	# M-05
	nat64ctl -n "$gw2" instance add default mode nat64
	nat64ctl -n "$gw2" prefix add $PREFIX
	nat64ctl -n "$gw2" pool4 add 198.51.100.64/32
	sources > /dev/null
	talk "the second gateway" "$h6" 2001:db8:64::203.0.113.2 tcp:1000 udp:1
	is "has its own pool" "$(sources)" 198.51.100.64
	talk "the first gateway" "$h6" 2a06:64::c000:202 tcp:1000 udp:1
	is "has its own, too" "$(sources)" $AS4
	ctl instance del default
	talk "the second does without the first" "$h6" \
		2001:db8:64::203.0.113.2 tcp:1000 udp:1
}

make_sides
start_peers
watch
load_module
lengths
lengths_siit
longest
native
switched
pools
shared
two_gateways
