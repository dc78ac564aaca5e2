#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nat64ctl and the netlink interface behind it: every object and verb, what is
# refused and with which words, save and restore, monitor, JSON, permissions.
# timeout: 300
# kernel: 6.1

. selftests/lib.sh

need nat64ctl python3 setpriv ip
setup_ns gw

ctl() { nat64ctl -n "$gw" "$@"; }

# done_ DESC WORDS...: the command is done and says nothing.
done_() {
	local desc=$1 out status

	shift
	out=$(ctl "$@" 2>&1)
	status=$?
	is "$desc" "$status: $out" "0: "
}

# no STATUS TEXT WORDS...: refused with this status and this text.
no() {
	local status=$1 text=$2 out got

	shift 2
	out=$(ctl "$@" 2>&1)
	got=$?
	is "refused: $*" "$got: $out" "$status: nat64ctl: $text"
}

# json DESC FILTER WANTED WORDS...: the JSON of a command, through a python
# expression that knows it as d.
json() {
	local desc=$1 filter=$2 wanted=$3

	shift 3
	is "$desc" "$(ctl -j "$@" | python3 -c \
		"import json, sys; d = json.load(sys.stdin); print($filter)" 2>&1)" \
		"$wanted"
}

# user WORDS...: as somebody without rights.
user() {
	on "$gw" setpriv --reuid=65534 --regid=65534 --clear-groups nat64ctl "$@"
}

# --- without the module -----------------------------------------------------

# To load it is the operator's decision: nobody does by asking.
no 3 "prefix list: the module nat64 is not loaded (modprobe nat64)" prefix list
no 3 "instance add: the module nat64 is not loaded (modprobe nat64)" \
	instance add default mode nat64
no 3 "monitor: the module nat64 is not loaded (modprobe nat64)" monitor
no 2 "prefix: the verb is missing, there are add, del, list" prefix
load_module

# --- usage ------------------------------------------------------------------

check "help" ctl help
like "help names the settings" "$(ctl help set)" '^settings: enabled '
like "help of one object" "$(ctl help pool)" '^  pool4 add PREFIX4 '
no 2 '"frob": no such object ("help" lists them)' frob
no 2 '"p": could be prefix or pool4' p list
no 2 'prefix list: "x": is not expected here' prefix list x
out=$(ctl 2>&1)
is "no command is wrong usage" "$?" 2
out=$(nat64ctl -n "no-such-$$" prefix list 2>&1)
is "no such namespace" "$?: $out" \
	"1: nat64ctl: prefix list: \"no-such-$$\": no such network namespace"

# --- instances --------------------------------------------------------------

json "no instance yet" 'd' "{'instances': []}" instance list
no 1 'prefix add: "default": there is no instance of this name' \
	prefix add 2001:db8:64::/96
no 1 'prefix list: "default": there is no instance of this name' prefix list
no 1 'instance del: "default": there is no instance of this name' \
	instance del default
done_ "instance add" instance add default mode nat64
done_ "a second one, stateless" instance add s mode siit
no 1 'instance add: "s": there is an instance of this name already' \
	instance add s mode nat64
out=$(ctl instance add 'a b' mode siit 2>&1)
like "a name with a space" "$?: $out" '^1: nat64ctl: instance add: "a b": '
no 2 'instance add: "foo": must be one of nat64, siit' instance add x mode foo
long=$(printf 'n%.0s' {1..32})
for words in get "prefix list" "session list" "session del proto tcp" "stats" \
	"prefix add 2001:db8:64::/96"; do
	# shellcheck disable=SC2086
	out=$(ctl -i "$long" $words 2>&1)
	like "no name is that long: $words" "$?: $out" \
		"^2: nat64ctl: .*: \"$long\": the name of an instance has 1 to 31 bytes$"
done
no 2 'get: "": the name of an instance has 1 to 31 bytes' -i "" get
json "instance list" \
	"[(i['instance'], i['mode'], i['usable']) for i in d['instances']]" \
	"[('default', 'nat64', False), ('s', 'siit', False)]" instance list
like "status says what is missing" "$(ctl status)" \
	'^default +nat64 +no +no prefix, no pool4 '

# --- prefix -----------------------------------------------------------------

no 1 'prefix add: "2001:db8::/33": prefix length must be 32, 40, 48, 56, 64 or 96' \
	prefix add 2001:db8::/33
no 2 'prefix add: "2001:db8::1/96": has bits set after its length' \
	prefix add 2001:db8::1/96
