/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration format: what it accepts, and the exact words for what it refuses. */
#include <errno.h>
#include <string.h>

#include "base/conf.h"
#include "unit.h"

static int parse(const char *text, struct conf *conf, struct err *err)
{
	return conf_parse("f", text, strlen(text), conf, err);
}

static void must_parse(const char *text, struct conf *conf)
{
	_cleanup_err_ struct err err = {0};

	if (parse(text, conf, &err) < 0)
		fail_msg("%s", err.text);
}

static void sections_keys_and_words_are_read(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	const struct conf_entry *entry;

	(void)state;
	must_parse("# comment\n\n[bridge \"xenbr0\"] # comment\n"
		   "\tports = eth0 \"eth 1\"\teth2 # comment\n",
		   &conf);
	entry = conf_take(conf_named(&conf, "bridge", NULL), "ports");
	assert_non_null(entry);
	assert_int_equal(entry->count, 3);
	assert_string_equal(entry->word[0].text, "eth0");
	assert_string_equal(entry->word[1].text, "eth 1");
	assert_string_equal(entry->word[2].text, "eth2");
	assert_int_equal(entry->word[1].place.line, 4);
	assert_int_equal(entry->word[1].place.column, 15);
}

static void quoted_words_have_two_escapes(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	const struct conf_entry *entry;

	(void)state;
	must_parse("[s]\nk = \"a \\\"b\\\" \\\\ # ${HOME}\" \"\"", &conf);
	entry = conf_take(conf_plain(&conf, "s"), "k");
	assert_string_equal(entry->word[0].text, "a \"b\" \\ # ${HOME}");
	assert_string_equal(entry->word[1].text, "");
}

static void a_line_may_be_very_long(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_str_ struct str text = {0};
	const struct conf_entry *entry;

	(void)state;
	str_add(&text, "[xen]\nargs =");
	for (size_t i = 0; i < 20000; i++)
		str_addf(&text, " word%zu", i);
	must_parse(text.text, &conf);
	entry = conf_take(conf_plain(&conf, "xen"), "args");
	assert_int_equal(entry->count, 20000);
	assert_string_equal(entry->word[19999].text, "word19999");
}

static void the_last_line_needs_no_newline(void **state)
{
	_cleanup_conf_ struct conf conf = {0};

	(void)state;
	must_parse("[s]\nk = v", &conf);
	assert_non_null(conf_take(conf_plain(&conf, "s"), "k"));
}

/* Texts that are refused, each with the words that say why. */
static void wrong_texts_are_refused_where_they_are_wrong(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"k = v\n", "f:1:1: expected a section like [dom0] first"},
		{"[s]\nk v\n", "f:2:3: expected '=' after 'k'"},
		{"[s]\nk =\n", "f:2:4: 'k' has no value; write \"\" for an empty one"},
		{"[s]\nk = # v\n",
		 "f:2:5: 'k' has no value; write \"\" for an empty one"},
		{"[s]\nk = a#b\n",
		 "f:2:6: '#' inside a word: quote the word, or put a blank before "
		 "the comment"},
		{"[s]\nk = a\"b\"\n",
		 "f:2:6: a quote inside a word: quote the whole word"},
		{"[s]\nk = \"a\"b\n", "f:2:8: expected a blank after the quote"},
		{"[s]\nk = \"a\n", "f:2:5: this quote is not closed on its line"},
		{"[s]\nk = \"a", "f:2:5: this quote is not closed on its line"},
		{"[s]\nk = \"\\n\"\n", "f:2:6: only \\\" and \\\\ are escapes"},
		{"[s]\nK = v\n", "f:2:1: expected a key (a lower-case letter)"},
		{"[s]\nk = 1\nk = 2\n", "f:3:1: 'k' was already set on line 2"},
		{"[s]\n[s]\n", "f:2:1: [s] was already on line 1"},
		{"[s \"a\"]\n[s \"a\"]\n", "f:2:1: [s \"a\"] was already on line 1"},
		{"[s \"\"]\n", "f:1:1: the name is empty"},
		{"[s a]\n", "f:1:4: expected ']', or a name in quotes before it"},
		{"[]\n", "f:1:2: expected the kind of a section (a lower-case letter)"},
		{"[s] k = v\n", "f:1:5: expected the end of the line"},
		{"[s]\r\n", "f:1:4: carriage return: lines must end as on Unix"},
		{"[s]\n# \033[2J\n", "f:2:3: control character 0x1b"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_conf_ struct conf conf = {0};
		_cleanup_err_ struct err err = {0};

		assert_int_equal(parse(cases[i].text, &conf, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].words);
		assert_null(conf.section);
	}
}

static void a_nul_is_refused(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(conf_parse("f", "[s]\n\0k = v\n", 11, &conf, &err), -EINVAL);
	assert_string_equal(err.text, "f:2:1: control character 0x00");
}

static void the_caret_stands_below_the_place(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(parse("[s]\n\tk = \"\xc3\xa4\" \"b\n", &conf, &err), -EINVAL);
	assert_string_equal(err.detail, "\t\tk = \"\xc3\xa4\" \"b\n"
					"\t\t        ^\n");
}

static void control_characters_are_not_shown(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};

	(void)state;
	assert_int_equal(parse("[s] \033[2J\n", &conf, &err), -EINVAL);
	assert_string_equal(err.detail, "\t[s] ?[2J\n\t    ^\n");
}

