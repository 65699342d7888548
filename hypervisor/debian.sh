# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Gets Debian's source package of Xen through apt. Part of ./source, which has its words.

# shellcheck disable=SC2016  # formats of apt, scripts of awk
# shellcheck disable=SC2034,SC2153,SC2154  # XEN_*, RELEASE and the like are source's

# apt LIST COMMAND ARGUMENT...: apt with the machine's configuration, proxies and credentials,
# but with our own LIST of repositories (all, or one suite), our state, no hooks of the
# machine, and nothing that is not signed.
apt() {
	local list=$1 command=$2 state=$work/apt
	shift 2
	"$command" -q -c "$state/apt.conf" \
		-o Dir::Etc::sourcelist=/dev/null \
		-o Dir::Etc::sourceparts="$state/sources/$list" \
		-o Dir::State="$state" \
		-o Dir::State::lists="$state/lists" \
		-o Dir::State::status=/dev/null \
		-o Dir::Cache="$state/cache" \
		-o APT::Get::AllowUnauthenticated=false \
		-o Acquire::AllowInsecureRepositories=false \
		-o Acquire::AllowWeakRepositories=false \
		-o Acquire::AllowDowngradeToInsecureRepositories=false \
		-o Acquire::Languages=none \
		"$@" </dev/null
}

# The machine's repositories of Debian: a line "URI|suite|file:line" for each.
machine_repositories() {
	local format='$(REPO_URI)|$(RELEASE)|$(SOURCESENTRY)|$(COMPONENT)|$(ORIGIN)' targets

	targets=$(apt-get indextargets --format "$format" 'Created-By: Packages' 2>/dev/null |
		awk -F'|' '$4 == "main" && $5 == "Debian"')
	if [[ -z $targets ]]; then
		# Before the machine's first update the origins are not known.
		targets=$(apt-get indextargets --no-release-info --format "$format" \
			2>/dev/null | awk -F'|' '$4 == "main"')
	fi
	cut -d'|' -f1-3 <<<"$targets" | sort -u
}

