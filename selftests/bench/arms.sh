# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034
#
# The arms of the bench: for each one a gateway, what it does, and the packets.
# Sourced in the guest by a program that sets $ip (the iproute2 one), $RIVALS if
# Jool is there, and defines load NAME, after_arm and finish.  Of flows it says in
# $FLOWS how they are used, and in $FILL how each of them once.  A line of output for each measurement:
#	BENCH arm=NAME part=NAME milli=... (what nbench says) drop=... drop_cycles=...
# with drop= the cost of making and freeing the very same packets.

PLAIN="fwd6 fwd4 fwd6-list fwd6-gso fwd6-gso-udp fwd6-fraglist fwd6-handshake"
OTHERS="nat44 nat44-ft jool-64 jool-46 jool-siit-64 tayga-64 sandwich-64"
OURS="nat64-udp-64 nat64-udp-46 nat64-tcp-64 nat64-tcp-46 nat64-list-64
	nat64-gso-64 nat64-gso-46 nat64-gso-udp-64 nat64-gso-udp-46
	nat64-fraglist-64 nat64-fraglist-46
	nat64-new-udp nat64-new-udp-full nat64-handshake
	siit-64 siit-46 siit-eam100k-64 siit-eam100k-46
	ingress-udp-64 ingress-udp-46 passthrough"

# Long ones, for those who ask; beside them those that they are compared with.
EXTRA="nat64-udp-64 nat64-udp-46 replacement dump deletion expiry
	nat64-udp-64-1m nat64-udp-46-1m nat64-udp-64-4m"

# Those whose flows are established, for two processors.
ESTABLISHED="nat64-udp-64 nat64-udp-46 nat64-tcp-64 nat64-tcp-46 nat64-gso-64 nat64-gso-46
	nat64-fraglist-64 nat64-fraglist-46 siit-64 siit-46 ingress-udp-64 ingress-udp-46
	nat64-same-64 nat64-counted-64"

CLIENT6=2001:db8:1::1:0 SERVER6=2001:db8:2::2
CLIENT4=10.1.0.1 SERVER4=192.0.2.2
FRAME6="dev=nb0 src=$CLIENT6 dst=$SERVER6"
FRAME4="dev=nb0 src=$CLIENT4 dst=$SERVER4"
# The server's address embedded in the prefix of each mode.
STATEFUL="dev=nb0 src=$CLIENT6 dst=64:ff9b::c000:202"
STATELESS="dev=nb0 src=2001:db8:64::a01:1 dst=2001:db8:64::c000:202"
# The same for a program, which is waited for after each batch.
TAYGA="dev=nb0 src=$CLIENT6 dst=2001:db8:64::c000:202 wait=1"
# 64 of the hosts with a mapping of their own.
MAPPED="dev=nb0 src=2001:db8:e::8000 dst=2001:db8:64::c000:202 flows=64 per_host=1"
BACK="dev=nb1 reply=1"
TCP="tcp=1 flags=0x18"
LIST=list=32
SUPER="len=60200 gso=1400"
FRAGLIST="len=14000 gso=1400 fraglist=1"
# Ports are drawn by lot, so of new flows there are many.
MANY="flows=6400 n=6400"
[ ! -e /profile ] || MANY="flows=64 n=64"
MAPPINGS=100000
# 99 % of the 64512 ports of one address: hosts 0 to 63 have them.
NEARLY_FULL=63867

gw() { $ip netns exec gw "$@"; }

fail() {
	echo "BENCH failed arm=$arm: $*"
	dmesg | tail -n 20
	finish
}

# An arm that cannot be measured here is told of, never just left out.
missing() {
	echo "BENCH missing arm=$arm: $*"
	return 1
}

set_all() { # set_all NETNS FAMILY NAME VALUE: for all devices that there will be
	$ip netns exec "$1" sh -c "for d in /proc/sys/net/$2/conf/*/$3; do echo $4 > \$d; done"
}

router() { # router NETNS
	$ip netns add "$1"
	$ip -n "$1" link set lo up
	set_all "$1" ipv6 forwarding 1
	set_all "$1" ipv6 accept_dad 0
	set_all "$1" ipv6 accept_ra 0
	set_all "$1" ipv6 router_solicitations 0
	set_all "$1" ipv4 forwarding 1
	set_all "$1" ipv4 rp_filter 0
}

