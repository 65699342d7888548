# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of templates: built from the machine's own mirror on loop-mounted file systems.

.PHONY: check-templates
check-templates: WERROR := 1
check-templates: xenhost ## build, refresh, check and interrupt templates (root, network, five minutes)
	@GUESTS=$(abspath $(B)) $(PROVE) --timer --exec bash $(call longest-first,templates,template interrupted)
