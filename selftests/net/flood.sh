#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 400
#
# Floods from either side: established flows lose no packet, what the flood
# takes is bounded by the limits, and all of it comes back. Prints the figures.

. selftests/lib.sh
. selftests/fuzz/vm/gateway.sh

LIMIT=1000
use_gateway

sessions() {
	nat64ctl -n "$gw" session count | grep -o '[0-9]*' | tail -n1
}

# Objects of a slab and their size say what the flood costs.
slabs() {
	local s

	for s in /sys/kernel/slab/nat64_*; do
		[ -e "$s" ] || continue
		echo "${s##*/}: $(sed 's/ .*//' "$s/objects") objects of $(cat "$s/object_size") bytes"
	done
}

limits() { # how often a limit has refused something
	nat64ctl -n "$gw" stats all | awk '
		$1 ~ /^(max_sessions|max_bib|pool_exhausted)$/ { n += $2 }
		END { print n + 0 }'
}

flood() { # flood KIND
	gateway_config "$gw"
	nat64ctl -n "$gw" set max-sessions $LIMIT max-bib $LIMIT
	figure "$1: established flows keep every packet" \
		on "$gw" "$NAT64_OUT/fuzz/vm/flood" "$1" 40000
	check "$1: no more than $LIMIT sessions ($(sessions))" [ "$(sessions)" -le $LIMIT ]
	[[ $1 != *-source* ]] || check "$1: the limits have worked" [ "$(limits)" -gt 0 ]
	slabs | sed 's/^/# /'
}

# Changes as fast as one process can make them, while packets pass.
changes() {
	local pid status

	ip netns exec "$gw" "$NAT64_OUT/fuzz/vm/nlstorm" -c -n 5000 > "$(tmp)/changes" &
	pid=$!
	on "$gw" "$NAT64_OUT/fuzz/vm/flood" from-outside 20000
	status=$?
	wait $pid || status=1
	cat "$(tmp)/changes"
	return $status
}

for kind in syn-one-source syn-65536-sources udp-one-source fragments \
	    icmp-errors from-outside; do
	flood $kind
done
gateway_config "$gw"
figure "5000 changes under traffic: established flows keep every packet" changes
check "the namespace goes" ip netns del "$gw"
check "the module goes" unload_module
