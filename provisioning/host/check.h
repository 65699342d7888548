/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings: what of a host is not as it should be. Looking for them changes nothing. */
#pragma once

#include "host/desc.h"
#include "host/facts.h"
#include "host/plan.h"
#include "host/planner.h"

enum severity {
	SEVERITY_INFO,	  /* worth knowing; there may be nothing to do */
	SEVERITY_WARNING, /* works now, or in part */
	SEVERITY_ERROR,	  /* does not work, does not boot, or is open to others */
	SEVERITY_COUNT,
};

/*
 * What there may be to find: a constant of the file that finds it. xenhost-check(8) lists
 * the ids, which stay as they are.
 */
struct advice {
	const char *id; /* "boot.kernel-no-dom0" */
	enum severity severity;
	const char *why;     /* the reason, after "TEXT:LINE: " if the guidance has it: a
				sentence that stands alone */
	const char *setting; /* what mends it */
};

struct finding {
	const struct advice *advice;
	char *what; /* one printable line */
};

struct findings {
	struct finding *item;
	size_t count;
};

#define _cleanup_findings_ _cleanup_(findings_clear)

/* Programs of the running system that are asked at most once. */
enum checker_program {
	CHECKER_XL_INFO,
	CHECKER_XL_LIST,
	CHECKER_APT_POLICY, /* of xen-utils-common, which every host has */
	CHECKER_PROGRAM_COUNT
};

/* What the check of a resource is given. */
struct checker {
	const struct desc *desc;
	const struct facts *facts;
	const struct fs *fs;
	const struct plan *plan;
	struct findings *findings;
	bool has_hardware;		     /* facts_has_hardware() */
	char *output[CHECKER_PROGRAM_COUNT]; /* NULL: not asked yet */
};

/*
 * Looks for everything: the journal, the plan, then each resource of an array that a NULL
 * ends. The findings are sorted by severity, the worst first. Fails only if the journal
 * cannot be read.
 */
int check_run(const struct resource *const *resources, const struct desc *desc,
	      const struct facts *facts, const struct fs *fs, const struct plan *plan,
	      struct findings *ret_findings, struct err *err) _must_check_;

/* Whether one of them is more than information. */
bool findings_has_problem(const struct findings *findings);

/*
 * A line for each finding: severity, id, what. With `is_verbose`, the reason and what
 * mends it below.
 */
void findings_render(const struct findings *findings, bool is_verbose, struct str *text);

/* The form that `xenhost check --json` prints, described in xenhost-check(8). */
json_t *findings_to_json(const struct findings *findings);

/* May run twice. */
void findings_clear(struct findings *findings);

/* ---- for resources ---- */

/* The text is one line, which may hold names from files: what cannot be printed is '?'. */
void check_add(struct checker *checker, const struct advice *advice, const char *format,
	       ...) _printf_(3, 4);

/*
 * What a program of the running system says; "" if it is absent, fails or takes too long,
 * and always where the root is another system, and xl where that is no dom0. The
 * checker's.
 */
const char *checker_ask(struct checker *checker, enum checker_program program);