# The Signed-By of one repository, as a field of a deb822 stanza; empty where it has none.
# apt-get indextargets does not tell it.
signed_by() {
	local uri=${1%/} file=${2%:*} line=${2##*:}

	[[ -r $file ]] || return 0
	if [[ $file == *.sources ]]; then
		awk -v uri="$uri" '
			function flush() {
				if (here) { printf "%s", signed; done = 1; exit }
				signed = ""; here = 0
			}
			/^[ \t]*$/ { flush(); infield = ""; next }
			/^#/ { next }
			/^[^ \t]/ { infield = tolower($1) }
			infield == "signed-by:" { signed = signed $0 "\n" }
			infield == "uris:" {
				for (i = 1; i <= NF; i++) {
					u = $i; sub(/\/$/, "", u)
					if (u == uri) here = 1
				}
			}
			END { if (!done && here) printf "%s", signed }' "$file"
	else
		sed -n "${line}s/^[^[]*\\[[^]]*signed-by=\\([^] ]*\\).*/Signed-By: \\1/Ip" "$file" |
			tr ',' ' '
	fi
}

# stanza_add LIST URI SUITE SIGNED-BY, to be tried
stanza_add() {
	printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\n%s\n' "$2" "$3" \
		"${4:+$4$'\n'}" >>"$1/xenhost.sources"
}

# Writes our lists of repositories: the machine's suite with its security and update suites,
# then RELEASE's on the same servers; sources/all has them all, sources/SUITE one. Sets pools, where
# Debian keeps xen's files there.
repositories_write() {
	local uri suite entry release signed one main=() security=() list='' seen=' '
	suites=
	pools=()

	while IFS='|' read -r uri suite entry; do
		[[ $suite =~ ^([a-z]+)(-security|-updates|/updates)?$ ]] || continue
		release=${BASH_REMATCH[1]}
		if [[ $suite == *-security || $suite == */updates ]]; then
			security+=("$uri|$entry")
		else
			main+=("$uri|$entry")
		fi
		# What is not a release is not asked, but its server has the releases too.
		case $release in
		sid | unstable | experimental) ;;
		*) list+="$uri|$suite|$entry"$'\n' ;;
		esac
	done < <(machine_repositories)
	if ((${#main[@]} == 0)); then
		die 'apt: the machine has no repository of a Debian release; set XEN_SOURCE='
	fi
	# Where the security archive is not listed it is looked for beside the main one.
	if ((${#security[@]} == 0)) && [[ ${main[0]%%|*} =~ ^(.*/debian)/?$ ]]; then
		security+=("${BASH_REMATCH[1]}-security/|${main[0]#*|}")
	fi
	for entry in "${main[@]}"; do
		list+="${entry%%|*}|$RELEASE|${entry#*|}"$'\n'
		list+="${entry%%|*}|$RELEASE-updates|${entry#*|}"$'\n'
		uri=${entry%%|*}
		pools+=("${uri%/}/pool/main/x/xen")
	done
	for entry in "${security[@]}"; do
		list+="${entry%%|*}|$RELEASE-security|${entry#*|}"$'\n'
		uri=${entry%%|*}
		pools+=("${uri%/}/pool/updates/main/x/xen")
	done
	while IFS='|' read -r uri suite entry; do
		if [[ -z $uri || $seen == *" $uri|$suite "* ]]; then
			continue
		fi
		seen+="$uri|$suite "
		# The field of one file may differ from another's; the key of a derived
		# suite is that of the repository it was derived from.
		signed=$(signed_by "$uri" "$entry")
		[[ -n $signed ]] || signed=$(signed_by "$(uri_of_entry "$entry")" "$entry")
		suites+=" $suite"
		one=$work/apt/sources/${suite//\//_}
		try "$work" mkdir -p -- "$work/apt/sources/all" "$one"
		try "$one" stanza_add "$one" "$uri" "$suite" "$signed"
		try "$one" stanza_add "$work/apt/sources/all" "$uri" "$suite" "$signed"
	done <<<"$list"
}

# The URI with which the machine lists a repository.
uri_of_entry() {
	machine_repositories | awk -F'|' -v entry="$1" '$3 == entry { print $1; exit }'
}

# The versions of xen in the indexes: "version suite", newest first.
candidates() {
	local file suite version line sorted=() i

	while read -r version suite; do
		for ((i = 0; i < ${#sorted[@]}; i++)); do
			line=${sorted[i]%% *}
			dpkg --compare-versions "$version" le "$line" || break
		done
		sorted=("${sorted[@]:0:i}" "$version $suite" "${sorted[@]:i}")
	done < <(apt all apt-get indextargets --format '$(FILENAME)|$(RELEASE)' 'Created-By: Sources' |
		while IFS='|' read -r file suite; do
			/usr/lib/apt/apt-helper cat-file "$file" | awk -v suite="$suite" '
				/^Package:/ { xen = $2 == "xen" }
				/^Version:/ && xen { print $2, suite }'
		done)
	if ((${#sorted[@]})); then
		printf '%s\n' "${sorted[@]}"
	fi
}

# The repositories that apt could not read, and why, from apt's messages: a line for each.
update_causes() {
	grep -E '^(E|W): ' <<<"$1" |
		grep -vE 'Some index files failed|unsandboxed|can.t be done securely|stored in legacy' |
		sed -E 's/^(E|W): //; s/^Failed to fetch ([^ ]+) +/\1: /' | sort -u
}

# download VERSION SUITE OPTION: one file of a source package into $work/get, checked against
# the signed index. Returns 1 with fetch_error.
download() {
	local out

	if ! out=$(cd -- "$work/get" && apt "${2//\//_}" apt-get source --download-only \
		--only-source "$3" "xen=$1" 2>&1); then
		if grep -q 'No space left on device' <<<"$out"; then
			die "$work/get: No space left on device"
		fi
		fetch_error=$(grep -m1 '^E: ' <<<"$out" | sed -E 's/^E: (Failed to fetch )?//')
		fetch_error=${fetch_error:-$(cause "$out" 'apt-get source failed')}
		return 1
	fi
}

# fetch VERSION SUITE: downloads it into $work/get. Returns 1 with fetch_error. Only the upstream tarball
# is needed: a mirror that lost the .dsc or Debian's own part of a version still serves.
fetch() {
	local version=$1 suite=$2 files

	rm -rf -- "$work/get"
	try "$work/get" mkdir -- "$work/get"
	download "$version" "$suite" --tar-only || return 1
	files=("$work"/get/xen_*.orig.tar.*z*)
	orig_file=${files[0]}
	if [[ ! -f $orig_file ]]; then
		fetch_error='the source package has no .orig.tar'
		return 1
	fi
	debian_file=
	if download "$version" "$suite" --diff-only; then
		files=("$work"/get/xen_*.debian.tar.*)
		debian_file=${files[0]}
	fi
	fetch_check
}

# Is what was downloaded what was asked for, and fit for us? Returns 1 with fetch_error.
fetch_check() {
	if [[ -n ${XEN_SHA256:-} && $(sha256_of "$orig_file") != "$XEN_SHA256" ]]; then
		fetch_error="the sha256 of ${orig_file##*/} is not XEN_SHA256"
		return 1
	fi
	if ! tarball_read "$orig_file"; then
		fetch_error="${orig_file##*/}: $tar_error"
		return 1
	fi
}

# download_known FILE SUM: one file of a pool into $work/get, checked against its sum. Returns 1 with fetch_error.
download_known() {
	local pool out why=''

	for pool in "${pools[@]}"; do
		if out=$(apt all /usr/lib/apt/apt-helper download-file "$pool/$1" "$work/get/$1" \
			"SHA256:$2" 2>&1); then
			return
		fi
		if grep -q 'No space left on device' <<<"$out"; then
			die "$work/get: No space left on device"
		fi
		rm -f -- "$work/get/$1"
		out=$(sed -nE 's/^E: (Failed to fetch )?//p' <<<"$out" | head -n1)
		why+="${why:+; }${out:-$pool/$1: apt-helper failed}"
	done
	fetch_error=$why
	return 1
}

# fetch_known VERSION SUM DEBIAN-SUM: as fetch, without an index.
fetch_known() {
	rm -rf -- "$work/get"
	try "$work/get" mkdir -- "$work/get"
	orig_file=$work/get/xen_${1%-*}.orig.tar.xz
	debian_file=$work/get/xen_$1.debian.tar.xz
	download_known "${orig_file##*/}" "$2" || return 1
	download_known "${debian_file##*/}" "$3" || debian_file=
	fetch_check
}

# adopt VERSION ORIGIN: what was fetched is the answer.
adopt() {
	local version=$1 when

	version_set "$(version_of_makefile "$tar_makefile")" "xen $version"
	version_set "${version%-*}" "xen $version"
	when=$(tar -xOf "$debian_file" debian/changelog 2>/dev/null |
		sed -n '/^ -- /{s/.*>  *//p;q}')
	XEN_DATE=$tar_date
	if [[ -n $when ]]; then
		XEN_DATE=$(date -u -d "$when" +%s) || XEN_DATE=$tar_date
	fi
	XEN_DEBIAN=$version
	XEN_ORIGIN=$2
	tarball_take "$orig_file"
}

take_debian() {
	local out version suite list causes sum debian_sum found=()

	for out in apt-get dpkg; do
		command -v "$out" >/dev/null ||
			die "$out: not on this machine; set XEN_SOURCE= to a tarball or a tree"
	done
	try "$work" mkdir -p -- "$work/apt/lists/partial" \
		"$work/apt/cache/archives/partial"
	try "$work/apt/apt.conf" write "$work/apt/apt.conf" \
		'#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;'
	repositories_write
	say "reading the indexes of$suites"
	out=$(apt all apt-get update 2>&1)
	# apt does not always name a full disk: it then reads as a repository without Release.
	try "$work/apt" write "$work/apt/room" "$(printf '%65536s' '')"
	if grep -q 'No space left on device' <<<"$out"; then
		die "$work/apt: No space left on device"
	fi
	list=$(candidates)
	causes=$(update_causes "$out")
	if [[ -z $list ]]; then
		die "apt: no index with xen in it could be read: ${causes%%$'\n'*}"
	fi
	if [[ -n $causes ]]; then
		note "apt: ${causes//$'\n'/$'\n'xenhost: source: apt: }"
	fi
	while read -r version suite; do
		found+=("$version")
		# Debian's versions of xen have no epoch; one that has is of no branch of ours.
		[[ $version =~ ^${BRANCH/./\.}[.+~-] ]] || continue
		say "fetching xen $version from $suite"
		if fetch "$version" "$suite"; then
			adopt "$version" "$suite"
			return
		fi
		note "xen $version in $suite: $fetch_error"
	done <<<"$list"
	while read -r version sum debian_sum; do
		[[ $version == "$BRANCH"[.+~-]* ]] || continue
		say "fetching xen $version, which is known, from the pool"
		if fetch_known "$version" "$sum" "$debian_sum"; then
			adopt "$version" pool
			return
		fi
		note "xen $version in the pool: $fetch_error"
	done < <(sed 's/#.*//' "$known")
	die "apt: no source package of branch $BRANCH could be had (listed: ${found[*]})"
}
