#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Helpers for tests in shell: source this first, then
#   setup_ns gw host; veth "$gw" eth0 "$host" eth0; load_module
#   check "the gateway answers" on "$host" ping -c1 192.0.2.1
# The plan is printed, and everything made here is undone, when the script
# ends.  Names that tests use are plain; what starts with _ is private.

_count=0
_failed=0
_spaces=()
_deferred=()
_tmp=

# ok DESC, not_ok DESC [WHY]: the result of one case.
ok() {
	_count=$((_count + 1))
	echo "ok $_count $1"
}

not_ok() {
	_count=$((_count + 1))
	_failed=$((_failed + 1))
	echo "not ok $_count $1"
	[ -z "${2:-}" ] || _detail "$2"
	return 0
}

# skip DESC WHY: a case this machine cannot run; never counted as passed.
skip() {
	_count=$((_count + 1))
	echo "ok $_count $1 # SKIP $2"
}

_detail() {
	local line

	while IFS= read -r line; do
		echo "#   $line"
	done <<< "$1"
}

# check DESC COMMAND...: passes if the command succeeds; its output is shown
# if not.  refuse: passes if it fails with an exit status of its own, which a
# crash (status above 128) is not.
check() {
	local desc=$1 out status

	shift
	out=$("$@" 2>&1 < /dev/null)
	status=$?
	if [ $status -eq 0 ]; then
		ok "$desc"
		return 0
	fi
	not_ok "$desc" "$(printf '%s\nexit status %d of: %s' "$out" $status "$*")"
	return 1
}

refuse() {
	local desc=$1 out status

	shift
	out=$("$@" 2>&1 < /dev/null)
	status=$?
	if [ $status -ne 0 ] && [ $status -le 125 ]; then
		ok "$desc"
		return 0
	fi
	not_ok "$desc" "$(printf '%s\nexit status %d of: %s' "$out" $status "$*")"
	return 1
}

# is DESC GOT WANTED, like DESC GOT REGEX: compare text.
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
		return 0
	fi
	not_ok "$1" "$(printf 'got:    %s\nwanted: %s' "$2" "$3")"
	return 1
}

like() {
	if grep -qE -e "$3" <<< "$2"; then
		ok "$1"
		return 0
	fi
	not_ok "$1" "$(printf 'got:    %s\nwanted: /%s/' "$2" "$3")"
	return 1
}

# wait_for SECONDS COMMAND...: poll until the command succeeds.  The time is
# a limit, stretched on a slow machine, and not a measurement.
wait_for() {
	local end=$((SECONDS + $1 * ${TIMEOUT_FACTOR:-1}))

	shift
	until "$@" > /dev/null 2>&1 < /dev/null; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# need COMMAND...: without these the whole test is skipped.
need() {
	local c

	for c in "$@"; do
		command -v "$c" > /dev/null || _skip_all "$c is not installed"
	done
}

_skip_all() {
	echo "1..0 # SKIP $1"
	_skipped=1
	exit 4
}

# setup_ns NAME...: new namespaces; each name becomes a variable that holds
# the unique name of its namespace.  Loopback is up, and addresses are usable
# at once, without duplicate address detection.
setup_ns() {
	local name

	for name in "$@"; do
		printf -v "$name" '%s-%s' "$name" "$$"
		ip netns add "${!name}" || exit 1
		_spaces+=("${!name}")
		ns_sysctl "${!name}" net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
		ip -n "${!name}" link set lo up
	done
}

# del_ns NAMESPACE: stop what runs there and remove it.
del_ns() {
	ip netns pids "$1" 2>/dev/null | xargs -r kill -9 2>/dev/null
	ip netns del "$1" 2>/dev/null
}

# on NAMESPACE COMMAND...
on() {
	ip netns exec "$@"
}

# ns_sysctl NAMESPACE KEY=VALUE...
ns_sysctl() {
	local space=$1

	shift
	ip netns exec "$space" sysctl -qw "$@"
}

# forward NAMESPACE: make it a router of both families.
forward() {
	ns_sysctl "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# veth NS1 DEV1 NS2 DEV2: a cable between two namespaces, both ends up.
veth() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" || exit 1
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
	wait_for 5 _has_link_local "$1" "$2"
	wait_for 5 _has_link_local "$3" "$4"
}

_has_link_local() {
	ip -n "$1" -6 -o addr show dev "$2" scope link | grep -q fe80
}

# addr NAMESPACE DEV ADDRESS/LENGTH...
addr() {
	local space=$1 dev=$2 a

	shift 2
	for a in "$@"; do
		case $a in
		*:*) ip -n "$space" addr add "$a" dev "$dev" nodad || exit 1 ;;
		*) ip -n "$space" addr add "$a" dev "$dev" || exit 1 ;;
		esac
	done
}

load_module() {
	modprobe nat64 || exit 1
}

unload_module() {
	modprobe -r nat64
}

# defer COMMAND...: to be run when the script ends, the last one first.
defer() {
	_deferred+=("$(printf '%q ' "$@")")
}

# tmp: a directory that is gone afterwards.
tmp() {
	echo "$_tmp"
}

_finish() {
	local status=$? i

	set +e
	for ((i = ${#_deferred[@]} - 1; i >= 0; i--)); do
		eval "${_deferred[i]}"
	done
	for ((i = ${#_spaces[@]} - 1; i >= 0; i--)); do
		del_ns "${_spaces[i]}"
	done
	rm -rf "$_tmp"
	[ -n "${_skipped:-}" ] || echo "1..$_count"
	[ $_failed -eq 0 ] || exit 1
	exit $status
}

_tmp=$(mktemp -d)
chmod 755 "$_tmp"	# daemons that are no longer root read there
trap _finish EXIT
trap 'exit 143' TERM INT HUP
echo "KTAP version 1"