no 2 'prefix add: "192.0.2.0/24": is not an IPv6 prefix, as in 2001:db8:64::/96' \
	prefix add 192.0.2.0/24
# A-29
done_ "prefix add, in mixed notation" prefix add 2001:db8:64::0.0.0.0/96
no 1 'prefix add: "2001:db8:64::/96": the instance has this prefix already' \
	prefix add 2001:db8:64::/96
no 1 'prefix del: "2001:db8:65::/96": the instance does not have this prefix' \
	prefix del 2001:db8:65::/96
done_ "a second prefix" prefix add 2001:db8:100::/40
done_ "prefix of an instance, with limit" \
	-i s prefix add 2001:db8:46::/96 v4 10.0.0.0/8
json "prefix list is of one instance" "[p['prefix6'] for p in d['prefixes']]" \
	"['2001:db8:64::/96', '2001:db8:100::/40']" prefix list
json "prefix list shows the limit" "d['prefixes'][0]['v4']" 10.0.0.0/8 \
	-i s prefix list
done_ "prefix del" prefix del 2001:db8:100::/40

# --- pool4 ------------------------------------------------------------------

done_ "pool4 add" pool4 add 192.0.2.0/28
done_ "pool4 add with all words" \
	pool4 add 198.51.100.1 ports 2000-2999 proto tcp proto udp mark 0x10
no 1 'pool4 add: "192.0.2.4/30": another range of the instance has some of these addresses and ports' \
	pool4 add 192.0.2.4/30
no 2 'pool4 add: "192.0.2.1/28": has bits set after its length' \
	pool4 add 192.0.2.1/28
no 2 'pool4 add: "9-1": the last port is less than the first or 0' \
	pool4 add 192.0.2.64 ports 9-1
no 2 'pool4 add: "ports": is given twice' \
	pool4 add 192.0.2.64 ports 2000-2999 ports 3000-3999
no 2 'pool4 add: "mark": is given twice' pool4 add 192.0.2.64 mark 1 mark 2
no 1 'pool4 add: "0-9": port 0 cannot be used by TCP and UDP: begin with 1 or more' \
	pool4 add 192.0.2.64 ports 0-9
no 1 'pool4 add: "203.0.113.0/24": the instance is stateless (mode siit), this is for mode nat64' \
	-i s pool4 add 203.0.113.0/24
out=$(ctl pool4 add 127.0.0.1 2>&1)
like "pool4 add of loopback" "$?: $out" '^1: nat64ctl: pool4 add: "127.0.0.1": '
json "pool4 list" "[tuple(p.values()) for p in d['pool4']]" \
	"[('default', '192.0.2.0/28', 1024, 65535, 'all', None, 0), ('default', '198.51.100.1/32', 2000, 2999, 'tcp,udp', 16, 0)]" \
	pool4 list
done_ "pool4 del" pool4 del 198.51.100.1 ports 2000-2999 proto tcp proto udp mark 16
no 1 'pool4 del: "198.51.100.1": the instance has no such range' \
	pool4 del 198.51.100.1
json "usable now" "d['instances'][0]['usable']" True instance list

# --- eam, deny4 -------------------------------------------------------------

done_ "eam add" -i s eam add 2001:db8:1::/120 198.51.100.0/24
done_ "eam add, the other order" -i s eam add 198.51.101.1 2001:db8:2::1
# I-13
no 1 'eam add: "2001:db8:1::/120": another mapping has this IPv6 prefix' \
	-i s eam add 2001:db8:1::/120 198.51.103.0/24
out=$(ctl -i s eam add 2001:db8:9::/120 198.51.100.0/24 2>&1)
like "an IPv4 prefix that is mapped" "$?: $out" \
	'^1: nat64ctl: eam add: ".*": another mapping has this IPv4 prefix$'
no 2 'eam add: PREFIX6 is missing' -i s eam add 198.51.103.0/24
# I-03
for wrong in "2001:db8:9::/120 198.51.0.0/16" "2001:db8:9::1 198.51.103.0/31"; do
	# shellcheck disable=SC2086
	out=$(ctl -i s eam add $wrong force 2>&1)
	like "a mapping that has no room: $wrong" "$?: $out" \
		'^1: nat64ctl: eam add: ".*": IPv4 prefix has more addresses than the IPv6 prefix: '
done
# I-20
no 1 'eam add: "2001:db8:9::/120": the instance is stateful (mode nat64), this is for mode siit' \
	eam add 2001:db8:9::/120 198.51.103.0/24
