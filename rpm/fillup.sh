# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# fillup TEMPLATE FILE: settings that FILE has not are added with their comments; what it has,
# be it in a comment, stays as it is. As SUSE's program of that name, where it is not.
fillup() {
	if [ ! -e "$2" ]; then
		mkdir -p "${2%/*}"
		cp "$1" "$2.new"
	else
		cp -p "$2" "$2.new"
		awk '
			match($0, /^#?[A-Za-z_][A-Za-z0-9_]*=/) {
				name = substr($0, RSTART, RLENGTH - 1)
				sub(/^#/, "", name)
			}
			FILENAME == ARGV[1] { has[name] = 1; next }
			{ block = block $0 "\n" }
			RSTART == 1 { if (!(name in has)) printf "%s", block; block = "" }
		' "$2" "$1" >>"$2.new"
	fi
	mv "$2.new" "$2"
}
