/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest shall be, asked for on a terminal. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/guest-ask.h"
#include "guest/places.h"
#include "guest/spec.h"

struct asking {
	const struct settings *settings;
	const struct fs *host;
	struct settings *answers; /* the same settings, to be set */
};

struct question {
	const char *text;
	const char *setting; /* that the answer is for, unless `take` knows better */

	/* Whether there is something to ask; NULL: unless the setting was on the line. */
	bool (*is_due)(const struct asking *asking);

	/* What holds without an answer; NULL: the setting's value. */
	const char *(*initial)(const struct asking *asking);

	/* What the answer sets; NULL: the setting. */
	int (*take)(const struct asking *asking, const char *answer, struct err *err);

	bool is_needed; /* it is asked again where nothing holds without an answer */
};

static bool is_said(const struct asking *asking, const char *name)
{
	return setting_level(asking->settings, name) == LEVEL_LINE;
}

static int set(const struct asking *asking, const char *name, const char *value,
	       struct err *err)
{
	return settings_set_option(asking->answers, name, value, false, err);
}

static bool has_installer(const struct asking *asking)
{
	return is_said(asking, "install-from") || is_said(asking, "install-kernel");
}

/* ---- the questions, in their order ---- */

static int take_name(const struct asking *asking, const char *answer, struct err *err)
{
	if (!guest_is_name(answer))
		return err_say(err, EINVAL,
			       "'%s' is no host name: letters, digits, '-' and '.'",
			       answer);
	return set(asking, "hostname", answer, err);
}

static bool is_system_due(const struct asking *asking)
{
	return !has_installer(asking) && !is_said(asking, "dist") &&
	       !is_said(asking, "install-method") && !is_said(asking, "install-source");
}

static int take_system(const struct asking *asking, const char *answer, struct err *err)
{
	if (answer[0] != '/')
		return set(asking, "dist", answer, err);
	if (!fs_exists(asking->host, answer))
		return err_say(err, ENOENT, "there is no file '%s'", answer);
	return set(asking, "install-from", answer, err);
}

static const char *initial_type(const struct asking *asking)
{
	return is_said(asking, "install-from") && !is_said(asking, "install-kernel")
		       ? "hvm"
		       : setting_text(asking->settings, "type");
}

static bool is_kernel_due(const struct asking *asking)
{
	return is_said(asking, "install-from") && is_said(asking, "type") &&
	       !is_said(asking, "install-kernel") &&
	       !str_same(setting_text(asking->settings, "type"), "hvm");
}

static bool is_initrd_due(const struct asking *asking)
{
	return is_said(asking, "install-kernel") && !is_said(asking, "install-initrd");
}

static bool is_arguments_due(const struct asking *asking)
{
	return is_said(asking, "install-kernel") && !is_said(asking, "install-args");
}

static bool is_storage_due(const struct asking *asking)
{
	return !is_said(asking, "lvm") && !is_said(asking, "dir") &&
	       !is_said(asking, "image-dev");
}

