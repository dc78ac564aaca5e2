#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what: configuration, and what tells of users, is for those who have
# CAP_NET_ADMIN in the namespace; nobody is told a kernel address.

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
stats-get, group config"
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
