#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# usage: O=DIR coverage.sh NAME...
#
# Prints how much of each file the inputs execute that the fuzzers have kept in
# all runs in DIR so far, and those they begin with.

set -euo pipefail
export LC_ALL=C

rm -f "$O"/coverage/*.gcda
for name in "$@"; do
	dirs=("corpus/$name")
	[ ! -d "$O/found/$name" ] || dirs+=("$O/found/$name")
	"$O/coverage/$name" "${dirs[@]}" 2> "$O/coverage/$name.log" || {
		tail -n 5 "$O/coverage/$name.log" >&2
		exit 1
	}
done
cd "$O/coverage"
gcov -n -- *.gcda 2>/dev/null | awk '
	/^File / {
		name = substr($2, 2, length($2) - 2)
		sub(/^\.\.\/\.\.\//, "", name)
	}
	/^Lines executed:/ && name ~ /^(daemons|kmod|tools)\/.*\.c$/ {
		split($2, part, /[:%]/)
		printf "# coverage: %-28s %5.1f%% of %d lines\n", name, part[2], $4
	}
	/^$/ { name = "" }' | sort
