#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: run.sh PROGRAM...
#
# Runs test programs and prints their TAP. A program that dies, or that prints
# fewer results than it promised, or that hangs, is a failed test of its own.

status=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

for prog in "$@"; do
	name=$(basename "$prog")
	echo "# $name"
	timeout 300 "$prog" >"$out" 2>&1
	rc=$?
	cat "$out"

	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$out")
	passed=$(grep -c '^ok ' "$out")
	failed=$(grep -c '^not ok ' "$out")
	if [ "$failed" -gt 0 ]; then
		status=1
	elif [ "$rc" -ne 0 ]; then
		echo "not ok 0 $name: exit status $rc"
		status=1
	elif [ "${plan:-0}" -eq 0 ] || [ "$passed" -ne "$plan" ]; then
		echo "not ok 0 $name: $passed results, ${plan:-no} planned"
		status=1
	fi
done
exit $status
