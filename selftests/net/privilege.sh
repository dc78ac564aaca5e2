#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what: configuration, and what tells of users, is for those who have
# CAP_NET_ADMIN in the namespace; nobody is told a kernel address; the daemons
# keep no right of root but to open raw sockets.

. selftests/lib.sh

setup_ns gw out
veth "$gw" lan "$out" eth0
addr "$gw" lan 2001:db8:1::1/64
forward "$gw"
load_module
dir=$(tmp)

ctl() {
	nat64ctl -n "$gw" "$@"
}

ctl restore - <<-CONF
instance add default mode nat64
prefix add 2001:db8:64::/96
pool4 add 192.0.2.1/32
bib add udp 2001:db8:6::2#4000 192.0.2.1#4000
CONF
before=$(ctl save)

# --- without rights, and as root of a user namespace, which is nobody here ---

nobody() {
	on "$gw" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps=-all --bounding-set=-all "$@"
}

mapped() {
	nobody unshare -Ur "$@"
}

# Who adds a command has to say here whether it is for everybody. K-22
public=" allowed: instance-get, prefix-get, pool4-get, eam-get, deny4-get, settings-get, \
stats-get, map-get, group config"
private=" refused: instance-add, instance-del, prefix-add, prefix-del, pool4-add, pool4-del, \
eam-add, eam-del, deny4-add, deny4-del, bib-add, bib-del, bib-get, session-del, session-get, \
settings-set, batch, group event, group binding"
denied="no permission: CAP_NET_ADMIN is needed in this network namespace"
is "commands and groups of the spec" "$(on "$gw" python3 selftests/net/all_commands.py 2>&1)" \
	"nobody$public
nobody$private
mapped$public
mapped$private"
for who in nobody mapped; do
	for words in "set enabled off" "session count" "monitor event"; do
		# shellcheck disable=SC2086
		text=$($who nat64ctl $words 2>&1)
		like "$who: $words: what is missing is told" "$?: $text" \
			"^3: nat64ctl: .*: $denied"
	done
	check "$who: status: allowed" $who nat64ctl status
done
is "nothing has changed" "$(ctl save)" "$before"
told=$(for words in "instance list" "prefix list" "pool4 list" get "stats all" status; do
	# shellcheck disable=SC2086
	nobody nat64ctl -j $words
done 2>&1)
like "counters are for everybody" "$told" '"name": "sessions"|"sessions":'
is "none of it tells of a user" "$(grep -c '2001:db8:6::\|#4000' <<< "$told")" 0

# --- notifications of bindings ---

started=()
stop() {
	kill "${started[@]}" 2>/dev/null
	wait "${started[@]}" 2>/dev/null
	started=()
}
defer stop

listen() { # listen FILE COMMAND...
	local file=$1

	shift
	"$@" > "$file" 2>&1 &
	started+=($!)
	wait_for 10 heard "$file"
}

heard() {
	ctl instance add probe mode siit && ctl instance del probe
	grep -q probe "$1"
}

config_of() { # config_of FILE: the changes it tells
	sed -n 's/^[^ ]* config //p' "$1" | grep -v probe
}

listen "$dir/user" nobody nat64ctl monitor config
listen "$dir/root" ctl monitor config
ctl bib add udp 2001:db8:6::3#4001 192.0.2.1#4001
ctl bib del udp 2001:db8:6::3#4001 192.0.2.1#4001
ctl set tos 3
for file in user root; do
	wait_for 10 grep -q "tos 3" "$dir/$file"
done
stop
is "a user hears that bindings change, and not which" "$(config_of "$dir/user")" \
	$'bib add\nbib del\nset tos 3'
is "the operator hears which, once" "$(config_of "$dir/root")" \
	"bib add udp 2001:db8:6::3#4001 192.0.2.1#4001
bib del udp 2001:db8:6::3#4001 192.0.2.1#4001
set tos 3"
ctl restore - <<< "$before"

# --- a network namespace of one's own ---

own='nat64ctl instance add default mode nat64 && nat64ctl prefix add 64:ff9b::/96 &&
	nat64ctl bib list && nat64ctl session list && nat64ctl set enabled off'
check "root of a user namespace rules its own namespace" nobody unshare -Urn sh -ec "$own"
is "which is not this one" "$(ctl save)" "$before"

# --- kernel addresses ---

# Pointers are hashed, which leaves the upper half of them empty.
trace=/sys/kernel/tracing
drop_one() {
	echo 1 > $trace/events/nat64/nat64_drop/enable
	on "$out" ping -n -c 1 -W 1 2001:db8:64::127.0.0.1 > /dev/null
	echo 0 > $trace/events/nat64/nat64_drop/enable
	grep nat64_drop: $trace/trace
}
addr "$out" eth0 2001:db8:1::2/64
ip -n "$out" route add default via 2001:db8:1::1
echo > $trace/trace
like "a drop can be traced" "$(drop_one)" 'instance=default .*reason=destination_address'
is "without a kernel address" \
	"$(grep nat64_drop: $trace/trace | grep -cE '[89a-f][0-9a-f]{15}')" 0