gateway_up() {
	router gw
	for d in nb0 nb1; do
		gw $ip link add $d type nbsink || fail "no device"
		gw $ip link set $d up
	done
	gw $ip addr add 2001:db8:1::1/64 dev nb0 nodad
	gw $ip addr add 2001:db8:2::1/64 dev nb1 nodad
	gw $ip addr add 10.0.0.1/8 dev nb0
	gw $ip addr add 192.0.2.1/24 dev nb1
}

gateway_down() {
	[ -z "$running" ] || kill $running
	running=
	for n in $($ip netns list | sed 's/ .*//'); do
		$ip netns del "$n"
	done
}

nbench() {
	gw sh -c "echo '$*' > /proc/nbench" || fail "bad request: $*"
}

# A run whose cost matters to nobody.
warm_up() {
	nbench "$@"
	cost=$(cat /proc/nbench)
	case $cost in
	*" got=0 "*) fail "nothing came through: $*" ;;
	esac
}

# Dropping comes last: what learn=1 has learnt is from the run that counts.
measure() { # measure PART ARGUMENTS
	local part=$1

	shift
	if [ -e /profile ]; then
		profile "$part" "$@"
		return
	fi
	nbench "$@"
	cost=$(cat /proc/nbench)
	case $cost in
	*" cpu0="*) echo "BENCH two arm=$arm part=$part $cost"; return ;;
	esac
	nbench "$(echo "$*" | sed 's/learn=1//')" drop=1
	echo "BENCH arm=$arm part=$part $cost $(sed 's/milli=\([0-9]*\).* cycles=\([0-9]*\).*/drop=\1 drop_cycles=\2/' /proc/nbench)"
}

# Whoever makes a profile hears when to begin and to end, and answers.
signal() {
	echo "$*" >&3
	read -r _ <&3
}

profile() { # profile PART ARGUMENTS
	local part=$1

	shift
	grep -E ' [tTwW] ' /proc/kallsyms >&3	# now that all modules are loaded
	signal begin "$part"
	nbench "$@"
	signal end "$(cat /proc/nbench)"
}

repeat() { # repeat ARGUMENTS: what costs the same each time
	if [ -e /profile ]; then
		warm_up "$@"
		profile each "$@" n=64
		return
	fi
	for i in ${REPEAT:-1 2 3}; do
		measure "$i" "$@" $FLOWS
	done
}

rules() { gw nft -f - || fail "no rules"; }

masquerade() { # masquerade [MORE]: for one table of nftables
	[ -z "$FLOWS" ] || for t in udp_timeout udp_timeout_stream; do
		gw sh -c "echo 86400 > /proc/sys/net/netfilter/nf_conntrack_$t" 2> /dev/null
	done
	rules <<-RULES
	table ip n {
		$1
		chain c {
			type nat hook postrouting priority srcnat
			oifname "nb1" snat to 198.51.100.0-198.51.100.255
		}
	}
	RULES
}

flowtable='flowtable ft { hook ingress priority 0; devices = { nb0, nb1 }; }
	chain f {
		type filter hook forward priority 0
		ip protocol { tcp, udp } flow add @ft
	}'

ctl() { gw nat64ctl "$@" || fail "nat64ctl $*"; }

stateful() {
	load nat64
	ctl instance add default mode nat64
	ctl prefix add 64:ff9b::/96
	ctl pool4 add "${1:-198.51.100.0/24}"
	ctl set wkp-nonglobal allow
	[ -z "$FLOWS" ] || plenty
}

# So many sessions must fit, and last; on a path this changes nothing.
plenty() { ctl set udp-timeout 24h max-sessions 8000000 max-bib 8000000; }

# Not the default, and a module may be too old to know of it.
ingress() {
	stateful
	gw nat64ctl set fast-path ingress 2> /dev/null ||
		missing "this module has no fast path at ingress"
}

stateless() {
	load nat64
	ctl instance add default mode siit
	ctl prefix add 2001:db8:64::/96
	gw $ip route add 2001:db8:64::a00:0/104 dev nb0
	# the clients are IPv6 hosts now
	gw $ip route del 10.0.0.0/8 dev nb0
}

