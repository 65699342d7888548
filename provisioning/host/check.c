/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings of the journal and the plan; collecting, sorting and showing all of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/run.h"
#include "host/check.h"
#include "host/journal.h"

#define PROGRAM_TIMEOUT_MS 5000
#define PROGRAM_OUTPUT_MAX (4 << 20)

static const struct advice journal_busy = {
	.id = "journal.busy",
	.severity = SEVERITY_INFO,
	.why = "what is found may be of a change that is half done",
	.setting = "check again when the other run has ended",
};

static const struct advice journal_interrupted = {
	.id = "journal.interrupted",
	.severity = SEVERITY_ERROR,
	.why = "a run that was stopped left the host between two states",
	.setting = "xenhost apply, or xenhost rollback: both undo it first",
};

static const struct advice journal_damaged = {
	.id = "journal.damaged",
	.severity = SEVERITY_ERROR,
	.why = "this transaction cannot be undone any more",
	.setting = "restore /var/lib/xenhost from a backup, or undo it by hand",
};

static const struct advice plan_drift = {
	.id = "plan.drift",
	.severity = SEVERITY_WARNING,
	.why = "the host is not what its description says",
	.setting = "xenhost plan shows the difference, xenhost apply ends it",
};

static const struct advice plan_warning = {
	.id = "plan.warning",
	.severity = SEVERITY_WARNING,
	.why = "the plan for this host was made with a warning",
	.setting = "as the warning says; xenhost.conf(5)",
};

/* ---- for resources ---- */

void check_add(struct checker *checker, const struct advice *advice, const char *format,
	       ...)
{
	struct findings *findings = checker->findings;
	struct finding finding = {.advice = advice};
	va_list args;

	va_start(args, format);
	if (vasprintf(&finding.what, format, args) < 0)
		mem_abort();
	va_end(args);
	for (char *c = finding.what; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	findings->item =
		mem_grow(findings->item, findings->count, sizeof(*findings->item));
	findings->item[findings->count++] = finding;
}

const char *checker_ask(struct checker *checker, enum checker_program program)
{
	static const char *const argv[CHECKER_PROGRAM_COUNT][4] = {
		[CHECKER_XL_INFO] = {"xl", "info", NULL},
		[CHECKER_XL_LIST] = {"xl", "list", NULL},
		[CHECKER_APT_POLICY] = {"apt-cache", "policy", "xen-utils-common", NULL},
	};
	_cleanup_str_ struct str output = {0};

	if (checker->output[program])
		return checker->output[program];
	if (fs_is_host(checker->fs) &&
	    (program == CHECKER_APT_POLICY || checker->facts->xen.is_dom0))
		(void)!run_capture(&(struct run){.argv = argv[program],
						 .timeout_ms = PROGRAM_TIMEOUT_MS,
						 .output_limit = PROGRAM_OUTPUT_MAX},
				   &output, NULL);
	checker->output[program] = mem_text(str_text(&output));
	return checker->output[program];
}

/* ---- the journal and the plan ---- */

/* Whether a run holds the lock now. */
static bool is_locked(const struct fs *fs)
{
	_cleanup_close_ int fd = -1;

	if (fs_open_file(fs, JOURNAL_DIR, O_RDONLY | O_DIRECTORY, &fd, NULL) < 0)
		return false;
	return flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static int check_journal(struct checker *checker, struct err *err)
{
	_cleanup_free_ unsigned int *ids = NULL;
	size_t count = 0;
	int rc;

	if (is_locked(checker->fs)) {
		check_add(checker, &journal_busy, "another xenhost is at work");
		return 0;
	}
	rc = journal_list(checker->fs, &ids, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		_cleanup_journal_entry_ struct journal_entry entry = {0};
		_cleanup_err_ struct err cause = {0};

		rc = journal_read(checker->fs, ids[i], &entry, &cause);
		if (rc < 0)
			check_add(checker, &journal_damaged, "%s", cause.text);
		else if (entry.state == JOURNAL_OPEN || entry.state == JOURNAL_UNDOING)
			check_add(checker, &journal_interrupted,
				  "transaction %u was interrupted", ids[i]);
	}
	return 0;
}

static void check_drift(struct checker *checker)
{
	for (size_t i = 0; i < checker->plan->count; i++) {
		const struct change *change = &checker->plan->change[i];
		const char *state = "is not as described";

		if (change->old.kind == NODE_ABSENT)
			state = "is missing";
		else if (change->new.kind == NODE_ABSENT)
			state = "is not wanted";
		check_add(checker, &plan_drift, "%s %s (%s)", change->path, state,
			  change->resource);
	}
}

static bool is_told(const struct findings *findings, const char *what)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->item[i].what, what) == 0)
			return true;
	return false;
}