json "and nothing is mapped" "d['eam']" "[]" eam list
json "eam list" "[(e['prefix6'], e['prefix4']) for e in d['eam']]" \
	"[('2001:db8:1::/120', '198.51.100.0/24'), ('2001:db8:2::1/128', '198.51.101.1/32')]" \
	-i s eam list
# M-11: what an address becomes, asked for without a packet
stands_for() { # WANTED WORDS...
	local wanted=$1

	shift
	json "$*" "[(m['addr6'], m['addr4']) for m in d['map']]" "[$wanted]" "$@"
}
stands_for "('2001:db8:46::10.1.2.3', '10.1.2.3')" -i s map 10.1.2.3
stands_for "('2001:db8:46::10.1.2.3', '10.1.2.3')" -i s map 2001:db8:46::a01:203
stands_for "('2001:db8:1::7', '198.51.100.7')" -i s map 198.51.100.7
stands_for "('2001:db8:1::7', '198.51.100.7')" -i s map 2001:db8:1::7
stands_for "('2001:db8:2::1', '198.51.101.1')" -i s map 198.51.101.1
stands_for "" -i s map 192.0.2.1
stands_for "" -i s map 2001:db8:46::192.0.2.1
stands_for "" -i s map 2001:db8:9::1
stands_for "('2001:db8:64::192.0.2.33', '192.0.2.33')" map 192.0.2.33
# A-23: and what a more specific route has to say
ip -n "$gw" link add away type veth peer name back
ip -n "$gw" link set away up
ip -n "$gw" link set back up
route_of() { # WANTED WORDS...
	local wanted=$1

	shift
	json "$* goes by ${wanted:-no route}" "[m['route'] or '' for m in d['map']]" \
		"['$wanted']" "$@"
}
for route in 2001:db8:64::/64 2001:db8:64::c000:200/120 2001:db8:1::/119 \
	2001:db8:1::8/125 198.51.100.0/24 198.51.100.8/29 10.1.0.0/16; do
	ip -n "$gw" route add "$route" dev away
done
route_of "" map 2001:db8:64::198.51.100.9
route_of 2001:db8:64::c000:200/120 map 2001:db8:64::192.0.2.9
route_of "" map 198.51.100.9
route_of "" -i s map 198.51.100.7
route_of 198.51.100.8/29 -i s map 198.51.100.9
route_of "" -i s map 2001:db8:1::7
route_of 2001:db8:1::8/125 -i s map 2001:db8:1::9
route_of 10.1.0.0/16 -i s map 10.1.2.3
ip -n "$gw" route add unreachable 2001:db8:1::9
route_of "" -i s map 2001:db8:1::9
ip -n "$gw" link del away
is "map for people" "$(ctl -i s map 198.51.100.7 | xargs)" \
	"ADDR6 ADDR4 2001:db8:1::7 198.51.100.7"
no 2 'map: ADDR is missing' map
no 2 'map: "192.0.2.0/24": must be one address' map 192.0.2.0/24
no 2 'map: "2001:db8::/64": must be one address' map 2001:db8::/64
no 1 'map: "x": there is no instance of this name' -i x map 192.0.2.1
done_ "eam del" -i s eam del 198.51.101.1 2001:db8:2::1
no 1 'eam del: "2001:db8:2::1": the instance does not have this mapping' \
	-i s eam del 2001:db8:2::1 198.51.101.1
done_ "deny4 add" deny4 add 10.0.0.0/8
no 1 'deny4 add: "10.0.0.0/8": the instance denies this prefix already' \
	deny4 add 10.0.0.0/8
json "deny4 list" "d['deny4']" \
	"[{'instance': 'default', 'prefix4': '10.0.0.0/8'}]" deny4 list
done_ "deny4 del" deny4 del 10.0.0.0/8
no 1 'deny4 del: "10.0.0.0/8": the instance does not deny this prefix' \
	deny4 del 10.0.0.0/8

# --- bib, session -----------------------------------------------------------

done_ "bib add" bib add tcp 2001:db8::1#80 192.0.2.1#8080
done_ "bib add in the other form" \
	bib add udp '[2001:db8::1]:53' 192.0.2.1:5353
done_ "bib add of an identifier" bib add icmp 2001:db8::1#7 192.0.2.1#1024
no 1 'bib add: "192.0.2.1#8080": one of the two transport addresses is bound already' \
	bib add tcp 2001:db8::2#80 192.0.2.1#8080
no 2 'bib add: "2001:db8::1:80": is not an IPv6 address and port, as in 2001:db8::1#80 or [2001:db8::1]:80' \
	bib add tcp 2001:db8::1:80 192.0.2.1#8080
