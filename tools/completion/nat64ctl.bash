# SPDX-License-Identifier: GPL-2.0
# bash completion of nat64ctl

# The commands come from the program itself, so that they are never stale.
_nat64ctl_commands()
{
	nat64ctl help 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]* .*\)$/\1/p'
}

_nat64ctl_objects()
{
	_nat64ctl_commands | cut -d ' ' -f 1 | sort -u
}

# Second words of commands that have a verb: it stands in lower case and
# without brackets, arguments do not.
_nat64ctl_verbs()
{
	_nat64ctl_commands | awk -v o="$1" \
		'$1 == o && $2 ~ /^[a-z]+$/ { print $2 }' | sort -u
}

_nat64ctl_settings()
{
	nat64ctl help set 2>/dev/null | sed -n 's/^settings: //p'
}

# _nat64ctl_args OBJECT VERB
_nat64ctl_args()
{
	case "$1 $2" in
	"instance add") echo mode nat64 siit ;;
	"prefix add") echo v4 force ;;
	"prefix del") echo v4 ;;
	"pool4 add" | "pool4 del")
		echo ports proto tcp udp icmp all mark force ;;
	"eam add" | "eam del") echo force ;;
	"bib add" | "bib del") echo tcp udp icmp ;;
	"bib list" | "session list" | "session del" | "session count")
		echo proto tcp udp icmp addr6 port6 addr4 port4 remote \
			remote-port ;;
	"ra renumber") echo overlap ;;
	"clat up" | "clat down") ls /sys/class/net ;;
	set*) _nat64ctl_settings; echo force on off ;;
	get*) _nat64ctl_settings ;;
	stats*) echo all ;;
	apply*) echo --check --confirm ;;
	whois*) echo tcp udp icmp ;;
	monitor*) echo config event ;;
	help*) _nat64ctl_objects ;;
	esac
}

_nat64ctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local i=1 object verb words

	while [[ $i -lt $COMP_CWORD && ${COMP_WORDS[i]} == -* ]]; do
		[[ ${COMP_WORDS[i]} == -[ni] ]] && i=$((i + 1))
		i=$((i + 1))
	done
	case $prev in
	-n) words=$(ls /run/netns 2>/dev/null) ;;
	-i) words=$(nat64ctl instance list 2>/dev/null |
		awk 'NR > 1 { print $1 }') ;;
	restore | check-config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [[ -z $words ]]; then
		object=${COMP_WORDS[i]}
		verb=${COMP_WORDS[i + 1]}
		if [[ $COMP_CWORD -le $i ]]; then
			words="-n -i -j $(_nat64ctl_objects)"
		elif [[ $COMP_CWORD -eq $((i + 1)) ]]; then
			words=$(_nat64ctl_verbs "$object")
			[[ -n $words ]] ||
				words=$(_nat64ctl_args "$object" "")
		else
			words=$(_nat64ctl_args "$object" "$verb")
		fi
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _nat64ctl nat64ctl
