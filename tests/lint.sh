#!/bin/sh
# What other programs say of the scripts, the manual pages and the desktop's files.  Prints TAP.
cd "${top_srcdir:-.}" || exit 99
number=0
failed=0
# lint DESCRIPTION PROGRAM ARGUMENT...: it must succeed and print nothing.
lint() {
	number=$((number + 1))
	description=$1
	shift
	if ! command -v "$1" >/dev/null 2>&1; then
		echo "ok $number - $description # SKIP $1 is absent"
	elif said=$("$@" 2>&1) && [ -z "$said" ]; then
		echo "ok $number - $description"
	else
		printf '%s\n' "$said" | sed 's/^/# /'
		echo "not ok $number - $description"
		failed=1
	fi
}
# shellcheck disable=SC2046 # names of this project have no blanks
lint 'shellcheck on the scripts' shellcheck -S warning -f gcc bootstrap $(find tests bench -name '*.sh')
for page in man/*.[0-9]; do
	lint "mandoc on $page" mandoc -Tlint -W warning "$page"
done
lint 'the desktop entry' desktop-file-validate share/applications/stemma.desktop
echo "1..$number"
exit $failed