no 2 'bib add: "sctp": must be one of tcp, udp, icmp' bib add sctp
json "bib list" "sorted((b['proto'], b['port6'], b['port4'], b['static']) for b in d['bib'])" \
	"[('icmp', 7, 1024, True), ('tcp', 80, 8080, True), ('udp', 53, 5353, True)]" \
	bib list
json "bib list, filtered" "[b['proto'] for b in d['bib']]" "['udp']" \
	bib list proto udp addr6 2001:db8::/64 port4 5353
json "bib list, nothing matches" "d" "{'bib': []}" bib list port6 9
no 2 'bib list: "sctp": must be one of tcp, udp, icmp' bib list proto sctp
no 2 'bib list: "remote": a binding has no remote host' \
	bib list proto tcp remote 192.0.2.9
done_ "bib del" bib del udp 2001:db8::1#53 192.0.2.1#5353
out=$(ctl bib del udp 2001:db8::1#53 192.0.2.1#5353 2>&1)
like "bib del of none" "$?: $out" \
	'^1: nat64ctl: bib del: "192.0.2.1#5353": '
json "session list" "d" "{'sessions': []}" session list
json "session count" "d" "{'sessions': 0}" session count proto tcp
is "session del tells how many" "$(ctl session del proto tcp)" 0
no 2 'session del: FILTER is missing' session del
no 2 'session list: "port": proto, addr6, port6, addr4, port4, remote or remote-port is expected here' \
	session list port 5

# --- settings and counters --------------------------------------------------

done_ "set several" set tos 5 lowest-ipv6-mtu auto udp-zero-checksum drop \
	rfc6791-prefix4 198.51.100.0/24 tcp-est-timeout 3h
json "get" "[d['settings'][0][k] for k in ('enabled', 'tos', 'lowest_ipv6_mtu', 'udp_zero_checksum', 'rfc6791_prefix4', 'tcp_est_timeout', 'filtering')]" \
	"[True, 5, 'auto', 'drop', '198.51.100.0/24', '3h', 'eif']" get
done_ "set back" set tos copy lowest-ipv6-mtu 1280 udp-zero-checksum compute \
	rfc6791-prefix4 none tcp-est-timeout 2h
json "get one" "d" "{'settings': [{'instance': 'default', 'tos': 'copy'}]}" \
	get tos
like "get for people" "$(ctl get)" '^tcp-est-timeout +2h$'
no 2 'set: "300": must be a number from 0 to 255 or copy' set tos 300
no 2 'set: "maybe": must be one of off, on' set enabled maybe
no 2 'set: "00000000000000064x": is too long a number' \
	set port-blocks deterministic 00000000000000064x
for key in max-sessions max-bib; do
	no 2 'set: "0": must be a number from 1 to 67108864' set $key 0
done
done_ "set for a port" set udp-zero-checksum drop port 4500
is "which is shown" "$(ctl get udp-zero-ports | xargs)" \
	"SETTING VALUE udp-zero-ports 4500:drop"
done_ "for none" set udp-zero-ports none
is "is the end of it" "$(ctl get udp-zero-ports | xargs)" \
	"SETTING VALUE udp-zero-ports none"
no 2 'set: "frob": is not a setting ("get" lists them)' set frob 1
no 1 'set: "10s": RFC 6146 asks for 2m at least; force sets it anyway' \
	set tos 9 udp-timeout 10s
json "a refused set changes nothing" "d['settings'][0]['tos']" copy get tos
done_ "set with force" set udp-timeout 10s force
done_ "set enabled off" set enabled off
like "status says so" "$(ctl status)" '^default +nat64 +no +disabled '
done_ "set enabled on" set enabled on
json "stats" "[(c['drop'], c['gauge']) for c in d['stats'] if c['name'] == 'bib']" \
	"[(False, True)]" stats
json "stats leaves out what is 0" \
	"[c['name'] for c in d['stats'] if c['value'] == 0]" "[]" stats
json "stats all does not" "[c['drop'] for c in d['stats'] if c['name'] == 'no_bib']" \
	"[True]" stats all
json "every reason has a meaning" \
	"[c['name'] for c in d['stats'] if c['drop'] != bool(c['meaning'])]" "[]" \
	stats all
like "which people see, too" "$(ctl stats all)" \
	'^no_bib +0 +drop +no binding for the destination$'

# --- save and restore -------------------------------------------------------

dir=$(tmp)
ctl save > "$dir/saved"
is "save ends well" "$?" 0
like "save has the limit" "$(cat "$dir/saved")" \
	'^-i s prefix add 2001:db8:46::/96 v4 10.0.0.0/8 force$'
json "save as JSON" "'\n'.join(d['commands'])" "$(cat "$dir/saved")" save
check "restore of what is there" ctl restore "$dir/saved"
is "it is the same" "$(ctl save)" "$(cat "$dir/saved")"
for i in default s; do
	ctl instance del $i
done
is "all is gone" "$(ctl save)" ""
check "restore brings it back" ctl restore "$dir/saved"
is "it is the same again" "$(ctl save)" "$(cat "$dir/saved")"

# M-06: of one moment, whatever happens meanwhile.
touch "$dir/changing"
(while [ -e "$dir/changing" ]; do
	ctl instance add z mode siit
	ctl -i z prefix add 2001:db8:99::/96
	ctl -i z eam add 2001:db8:98::1 198.51.100.98
	ctl instance del z
done) &
changer=$!
torn=
for _ in {1..15}; do
	ctl save > "$dir/moment"
	grep -q '^-i z' "$dir/moment" && ! grep -q '^instance add z' "$dir/moment" &&
		torn+=1
	grep -q '^-i z eam' "$dir/moment" && ! grep -q '^-i z prefix' "$dir/moment" &&
		torn+=2
done
rm "$dir/changing"
wait $changer
is "what is saved is whole" "$torn" ""
is "and as it was" "$(ctl save)" "$(cat "$dir/saved")"

# All or nothing: the wrong line is the last.
{
	echo "# another configuration"
	echo "instance add new mode nat64   # with a comment"
	echo
	echo "-i new prefix add 2001:db8:64::/96"
	echo "-i new prefix add 2001:db8::/33"
} > "$dir/wrong"
no 1 "$dir/wrong:5: prefix add: \"2001:db8::/33\": prefix length must be 32, 40, 48, 56, 64 or 96" \
	restore "$dir/wrong"
is "a refused restore changes nothing" "$(ctl save)" "$(cat "$dir/saved")"
printf 'frob\nprefix list\n-i\ninstance add x mode\n-j get\n' > "$dir/wrong"
cp "$dir/wrong" "$dir/wrong5"
is "restore tells all that is wrong" "$(ctl restore "$dir/wrong" 2>&1)" \
"nat64ctl: $dir/wrong:1: \"frob\": no such object (\"help\" lists them)
nat64ctl: $dir/wrong:2: prefix list: is not a change of the configuration
nat64ctl: $dir/wrong:3: INSTANCE is missing
nat64ctl: $dir/wrong:4: instance add: nat64|siit is missing
nat64ctl: $dir/wrong:5: \"-j\": no such object (\"help\" lists them)"
is "and changes nothing" "$(ctl save)" "$(cat "$dir/saved")"
# M-06: all kinds of change are in it, and any of them can be the wrong one
{
	cat "$dir/saved"
	echo "set tos 7"
	echo "eam add 2001:db8:77::/120 198.51.77.0/24"
} > "$dir/wrong"
like "a stateful instance makes all of it wrong" \
	"$(ctl restore "$dir/wrong" 2>&1)" 'the instance is stateful'
is "and nothing changes" "$(ctl save)" "$(cat "$dir/saved")"
no 1 "restore: \"$dir/none\": No such file or directory" restore "$dir/none"
echo "instance add y mode siit" | ctl restore -
is "restore from standard input" \
	"$? $(ctl save | grep -c '^instance add y mode siit$')" "0 1"
ctl restore - < /dev/null
is "an empty file is an empty configuration" "$? $(ctl save)" "0 "

# --- the service ----------------------------------------------------------------

unit() { # unit KEY: runs what the unit has for it, here
	local words

	words=$(sed -n "s,^$1=/usr/local/sbin/nat64ctl ,,p" tools/systemd/nat64.service)
	# shellcheck disable=SC2086
	[ -n "$words" ] && ctl $words
}

mkdir -p /etc/nat64
cp "$dir/saved" /etc/nat64/nat64.conf
check "the service starts" unit ExecStart
is "with what has been saved" "$(ctl save)" "$(cat "$dir/saved")"
check "reloads" unit ExecReload
is "it" "$(ctl save)" "$(cat "$dir/saved")"
check "and stops" unit ExecStop
is "with nothing left" "$(ctl save)" ""
rm /etc/nat64/nat64.conf
is "units wait for none that is not there" "$(sed -n 's/^After=//p' tools/systemd/*.service |
	tr ' ' '\n' | grep -E '^(nat64|dhcp108d|pref64d)' | sort -u |
	while read -r unit; do [ -e "tools/systemd/$unit" ] || echo "$unit"; done)" ""

