#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: O=DIR FUZZ_SECONDS=N run.sh NAME...
#        O=DIR FUZZ_RUNS=N run.sh NAME...
#
# Runs each fuzzer over its corpus and prints TAP: for N seconds, going on from
# what earlier runs found; or through the same N inputs each time, whatever the
# machine and its load, so that the verdict says something about the change and
# not about luck. One runs on each processor, or FUZZ_JOBS of them at once. The
# input that broke a fuzzer stays in DIR and is printed.

# fuzz NAME DIRECTORY OPTION...: what is new goes to the directory. Addresses are
# not random, as libFuzzer would learn from them.
fuzz() {
	local name=$1 found=$2

	shift 2
	set -- "$@" "$found"
	[ ! -d "corpus/$name" ] || set -- "$@" "corpus/$name"
	mkdir -p "$found"
	setarch -R "$O/$name" -rss_limit_mb=1024 -artifact_prefix="$O/$name-" \
		-print_final_stats=1 "$@"
}

fuzz_one() {
	rm -f "$O/$1"-{crash,timeout,oom}-*
	if [ -n "${FUZZ_RUNS:-}" ]; then
		rm -rf "$O/fixed/$1"
		fuzz "$1" "$O/fixed/$1" -seed=1 -runs="$FUZZ_RUNS" -reload=0 \
			-timeout=120
	else
		fuzz "$1" "$O/found/$1" -max_total_time="$FUZZ_SECONDS" \
			-timeout=10
	fi > "$O/$1.log" 2>&1
	echo $? > "$O/$1.status"
}

# figures NAME: how many inputs it has had, and how many of them it has kept.
figures() {
	awk -v name="$1" '
		/^Done / { seconds = $5 }
		/^stat::number_of_executed_units:/ { inputs = $2 }
		/^stat::new_units_added:/ { kept = $2 }
		END {
			if (inputs)
				printf "# %s: %d inputs, %d of them new, %d seconds\n",
				       name, inputs, kept, seconds
		}' "$O/$1.log"
}

report() { # report NUMBER NAME
	local bad

	figures "$2"
	if [ "$(cat "$O/$2.status")" = 0 ]; then
		echo "ok $1 - fuzz $2"
		return 0
	fi
	tail -n 40 "$O/$2.log" | sed 's/^/# /'
	for bad in "$O/$2"-{crash,timeout,oom}-*; do
		[ -f "$bad" ] && od -An -tx1 "$bad" | sed 's/^/# input:/'
	done
	echo "not ok $1 - fuzz $2"
	return 1
}

trap 'kill 0' INT TERM
status=0
n=0
echo "TAP version 13"
echo "1..$#"
for name in "$@"; do
	while [ "$(jobs -rp | wc -l)" -ge "${FUZZ_JOBS:-$(nproc)}" ]; do
		wait -n
	done
	fuzz_one "$name" &
done
wait
for name in "$@"; do
	n=$((n + 1))
	report $n "$name" || status=1
done
exit $status
