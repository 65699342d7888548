# SPDX-License-Identifier: GPL-2.0-or-later
# Ratios against peers in one run; never part of pass or fail.

.PHONY: bench
bench: build/stamp/deps xenhost ## measure plans by size, menus, clones, guests, and packaging against the bare compile (forty minutes)
	@tests/bench/plan
	@tests/bench/menu
	@tests/bench/clone
	@tests/bench/first
	@tests/bench/guests
	@tests/bench/packages
