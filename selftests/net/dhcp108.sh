#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# kernel: 6.1
#
# dhcp108d with DHCP clients that nobody here wrote: those that know option
# 108 end without IPv4 after one exchange, those that do not get no answer or,
# on an IPv6-mostly network, a lease. D5 D12 D13 D15 D24 D30 C208 C209 C210 C211
# C212

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../clients.sh"
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

test_mode() {
	[ "$(status mode)" = "$1" ]
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

ended() {
	! kill -0 "$pid" 2> /dev/null
}

finish() {
	kill "$pid" 2> /dev/null
	wait_for 20 ended || kill -9 "$pid"
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

# From here on the network is IPv6-mostly.
next_device() {
	ip -n "$client" link set c0 down
	ip -n "$client" link set c0 address "02:00:00:00:00:$1"
	ip -n "$client" link set c0 up
	clean
}

leased() {
	[ "$(status 'acknowledged')" -gt "$acked" ]
}

# A legacy client: it must end with an address of the pool.
gets_lease() { # gets_lease NAME PATTERN COMMAND...
	local name=$1 pattern=$2

	shift 2
	acked=$(status acknowledged)
	start "$@"
	if wait_for 40 leased && wait_for 20 said "$pattern"; then
		ok "$name gets a lease"
	else
		not_ok "$name gets a lease" "$(cat "$log")"
	fi
	finish
	clean
}

device_is() { # device_is MAC STATE: as adoption sees it
	on "$gw" python3 - "$sock" "$1" "$2" <<-'PY'
	import json, socket, sys
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	s.send(b"adoption\n")
	data = b""
	while chunk := s.recv(65536):
	    data += chunk
	for c in json.loads(data)["networks"][0]["clients"]:
	    if c["mac"] == sys.argv[2] and c["state"] == sys.argv[3]:
	        sys.exit(0)
	sys.exit(1)
	PY
}

cat > "$(tmp)/access.conf" <<-'EOF_CONF'
	[network hall]
	interface = lan
	dhcp = mostly
	subnet = 10.0.0.0/24
	pool = 10.0.0.10-10.0.0.99
	router = 10.0.0.1
	server-id = 10.0.0.1
	ipv4-route = off
EOF_CONF
check "a changed file is taken: IPv6-mostly" \
	wait_for 20 test_mode mostly

next_device a1
gets_lease udhcpc 'lease of 10.0.0.[0-9]+ obtained' \
	busybox udhcpc -f -n -q -i c0 -s "$(tmp)/script" -t 5 -T 3
next_device a2
dhcpcd_conf "$(tmp)/dhcpcd.conf" 'option routers' noipv4ll
gets_lease dhcpcd 'leased 10.0.0.[0-9]+ for 3600 seconds' \
	dhcpcd -4 -B -d -f "$(tmp)/dhcpcd.conf" c0
next_device a3
printf 'request subnet-mask, routers;\n' > "$(tmp)/dhclient.conf"
gets_lease dhclient 'bound to 10.0.0.[0-9]+' dhclient -4 -d -v \
	-cf "$(tmp)/dhclient.conf" -sf "$(tmp)/script" -lf "$(tmp)/leases2" \
	-pf "$(tmp)/pid" c0
is "three addresses are leased" "$(status 'pool["bound"]')" 3

next_device a4
dhcpcd_conf "$(tmp)/dhcpcd.conf" 'option ipv6_only_preferred'
settles 'dhcpcd on the IPv6-mostly network' \
	'IPv6-Only Preferred received \(1800 seconds\)' \
	dhcpcd -4 -B -d -f "$(tmp)/dhcpcd.conf" c0

if [ -n "${CLIENTS_ROOT:-}" ]; then
	next_device a5
	before=$(status offered_with_address)
	CLIENT_DHCP=1 start_client networkd "$client"
	check "systemd-networkd comes back for an address beside option 108" \
		wait_for 60 moved offered_with_address "$before"
	check "and settles" wait_for 20 device_is 02:00:00:00:00:a5 settled
	check "without IPv4" no_ipv4
	stop_client
	next_device a6
	before=$(status offered)
	start_client nm "$client"
	check "NetworkManager is told to do without IPv4" \
		wait_for 60 moved offered "$before"
	check "and settles" wait_for 20 device_is 02:00:00:00:00:a6 settled
	check "without an IPv4 address of this network" \
		test -z "$(ip -n "$client" -4 addr show dev c0 | grep 10.0.0.)"
	stop_client
else
	skip 'systemd-networkd and NetworkManager' 'their root is not there'
fi
is "nobody but the three took an address" "$(status 'pool["bound"]')" 3
