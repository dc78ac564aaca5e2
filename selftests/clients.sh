# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Hosts that nobody here wrote, each in a namespace and on interface c0, from
# the root directory of "qemu/fetch clients". Source lib.sh first, then
#   start_client networkd "$host"; ask_client networkctl status c0
#
# systemd, udev and a login are not there: networkd and NetworkManager find
# /sys read-only and wait for no udev, and a bus of their own.

# in_client COMMAND...: what follows runs in the root directory, with the mounts
# of the client.
_client_setup='
set -e
root=$1; shift
mount -t proc proc $root/proc
mount --rbind /dev $root/dev
mount -t sysfs -o ro sysfs $root/sys
mount -t tmpfs tmpfs $root/run
mount -t tmpfs tmpfs $root/tmp
mount -t tmpfs tmpfs $root/var/lib/NetworkManager
mkdir -p $root/run/dbus $root/run/udev/data
mkdir -p $root/run/systemd/network $root/run/systemd/netif/links \
	$root/run/systemd/netif/leases $root/run/systemd/netif/lldp
chown -R 992:992 $root/run/systemd/netif
mkdir -p $root/run/NetworkManager/conf.d
mkdir -p $root/run/NetworkManager/system-connections
cp "$1" $root/run/systemd/network/c0.network
cp "$2" $root/run/NetworkManager/conf.d/test.conf
install -m 600 "$3" $root/run/NetworkManager/system-connections/c0.nmconnection
shift 3
exec chroot $root /bin/bash -c "$@"
'

_client_files() {
	cat > "$(tmp)/networkd" <<-'EOF_FILE'
	[Match]
	Name=c0
	[Network]
	IPv6AcceptRA=yes
	LinkLocalAddressing=ipv6
	[IPv6AcceptRA]
	UsePREF64=yes
	UseCaptivePortal=yes
	UseDomains=yes
	EOF_FILE
	[ -z "${CLIENT_DHCP:-}" ] || cat >> "$(tmp)/networkd" <<-'EOF_FILE'
	[Network]
	DHCP=ipv4
	[DHCPv4]
	IPv6OnlyMode=yes
	EOF_FILE
	cat > "$(tmp)/nm.conf" <<-'EOF_FILE'
	[main]
	plugins=keyfile
	dns=none
	rc-manager=unmanaged
	no-auto-default=*
	[connectivity]
	enabled=false
	EOF_FILE
	cat > "$(tmp)/nm" <<-'EOF_FILE'
	[connection]
	id=c0
	uuid=11111111-2222-3333-4444-555555555555
	type=ethernet
	interface-name=c0
	[ethernet]
	[ipv4]
	method=auto
	clat=1
	[ipv6]
	method=auto
	addr-gen-mode=0
	EOF_FILE
}

# start_client networkd|nm NAMESPACE: it has the link from now on. With
# CLIENT_DHCP set networkd asks for IPv4 too, or for leave to do without;
# NetworkManager does so anyway.
start_client() {
	: "${CLIENTS_ROOT:?is not set: run this in the virtual machine}"
	local command

	case $1 in
	networkd) command='exec /usr/lib/systemd/systemd-networkd' ;;
	nm) command='exec NetworkManager --debug --config-dir=/run/NetworkManager/conf.d' ;;
	esac
	_client_files
	_client_ns=$2
	ip netns exec "$2" unshare -m --propagation private bash -c "$_client_setup" _ \
		"$CLIENTS_ROOT" "$(tmp)/networkd" "$(tmp)/nm.conf" "$(tmp)/nm" \
		"dbus-daemon --system --fork --nopidfile; $command" \
		> "$(tmp)/client.log" 2>&1 &
	_client=$!
	defer stop_client
	wait_for 60 ask_client true || return 1
	[ "$1" = networkd ] || wait_for 60 ask_client nmcli --wait 0 connection up c0
}

# ask_client COMMAND...: run it where the client is. systemd's own commands do
# nothing in a changed root, and say success, unless they are told not to look.
ask_client() {
	nsenter -t "$_client" -m -n chroot "$CLIENTS_ROOT" \
		env SYSTEMD_IGNORE_CHROOT=1 "$@"
}

_client_gone() {
	[ -z "$(ip netns pids "$_client_ns")" ]
}

# networkd may wait for a manager that is not there.
stop_client() {
	[ -n "${_client:-}" ] || return 0
	ip netns pids "$_client_ns" | xargs -r kill 2>/dev/null
	wait_for 10 _client_gone ||
		ip netns pids "$_client_ns" | xargs -r kill -9 2>/dev/null
	wait "$_client"
	_client=
}