mapped() {
	stateless
	gw $ip route add 2001:db8:e::/64 dev nb0
	{
		echo "instance add default mode siit"
		echo "prefix add 2001:db8:64::/96"
		awk -v n=$MAPPINGS 'BEGIN { for (i = 0; i < n; i++)
			printf "eam add 2001:db8:e::%x:%x 10.%d.%d.%d\n", i / 65536, i % 65536,
				64 + i / 65536, i / 256 % 256, i % 256 }'
	} > /run/mappings
	ctl restore /run/mappings
}

jool_stateful() {
	[ -n "$RIVALS" ] || { missing "Jool does not build for this kernel, or was not to be had"; return; }
	load jool
	gw jool instance add --netfilter --pool6 64:ff9b::/96 || fail "Jool"
	for proto in --udp --tcp --icmp; do
		gw jool pool4 add --force $proto 198.51.100.0/24 1024-65535 || fail "Jool: pool4"
	done
	gw jool global update udp-timeout 24:00:00
}

jool_stateless() { # jool_stateless NETNS PREFIX6 PREFIX4
	[ -n "$RIVALS" ] || { missing "Jool does not build for this kernel, or was not to be had"; return; }
	load jool_siit
	$ip netns exec "$1" jool_siit instance add --netfilter --pool6 64:ff9b::/96 || fail "Jool"
	$ip netns exec "$1" jool_siit eamt add "$2" "$3" || fail "Jool: eamt"
}

user_space() {
	command -v tayga > /dev/null || { missing "there is no TAYGA here"; return; }
	load tun
	mkdir -p /run/tayga
	cat > /run/tayga.conf <<-CONF
	tun-device nat64
	ipv4-addr 198.51.100.1
	ipv6-addr 2001:db8:3::2
	prefix 2001:db8:64::/96
	dynamic-pool 198.51.100.0/24
	data-dir /run/tayga
	CONF
	gw tayga -c /run/tayga.conf --mktun > /dev/null || fail "TAYGA"
	gw $ip link set nat64 up txqueuelen 2000
	gw $ip addr add 198.51.100.254/32 dev nat64
	gw $ip addr add 2001:db8:3::1/64 dev nat64 nodad
	gw $ip route add 198.51.100.0/24 dev nat64
	gw $ip route add 2001:db8:64::/96 dev nat64
	gw tayga -c /run/tayga.conf -d > /dev/null &
	running=$!
	sleep 1
}

link() { # link NETNS DEV NETNS DEV: a pair of devices
	$ip link add "$2" netns "$1" type veth peer name "$4" netns "$3" || fail "no veth"
	$ip -n "$1" link set "$2" up
	$ip -n "$3" link set "$4" up
}

# Three routers: any client behind one IPv6 address, that translated, and the
# outcome behind one IPv4 address.
sandwich() {
	router siit
	router out
	link gw a0 siit a1
	link siit b0 out b1
	gw $ip link set nb1 netns out
	$ip -n out link set nb1 up
	$ip -n out addr add 192.0.2.1/24 dev nb1
	gw $ip addr add 2001:db8:5::2/64 dev a0 nodad
	$ip -n siit addr add 2001:db8:5::1/64 dev a1 nodad
	gw $ip route add 64:ff9b::/96 via 2001:db8:5::1
	$ip -n siit addr add 10.8.0.1/24 dev b0
	$ip -n out addr add 10.8.0.2/24 dev b1
	$ip -n siit route add default via 10.8.0.2
	$ip -n out route add 10.9.0.0/24 via 10.8.0.1
	jool_stateless siit 2001:db8:5::/120 10.9.0.0/24 || return
	rules <<-RULES
	table ip6 n { chain c { type nat hook postrouting priority srcnat
		oifname "a0" snat to 2001:db8:5::2; }; }
	RULES
	$ip netns exec out nft -f - <<-RULES || fail "no rules"
	table ip n { chain c { type nat hook postrouting priority srcnat
		oifname "nb1" masquerade; }; }
	RULES
}

# The three packets that open a connection, each for many flows; the first
# teaches what the answers look like.
handshake() { # handshake ARGUMENTS
	measure syn "$@" $MANY tcp=1 flags=0x02 learn=1
	measure synack $BACK $MANY tcp=1 flags=0x12
	measure ack "$@" $MANY tcp=1 flags=0x10
}

# Until the workers have nothing to do but to look whether there is something.
at_rest() {
	local before=-9999999 after

	after=$(workers)
	while [ $((after - before)) -gt 2000000 ]; do
		before=$after
		sleep 1
		after=$(workers)
	done
}