said=$(for words in "instance list" "prefix list" "pool4 list" "bib list" "session list" \
		get "stats all" status; do
	# shellcheck disable=SC2086
	ctl -j $words
done
dmesg | grep nat64)
is "nor does anything else tell one" \
	"$(grep -cE '\b(0x)?ffff[89a-f][0-9a-f]{11}\b' <<< "$said")" 0

# --- daemons: what they may do after their start ---

configure() { # configure LINES...
	printf '%s\n' "[network hall]" "interface = lan" "dhcp = mostly" \
		"subnet = 198.51.100.0/24" "pool = 198.51.100.10-198.51.100.20" "ra = on" \
		"$@" > "$dir/access.conf.new"
	mv "$dir/access.conf.new" "$dir/access.conf"
}

options=(-c "$dir/access.conf" -s "$dir/sock" -S "$dir/state")

start() { # start COMMAND...: a daemon, with those options
	rm -f "$dir/sock"	# the file of the one before
	ip netns exec "$gw" "$@" "${options[@]}" 2> "$dir/log" &
	daemon=$!
	started=("$daemon")
}

field() { # field NAME: of the daemon's status
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$daemon/status"
}

said() {
	grep -q "$1" "$dir/log"
}

is_user() { # is_user UID: it is that and has let go of what it needed to start
	[ "$(field Uid)" = "$1	$1	$1	$1" ] && [ "$(field CapEff)" = 0000000000002000 ]
}

ends_well() {
	kill "$daemon"
	wait "$daemon"
	is "$1 ends well" $? 0
	started=()
}

# What runs as root left, and what somebody may put beside it.
mkdir "$dir/state"
touch "$dir/state/leases-hall" "$dir/state/pref64d.state" "$dir/secret" "$dir/other"
ln -s "$dir/secret" "$dir/state/leases-evil"
ln "$dir/secret" "$dir/state/adoption-evil"
mv "$dir/other" "$dir/state/other"
for name in dhcp108d pref64d; do
	configure
	start $name
	check "$name is no longer root" wait_for 10 is_user 65534
	for set in CapEff CapPrm; do
		is "$name: $set is CAP_NET_RAW" "$(field $set)" 0000000000002000
	done
	for set in CapInh CapAmb CapBnd; do
		is "$name: $set is empty" "$(field $set)" 0000000000000000
	done
	is "$name: group" "$(field Gid) $(field Groups)" "65534	65534	65534	65534 "
	is "$name can gain nothing" "$(field NoNewPrivs)" 1
	check "$name says who it is" said "running as nobody"
	is "$name: the control socket is root's" "$(stat -c '%u %a' "$dir/sock")" "0 660"
	check "$name listens" wait_for 10 said "serving on lan\|interface lan: advertising"
	configure "" "[network later]" "interface = later" "dhcp = v6only" "ra = on"
	check "$name takes a change of the file" wait_for 10 said "configuration read again"
	ip -n "$gw" link add later type dummy
	ip -n "$gw" link set later up
	check "$name listens on an interface that comes later" \
		wait_for 10 said "serving on later\|interface later: advertising"
	chmod 600 "$dir/access.conf"
	kill -HUP $daemon
	check "$name tells that it may not read it" wait_for 10 said "Permission denied"
	ip -n "$gw" link del later
	ends_well $name
	cat "$dir/log" >&2
done
is "the state is that user's" "$(stat -c %u "$dir/state" "$dir"/state/{leases-hall,pref64d.state} |
	sort -u)" 65534
is "what somebody linked to is not, nor is what is none" \
	"$(stat -c %u "$dir/secret" "$dir/state/other" | sort -u)" 0

start dhcp108d
check "a file that will not be readable is told at the start" \
	wait_for 10 said "Permission denied: a change of it cannot be taken"
ends_well dhcp108d
configure
start dhcp108d -u daemon
check "-u: another user" wait_for 10 is_user "$(id -u daemon)"
ends_well dhcp108d
{ cat /etc/passwd; echo "nat64:x:6464:6464::/:/bin/false"; } > "$dir/passwd"
# shellcheck disable=SC2016
start sh -c 'mount --bind "$1" /etc/passwd && shift && exec dhcp108d "$@"' sh "$dir/passwd"
check "the user nat64, if there is one" wait_for 10 is_user 6464
is "who is given the state too" "$(stat -c %u "$dir/state" "$dir/state/leases-hall" | sort -u)" 6464
ends_well dhcp108d
rm -f "$dir/sock"
text=$(on "$gw" pref64d "${options[@]}" -u nosuchuser 2>&1)
like "a user that does not exist" "$?: $text" "^1: .*there is no user nosuchuser"
rm -f "$dir/sock"
chmod 777 "$dir"
text=$(nobody pref64d "${options[@]}" -u daemon 2>&1)
like "an ordinary user becomes nobody else" "$?: $text" "^1: .*only root can become the user daemon"