# --- apply, whois, metrics ---------------------------------------------------

no 2 'apply: FILE is missing' apply --check
no 2 'apply: "x": must be a number of seconds from 1 to 86400' apply --confirm x y
no 1 'confirm: no configuration waits to be confirmed' confirm
done_ "apply --check of what is fine" apply --check "$dir/saved"
is "which changes nothing" "$(ctl save)" ""
done_ "apply" apply "$dir/saved"
is "makes it" "$(ctl save)" "$(cat "$dir/saved")"
done_ "apply --check, with something there" apply --check "$dir/saved"
done_ "and of nothing" apply --check /dev/null
out=$(ctl apply --check "$dir/wrong" 2>&1)
like "apply --check of what is wrong" "$?: $out" \
	"^1: nat64ctl: $dir/wrong:[0-9]+: .*the instance is stateful"
is "changes nothing either" "$(ctl save)" "$(cat "$dir/saved")"
json "whois" "[(b['proto'], b['addr6'], b['port6']) for b in d['bib']]" \
	"[('tcp', '2001:db8::1', 80)]" whois 192.0.2.1#8080
is "whois of an address" "$(ctl whois 192.0.2.1 | grep -c 192.0.2.1)" 2
is "and protocol" "$(ctl whois 192.0.2.1 icmp | grep -c 192.0.2.1)" 1
no 1 'whois: nobody has it now' whois 192.0.2.1#9999
no 2 'whois: "sctp": must be one of tcp, udp, icmp' whois 192.0.2.1 sctp
like "metrics" "$(ctl metrics)" '^nat64_bib\{instance="default"\} 2$'
like "of drops, too" "$(ctl metrics)" \
	'^nat64_drops_total\{instance="s",reason="no_bib"\} 0$'
