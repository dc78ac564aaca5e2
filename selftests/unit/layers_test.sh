#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The direction of dependence between the parts of the project. What may know
# what is the architecture; a line that breaks it fails here, with its place.
#
# Lists of names are meant to fall into words.
# shellcheck disable=SC2013,SC2046,SC2086

cd "${TOP:-$(dirname "$0")/../..}" || exit 1

tables="bib flow pair session session_table state hash hold subscriber pool4 pool4_range prefix eam guard"
packets="skb output emit icmp"
n=0
status=0

# check NAME OFFENDERS: passes if the second is empty
check()
{
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n $1"
		return
	fi
	printf '%s\n' "$2" | sed 's/^/# /'
	echo "not ok $n $1"
	status=1
}

# sources NAME...: files of those nouns in kmod/
sources()
{
	for name; do
		ls "kmod/$name.c" "kmod/$name.h" 2>/dev/null
	done
}

# includes FILE...: our own headers that files include, also through headers
includes()
{
	seen=" "
	todo="$*"
	while [ -n "$todo" ]; do
		next=
		for file in $todo; do
			for header in $(sed -n 's/^#[[:space:]]*include "\(.*\)".*/\1/p' \
					"$file" 2>/dev/null); do
				path=kmod/$header
				[ -f "$path" ] || path=$(dirname "$file")/$header
				case "$seen" in
				*" $path "*) continue ;;
				esac
				seen="$seen$path "
				next="$next $path"
			done
		done
		todo=$next
	done
	printf '%s\n' $seen
}

# headers NAME...: an expression that matches the headers of those nouns
headers()
{
	echo "$*" | sed 's/ /|/g; s/.*/^kmod\/(&)\\.h$/'
}

echo "TAP version 13"
echo "1..10"

check "the core includes nothing but itself" "$(
	for header in $(sed -n 's/^#[[:space:]]*include "\(.*\)".*/\1/p' \
			kmod/xlat/*.[ch] | sort -u); do
		[ -f "kmod/xlat/$header" ] || echo "$header"
	done
	grep -n '^#[[:space:]]*include <' kmod/xlat/*.[ch] |
		grep -v '^kmod/xlat/internal\.h:')"

check "the core knows no packet buffer, lock, clock or allocator" "$(
	grep -nE 'sk_buff|skb_|spin_|mutex|rcu_|jiffies|ktime|alloc\(' \
		kmod/xlat/*.[ch])"

check "tables know no packet" "$(
	grep -nE 'sk_buff|linux/skbuff\.h' $(sources $tables))"

check "tables include no packet file" "$(
	includes $(sources $tables) | grep -E "$(headers $packets recv recv6 recv4 fast)")"

check "packet files include no table" "$(
	includes $(sources $packets) | grep -E "$(headers $tables)")"

# Netlink messages are packet buffers too, but no packets.
check "only the receivers see packets and tables" "$(
	for file in $(grep -l 'struct sk_buff' kmod/*.c |
			grep -vE '^kmod/(recv|fast|netlink)'); do
		direct=$(sed -n 's/^#[[:space:]]*include "\(.*\)".*/kmod\/\1/p' \
			"$file")
		printf '%s\n' "$direct" | grep -qE "$(headers $tables)" &&
			echo "$file"
	done)"

check "only hook.c speaks verdicts" "$(
	grep -nE '\bNF_(ACCEPT|DROP|STOLEN|QUEUE|REPEAT|STOP)\b' kmod/*.[ch] \
		kmod/xlat/*.[ch] | grep -v '^kmod/hook\.c:')"

check "only compat.h knows kernel versions" "$(
	grep -rnE 'LINUX_VERSION_CODE|KERNEL_VERSION|linux/version\.h' kmod \
		--include='*.[ch]' | grep -v '^kmod/compat\.h:')"

check "user space does not include the module" "$(
	grep -rnE '^#[[:space:]]*include.*(kmod/|xlat/)' daemons tools \
		--include='*.[ch]')"

check "only tools/lib speaks the protocol" "$(
	grep -rnE 'netlink/genl|linux/genetlink\.h|genlmsg_|nla_put' daemons tools \
		--include='*.[ch]' | grep -v '^tools/lib/')"

exit $status