# Some sessions, for tables that have room for those that are measured.  While
# tables grow a SYN costs up to 3 % more; how many fall into that is chance.
roomy() {
	warm_up $STATEFUL flows=9000 n=9000 batch=50 first=100000
	at_rest
}

connect() { # connect ARGUMENTS: one flow, or those of $FILL
	warm_up "$@" tcp=1 flags=0x02 n=1 batch=1 $FILL learn=1
	warm_up $BACK tcp=1 flags=0x12 n=1 batch=1 $FILL
	warm_up "$@" tcp=1 flags=0x10 n=1 batch=1 $FILL
}

# answered ARGUMENTS: UDP flows with an answer each, and $back for more of those.
answered() {
	back="$BACK $(echo "$*" | grep -oE 'flows=[0-9]+')"
	warm_up "$@" $FLOWS $FILL learn=1
	warm_up $back $FLOWS $FILL
	warm_up "$@" $FLOWS $FILL
}

forth() { # forth ARGUMENTS: the direction of the first packet
	answered "$@"
	repeat "$@"
}

back() { # back ARGUMENTS: the other one
	answered "$@"
	repeat $back
}

millions() { # millions N forth|back: direction of what is measured, among so many flows
	local many="flows=${1}000000 n=${1}000000 batch=250"

	stateful
	plenty
	if [ "$2" = forth ]; then
		warm_up $STATEFUL $many
		repeat $STATEFUL flows=${1}000000 shuffle=1 n=6400
	else
		warm_up $STATEFUL $many learn=1
		warm_up $BACK $many
		repeat $BACK flows=${1}000000 shuffle=1 n=6400
	fi
}

# Nanoseconds since the start; one is an instruction, or time without work.
now() { awk '/^now at/ { print $3; exit }' /proc/timer_list; }

# The same that the kernel's workers have run.
workers() {
	grep -l '^kworker' /proc/[0-9]*/comm | sed 's/comm$/schedstat/' |
		xargs cat | awk '{ sum += $1 } END { printf "%.0f", sum }'
}

# paced N: packets on their way; the longest time that one had to wait, in $pause.
paced() {
	nbench $passing pace=50000 n="$1"
	cost=$(cat /proc/nbench)
	case $cost in
	*"sent=$1 "*" got=$1 "*) ;;
	*) fail "packets were lost: $cost" ;;
	esac
	late=${cost##*pause=}
	[ "$late" -le "$pause" ] || pause=$late
}

# event PREPARE COMMAND...: what it costs with all that comes after it; then once
# more, while packets pass: how long one of them has to wait then, and otherwise.
event() {
	prepare=$1
	shift
	$prepare
	start=$(now)
	"$@"
	insn=$(($(now) - start)) worked=$(workers)
	$over
	insn=$((insn + $(workers) - worked))
	gateway_down
	gateway_up
	$prepare
	pause=0
	paced 20000
	quiet=$pause pause=0
	rm -f /run/over
	{ "$@"; $over; echo over > /run/over; } &
	while [ ! -s /run/over ]; do
		paced 2000
	done
	wait $!
	echo "BENCH event arm=$arm objects=$objects insn=$insn pause=$pause quiet=$quiet"
}

# No session is left, and the workers have freed them.
ended() {
	while gw nat64ctl stats | grep -qE '(^| )sessions +[1-9]'; do
		sleep 1
	done
	at_rest
}

million() {
	objects=1000000 passing=$FRAME6
	stateful
	plenty
	ctl set udp-timeout 2m
	warm_up $STATEFUL flows=$objects n=$objects batch=50
}

# Nothing ends before; hence packets need not pass so long.
million_soon_over() {
	million
	sleep 100
}

list_all() {
	[ "$(gw count_sessions)" -ge "$objects" ] || fail "not all sessions are listed"
}

# All mappings are exchanged for others, but those of the packets.
other_mappings() {
	objects=$MAPPINGS passing=$MAPPED
	mapped
	answered $MAPPED
	sed -i '/ 10\.64\.128\./!s/ 10\.6/ 10.9/' /run/mappings
}

# Each round has other keys of its tables, and other ports.
rounds() { # rounds N COMMAND
	for round in $(seq "$1"); do
		$2
		[ ! -e /profile ] || return 0
		ctl instance del default
	done
}

new_flows() {
	stateful
	measure "$round" $STATEFUL $MANY
}