is "a type for each" "$(ctl metrics | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' | sort)" \
	"$(ctl metrics | sed -n 's/^\(nat64[a-z0-9_]*\){.*/\1/p' | sort -u)"
echo "instance add y mode siit" > "$dir/other"
done_ "apply --confirm" apply --confirm 600 "$dir/other"
is "makes it at once" "$(ctl save | grep -c '^instance add y mode siit$')" 1
no 1 'apply: another configuration waits to be confirmed' \
	apply --confirm 600 "$dir/saved"
out=$(user confirm 2>&1)
like "not by anybody" "$?: $out" '^3: nat64ctl: confirm: '
done_ "confirm" confirm
no 1 'confirm: no configuration waits to be confirmed' confirm
is "it stays" "$(ctl save | grep -c '^instance add y mode siit$')" 1
done_ "apply --confirm of another" apply --confirm 1 "$dir/saved"
is "unconfirmed, the former comes back" "$(wait_for 20 eval \
	"nat64ctl -n $gw save | grep -q '^instance add y'" && ctl instance list | wc -l)" 2
check "what is refused needs no confirmation" eval \
	"! nat64ctl -n $gw apply --confirm 600 $dir/wrong5"
no 1 'confirm: no configuration waits to be confirmed' confirm
ctl restore - < /dev/null

# --- monitor ----------------------------------------------------------------

# The first line is read when it is there: a monitor says nothing before.
listen() { # listen FILE OPTIONS...
	local file=$1

	shift
	nat64ctl -n "$gw" "$@" > "$file" 2>&1 &
	listener=$!
	defer stop $listener
	# What proves that it listens is that it tells.
	wait_for 10 heard "$file"
}

stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

heard() {
	ctl instance add probe mode siit && ctl instance del probe
	grep -q probe "$1"
}

listen "$dir/text" monitor
ctl instance add default mode nat64
ctl prefix add 2001:db8:64::/96
ctl pool4 add 192.0.2.0/28
ctl bib add tcp 2001:db8:64::192.0.2.33#80 192.0.2.1#8080
ctl set tos 3
ctl -i s prefix add 2001:db8:64::/96 2>/dev/null
ctl instance del default
wait_for 10 grep -q 'instance del default' "$dir/text"
stop $listener
is "monitor tells what was done, and nothing of what was refused" \
	"$(sed -n 's/^[^ ]* config //p' "$dir/text" | grep -v probe)" \
