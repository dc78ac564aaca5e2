# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by fetch: kernels that look for errors, built from Debian's source for
# what the guests need and nothing else.
#   debug   Linux 6.1, debug.config and debug-kasan.config
#   kcsan   Linux 6.1, debug.config and debug-kcsan.config
#   uml     Linux 7 for user mode, those of debug and debug-uml.config
# A kernel lies beside the others in the cache, under the hash of all that it
# is made of but for the version of the source, which is the newest there is.

debug_hash() { # debug_hash VARIANT
	{
		debug_config "$1"
		[ "$1" != uml ] || { cat "$CACHE/uml-7/source/version" && declare -f uml_source; }
		"${CC:-gcc}" -dumpfullversion
	} | sha256sum | cut -c 1-12
}

debug_config() {
	local dir=$FETCH_HERE

	if [ "$1" != uml ]; then
		grep -hv '^#' "$dir/debug.config" "$dir/debug-${1/debug/kasan}.config"
		return
	fi
	# What comes last counts.
	awk -F= '/^CONFIG/ { line[$1] = $0 } END { for (i in line) print line[i] }' \
		"$dir"/debug{,-kasan,-uml}.config | sort
}

debug_dir() {
	echo "$CACHE/kernels/$1-$(debug_hash "$1")"
}

have_debug() { # have_debug VARIANT
	[ -z "$FORCE" ] && [ "$(cat "$(debug_dir "$1")/layout" 2>/dev/null)" = "$LAYOUT" ]
}

debug_source() { # debug_source TMP
	apt_setup bookworm
	mkdir "$1/src"
	linux_source "$1/deb" linux-source-6.1 |
		tar -x --strip-components=1 -C "$1/src" --no-same-owner
	# Meant for kernels without frame pointers, which these have.
	sed -i '/FAULT_INJECTION_STACKTRACE_FILTER/,/select/{/depends on !X86_64/d}' \
		"$1/src/lib/Kconfig.debug"
	# The first instructions of a guest run before there is a shadow of its
	# memory, and they are not to ask for Xen in instrumented code.
	sed -i 's/xen_cpuid_base()/0/' "$1/src/arch/x86/platform/pvh/enlighten.c"
	echo 'KASAN_SANITIZE := n' >> "$1/src/arch/x86/platform/pvh/Makefile"
}

# As it is in the cache but for two files; the others are links.
#  - Walking a stack there looks at each word of it for what might be a return
#    address, of which those of frames alone are kept, and kmemleak has stacks
#    walked all the time.
#  - An ICMP error for an ICMP answer of the gateway's own finds the lock of its
#    socket taken and is not sent, as icmp_xmit_lock() says, but a kernel for one
#    processor calls that a bug.
uml_source() { # uml_source TMP
	local stack=$1/source/arch/um/kernel/stacktrace.c
	local lock=$1/source/kernel/locking/spinlock_debug.c

	cp -al "$CACHE/uml-7/source" "$1/source"
	sed -i 's/if (__kernel_text_address(addr))/if ((unsigned long)sp == bp + sizeof(long) \&\& __kernel_text_address(addr))/' "$stack"
	grep -q 'sizeof(long) &&' "$stack" || die "stacks are walked otherwise in $stack"
	sed -i '/SPIN_BUG_ON(!ret, lock, "trylock failure on UP")/d' "$lock"
	[ "$(grep -c 'trylock failure on UP' "$lock")" = 2 ] || die "locks are checked otherwise in $lock"
}

# Kconfig drops without a word what it does not know or what misses something.
debug_configure() { # debug_configure VARIANT SRC MAKE-VARIABLE...
	local line lost=

	debug_config "$1" > "$2/wanted.config"
	KCONFIG_ALLCONFIG=$2/wanted.config make -s -C "$2" "${@:3}" allnoconfig > /dev/null
	while read -r line; do
		case $line in
		*=n)	! grep -q "^${line%n}" "$2/.config" || lost+=" $line" ;;
		CONFIG_*) grep -qxF "$line" "$2/.config" || lost+=" $line" ;;
		esac
	done < "$2/wanted.config"
	[ -z "$lost" ] || die "the kernel does not take:$lost"
}

# What is left is what a module needs to be built.
debug_prune() { # debug_prune SRC
	(
		cd "$1" || exit 1
		rm -rf Documentation LICENSES block certs crypto drivers fs init io_uring \
			ipc kernel lib linux mm net rust samples security sound usr virt \
			vmlinux* .tmp_* System.map
		mkdir -p tools
		find arch -mindepth 1 -maxdepth 1 -type d ! -name x86 ! -name um -exec rm -rf {} +
		find arch tools scripts \
			\( -name '*.o' -o -name '*.a' -o -name '*.c' -o -name '.*.cmd' \) \
			! -name module-common.c -delete
		find tools -mindepth 1 -maxdepth 1 ! -name objtool -exec rm -rf {} +
	)
}

build_debug() { # build_debug VARIANT
	local dir tmp rel how=() headers

	dir=$(debug_dir "$1")
	headers=$dir/src
	rm -rf "$CACHE/kernels/.$1".*
	tmp=$CACHE/kernels/.$1.$$
	mkdir -p "$tmp/deb"
	if [ "$1" = uml ]; then
		mkdir "$tmp/src"
		uml_source "$tmp"
		headers=$dir/source
		how=(-C "$tmp/source" ARCH=um "O=$tmp/src")
	else
		with_lock debug_source "$tmp"
	fi
	debug_configure "$1" "$tmp/src" "${how[@]}"
	rel=$(make -s -C "$tmp/src" "${how[@]}" kernelrelease)
	say "building Linux $rel with $(nproc) processes; this takes minutes ($tmp/log)"
	make -C "$tmp/src" "${how[@]}" -j"$(nproc)" vmlinux modules > "$tmp/log" 2>&1 < /dev/null || {
		tail -n 50 "$tmp/log" >&2
		die "building the kernel failed"
	}
	strip -o "$tmp/vmlinux" -g "$tmp/src/vmlinux"
	mkdir -p "$tmp/modules/kernel"
	cp "$tmp"/src/modules.{builtin,builtin.modinfo,order} "$tmp/modules/"
	debug_prune "$tmp/src"
	rm -rf "$tmp/deb"
	cat > "$tmp/env" <<-END
	KREL=$rel
	KIMAGE=$dir/vmlinux
	KMODULES=$dir/modules
	KHEADERS=$headers
	KCC=${CC:-gcc}
	KARGS="${how:+ARCH=um O=$dir/src}"
	END
	echo "$LAYOUT" > "$tmp/layout"
	rm -rf "$dir"
	mv "$tmp" "$dir"
}

# The lock of the cache is for minutes only: others go on beside a build.
fetch_debug() { # fetch_debug VARIANT
	mkdir -p "$CACHE/kernels"
	exec 8> "$CACHE/lock.$1"
	flock 8
	[ "$1" != uml ] || with_lock fetch_uml_source 7 > /dev/null
	have_debug "$1" || build_debug "$1"
	flock -u 8
}
