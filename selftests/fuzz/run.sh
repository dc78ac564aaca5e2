#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: O=DIR FUZZ_SECONDS=N run.sh NAME...
#
# Runs each fuzzer for N seconds over its corpus and prints TAP. The input that
# broke a fuzzer stays in DIR and is printed.

status=0
n=0
echo "TAP version 13"
echo "1..$#"
for name in "$@"; do
	n=$((n + 1))
	found=$O/found/$name
	log=$O/$name.log
	mkdir -p "$found"
	seeds=
	[ -d "corpus/$name" ] && seeds=corpus/$name
	if "$O/$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
		-rss_limit_mb=1024 -artifact_prefix="$O/$name-" \
		"$found" ${seeds:+"$seeds"} >"$log" 2>&1; then
		echo "ok $n - fuzz $name"
	else
		tail -n 40 "$log" | sed 's/^/# /'
		for bad in "$O/$name"-crash-* "$O/$name"-timeout-*; do
			[ -f "$bad" ] && od -An -tx1 "$bad" | sed 's/^/# input:/'
		done
		echo "not ok $n - fuzz $name"
		status=1
	fi
done
exit $status