"instance add default mode nat64
prefix add 2001:db8:64::/96
pool4 add 192.0.2.0/28 proto all
bib add tcp 2001:db8:64::c000:221#80 192.0.2.1#8080
set tos 3
instance del default"
# A-29
is "events, in mixed notation" "$(sed -n 's/^[^ ]* event //p' "$dir/text" | head -n 1)" \
	"default bib-new tcp 2001:db8:64::192.0.2.33#80 192.0.2.1#8080"

listen "$dir/json" -j monitor config
ctl restore "$dir/saved"
wait_for 10 grep -q 'bib add' "$dir/json"
stop $listener
# L-13: time of day, and a number that tells the order
begin=$(date -u +%s)
listen "$dir/log" -j monitor
ctl bib add tcp 2001:db8::7#81 192.0.2.1#8181
ctl bib del tcp 2001:db8::7#81 192.0.2.1#8181
wait_for 10 grep -q bib-del "$dir/log"
stop $listener
is "events have a time of day and a number" "$(python3 - "$dir/log" "$begin" <<-'P'
	import datetime, json, sys, time
	d = [e for e in map(json.loads, open(sys.argv[1])) if e["type"] == "event"]
	t = [datetime.datetime.strptime(e["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(
	     tzinfo=datetime.timezone.utc).timestamp() for e in d]
	print([(e["event"], e["port4"]) for e in d],
	      int(sys.argv[2]) <= t[0] <= t[-1] <= time.time(),
	      [e["seq"] - d[0]["seq"] for e in d])
	P
	)" "[('bib-new', 8181), ('bib-del', 8181)] True [0, 1]"

is "monitor -j: lines of JSON, numbered without a gap" "$(python3 - "$dir/json" <<-'P'
	import json, sys
	lines = [json.loads(line) for line in open(sys.argv[1])]
	seqs = [line["seq"] for line in lines]
	print(seqs == list(range(seqs[0], seqs[0] + len(seqs))),
	      {line["type"] for line in lines},
	      [line["command"] for line in lines if "v4" in line["command"]])
	P
	)" "True {'config'} ['-i s prefix add 2001:db8:46::/96 v4 10.0.0.0/8']"

# More in one transaction than a reader that does not read has room for.
listen "$dir/lost" monitor config
kill -STOP $listener
{
	echo "instance add many mode siit"
	python3 -c 'for i in range(8000): print(f"-i many eam add 2001:db8::{i:x} 10.0.{i >> 8}.{i & 255}")'
} > "$dir/many"
check "a transaction of 8000 mappings" ctl restore "$dir/many"
is "they are all there" "$(ctl -j -i many eam list | grep -c prefix4)" 8000
kill -CONT $listener
wait_for 20 grep -q ' lost' "$dir/lost"
is "monitor tells of lost notifications" "$?" 0	# L-14
ctl instance del many
stop $listener
out=$(ctl monitor frob 2>&1)
is "monitor of what is not" "$?: $out" \
	"2: nat64ctl: monitor: \"frob\": must be one of config, event"

# --- permission, K-22 -------------------------------------------------------

ctl restore "$dir/saved"
denied="no permission: CAP_NET_ADMIN is needed in this network namespace"
for words in "prefix add 2001:db8:99::/96" "instance del default" "set tos 1" \
	"session list" "bib list" "session del proto tcp" "save" \
	"monitor event" "restore -"; do
	# shellcheck disable=SC2086
	out=$(user $words 2>&1 < "$dir/saved")
	like "a user may not: $words" "$?: $out" "^3: nat64ctl: .*: $denied"
done
check "a user may list prefixes" user prefix list
check "and ask for an address" user map 192.0.2.1
is "nothing has changed" "$(ctl save)" "$(cat "$dir/saved")"

# --- namespaces, daemons ----------------------------------------------------

setup_ns other
json "another namespace has nothing" "d" "{'instances': []}" \
	-n "$other" instance list
json "and a path is a name too" "len(d['instances'])" 2 \
	-n "/run/netns/$gw" instance list
no 1 'adoption: dhcp108d: not running' adoption
no 1 'adoption: dhcp108d: not running' adoption leases
json "status without daemons" "(d['dhcp108d'], d['pref64d'])" "(None, None)" status

# --- clat -------------------------------------------------------------------

ctl restore - < /dev/null
setup_ns client server
veth "$client" eth0 "$gw" lan
veth "$gw" wan "$server" eth0
forward "$gw"
addr "$gw" lan 2001:db8:1::1/64
addr "$gw" wan 198.51.100.1/24
addr "$server" eth0 198.51.100.9/24
ctl instance add default mode nat64
ctl prefix add 2001:db8:64::/96
ctl pool4 add 198.51.100.1 ports 40000-50000 force
PIO=030440c0000151800000e1000000000020010db8000100000000000000000000
PREF64=2602070820010db80064000000000000

