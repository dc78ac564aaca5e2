#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# kernel: 6.12
#
# pref64d as hosts see it that nobody here wrote: systemd-networkd,
# NetworkManager with its CLAT through which the IPv4 host is reached, rdisc6,
# ndptool and radvdump; and what nat64ctl says of it meanwhile. R22 R27 R30 R32 R36 R37 R42 C116 C125 C133 C134 C201
# C205 C206

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../clients.sh"
need pref64d nat64ctl nsenter

A=2001:db8:64::/96
B=2001:db8:65::/96

# What networkd makes of the advertisements: a value or a list.
networkd() { # networkd EXPRESSION: of d, the answer of networkctl
	ask_client networkctl --json=short status c0 2> /dev/null |
		python3 -c "
import ipaddress, json, sys
d = json.load(sys.stdin)
def text(b): return str(ipaddress.ip_address(bytes(b)))
def pref64():
    return ['%s/%d' % (text(p['Prefix']), p['PrefixLength'])
            for p in d.get('NDisc', {}).get('PREF64', [])]
print($1)"
}

networkd_is() { # networkd_is EXPRESSION TEXT
	[ "$(networkd "$1")" = "$2" ]
}

nm() { # nm FIELD: of NetworkManager's view of the interface
	ask_client nmcli -t -f "$1" device show c0 2> /dev/null | cut -d: -f2-
}

nm_is() {
	[ "$(nm "$1")" = "$2" ]
}

# The prefixes live in the module.
ctl() {
	nat64ctl -n "$gw" "$@"
}

networks() {
	setup_ns gw host1 host2 far
	veth "$gw" lan1 "$host1" c0
	veth "$gw" lan2 "$host2" c0
	veth "$gw" up4 "$far" eth0
	addr "$gw" lan1 2001:db8:1::1/64
	addr "$gw" lan2 2001:db8:2::1/64
	addr "$gw" up4 203.0.113.1/24
	addr "$far" eth0 203.0.113.2/24
	ip -n "$far" route add default via 203.0.113.1
	ip -n "$gw" route add default via 203.0.113.2
	forward "$gw"
	load_module
	ctl instance add default mode nat64
	ctl prefix add $A
	ctl pool4 add 198.51.100.1/32
}

advertise() {
	for n in 1 2; do
		cat <<-EOF_CONF
		[network hall$n]
		interface = lan$n
		ra = on
		dns = 2001:db8:$n::53
		search = conference.example
		captive-portal = https://portal.example/api
		EOF_CONF
	done > "$(tmp)/access.conf"
	ip netns exec "$gw" pref64d -c "$(tmp)/access.conf" -S "$(tmp)" \
		2> "$(tmp)/log" &
	daemon=$!
	defer stop_daemon
}

stop_daemon() {
	[ -z "$daemon" ] || kill "$daemon"
}

as_networkd() {
	start_client networkd "$host1"
	is "systemd-networkd starts" $? 0
	check "it learns the translation prefix" \
		wait_for 40 networkd_is 'pref64()' "['$A']"
	is "the name server" "$(networkd '[text(x["Address"]) for x in d["DNS"]]')" \
		"['2001:db8:1::53']"
	is "the domain" "$(networkd 'd["SearchDomains"][0]["Domain"]')" \
		conference.example
	is "the captive portal" "$(networkd 'd["CaptivePortal"]')" \
		https://portal.example/api
	ctl pool4 del 198.51.100.1/32
	check "the translator fails: it forgets the prefix" \
		wait_for 40 networkd_is 'pref64()' '[]'
	like "nat64ctl status says what is wrong" "$(ctl status)" \
		'^  instance default: instance has no IPv4 pool$'
	like "and that the prefix is withdrawn" "$(ctl status)" \
		"^  PREF64 $A, lifetime 0 s \\(withdrawn\\)$"
	ctl pool4 add 198.51.100.1/32
	check "the translator is back: so is the prefix" \
		wait_for 40 networkd_is 'pref64()' "['$A']"
	like "and nat64ctl status is content" "$(ctl status)" \
		'^  instance default: translator can serve$'
	addr "$gw" lan1 2001:db8:9::1/64
	ip -n "$gw" addr del 2001:db8:1::1/64 dev lan1
	check "another prefix for addresses: the old one is deprecated" \
		wait_for 40 deprecated 2001:db8:1:
	check "and the new one is used" new_address
}

deprecated() {
	ip -n "$host1" -6 addr show dev c0 deprecated | grep -q "$1"
}

new_address() {
	ip -n "$host1" -6 addr show dev c0 -deprecated | grep -q 2001:db8:9:
}

printed() { # printed PROGRAM TEXT: of an advertisement that is asked for
	ask_client rdisc6 -1 -r 1 -w 4000 c0
	grep -q "$2" "$(tmp)/$1"
}

# Lengths that no other test shows to a foreign decoder.
printers() {
	for p in 2001:db8:c000::/40 fd64::/32; do
		ctl prefix add $p
	done
	check "networkd takes prefixes of other lengths, in order" \
		wait_for 40 networkd_is 'sorted(pref64())' \
		"['2001:db8:64::/96', '2001:db8:c000::/40', 'fd64::/32']"
	like "rdisc6 prints them" "$(ask_client rdisc6 -1 -r 5 -w 4000 c0)" \
		'2001:db8:c000::/40'
	ask_client timeout 60 ndptool -i c0 -t ra monitor > "$(tmp)/ndptool" 2>&1 &
	ask_client timeout 60 radvdump > "$(tmp)/radvdump" 2>&1 &
	check "ndptool prints them" wait_for 40 printed ndptool \
		'NAT64 Prefix: 2001:db8:64::/96, lifetime: 1800s'
	check "radvdump prints them" wait_for 40 printed radvdump \
		'nat64prefix 2001:db8:64::/96'
	ctl prefix del fd64::/32
	ctl prefix del 2001:db8:c000::/40
	wait_for 40 networkd_is 'pref64()' "['$A']"
}

# The program of NetworkManager's CLAT attaches by tcx, which is not in Linux
# before 6.6: there it takes prefix and address, and carries nothing.
carries() { # carries DESC
	! grep -qw tcx_prog_attach /proc/kallsyms || check "$1" wait_for 30 \
		on "$host2" ping -n -c 1 -W 5 203.0.113.2
}

as_nm() {
	start_client nm "$host2"
	is "NetworkManager starts" $? 0
	check "it learns the prefix for its CLAT" \
		wait_for 60 nm_is IP6.CLAT-PREF64 $A
	is "and takes an IPv4 address for programs" "$(nm IP4.CLAT-ADDRESS)" \
		192.0.0.5
	carries "a host of the IPv4 Internet answers to it"
	check "ra renumber" ctl ra renumber $A $B overlap 2s
	check "the CLAT goes over to the new prefix" \
		wait_for 60 nm_is IP6.CLAT-PREF64 $B
	is "and keeps its address" "$(nm IP4.CLAT-ADDRESS)" 192.0.0.5
	carries "and reaches IPv4"
	ctl set enabled off
	check "the translator is off: the CLAT is taken down" \
		wait_for 60 nm_is IP4.CLAT-ADDRESS ''
	ctl set enabled on
	check "and put up again" wait_for 60 nm_is IP4.CLAT-ADDRESS 192.0.0.5
}

ends() {
	kill -TERM $daemon
	check "the farewell takes the CLAT down" \
		wait_for 60 nm_is IP4.CLAT-ADDRESS ''
	wait $daemon
	is "pref64d ends well" $? 0
	daemon=
}

networks
advertise
as_networkd
printers
stop_client
as_nm
ends
