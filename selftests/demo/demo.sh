#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Plays the conference network and shows, step by step, what its users and its
# operator see. Exit status 0 only if every step held.
#
# With --setup-only the network is left running for a person to look at.

here=$(dirname "$(readlink -f "$0")")
. "$here/network.sh"

failures=0

say() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}

# step DESCRIPTION COMMAND...: show the command and what it prints.
step() {
	local desc=$1 status

	shift
	printf '  $ %s\n' "$*"
	"$@" < /dev/null 2>&1 | sed 's/^/    /'
	status=${PIPESTATUS[0]}
	verdict "$desc" "$status"
}

verdict() {
	if [ "$2" -eq 0 ]; then
		printf '  \033[32mOK\033[0m     %s\n' "$1"
	else
		printf '  \033[31mFAILED\033[0m %s\n' "$1"
		failures=$((failures + 1))
	fi
}

# until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1 * ${TIMEOUT_FACTOR:-1}))

	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

on() {
	ip netns exec "$@"
}

has_global6() {
	ip -n "$1" -6 -o addr show dev eth0 scope global | grep -v tentative |
		grep -q inet6
}

no_ipv4() {
	ip -n "$1" -4 -o addr show dev "$2"
	[ -z "$(ip -n "$1" -4 -o addr show dev "$2")" ]
}

# In a root of its own: the DHCP client of the next Debian release, whose
# behaviour with option 108 is that of the field.
dhcp_client() {
	local root=$DHCPCD10_ROOT

	mount --bind /proc "$root/proc"
	mount --bind /sys "$root/sys"
	mount --bind /dev "$root/dev"
	cat > "$root/etc/dhcpcd-demo.conf" <<-CONF
	hostname
	option ipv6_only_preferred
	noipv6rs
	CONF
	on client chroot "$root" /usr/sbin/dhcpcd -4 -B -d \
		-f /etc/dhcpcd-demo.conf eth0 > $RUN/dhcpcd.log 2>&1 &
	echo $! > $RUN/dhcpcd.pid
}

was_told_108() {
	grep -i 'IPv6-Only Preferred' $RUN/dhcpcd.log
}

# Every hop up to the target answers, and the target is the last.
every_hop() {
	local out

	out=$(on client traceroute -n -w 5 -q 1 "$@" "$WEB") || return 1
	echo "$out"
	grep -q '\*' <<< "$out" && return 1
	tail -n 1 <<< "$out" | grep -q " $WEB " &&
		grep -q " $ROUTER1 " <<< "$out" && grep -q " $ROUTER2 " <<< "$out"
}

download() {
	on client curl -sS --max-time 600 -o $RUN/got.bin \
		-w '%{size_download} bytes, HTTP status %{http_code}\n' \
		"http://$WEB/file.bin" &&
		sed 's/file.bin/got.bin/' $RUN/file.sha256 > $RUN/got.sha256 &&
		(cd $RUN && sha256sum -c got.sha256)
}

got_no_answer() {
	timeout 20 ip netns exec legacy busybox udhcpc -f -n -q -t 3 -T 2 \
		-i eth0 -s /bin/true
	[ $? -eq 1 ] && no_ipv4 legacy eth0
}

firewall_sees() {
	on gateway nft list chain ip watch forwarded
	on gateway nft list chain ip watch forwarded | grep -qE 'packets [1-9]'
}

adoption_is() {
	on gateway nat64ctl adoption &&
		on gateway nat64ctl -j adoption |
		tr -d ' \n' | grep -q '"devices":2.*"capable":1\|"capable":1.*"devices":2'
}

play() {
	say "The gateway, as its operator configured it"
	step "instance" on gateway nat64ctl instance list
	step "prefix" on gateway nat64ctl prefix list
	step "pool of shared IPv4 addresses" on gateway nat64ctl pool4 list
	until_true 20 on gateway sh -c 'nat64ctl status | grep -q pref64d'
	step "everything is ready to serve" on gateway nat64ctl status
	on gateway nft -f - <<-'NFT'
	table ip watch {
		chain forwarded {
			type filter hook forward priority 0;
			ip saddr 198.51.100.2 counter
		}
	}
	NFT

	say "A capable client joins: an IPv6 address from the router"
	join_wifi client
	until_true 20 has_global6 client
	step "IPv6 address" ip -n client -6 -br addr show dev eth0

	say "It asks for IPv4 with an ordinary DHCP client (dhcpcd)"
	dhcp_client
	until_true 30 was_told_108
	step "it is told that it may do without IPv4 (option 108)" was_told_108
	step "it took no IPv4 address" no_ipv4 client eth0

	say "It learns the prefix from the router and starts its CLAT"
	step "CLAT" on client nat64ctl clat up eth0
	step "what it is now" on client nat64ctl clat show

	say "IPv4 literals from a client without IPv4"
	step "ping" on client ping -n -c 3 -W 10 "$WEB"
	step "web page" on client curl -sS --max-time 60 "http://$WEB/"
	step "50 MB, unharmed" download
	step "DNS" on client dig +time=10 +short @$DNS $HOST_NAME
	step "traceroute by UDP, every hop answers" every_hop
	step "traceroute by ICMP, every hop answers" every_hop -I
	step "traceroute by TCP, every hop answers" every_hop -T -p 80
	step "the gateway's firewall saw the translated packets" firewall_sees

	say "The gateway itself reaches the IPv4 host through the prefix"
	step "curl on the gateway" on gateway curl -sS --max-time 60 \
		"http://[2001:db8:64::c000:250]/"

	say "A legacy client joins; it does not ask for option 108"
	join_wifi legacy
	step "nobody answered it" got_no_answer

	say "What the operator sees"
	step "adoption of option 108" adoption_is
	step "sessions" on gateway nat64ctl session list proto icmp
	step "counters" on gateway nat64ctl stats
}

# For `make shell`.
greet() {
	mkdir -p /run/nat64-vm
	cat > /run/nat64-vm/shellrc <<-'RC'
	PS1='nat64 \w # '
	for ns in gateway client legacy router1 router2 web; do
		eval "$ns() { ip netns exec $ns \"\$@\"; }"
	done
	cat <<-HELLO

	The conference network is running. Put the name of a machine in front of
	a command: gateway, client, legacy, router1, router2 or web. For example
	    gateway nat64ctl session list
	    client ping 192.0.2.80
	    client traceroute -n 192.0.2.80
	Leave with "exit" or Ctrl-D.
	HELLO
	RC
}

network_up
if [ "${1:-}" = --setup-only ]; then
	join_wifi client
	join_wifi legacy
	until_true 20 has_global6 client
	on client nat64ctl clat up eth0
	greet
	exit 0
fi

play
if [ $failures -ne 0 ]; then
	say "$failures steps FAILED"
	tail -n 20 $RUN/*.log
	exit 1
fi
say "Every step held."
