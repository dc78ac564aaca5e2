#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# dhcp108d with DHCP clients that nobody here wrote: those that know option
# 108 end without IPv4 after one exchange, those that do not get no answer.
# C208 C209 C211 C212

. "$(dirname "$0")/../lib.sh"
need dhcp108d nat64ctl dhcpcd dhclient busybox

sock=$(tmp)/sock
log=$(tmp)/log

# status EXPRESSION: of what the daemon says of its network n
status() {
	python3 - "$sock" status "$1" <<-'PY'
	import json, socket, sys
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	s.send(sys.argv[2].encode() + b"\n")
	data = b""
	while chunk := s.recv(65536):
	    data += chunk
	n = json.loads(data)["networks"][0]
	print(eval(sys.argv[3], n, n["counters"]))
	PY
}

granting() {
	[ "$(status granting)" = True ]
}

moved() { # moved COUNTER OLD: has the counter grown?
	[ "$(status "$1")" -gt "$2" ]
}

# Log of a client that was started in the background.
said() {
	grep -qE "$1" "$log"
}

no_ipv4() {
	[ -z "$(ip -n "$client" -4 addr show dev c0)" ]
}

clean() {
	ip -n "$client" addr flush dev c0 scope link
	ip -n "$client" -4 addr flush dev c0
}

# start COMMAND...: on the client, in the background
start() {
	ip netns exec "$client" "$@" > "$log" 2>&1 < /dev/null &
	pid=$!
}

finish() {
	kill "$pid" 2> /dev/null
	wait "$pid"
}

# A client of one try: it must ask for 108, be told, and take no address.
settles() { # settles NAME PATTERN COMMAND...
	local name=$1 pattern=$2 offers before

	shift 2
	before=$(status offered)
	start "$@"
	if wait_for 30 said "$pattern"; then
		ok "$name is told to do without IPv4"
	else
		not_ok "$name is told to do without IPv4" "$(cat "$log")"
	fi
	finish
	offers=$(($(status offered) - before))
	is "$name needs one exchange" "$offers" 1
	check "$name has no IPv4 address" no_ipv4
	clean
}

dhcpcd_conf() { # dhcpcd_conf FILE LINE...
	printf '%s\n' duid noipv6rs "${@:2}" > "$1"
}

# A shell command that runs its arguments in the root directory of dhcpcd 10.
in_root='
	root=$DHCPCD10_ROOT
	mount -t proc proc "$root/proc"
	mount --bind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/run"
	mount -t tmpfs tmpfs "$root/var/lib/dhcpcd"
	exec chroot "$root" "$@"'

setup_ns gw client
veth "$gw" lan "$client" c0
addr "$gw" lan 2001:db8:1::1/64
forward "$gw"
load_module
on "$gw" nat64ctl instance add default mode nat64
on "$gw" nat64ctl prefix add 64:ff9b::/96
on "$gw" nat64ctl pool4 add 192.0.2.1/32

cat > "$(tmp)/access.conf" <<-'EOF_CONF'
	[network hall]
	interface = lan
	dhcp = v6only
	v6only-wait = 30m
	ipv4-route = off
EOF_CONF
on "$gw" dhcp108d -c "$(tmp)/access.conf" -s "$sock" -S "$(tmp)/state" \
	2> "$(tmp)/daemon" &
defer kill $!
check "the daemon grants option 108" wait_for 10 granting

dhcpcd_conf "$(tmp)/dhcpcd.conf" 'option ipv6_only_preferred'
settles "dhcpcd $(dhcpcd --version | sed -n '1s/dhcpcd //p')" \
	'IPv6-Only Preferred received \(1800 seconds\)' \
	dhcpcd -4 -B -d -f "$(tmp)/dhcpcd.conf" c0

if [ -n "${DHCPCD10_ROOT:-}" ]; then
	cp "$(tmp)/dhcpcd.conf" "$DHCPCD10_ROOT/etc/dhcpcd-test.conf"
	defer rm -f "$DHCPCD10_ROOT/etc/dhcpcd-test.conf"
	settles 'dhcpcd 10' 'IPv6-Only Preferred received \(1800 seconds\)' \
		unshare -m --propagation private bash -c "$in_root" _ \
		/usr/sbin/dhcpcd -4 -B -d -f /etc/dhcpcd-test.conf c0
else
	skip 'dhcpcd 10' 'its root directory is not there'
fi

cat > "$(tmp)/dhclient.conf" <<-'EOF_CONF'
	option v6-only-preferred code 108 = unsigned integer 32;
	request subnet-mask, routers, v6-only-preferred;
EOF_CONF
printf '#!/bin/sh\necho "script $reason"\n' > "$(tmp)/script"
chmod +x "$(tmp)/script"
settles dhclient 'script V6ONLY' dhclient -4 -d -v \
	-cf "$(tmp)/dhclient.conf" -sf "$(tmp)/script" -lf "$(tmp)/leases" \
	-pf "$(tmp)/pid" c0

# A client that asks for 108 and does not understand the answer.
before=$(status refused)
start busybox udhcpc -f -i c0 -O 108 -s "$(tmp)/script" -t 2 -T 1 -A 1
check "udhcpc, which would take 0.0.0.0, is refused" \
	wait_for 20 moved refused "$before"
finish
refuse "udhcpc has no lease" said 'lease of .* obtained'

# Legacy clients get no answer at all. Theirs is another machine.
ip -n "$client" link set c0 down
ip -n "$client" link set c0 address 02:00:00:00:00:99
ip -n "$client" link set c0 up
before=$(status not_asked)
answers=$(status 'offered + refused')
refuse "udhcpc without 108 gives up" on "$client" busybox udhcpc -f -n -q \
	-i c0 -s "$(tmp)/script" -t 2 -T 1
check "it was heard" moved not_asked "$before"
dhcpcd_conf "$(tmp)/dhcpcd.conf" 'option routers' noipv4ll
before=$(status not_asked)
start dhcpcd -4 -B -d -f "$(tmp)/dhcpcd.conf" c0
if wait_for 20 moved not_asked "$before"; then
	ok "dhcpcd without 108 is heard"
else
	not_ok "dhcpcd without 108 is heard" "$(cat "$log")"
fi
finish
refuse "and offered nothing" said 'offered|Preferred received'
is "no answer went to them" "$(status 'offered + refused')" "$answers"

check "capable and legacy devices are counted" \
	test "$(status 'capable >= 2 and devices > capable')" = True