/* What a resource finds in the same words is told once. */
static void check_warnings(struct checker *checker)
{
	const struct str_list *warnings = &checker->plan->warnings;

	for (size_t i = 0; i < warnings->count; i++)
		if (!is_told(checker->findings, warnings->item[i]))
			check_add(checker, &plan_warning, "%s", warnings->item[i]);
}

/* The worst first, else in the order in which they were found. */
static void sort(struct findings *findings)
{
	struct findings sorted = {0};

	for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
		for (size_t i = 0; i < findings->count; i++) {
			if ((int)findings->item[i].advice->severity != severity)
				continue;
			sorted.item =
				mem_grow(sorted.item, sorted.count, sizeof(*sorted.item));
			sorted.item[sorted.count++] = findings->item[i];
		}
	}
	free(findings->item);
	*findings = sorted;
}

int check_run(const struct resource *const *resources, const struct desc *desc,
	      const struct facts *facts, const struct fs *fs, const struct plan *plan,
	      struct findings *ret_findings, struct err *err)
{
	_cleanup_findings_ struct findings findings = {0};
	struct checker checker = {
		.desc = desc,
		.facts = facts,
		.fs = fs,
		.plan = plan,
		.findings = &findings,
		.has_hardware = facts_has_hardware(fs),
	};
	int rc = check_journal(&checker, err);

	if (rc < 0)
		return rc;
	check_drift(&checker);
	for (; *resources; resources++)
		if ((*resources)->check)
			(*resources)->check(&checker);
	check_warnings(&checker);
	for (size_t i = 0; i < CHECKER_PROGRAM_COUNT; i++)
		free(checker.output[i]);
	sort(&findings);
	*ret_findings = findings;
	findings = (struct findings){0};
	return 0;
}

/* ---- showing ---- */

static const char *const severity_names[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

/* How xenhost.conf(5) and xenhost-check(8) call the texts that reasons are from. */
static const char *const texts[][2] = {
	{"README.Debian.txt:", "README.Debian"},
	{"README.SUSE.txt:", "README.SUSE"},
	{"debian-wiki-xen.txt:", "Debian wiki"},
	{"xen-info-notes.txt:", "notes"},
	{"xen-2.0-user-manual.diff.txt:", "user manual"},
};

/* "TEXT:LINE: reason" with the reason first. The caller frees it. */
static char *render_why(const char *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *line = why + strlen(texts[i][0]), *reason;

		if (!str_starts(why, texts[i][0]))
			continue;
		reason = strstr(line, ": ");
		if (reason)
			return mem_textf("%s (%s, line %.*s)", reason + 2, texts[i][1],
					 (int)(reason - line), line);
	}
	return mem_text(why);
}

bool findings_has_problem(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->item[i].advice->severity != SEVERITY_INFO)
			return true;
	return false;
}

void findings_render(const struct findings *findings, bool is_verbose, struct str *text)
{
	size_t width = 0;

	for (size_t i = 0; i < findings->count; i++) {
		size_t length = strlen(findings->item[i].advice->id);

		width = length > width ? length : width;
	}
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->item[i];
		const struct advice *advice = finding->advice;

		str_addf(text, "%-7s  %-*s  %s\n", severity_names[advice->severity],
			 (int)width, advice->id, finding->what);
		if (is_verbose) {
			_cleanup_free_ char *why = render_why(advice->why);

			str_addf(text, "    why:  %s\n    mend: %s\n", why,
				 advice->setting);
		}
	}
}

json_t *findings_to_json(const struct findings *findings)
{
	json_t *json = json_object(), *items = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->item[i];
		const struct advice *advice = finding->advice;
		_cleanup_free_ char *why = render_why(advice->why);
		json_t *item = json_object();

		json_put(item, "id", json_text(advice->id));
		json_put(item, "severity", json_text(severity_names[advice->severity]));
		json_put(item, "what", json_text(finding->what));
		json_put(item, "why", json_text(why));
		json_put(item, "setting", json_text(advice->setting));
		json_append(items, item);
	}
	json_put(json, "findings", items);
	return json;
}

void findings_clear(struct findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->count; i++)
		free(findings->item[i].what);
	free(findings->item);
	*findings = (struct findings){0};
}