static void a_left_over_key_is_an_error_with_the_nearest_name(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};
	struct conf_section *section;

	(void)state;
	must_parse("[dom0]\nvcpus = 2\nmemmory = 4G\n", &conf);
	section = conf_plain(&conf, "dom0");
	assert_non_null(conf_take(section, "vcpus"));
	assert_null(conf_take(section, "memory"));
	assert_int_equal(conf_check_rest(&conf, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"f:3:1: unknown key 'memmory' in [dom0]; did you mean 'memory'?");
}

static void a_left_over_section_is_an_error(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"[dom1]\n", "f:1:1: unknown section [dom1]; did you mean [dom0]?"},
		{"[firewall]\n", "f:1:1: unknown section [firewall]"},
		{"[dom0 \"a\"]\n", "f:1:1: [dom0] has no name"},
		{"[bridge]\n", "f:1:1: [bridge \"...\"] needs a name"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_conf_ struct conf conf = {0};
		_cleanup_err_ struct err err = {0};

		must_parse(cases[i].text, &conf);
		assert_null(conf_plain(&conf, "dom0"));
		assert_null(conf_named(&conf, "bridge", NULL));
		assert_int_equal(conf_check_rest(&conf, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].words);
	}
}

static void what_was_taken_is_not_left_over(void **state)
{
	_cleanup_conf_ struct conf conf = {0};

	(void)state;
	must_parse("[dom0]\nvcpus = 2\n", &conf);
	assert_non_null(conf_take(conf_plain(&conf, "dom0"), "vcpus"));
	assert_int_equal(conf_check_rest(&conf, NULL), 0);
}

static void named_sections_come_in_the_order_of_the_file(void **state)
{
	_cleanup_conf_ struct conf conf = {0};
	struct conf_section *section;

	(void)state;
	must_parse("[bridge \"b\"]\n[dom0]\n[bridge \"a\"]\n", &conf);
	section = conf_named(&conf, "bridge", NULL);
	assert_string_equal(section->name, "b");
	section = conf_named(&conf, "bridge", section);
	assert_string_equal(section->name, "a");
	assert_null(conf_named(&conf, "bridge", section));
}

static void values_of_another_kind_are_refused(void **state)
{
	static const char *const choices[] = {"xen", "linux", "keep", NULL};
	_cleanup_conf_ struct conf conf = {0};
	_cleanup_err_ struct err err = {0};
	struct conf_section *section;
	uint64_t number;
	size_t index;
	bool is_yes;

	(void)state;
	must_parse("[s]\nn = 010\nb = true\nc = zen\nw = a b\nz = 0\n", &conf);
	section = conf_plain(&conf, "s");
	assert_int_equal(
		conf_number(&conf, conf_take(section, "n"), 1, 64, &number, &err),
		-EINVAL);
	assert_string_equal(err.text, "f:2:5: '010' is not a number from 1 to 64");
	assert_int_equal(
		conf_number(&conf, conf_take(section, "z"), 1, 64, &number, &err),
		-EINVAL);
	assert_string_equal(err.text, "f:6:5: '0' is not a number from 1 to 64");
	assert_int_equal(conf_yes(&conf, conf_take(section, "b"), &is_yes, &err),
			 -EINVAL);
	assert_string_equal(err.text, "f:3:5: 'b' is 'true', not 'no' or 'yes'");
	assert_int_equal(
		conf_choice(&conf, conf_take(section, "c"), choices, &index, &err),
		-EINVAL);
	assert_string_equal(err.text,
			    "f:4:5: 'c' is 'zen', not 'xen', 'linux' or 'keep'");
	assert_int_equal(
		conf_number(&conf, conf_take(section, "w"), 1, 64, &number, &err),
		-EINVAL);
	assert_string_equal(err.text, "f:5:7: 'w' takes one value");
}

static void values_are_read(void **state)
{
	static const char *const choices[] = {"xen", "linux", "keep", NULL};
	_cleanup_conf_ struct conf conf = {0};
	struct conf_section *section;
	uint64_t number = 0;
	size_t index = 0;
	bool is_yes = false;

	(void)state;
	must_parse("[s]\nn = 64\nb = yes\nc = keep\n", &conf);
	section = conf_plain(&conf, "s");
	assert_int_equal(
		conf_number(&conf, conf_take(section, "n"), 1, 64, &number, NULL), 0);
	assert_int_equal(conf_yes(&conf, conf_take(section, "b"), &is_yes, NULL), 0);
	assert_int_equal(
		conf_choice(&conf, conf_take(section, "c"), choices, &index, NULL), 0);
	assert_int_equal(number, 64);
	assert_true(is_yes);
	assert_int_equal(index, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_keys_and_words_are_read),
		cmocka_unit_test(quoted_words_have_two_escapes),
		cmocka_unit_test(a_line_may_be_very_long),
		cmocka_unit_test(the_last_line_needs_no_newline),
		cmocka_unit_test(wrong_texts_are_refused_where_they_are_wrong),
		cmocka_unit_test(a_nul_is_refused),
		cmocka_unit_test(the_caret_stands_below_the_place),
		cmocka_unit_test(control_characters_are_not_shown),
		cmocka_unit_test(a_left_over_key_is_an_error_with_the_nearest_name),
		cmocka_unit_test(a_left_over_section_is_an_error),
		cmocka_unit_test(what_was_taken_is_not_left_over),
		cmocka_unit_test(named_sections_come_in_the_order_of_the_file),
		cmocka_unit_test(values_of_another_kind_are_refused),
		cmocka_unit_test(values_are_read),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
