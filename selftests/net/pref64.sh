#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
# kernel: 6.12
#
# pref64d as programs see it that nobody here wrote: the kernel's own IPv6
# host, rdisc6, radvdump and tshark. C101 C116 C125 C154 R15 R36

. "$(dirname "$0")/../lib.sh"
need pref64d nat64ctl rdisc6 radvdump tshark

decoded=$(tmp)/decoded

address() {
	ip -n "$client" -6 addr show dev c0 scope global | grep -q 2001:db8:1:
}

default_route() {
	ip -n "$client" -6 route show default | grep -q 'via fe80.*dev c0'
}

no_default_route() {
	! default_route
}

# What tshark makes of each advertisement, one a line, in this order.
decode=(-e ipv6.dst -e icmpv6.opt.pref64.prefix
	-e icmpv6.opt.pref64.scaled_lifetime -e ipv6.hlim
	-e icmpv6.opt.pref64.plc -e icmpv6.checksum -e _ws.malformed)

column() { # column NUMBER: its different values
	cut -f"$1" "$decoded" | sort -u
}

captured() { # captured PREFIX LIFETIME: in an advertisement to all
	grep -q "^ff02::1	$1	$2	" "$decoded"
}

three() {
	[ "$(grep -c '^ff02::1	2001:db8:64::	' "$decoded")" -ge 3 ]
}

setup_ns gw client
ns_sysctl "$client" net.ipv6.conf.default.router_solicitation_delay=0
veth "$gw" lan "$client" c0
addr "$gw" lan 2001:db8:1::1/64
forward "$gw"
load_module
on "$gw" nat64ctl instance add default mode nat64
on "$gw" nat64ctl prefix add 2001:db8:64::/96
on "$gw" nat64ctl pool4 add 192.0.2.1/32

cat > "$(tmp)/access.conf" <<-'EOF_CONF'
	[network hall]
	interface = lan
	ra = on
	ra-interval = 4 3
	router-lifetime = 30m
	dns = 2001:db8:1::53
	search = conference.example
	mtu = 1480
	ipv4-route = off
EOF_CONF

on "$client" tshark -l -n -i c0 -f icmp6 -Y 'icmpv6.type == 134' -T fields \
	"${decode[@]}" > "$decoded" 2> "$(tmp)/tshark" &
defer kill $!
on "$client" radvdump > "$(tmp)/radvdump" 2>&1 &
defer kill $!
wait_for 20 grep -q Capturing "$(tmp)/tshark"
ip netns exec "$gw" pref64d -c "$(tmp)/access.conf" -s "$(tmp)/sock" \
	2> "$(tmp)/log" &
daemon=$!

check "the kernel makes an address of the prefix" wait_for 20 address
check "and takes the gateway as its router" wait_for 20 default_route
is "and its MTU" "$(on "$client" sysctl -n net.ipv6.conf.c0.mtu)" 1480

found=$(on "$client" rdisc6 -1 -r 5 -w 4000 c0)
like "rdisc6 gets an answer" "$found" 'from fe80::'
like "with the router's lifetime" "$found" 'Router lifetime .* 1800 '
like "the prefix" "$found" 'Prefix .*: 2001:db8:1::/64'
like "the name server" "$found" 'DNS server .*: 2001:db8:1::53'
like "the domain" "$found" 'search list .*: conference.example'

check "tshark finds the translation prefix, for 225 times 8 seconds" \
	wait_for 20 captured 2001:db8:64:: 225
like "as a prefix of 96 bits" "$(column 5)" '^(0x0*)?0$'
is "in messages that are all well-formed" "$(column 7)" ''
is "with hop limit 255" "$(column 4)" 255
wait_for 20 grep -q 'interface c0' "$(tmp)/radvdump"
like "radvdump reads it as well" "$(cat "$(tmp)/radvdump")" \
	'prefix 2001:db8:1::/64'

# R15 C154: sleeping phones compare the bytes.
wait_for 20 three
is "advertisements to all are the same, byte by byte" \
	"$(grep '^ff02::1' "$decoded" | cut -f6 | sort -u | wc -l)" 1

on "$gw" nat64ctl prefix add 64:ff9b::/96
on "$gw" nat64ctl prefix del 2001:db8:64::/96
check "another prefix: it stands first, the old one has lifetime 0" \
	wait_for 20 captured 64:ff9b::,2001:db8:64:: 225,0

kill -TERM $daemon
wait $daemon
is "the daemon ends well" $? 0
check "its last word: no prefix" wait_for 20 captured 64:ff9b::,2001:db8:64:: 0,0
check "and no router: the kernel lets it go" wait_for 20 no_default_route
check "the address stays" address
