#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Translated packets pass the FORWARD and POST_ROUTING hooks of the family they
# leave with, and marks set before translation choose pool and route.

. selftests/lib.sh
. selftests/sides.sh

# nft knows no mixed notation.
AS6=2001:db8:64::c000:202

rules() {
	on "$gw" nft -f - <<-NFT
	table ip out {
		counter forwarded {}
		counter post {}
		counter untracked {}
		chain verdict { }
		chain forward {
			type filter hook forward priority 0;
			ct state invalid drop
			ct state untracked counter name untracked
			oifname "right" ip daddr $H4 counter name forwarded
			jump verdict
		}
		chain post {
			type filter hook postrouting priority 0;
			ip saddr $AS4 ip daddr $H4 counter name post
		}
	}
	table ip6 out {
		counter forwarded {}
		counter post {}
		chain verdict { }
		chain forward {
			type filter hook forward priority 0;
			ct state invalid drop
			ip6 saddr $AS6 ip6 daddr $H6 counter name forwarded
			jump verdict
		}
		chain post {
			type filter hook postrouting priority 0;
			ip6 saddr $AS6 ip6 daddr $H6 counter name post
		}
	}
	table ip6 marks {
		chain early {
			type filter hook prerouting priority raw;
		}
	}
	NFT
}

count() { # count FAMILY COUNTER: and start anew
	on "$gw" nft reset counter "$1" out "$2" |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

verdict() { # verdict FAMILY RULE...
	local family=$1

	shift
	on "$gw" nft flush chain "$family" out verdict
	[ $# -eq 0 ] || on "$gw" nft add rule "$family" out verdict "$@"
}

sees() { # sees MODE
	count ip forwarded > /dev/null
	count ip6 forwarded > /dev/null
	check "$1: echo" on "$h6" ping -n -c 2 -i 0.2 -W 10 $AS6
	is "$1: IPv4 FORWARD sees it" "$(count ip forwarded)" 2	# K-07 M-09
	is "$1: IPv6 FORWARD sees the reply" "$(count ip6 forwarded)" 2	# K-07 M-09
	like "$1: IPv4 POST_ROUTING" "$(count ip post)" '^[1-9]'	# M-09
	like "$1: IPv6 POST_ROUTING" "$(count ip6 post)" '^[1-9]'	# M-09
	like "$1: conntrack takes it for untracked" "$(count ip untracked)" \
		'^[1-9]'	# M-10
}

# A known flow, too, which has a way of its own out of the gateway.
sees_flow() { # sees_flow MODE
	count ip post > /dev/null
	count ip6 post > /dev/null
	talk "$1: a flow" "$h6" $AS6 udp:1,2,3,4,5,6,7,8
	is "$1: IPv4 POST_ROUTING sees all of it" "$(count ip post)" 8	# M-09
	is "$1: and IPv6 POST_ROUTING" "$(count ip6 post)" 8	# M-09
}

drops() { # drops MODE
	verdict ip meta l4proto icmp drop
	refuse "$1: dropped in IPv4 FORWARD" on "$h6" ping -n -c 1 -W 2 $AS6	# K-07
	verdict ip6 meta l4proto ipv6-icmp drop
	verdict ip
	refuse "$1: dropped in IPv6 FORWARD" on "$h6" ping -n -c 1 -W 2 $AS6	# K-07
	verdict ip6
	talk "$1: and without rules all is well" "$h6" $AS6 tcp:1000
}

# An error about a translated packet goes back through the translator, to who sent
# it, wherever the gateway has a route for it at all.
rejects() { # rejects MODE
	verdict ip meta l4proto udp reject
	like "$1: IPv6 host hears of reject in IPv4 FORWARD" \
		"$(_tell "$h6" $AS6 $PORT udp:1)" refused	# K-07 F-01
	verdict ip meta l4proto tcp reject with tcp reset
	like "$1: and of a reset" "$(_tell "$h6" $AS6 $PORT tcp:1)" refused
	verdict ip
	verdict ip6 meta l4proto udp reject
	like "$1: IPv4 host hears of reject in IPv6 FORWARD" \
		"$(_tell "$h4" $AS4 $PORT udp:1)" refused	# K-07 F-01 J-01
	verdict ip6 meta l4proto tcp reject with tcp reset
	like "$1: and of a reset" "$(_tell "$h4" $AS4 $PORT tcp:1)" refused
	verdict ip6
}

without_hook() { # without_hook MODE
	ctl set forward-hook off
	verdict ip drop
	verdict ip6 drop
	count ip post > /dev/null
	talk "$1: forward-hook off skips the rules" "$h6" $AS6 tcp:1000
	like "$1: but not POST_ROUTING" "$(count ip post)" '^[1-9]'
	ctl set forward-hook on
	refuse "$1: until it is on again" on "$h6" ping -n -c 1 -W 2 $AS6
	verdict ip
	verdict ip6
}

# A mark chooses the pool, and with it the address that the IPv4 host sees.
pool_of_mark() {
	ctl pool4 add 198.51.100.7/32 mark 7
	on "$gw" nft add rule ip6 marks early udp dport $PORT meta mark set 7
	on "$h4" nft -f - <<-NFT
	table ip in {
		counter marked {}
		chain early {
			type filter hook prerouting priority -500;
			ip saddr 198.51.100.7 counter name marked
		}
	}
	NFT
	talk "a mark chooses the pool" "$h6" $AS6 udp:100
	like "and h4 sees its address" \
		"$(on "$h4" nft list counter ip in marked)" 'packets 1 '	# M-09
	talk "the others use theirs" "$h6" $AS6 tcp:100
	like "and h4 sees nothing of it" \
		"$(on "$h4" nft list counter ip in marked)" 'packets 1 '
}

# The mark stays, so that policy routing finds it.
route_of_mark() {
	ip -n "$gw" rule add fwmark 7 table 7
	ip -n "$gw" route add unreachable default table 7
	on "$gw" nft add rule ip6 marks early icmpv6 type echo-request \
		meta mark set 7
	# a socket would not be told: to UDP this error is a passing one
	like "a mark chooses the route" \
		"$(on "$h6" ping -n -c 1 -W 10 $AS6)" 'No route'	# M-09 M-10
	talk "the others take theirs" "$h6" $AS6 tcp:100
	ip -n "$gw" route replace default via $H4 table 7
	talk "and back" "$h6" $AS6 udp:100
	# new flows on the CPU that has looked the route up before
	check "echo takes the new route" on "$h6" \
		taskset -c 0 ping -n -c 1 -W 10 $AS6
	ip -n "$gw" route replace unreachable default table 7
	like "until it is another one again" \
		"$(on "$h6" taskset -c 0 ping -n -c 1 -W 10 $AS6)" 'No route' # M-09
}

make_sides
ip -n "$gw" route add default via $H4
ip -n "$gw" route add default via $H6
start_peers
load_module
rules
for mode in siit nat64; do
	use_$mode
	sees $mode
	sees_flow $mode
	drops $mode
	rejects $mode
	without_hook $mode
done
pool_of_mark
route_of_mark
