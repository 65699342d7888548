# SPDX-License-Identifier: GPL-2.0-or-later
# What Xen's makefiles ask of the machine and its compiler in each of some 500 directories, and the answers, which are the
# same wherever this is built. A third of all programs that a build starts were started for these questions.
# Included by hypervisor/build.mk and tools/build.mk, which put $(xen_answers) on the command line of Xen's make.
#
# check-y          its compiler is not older than 4.1
# ld-ver-build-id  its linker knows --build-id
# cc-option        Config.mk's own, but for options that all compilers from 4.8 on have

common_options := -Og -Wno-unused-but-set-variable -Wno-unused-local-typedefs
xen_answers = XEN_COMPILE_ARCH=x86_64 XEN_OS=Linux check-y= ld-ver-build-id=y \
	'cc-option=$$(if $$(filter $(common_options),$$(2)),$$(2),$$(shell if $$(1) $$(2:-Wno-%=-W%) -Werror -c -o /dev/null \
	-x c /dev/null >/dev/null 2>&1; then echo "$$(2)"; else echo "$$(3)"; fi))'