# The flows that are measured are ended, hence the pool is not fuller for the next.
nearly_full() {
	stateful 198.51.100.1/32
	ctl set port-hold 0s
	warm_up $STATEFUL flows=$NEARLY_FULL n=$NEARLY_FULL batch=61
	for host in $(seq 64 87); do
		measure "$round-$host" $STATEFUL $MANY flows=512 n=512 first=${host}000
		ctl session del addr6 "$(printf 2001:db8:1::1:%x/128 $host)" > /dev/null
		[ ! -e /profile ] || return 0
	done
}

run_arm() {
	case $arm in
	fwd6) repeat $FRAME6 ;;
	fwd4) repeat $FRAME4 ;;
	fwd6-list) repeat $FRAME6 $LIST ;;
	fwd6-gso) repeat $FRAME6 $TCP $SUPER ;;
	fwd6-gso-udp) repeat $FRAME6 $SUPER ;;
	fwd6-fraglist) repeat $FRAME6 $FRAGLIST ;;
	fwd6-handshake) handshake $FRAME6 ;;
	nat44) masquerade; forth $FRAME4 ;;
	nat44-ft) masquerade "$flowtable"; forth $FRAME4 ;;
	# It searches its pool for each packet: how far is a matter of the flow.
	jool-64) jool_stateful && forth $STATEFUL flows=64 ;;
	jool-46) jool_stateful && back $STATEFUL ;;
	jool-siit-64) jool_stateless gw 2001:db8:1::1:0/112 10.1.0.0/16 && forth $STATEFUL ;;
	tayga-64) user_space && { warm_up $TAYGA n=64; repeat $TAYGA; } ;;
	sandwich-64) sandwich && { warm_up $STATEFUL wait=1; repeat $STATEFUL wait=1; } ;;
	nat64-udp-64) stateful; forth $STATEFUL ;;
	nat64-udp-46) stateful; back $STATEFUL ;;
	# both CPUs have packets of the same flows, whose sessions are written to or not
	nat64-same-64) stateful; forth $STATEFUL same=1 ;;
	nat64-counted-64) stateful; ctl set session-counters on; forth $STATEFUL same=1 ;;
	nat64-tcp-64) stateful; connect $STATEFUL; repeat $STATEFUL $TCP ;;
	nat64-tcp-46) stateful; connect $STATEFUL; repeat $BACK $TCP ;;
	nat64-list-64) stateful; answered $STATEFUL; repeat $STATEFUL $LIST ;;
	nat64-gso-64) stateful; connect $STATEFUL; repeat $STATEFUL $TCP $SUPER ;;
	nat64-gso-46) stateful; connect $STATEFUL; repeat $BACK $TCP $SUPER ;;
	nat64-gso-udp-64) stateful; answered $STATEFUL; repeat $STATEFUL $SUPER ;;
	nat64-gso-udp-46) stateful; answered $STATEFUL; repeat $BACK $SUPER ;;
	nat64-fraglist-64) stateful; answered $STATEFUL; repeat $STATEFUL $FRAGLIST ;;
	nat64-fraglist-46) stateful; answered $STATEFUL; repeat $BACK $FRAGLIST ;;
	nat64-new-udp) rounds 5 new_flows ;;
	nat64-new-udp-full) rounds 3 nearly_full ;;
	nat64-handshake) stateful; roomy; handshake $STATEFUL ;;
	siit-64) stateless; forth $STATELESS ;;
	siit-46) stateless; back $STATELESS ;;
	siit-eam100k-64) mapped; forth $MAPPED ;;
	siit-eam100k-46) mapped; back $MAPPED ;;
	ingress-udp-64) ingress && forth $STATEFUL ;;
	ingress-udp-46) ingress && back $STATEFUL ;;
	passthrough) stateful; repeat $FRAME6 ;;
	nat64-udp-64-1m) millions 1 forth ;;
	nat64-udp-46-1m) millions 1 back ;;
	nat64-udp-64-4m) millions 4 forth ;;
	expiry) over=ended; event million_soon_over : ;;
	deletion) over=ended; event million ctl session del proto udp ;;
	dump) over=:; event million list_all ;;
	replacement) over=:; event other_mappings ctl restore /run/mappings ;;
	*) fail "there is no such arm" ;;
	esac
}

run_arms() { # run_arms ARM...
	for arm in "$@"; do
		gateway_up
		run_arm && after_arm
		gateway_down
	done
}