static const char *initial_storage(const struct asking *asking)
{
	static const char *const names[] = {"lvm", "dir", "image-dev"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (setting_text(asking->settings, names[i]))
			return setting_text(asking->settings, names[i]);
	return places_of(asking->host)->images;
}

static int take_storage(const struct asking *asking, const char *answer, struct err *err)
{
	const char *name = answer[0] != '/'		 ? "lvm"
			   : str_starts(answer, "/dev/") ? "image-dev"
							 : "dir";

	return set(asking, name, answer, err);
}

static bool is_pool_due(const struct asking *asking)
{
	return is_said(asking, "lvm") && !is_said(asking, "lvm_thin");
}

static bool is_size_due(const struct asking *asking)
{
	return !is_said(asking, "size") && !is_said(asking, "image-dev") &&
	       !is_said(asking, "partitions");
}

static bool is_swap_due(const struct asking *asking)
{
	return is_size_due(asking) && !has_installer(asking) &&
	       !is_said(asking, "swap") && !setting_is_yes(asking->settings, "noswap");
}

static bool is_address_due(const struct asking *asking)
{
	return !has_installer(asking) && !is_said(asking, "ip") &&
	       !is_said(asking, "dhcp");
}

static const char *initial_address(const struct asking *asking)
{
	const char *address = setting_text(asking->settings, "ip");

	return address ? address : "dhcp";
}

static int take_address(const struct asking *asking, const char *answer, struct err *err)
{
	if (strcmp(answer, "dhcp") == 0)
		return set(asking, "dhcp", NULL, err);
	return set(asking, "ip", answer, err);
}

static bool is_gateway_due(const struct asking *asking)
{
	return is_said(asking, "ip") && !is_said(asking, "gateway");
}

static bool is_key_due(const struct asking *asking)
{
	return !has_installer(asking) && !is_said(asking, "ssh-key") &&
	       !is_said(asking, "passwd") && !is_said(asking, "password");
}

static const struct question questions[] = {
	{"Name of the guest", "hostname", NULL, NULL, take_name, true},
	{"Suite, or the image of a medium to install from", "dist", is_system_due, NULL,
	 take_system, false},
	{"Type: pvh, pv or hvm", "type", NULL, initial_type, NULL, false},
	{"Kernel of the installer", "install-kernel", is_kernel_due, NULL, NULL, true},
	{"Its initial RAM file system", "install-initrd", is_initrd_due, NULL, NULL,
	 false},
	{"Its arguments", "install-args", is_arguments_due, NULL, NULL, false},
	{"Memory", "memory", NULL, NULL, NULL, false},
	{"Virtual processors", "vcpus", NULL, NULL, NULL, false},
	{"Volume group, or a directory for files", "lvm", is_storage_due, initial_storage,
	 take_storage, true},
	{"Thin pool in it", "lvm_thin", is_pool_due, NULL, NULL, false},
	{"Size of its disk", "size", is_size_due, NULL, NULL, false},
	{"Size of its swap space", "swap", is_swap_due, NULL, NULL, false},
	{"Address with the length of its network, or dhcp", "ip", is_address_due,
	 initial_address, take_address, false},
	{"Gateway", "gateway", is_gateway_due, NULL, NULL, false},
	{"Bridge", "bridge", NULL, NULL, NULL, false},
	{"File with root's public keys", "ssh-key", is_key_due, NULL, NULL, false},
};

/* ---- asking ---- */

/* Without the blanks around it. NULL at the end of the terminal; the caller frees it. */
static char *read_answer(void)
{
	char *line = NULL, *answer;
	size_t size = 0, length;

	if (getline(&line, &size, stdin) < 0) {
		free(line);
		return NULL;
	}
	answer = line + strspn(line, " \t\n");
	for (length = strlen(answer); length && strchr(" \t\n", answer[length - 1]);)
		length--;
	answer = mem_text_part(answer, length);
	free(line);
	return answer;
}

/* 1: it was no answer. */
static int ask_once(const struct asking *asking, const struct question *question,
		    struct err *err)
{
	const char *initial = question->initial
				      ? question->initial(asking)
				      : setting_text(asking->settings, question->setting);
	_cleanup_free_ char *answer = NULL;
	_cleanup_err_ struct err cause = {0};
	int rc;

	(void)fprintf(stderr, "%s%s%s%s: ", question->text, initial ? " [" : "",
		      initial ? initial : "", initial ? "]" : "");
	answer = read_answer();
	if (!answer) {
		(void)fprintf(stderr, "\n");
		return err_say(err, EINVAL, "no answer was given");
	}
	if (!answer[0])
		return !initial && question->is_needed;
	rc = question->take ? question->take(asking, answer, &cause)
			    : set(asking, question->setting, answer, &cause);
	if (rc < 0)
		program_report("xen-create-image", &cause);
	return rc < 0;
}

/* An address is needed: that is its default. */
static int settle(const struct asking *asking, struct err *err)
{
	const struct settings *settings = asking->settings;

	if (has_installer(asking) || setting_list(settings, "ip")->count ||
	    setting_is_yes(settings, "dhcp"))
		return 0;
	return set(asking, "dhcp", NULL, err);
}

int guest_ask(struct settings *settings, const struct fs *host, struct err *err)
{
	const struct asking asking = {settings, host, settings};

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct question *question = &questions[i];
		int rc = 1;

		if (question->is_due ? !question->is_due(&asking)
				     : is_said(&asking, question->setting))
			continue;
		while (rc > 0)
			rc = ask_once(&asking, question, err);
		if (rc < 0)
			return rc;
	}
	return settle(&asking, err);
}

