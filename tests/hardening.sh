#!/bin/sh
# Whether the program is built as it should be: at a random address, with its
# tables of addresses read-only from the start.  Prints TAP.
program=${top_builddir:-.}/stemma
if [ "${HARDENING:-yes}" = no ]; then
	echo '1..0 # SKIP configured with --disable-hardening'
	exit 0
fi
if ! command -v readelf >/dev/null 2>&1; then
	echo '1..0 # SKIP readelf is missing'
	exit 0
fi
if ! readelf -h "$program" >/dev/null 2>&1; then
	echo '1..0 # SKIP not an ELF program'
	exit 0
fi
number=0
failed=0
# shows DESCRIPTION PATTERN READELF-OPTION: what readelf must tell
shows() {
	number=$((number + 1))
	if LC_ALL=C readelf -W "$3" "$program" | grep -E -q -e "$2"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		failed=1
	fi
}
shows 'it runs at any address (PIE)' 'Type: +DYN' -h
shows 'it is a program, not a library' 'INTERP' -l
shows 'its relocations are read-only (RELRO)' 'GNU_RELRO' -l
shows 'all of them, from the start (NOW)' '\((BIND_)?NOW\)|FLAGS.*NOW' -d
shows 'its stack is not executable' 'GNU_STACK.* RW +' -l
shows 'it guards its stack' '__stack_chk_fail' --dyn-syms
echo "1..$number"
exit $failed