clat() { nat64ctl -n "$client" "$@"; }

# beacon HOP_LIMIT OPTIONS: a router; the one before ends.
beacon() {
	[ -z "${router:-}" ] || stop $router
	on "$gw" python3 selftests/net/ra_beacon.py lan "$@" &
	router=$!
	defer stop $router
}

state() {
	ip -n "$client" -o addr show | grep -v 'scope link' | awk '{ print $2, $4 }'
	ip -n "$client" -4 route
	clat instance list
}

is "no CLAT yet" "$(clat clat show 2>&1)" "nat64ctl: clat show: no CLAT is up"
is "clat down of none" "$(clat clat down eth0 2>&1)" \
	"nat64ctl: clat down: no CLAT is up"
is "clat up on no interface" "$(clat clat up eth7 2>&1)" \
	'nat64ctl: clat up: "eth7": no such interface'
beacon 64 $PIO$PREF64
out=$(clat clat up eth0 2>&1)
is "a router beyond the link is none" "$?: $out" \
	'1: nat64ctl: clat up: "eth0": no router answers'
beacon 255 $PIO
wait_for 10 eval "ip -n $client -6 addr show dev eth0 | grep -q 2001:db8:1:"
before=$(state)
out=$(clat clat up eth0 2>&1)
is "no PREF64" "$?: $out" \
	'1: nat64ctl: clat up: "eth0": its router announces no PREF64; give PREFIX6'
ip -n "$client" addr add 192.0.2.77/24 dev eth0
out=$(clat clat up eth0 2001:db8:64::/96 2>&1)
is "clat up where IPv4 is" "$?: $out" \
	'1: nat64ctl: clat up: "eth0": has an IPv4 address already (force to go on)'
ip -n "$client" addr del 192.0.2.77/24 dev eth0
out=$(clat clat up eth0 2001:db8::/33 2>&1)
like "a prefix that is none" "$?: $out" '^1: nat64ctl: clat up: .*length must be 32'
is "what fails leaves nothing behind" "$(state)" "$before"
beacon 255 $PIO$PREF64
check "clat up" clat clat up eth0
json "clat show" "[(c['iface'], c['prefix6'], c['addr4'], c['mtu']) for c in d['clat']]" \
	"[('eth0', '2001:db8:64::/96', '192.0.0.1', 1472)]" -n "$client" clat show
check "IPv4 over IPv6" on "$client" ping -c 2 -W 5 198.51.100.9
out=$(clat clat up eth0 2>&1)
is "up twice" "$?: $out" \
	'1: nat64ctl: clat up: "eth0": a CLAT is up already ("clat show" tells where)'
out=$(clat clat down lo 2>&1)
is "down on another interface" "$?: $out" \
	'1: nat64ctl: clat down: "lo": the CLAT is on another interface'
check "clat down" clat clat down eth0
is "clat down leaves nothing behind" "$(state)" "$before"
# Of 3 kilobytes, most of which it does not know.
ip -n "$gw" link set lan mtu 9000
ip -n "$client" link set eth0 mtu 9000
filler=c864$(printf '%01596d' 0)
beacon 255 $filler$filler$filler$filler$PIO$PREF64
check "clat up by a large advertisement" clat clat up eth0
check "clat down again" clat clat down eth0
ip -n "$gw" link set lan mtu 1500
ip -n "$client" link set eth0 mtu 1500

# --- the module goes --------------------------------------------------------

listen "$dir/gone" -j monitor config
for ns in "$gw" "$client" "$other"; do
	nat64ctl -n "$ns" restore - < /dev/null
done
unload_module
is "the module is gone" "$(grep -c '^nat64 ' /proc/modules)" 0
load_module
ctl instance add back mode siit
wait_for 10 grep -q back "$dir/gone"
stop $listener
is "monitor follows the module" \
	"$(python3 -c 'import json, sys
for line in open(sys.argv[1]):
    d = json.loads(line)
    print(d["type"], d.get("command", "-"))' "$dir/gone" | tail -n 3)" \
	"unloaded -
loaded -
config instance add back mode siit"
# M-06
is "it has nothing of what was before" "$(ctl save | grep -cv back)" 0
check "what was saved can be restored" ctl restore "$dir/saved"
is "and is what it was" "$(ctl save)" "$(cat "$dir/saved")"
