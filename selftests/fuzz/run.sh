#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: O=DIR FUZZ_SECONDS=N run.sh NAME...
#        O=DIR FUZZ_RUNS=N run.sh NAME...
#
# Runs each fuzzer over its corpus and prints TAP: for N seconds, going on from
# what earlier runs found; or through the same N inputs each time, whatever the
# machine and its load, so that the verdict says something about the change and
# not about luck. The input that broke a fuzzer stays in DIR and is printed.

# fuzz NAME DIRECTORY OPTION...: what is new goes to the directory. Addresses are
# not random, as libFuzzer would learn from them.
fuzz() {
	name=$1
	found=$2
	shift 2
	set -- "$@" "$found"
	[ ! -d "corpus/$name" ] || set -- "$@" "corpus/$name"
	mkdir -p "$found"
	setarch -R "$O/$name" -rss_limit_mb=1024 -artifact_prefix="$O/$name-" "$@"
}

fuzz_one() {
	if [ -n "${FUZZ_RUNS:-}" ]; then
		rm -rf "$O/fixed/$1"
		fuzz "$1" "$O/fixed/$1" -seed=1 -runs="$FUZZ_RUNS" -reload=0 \
			-timeout=120
	else
		fuzz "$1" "$O/found/$1" -max_total_time="$FUZZ_SECONDS" \
			-timeout=10
	fi
}

status=0
n=0
echo "TAP version 13"
echo "1..$#"
for name in "$@"; do
	n=$((n + 1))
	log=$O/$name.log
	rm -f "$O/$name"-crash-* "$O/$name"-timeout-* "$O/$name"-oom-*
	if fuzz_one "$name" > "$log" 2>&1; then
		echo "ok $n - fuzz $name"
	else
		tail -n 40 "$log" | sed 's/^/# /'
		for bad in "$O/$name"-crash-* "$O/$name"-timeout-* "$O/$name"-oom-*; do
			[ -f "$bad" ] && od -An -tx1 "$bad" | sed 's/^/# input:/'
		done
		echo "not ok $n - fuzz $name"
		status=1
	fi
done
exit $status
