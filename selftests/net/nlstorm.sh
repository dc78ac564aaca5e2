#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# race: yes
# timeout: 300
#
# Netlink requests after the specification, valid, wrong and nearly valid, with
# and without rights, in several namespaces at once, while packets pass and
# namespaces go. make fuzz-vm tries new seeds.

. selftests/lib.sh
. selftests/fuzz/vm/gateway.sh

use_gateway
setup_ns other
gateway_devices "$other"

seed=1
amount=(-n 1500)

nlstorm() { # nlstorm NAMESPACE ARGUMENT...
	on "$1" "$NAT64_OUT/fuzz/vm/nlstorm" "${@:2}"
}

# What is configured by chance is translated by, too.
with_traffic() {
	local pids=() status=0 p

	nlstorm "$gw" -s "$seed" "${amount[@]}" & pids+=($!)
	nlstorm "$gw" -s $((seed + 1)) "${amount[@]}" & pids+=($!)
	nlstorm "$other" -s $((seed + 2)) "${amount[@]}" & pids+=($!)
	while kill -0 "${pids[0]}" 2>/dev/null; do
		storm -s "$seed" -n 300 > /dev/null
		gateway_config "$gw"
	done & p=$!
	wait $p
	for p in "${pids[@]}"; do
		wait "$p" || status=1
	done
	return $status
}

# A namespace goes while it is configured, asked and full of packets.
with_deletion() {
	local i space pid

	for ((i = 0; i < 6; i++)); do
		space=gone$i-$$
		ip netns add "$space" || return 1
		gateway_devices "$space"
		gateway_config "$space"
		ip netns exec "$space" "$NAT64_OUT/fuzz/vm/nlstorm" -s $i -n 200000 \
			> /dev/null 2>&1 &
		pid=$!
		ip netns exec "$space" "$NAT64_OUT/fuzz/vm/storm" -s $i -n 200 \
			> /dev/null 2>&1
		ip netns del "$space"
		kill -9 $pid
		wait $pid
	done 2> /dev/null
	return 0
}

figure "seed $seed: two in one namespace, one in another, with traffic" with_traffic
check "namespaces that go in the middle of it" with_deletion
gateway_config "$gw"
figure "a user without rights changes nothing and sees no user" \
	nlstorm "$gw" -u -s "$seed" -n 1000
is "and all is as it was" "$(nat64ctl -n "$gw" save)" \
	"$(gateway_config "$gw"; nat64ctl -n "$gw" save)"
unload_module
check "the module can go" [ ! -e /sys/module/nat64 ]
