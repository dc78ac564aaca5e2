#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Neighbour discovery is never touched, in any mode: with timers so short that
# every entry is verified over and over, nothing is lost (E-10).

. selftests/lib.sh
. selftests/sides.sh
need ndisc6

timers() { # timers NAMESPACE DEVICE
	ns_sysctl "$1" "net.ipv6.neigh.$2.base_reachable_time_ms=400" \
		"net.ipv6.neigh.$2.delay_first_probe_time=1" \
		"net.ipv6.neigh.$2.gc_stale_time=1" \
		"net.ipv6.neigh.$2.retrans_time_ms=500"
}

# Probes of known neighbours go to their addresses, not to a multicast group.
watch() {
	on "$gw" nft -f - <<-NFT
	table ip6 watch {
		counter in_ns {}
		counter in_na {}
		chain early {
			type filter hook prerouting priority -500;
			ip6 daddr != ff00::/8 icmpv6 type nd-neighbor-solicit \
				counter name in_ns
			icmpv6 type nd-neighbor-advert counter name in_na
		}
	}
	NFT
}

seen() {
	on "$gw" nft list counter ip6 watch "$1" | awk '
		{ for (i = 1; i < NF; i++) v[$i] = $(i + 1) }
		END { print v["packets"] + 0 }'
}

above() { # above COUNTER LIMIT
	[ "$(seen "$1")" -gt "$2" ]
}

state_of() {
	ip -n "$1" -6 neigh show "$2" | awk '{ print $NF }'
}

is_reachable() {
	[ "$(state_of "$1" "$2")" = REACHABLE ]
}

# probe NAMESPACE DEVICE ADDRESS: verify a known neighbour now.
probe() {
	local mac

	mac=$(ip -n "$1" -6 neigh show "$3" |
		sed -n 's/.*lladdr \([^ ]*\).*/\1/p')
	ip -n "$1" neigh replace "$3" dev "$2" lladdr "$mac" nud probe &&
		wait_for 10 is_reachable "$1" "$3"
}

# Both kinds of solicitation, both ways.
discovery() { # discovery DESC
	local space dev from to

	while read -r space dev from to; do
		ip -n "$space" neigh flush dev "$dev" > /dev/null 2>&1
		# the answer is from and to addresses that map
		check "$1: ${space%-*} finds its neighbour" \
			on "$space" ndisc6 -q -1 -s "$from" "$to" "$dev"
		ip -n "$space" neigh replace "$to" dev "$dev" \
			lladdr "$(mac_of "$to")" nud stale
		check "$1: ${space%-*} verifies its neighbour" \
			probe "$space" "$dev" "$to"
	done <<-LIST
	$h6 eth0 $H6 $GW6
	$gw left $GW6 $H6
	LIST
}

mac_of() {
	if [ "$1" = $H6 ]; then
		ip -n "$h6" -br link show eth0
	else
		ip -n "$gw" -br link show left
	fi | awk '{ print $3 }'
}

# Traffic for as long as it takes to verify the neighbours several times.
traffic() { # traffic DESC
	local ns na

	ns=$(seen in_ns)
	na=$(seen in_na)
	on "$h6" ping -n -i 0.2 -c 60 -W 10 $AS6 > "$(tmp)/ping" 2>&1 &
	check "$1: neighbours are verified under traffic" \
		wait_for 20 above in_na $((na + 3))
	check "$1: from both sides" wait_for 20 above in_ns $((ns + 3))
	wait $!
	like "$1: and nothing is lost" "$(cat "$(tmp)/ping")" ' 0% packet loss'
	like "$1: the entry is alive" "$(state_of "$gw" $H6)" \
		'REACHABLE|STALE|DELAY|PROBE'
}

make_sides
timers "$gw" left
timers "$h6" eth0
load_module
watch

use_nat64
discovery nat64
traffic nat64

use_siit
ctl eam add $GW6/128 198.51.100.1/32
ctl prefix add 2001:db8:9::/96
discovery "siit, both neighbours mapped"
traffic "siit, both neighbours mapped"

# What no one should do: a prefix that covers the link itself.
for mode in nat64 siit; do
	ctl instance del default
	ctl instance add default mode $mode
	ctl prefix add 2001:db8:6::/64 force > /dev/null 2>&1
	[ $mode = siit ] || ctl pool4 add $AS4/32
	is "$mode: the prefix covers the link" \
		"$(ctl prefix list | grep -c 2001:db8:6::/64)" 1
	discovery "$mode, link in the prefix"
done