bool guest_ask_yes(const char *text)
{
	_cleanup_free_ char *answer = NULL;

	(void)fflush(stdout);
	(void)fprintf(stderr, "%s [Y/n] ", text);
	answer = read_answer();
	return answer && (!answer[0] || strcasecmp(answer, "y") == 0 ||
			  strcasecmp(answer, "yes") == 0);
}

static bool is_complete(const struct settings *settings, const struct fs *host)
{
	const struct asking asking = {settings, host, NULL};

	return setting_text(settings, "hostname") && initial_storage(&asking) &&
	       (has_installer(&asking) || setting_is_yes(settings, "dhcp") ||
		setting_list(settings, "ip")->count);
}

int guest_ask_is_wanted(const struct settings *settings, const struct fs *host,
			bool *ret_is_wanted, struct err *err)
{
	bool is_asked_for = setting_is_yes(settings, "interactive");
	bool is_terminal = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;

	/* What a program reads has no prompts in it. */
	if (setting_is_yes(settings, "json")) {
		*ret_is_wanted = false;
		return is_asked_for ? setting_error(settings, "interactive", err,
						    "not with --json")
				    : 0;
	}
	if (is_asked_for && !is_terminal)
		return setting_error(settings, "interactive", err,
				     "there is no terminal to ask on");
	*ret_is_wanted =
		is_asked_for ||
		(is_terminal && setting_level(settings, "interactive") < LEVEL_LINE &&
		 !is_complete(settings, host));
	return 0;
}

/* ---- the command line ---- */

static void add_word(struct str *text, const char *word)
{
	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-./:=,+@%")]) {
		str_addf(text, " %s", word);
		return;
	}
	str_add(text, " '");
	for (; *word; word++)
		if (*word == '\'')
			str_add(text, "'\\''");
		else
			str_add_char(text, *word);
	str_add_char(text, '\'');
}

static void add_setting(struct str *text, const struct setting *setting)
{
	const struct setting_spec *spec = setting->spec;

	if (strcmp(spec->name, "password") == 0) {
		str_add(text, " --passwd");
	} else if (!spec->argument) {
		bool is_on = strcmp(setting->value.item[0], "yes") == 0;

		str_addf(text, " --%s%s", is_on ? "" : "no-", spec->name);
	} else {
		for (size_t i = 0; i < setting->value.count; i++) {
			str_addf(text, " --%s", spec->name);
			add_word(text, setting->value.item[i]);
		}
	}
}

void guest_ask_command(const struct settings *settings, const char *root,
		       struct str *ret_text)
{
	static const char *const left_out[] = {"interactive", "dry-run", "passwd"};

	str_add(ret_text, "xen-create-image");
	if (strcmp(root, "/") != 0) {
		str_add(ret_text, " --root");
		add_word(ret_text, root);
	}
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->item[i];
		bool is_left_out = setting->level < LEVEL_LINE || !setting->value.count ||
				   setting->spec->kind == SETTING_IGNORED;

		for (size_t n = 0; n < ARRAY_SIZE(left_out); n++)
			is_left_out |= strcmp(left_out[n], setting->spec->name) == 0;
		if (!is_left_out)
			add_setting(ret_text, setting);
	}
}
