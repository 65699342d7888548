/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates: what their keys depend on, where their packages come from, their records. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "guest/template-parts.h"
#include "unit.h"

/* What each field of a recipe is in these tests. It is a copy: tests change members. */
static struct recipe make_recipe(void)
{
	struct recipe recipe = {
		.method = RECIPE_MMDEBSTRAP,
		.distribution = mem_text("debian"),
		.suite = mem_text("bookworm"),
		.arch = mem_text("amd64"),
		.mirror = mem_text("http://deb.debian.org/debian"),
		.fs = mem_text("ext4"),
		.has_security = true,
	};

	str_list_add(&recipe.components, "main");
	return recipe;
}

static void clear_recipe(struct recipe *recipe)
{
	char **texts[] = {
		&recipe->source,  &recipe->distribution, &recipe->suite,
		&recipe->arch,	  &recipe->mirror,	 &recipe->security_mirror,
		&recipe->keyring, &recipe->proxy,	 &recipe->fs};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		mem_free_ref(texts[i]);
	str_list_clear(&recipe->components);
	str_list_clear(&recipe->packages);
}

#define _cleanup_recipe_ _cleanup_(clear_recipe)

static void key_in(const struct unit_tree *tree, const struct recipe *recipe,
		   const struct storage *store, char key[TEMPLATE_KEY])
{
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str text = {0};
	int rc = template_key(&tree->fs, recipe, store, key, &text, &err);

	if (rc < 0)
		fail_msg("%s", err.text);
	assert_int_equal(strlen(key), TEMPLATE_KEY - 1);
}

static void set(char **place, const char *text)
{
	mem_free_ref(place);
	*place = mem_text(text);
}

static void change_layout(struct recipe *recipe)
{
	recipe->layout = LAYOUT_DISK;
}

static void change_fs(struct recipe *recipe)
{
	set(&recipe->fs, "xfs");
}

static void change_distribution(struct recipe *recipe)
{
	set(&recipe->distribution, "other");
}

static void change_suite(struct recipe *recipe)
{
	set(&recipe->suite, "trixie");
}

static void change_arch(struct recipe *recipe)
{
	set(&recipe->arch, "i386");
}

static void change_mirror(struct recipe *recipe)
{
	set(&recipe->mirror, "http://deb.debian.org/debian2");
}

static void change_security(struct recipe *recipe)
{
	recipe->has_security = false;
}

static void change_security_mirror(struct recipe *recipe)
{
	set(&recipe->security_mirror, "http://example.org/security");
}

static void change_components(struct recipe *recipe)
{
	str_list_add(&recipe->components, "contrib");
}

static void change_packages(struct recipe *recipe)
{
	str_list_add(&recipe->packages, "vim");
}

static void change_kernel(struct recipe *recipe)
{
	str_list_add(&recipe->packages, "linux-image-amd64");
}

static void change_keyring(struct recipe *recipe)
{
	set(&recipe->keyring, "/keys.gpg");
}

static void change_method(struct recipe *recipe)
{
	recipe->method = RECIPE_TAR;
	set(&recipe->source, "/root.tar");
}

static void each_field_changes_the_key(void **state)
{
	static void (*const changes[])(struct recipe *) = {
		change_layout,	     change_fs,
		change_distribution, change_suite,
		change_arch,	     change_mirror,
		change_security,     change_security_mirror,
		change_components,   change_packages,
		change_kernel,	     change_keyring,
		change_method,
	};
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	_cleanup_str_list_ struct str_list keys = {0};
	const struct unit_tree *tree = *state;
	char key[TEMPLATE_KEY];

	unit_file(tree, "keys.gpg", "keys");
	unit_file(tree, "root.tar", "bytes");
	for (size_t i = 0; i <= ARRAY_SIZE(changes); i++) {
		_cleanup_recipe_ struct recipe recipe = make_recipe();

		if (i < ARRAY_SIZE(changes))
			changes[i](&recipe);
		key_in(tree, &recipe, &store, key);
		assert_false(str_list_has(&keys, key));
		str_list_add(&keys, key);
	}
	free(store.dir);
}

static void the_storage_changes_the_key(void **state)
{
	const struct storage stores[] = {
		{.kind = STORAGE_DIR, .dir = mem_text("/srv")},
		{.kind = STORAGE_DIR, .dir = mem_text("/srv2")},
		{.kind = STORAGE_THIN, .vg = mem_text("vg"), .pool = mem_text("a")},
		{.kind = STORAGE_THIN, .vg = mem_text("vg"), .pool = mem_text("b")},
	};
	_cleanup_str_list_ struct str_list keys = {0};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	char key[TEMPLATE_KEY];

	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		struct storage store = stores[i];

		key_in(*state, &recipe, &store, key);
		assert_false(str_list_has(&keys, key));
		str_list_add(&keys, key);
		storage_clear(&store);
	}
}

static void keys_of_an_archive_are_of_its_bytes(void **state)
{
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	char first[TEMPLATE_KEY], second[TEMPLATE_KEY], third[TEMPLATE_KEY];

	change_method(&recipe);
	unit_file(*state, "root.tar", "bytes");
	key_in(*state, &recipe, &store, first);
	unit_file(*state, "root.tar", "other");
	key_in(*state, &recipe, &store, second);
	unit_file(*state, "root.tar", "bytes");
	key_in(*state, &recipe, &store, third);
	assert_string_not_equal(first, second);
	assert_string_equal(first, third);
	free(store.dir);
}

static void keys_of_a_directory_are_of_its_names_times_and_sizes(void **state)
{
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	char first[TEMPLATE_KEY], second[TEMPLATE_KEY];
	const struct unit_tree *tree = *state;

	recipe.method = RECIPE_COPY;
	set(&recipe.source, "/base");
	unit_file(tree, "base/etc/issue", "one");
	key_in(tree, &recipe, &store, first);
	assert_int_equal(utimensat(tree->fs.root, "base/etc/issue", times, 0), 0);
	key_in(tree, &recipe, &store, second);
	assert_string_not_equal(first, second);
	unit_link(tree, "base/etc/loop", "..");
	key_in(tree, &recipe, &store, first);
	assert_string_not_equal(first, second);
	free(store.dir);
}

static void a_proxy_changes_nothing(void **state)
{
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	char first[TEMPLATE_KEY], second[TEMPLATE_KEY];

	key_in(*state, &recipe, &store, first);
	set(&recipe.proxy, "http://proxy:3142");
	key_in(*state, &recipe, &store, second);
	assert_string_equal(first, second);
	free(store.dir);
}

static void the_size_of_the_guest_changes_nothing(void **state)
{
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	char first[TEMPLATE_KEY], second[TEMPLATE_KEY];

	key_in(*state, &recipe, &store, first);
	recipe.room = (uint64_t)20 << 30;
	key_in(*state, &recipe, &store, second);
	assert_string_equal(first, second);
	free(store.dir);
}

static void a_large_archive_has_the_guests_room(void **state)
{
	const uint64_t gib = (uint64_t)1 << 30;
	const struct {
		enum recipe_method method;
		const char *fs;
		uint64_t asked, archive, wanted; /* GiB */
	} cases[] = {
		{RECIPE_TAR, "ext4", 20, 2, 20},       {RECIPE_COPY, "ext2", 20, 0, 8},
		{RECIPE_TAR, "ext4", 4, 2, 8},	       {RECIPE_TAR, "ext4", 20, 1, 8},
		{RECIPE_TAR, "xfs", 20, 2, 2},	       {RECIPE_COPY, "btrfs", 20, 0, 2},
		{RECIPE_MMDEBSTRAP, "ext4", 20, 0, 8},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_recipe_ struct recipe recipe = make_recipe();

		recipe.method = cases[i].method;
		recipe.room = cases[i].asked * gib;
		set(&recipe.fs, cases[i].fs);
		assert_int_equal(template_room_for(&recipe, cases[i].archive * gib),
				 cases[i].wanted * gib);
	}
}

static void a_keyring_that_is_not_there_is_named(void **state)
{
	const struct storage store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")};
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};
	_cleanup_str_ struct str text = {0};
	char key[TEMPLATE_KEY];

	change_keyring(&recipe);
	assert_int_equal(template_key(&tree->fs, &recipe, &store, key, &text, &err),
			 -ENOENT);
	assert_string_equal(err.text, "template: keyring: open '/keys.gpg': No such file "
				      "or directory");
	free(store.dir);
}

static void assert_sources(const struct recipe *recipe, const char *keyring,
			   const char *wanted)
{
	_cleanup_str_ struct str text = {0};

	template_sources(recipe, keyring, &text);
	assert_string_equal(str_text(&text), wanted);
}

static void debian_has_its_security_archive_beside_the_mirror(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();

	(void)state;
	set(&recipe.mirror, "http://ftp.example.org/pub/debian/");
	assert_sources(&recipe, "/k.gpg",
		       "Types: deb\n"
		       "URIs: http://ftp.example.org/pub/debian\n"
		       "Suites: bookworm bookworm-updates\n"
		       "Components: main\n"
		       "Signed-By: /k.gpg\n"
		       "\n"
		       "Types: deb\n"
		       "URIs: http://ftp.example.org/pub/debian-security\n"
		       "Suites: bookworm-security\n"
		       "Components: main\n"
		       "Signed-By: /k.gpg\n");
}

static void a_mirror_with_another_name_has_debians_own_security(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_free_ char *mirror = NULL;

	(void)state;
	set(&recipe.mirror, "file:/srv/mirror");
	mirror = template_security_mirror(&recipe);
	assert_string_equal(mirror, "http://security.debian.org/debian-security");
}

static void the_asked_security_mirror_is_taken(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_free_ char *mirror = NULL;

	(void)state;
	change_security_mirror(&recipe);
	mirror = template_security_mirror(&recipe);
	assert_string_equal(mirror, "http://example.org/security");
}

static void old_suites_have_their_old_name_of_security(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();

	(void)state;
	set(&recipe.suite, "buster");
	assert_sources(&recipe, NULL,
		       "Types: deb\n"
		       "URIs: http://deb.debian.org/debian\n"
		       "Suites: buster buster-updates\n"
		       "Components: main\n"
		       "\n"
		       "Types: deb\n"
		       "URIs: http://deb.debian.org/debian-security\n"
		       "Suites: buster/updates\n"
		       "Components: main\n");
}

static void without_security_there_is_the_suite_alone(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();

	(void)state;
	recipe.has_security = false;
	assert_sources(&recipe, NULL,
		       "Types: deb\n"
		       "URIs: http://deb.debian.org/debian\n"
		       "Suites: bookworm\n"
		       "Components: main\n");
}

static void sid_has_neither_updates_nor_security(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_str_list_ struct str_list uris = {0};

	(void)state;
	set(&recipe.suite, "sid");
	assert_sources(&recipe, NULL,
		       "Types: deb\n"
		       "URIs: http://deb.debian.org/debian\n"
		       "Suites: sid\n"
		       "Components: main\n");
	template_releases(&recipe, &uris);
	assert_int_equal(uris.count, 1);
}

static void ubuntu_has_security_in_its_mirror(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();

	(void)state;
	set(&recipe.distribution, "ubuntu");
	set(&recipe.suite, "noble");
	set(&recipe.mirror, "http://archive.ubuntu.com/ubuntu");
	str_list_add(&recipe.components, "universe");
	assert_sources(&recipe, NULL,
		       "Types: deb\n"
		       "URIs: http://archive.ubuntu.com/ubuntu\n"
		       "Suites: noble noble-updates\n"
		       "Components: main universe\n"
		       "\n"
		       "Types: deb\n"
		       "URIs: http://archive.ubuntu.com/ubuntu\n"
		       "Suites: noble-security\n"
		       "Components: main universe\n");
}

static void releases_are_those_of_the_sources(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_str_list_ struct str_list uris = {0};

	(void)state;
	template_releases(&recipe, &uris);
	assert_int_equal(uris.count, 3);
	assert_string_equal(uris.item[0],
			    "http://deb.debian.org/debian/dists/bookworm/InRelease");
	assert_string_equal(
		uris.item[1],
		"http://deb.debian.org/debian/dists/bookworm-updates/InRelease");
	assert_string_equal(uris.item[2], "http://deb.debian.org/debian-security/dists/"
					  "bookworm-security/InRelease");
}

static void the_kernel_is_that_of_the_suite(void **state)
{
	static const struct {
		const char *distribution, *suite, *arch, *kernel;
	} cases[] = {
		{"debian", "bookworm", "amd64", "linux-image-cloud-amd64"},
		{"debian", "stretch", "amd64", "linux-image-amd64"},
		{"debian", "bookworm", "i386", "linux-image-686-pae"},
		{"debian", "buster", "arm64", "linux-image-arm64"},
		{"debian", "trixie", "arm64", "linux-image-cloud-arm64"},
		{"ubuntu", "noble", "amd64", "linux-image-virtual"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_recipe_ struct recipe recipe = make_recipe();
		_cleanup_str_list_ struct str_list packages = {0};

		set(&recipe.distribution, cases[i].distribution);
		set(&recipe.suite, cases[i].suite);
		set(&recipe.arch, cases[i].arch);
		template_packages(&recipe, &packages);
		assert_true(str_list_has(&packages, cases[i].kernel));
	}
}

static void an_asked_kernel_is_the_only_one(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_str_list_ struct str_list packages = {0};

	(void)state;
	change_kernel(&recipe);
	str_list_add(&recipe.packages, "openssh-server");
	template_packages(&recipe, &packages);
	assert_false(str_list_has(&packages, "linux-image-cloud-amd64"));
	assert_true(str_list_has(&packages, "linux-image-amd64"));
	/* Sorted, each once. */
	for (size_t i = 1; i < packages.count; i++)
		assert_true(strcmp(packages.item[i - 1], packages.item[i]) < 0);
}

static void a_keyring_of_ones_own_has_a_place_in_the_guest(void **state)
{
	_cleanup_recipe_ struct recipe recipe = make_recipe();
	_cleanup_free_ char *text = NULL, *binary = NULL, *usual = NULL;

	(void)state;
	text = template_guest_keyring(&recipe, "/root/our.asc");
	binary = template_guest_keyring(&recipe, "/root/our.gpg");
	usual = template_guest_keyring(&recipe,
				       "/usr/share/keyrings/debian-archive-keyring.gpg");
	assert_string_equal(text, "/etc/apt/keyrings/archive.asc");
	assert_string_equal(binary, "/etc/apt/keyrings/archive.gpg");
	assert_string_equal(usual, "/usr/share/keyrings/debian-archive-keyring.gpg");
}

static struct template make_template(const char *key)
{
	struct template template = {
		.volume = mem_text(key),
		.store = {.kind = STORAGE_DIR, .dir = mem_text("/srv")},
		.size = UINT64_C(1) << 30,
		.root_offset = 69206016,
		.fs = mem_text("ext4"),
		.recipe = mem_text("format 1\n"),
		.state = mem_text("s"),
		.content = mem_text("c"),
		.source = mem_text(""),
		.source_digest = mem_text(""),
		.built = 1700000000,
		.lock = -1,
	};

	memcpy(template.key, key, TEMPLATE_KEY);
	str_list_add(&template.releases, "http://a/InRelease");
	return template;
}

#define KEY "0123456789abcdef"
#define KEY_2 "1123456789abcdef"

static void a_record_is_read_as_it_was_written(void **state)
{
	_cleanup_template_ struct template written = make_template(KEY);
	_cleanup_template_ struct template read = TEMPLATE_NONE;
	const struct unit_tree *tree = *state;

	unit_dir(tree, "var/lib/xenhost/templates");
	assert_int_equal(template_write(&tree->fs, &written, NULL), 0);
	assert_int_equal(template_read(&tree->fs, KEY, &read, NULL), 0);
	assert_string_equal(read.key, KEY);
	assert_string_equal(read.volume, KEY);
	assert_string_equal(read.store.dir, "/srv");
	assert_null(read.store.vg);
	assert_null(read.proxy);
	assert_int_equal(read.size, written.size);
	assert_int_equal(read.root_offset, written.root_offset);
	assert_int_equal(read.releases.count, 1);
	assert_int_equal(read.built, 1700000000);
	assert_int_equal(read.lock, -1);
}

static void a_record_that_leads_elsewhere_is_refused(void **state)
{
	_cleanup_template_ struct template template = make_template(KEY);
	_cleanup_template_ struct template read = TEMPLATE_NONE;
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	unit_dir(tree, "var/lib/xenhost/templates");
	set(&template.volume, "../../domains/web/disk");
	assert_int_equal(template_write(&tree->fs, &template, NULL), 0);
	assert_int_equal(template_read(&tree->fs, KEY, &read, &err), -EINVAL);
	assert_string_equal(err.text, "'/var/lib/xenhost/templates/" KEY
				      ".json' is not the record of a template");
}

static void a_damaged_record_is_told(void **state)
{
	_cleanup_(template_list_clear) struct template_list list = {0};
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	unit_file(tree, "var/lib/xenhost/templates/" KEY ".json", "{\"size\": 3}");
	assert_int_equal(template_list_read(&tree->fs, &list, &err), -EINVAL);
	assert_int_equal(list.count, 0);
}

static void the_list_begins_with_what_was_used_longest_ago(void **state)
{
	const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	_cleanup_template_ struct template first = make_template(KEY);
	_cleanup_template_ struct template second = make_template(KEY_2);
	_cleanup_(template_list_clear) struct template_list list = {0};
	const struct unit_tree *tree = *state;

	unit_dir(tree, "var/lib/xenhost/templates");
	unit_file(tree, "var/lib/xenhost/templates/" KEY ".lock", "");
	assert_int_equal(template_write(&tree->fs, &first, NULL), 0);
	assert_int_equal(template_write(&tree->fs, &second, NULL), 0);
	assert_int_equal(utimensat(tree->fs.root,
				   "var/lib/xenhost/templates/" KEY_2 ".json", long_ago,
				   0),
			 0);
	assert_int_equal(template_list_read(&tree->fs, &list, NULL), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.item[0].key, KEY_2);
	assert_int_equal(list.item[0].used, 1000);
	template_touch(&tree->fs, KEY_2);
	assert_int_equal(template_list_read(&tree->fs, &list, NULL), 0);
	assert_true(list.item[0].used > 1000);
}

static void no_directory_is_an_empty_list(void **state)
{
	_cleanup_(template_list_clear) struct template_list list = {0};
	const struct unit_tree *tree = *state;

	assert_int_equal(template_list_read(&tree->fs, &list, NULL), 0);
	assert_int_equal(list.count, 0);
}

static void many_share_a_lock_and_one_has_it_alone(void **state)
{
	_cleanup_close_ int one = -1, two = -1, alone = -1;
	const struct unit_tree *tree = *state;
	_cleanup_err_ struct err err = {0};

	assert_int_equal(template_lock(&tree->fs, KEY, LOCK_SH, &one, NULL), 0);
	assert_int_equal(template_lock(&tree->fs, KEY, LOCK_SH, &two, NULL), 0);
	assert_int_equal(template_lock_alone(&tree->fs, KEY, &alone, &err), -EBUSY);
	assert_string_equal(err.text,
			    "another process makes a guest of it or changes it");
	mem_close_ref(&one);
	one = -1;
	mem_close_ref(&two);
	two = -1;
	assert_int_equal(template_lock_alone(&tree->fs, KEY, &alone, NULL), 0);
}

static void templates_are_kept_where_they_can_be_cloned(void **state)
{
	const struct storage targets[] = {
		{.kind = STORAGE_THIN, .vg = mem_text("vg"), .pool = mem_text("p")},
		{.kind = STORAGE_DIR, .dir = mem_text("/srv")},
		{.kind = STORAGE_LVM, .vg = mem_text("vg")},
	};
	static const char *const paths[] = {"/dev/vg/xenhost_template-" KEY,
					    "/srv/templates/" KEY ".img",
					    "/var/lib/xenhost/templates/" KEY ".img"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct storage target = targets[i], store;
		_cleanup_free_ char *path = NULL;

		template_store(&target, &store);
		path = storage_path(&store, STORAGE_TEMPLATES, KEY);
		assert_string_equal(path, paths[i]);
		storage_clear(&target);
		storage_clear(&store);
	}
}

/* A refreshed template in the tree, and what kills between two steps left beside it. */
static struct template make_orphans(const struct unit_tree *tree)
{
	struct template template = make_template(KEY);

	set(&template.volume, KEY ".1");
	set(&template.store.dir, tree->path);
	unit_file(tree, "templates/" KEY ".img", "x");
	unit_file(tree, "templates/" KEY ".1.img", "x");
	unit_file(tree, "templates/" KEY ".2.img", "x");
	unit_file(tree, "templates/" KEY_2 ".img", "x");
	unit_file(tree, "var/lib/xenhost/templates/" KEY ".json", "{}");
	return template;
}

static void volumes_that_the_record_does_not_name_go(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_template_ struct template template = make_orphans(tree);

	assert_int_equal(template_remove_others(&tree->fs, &template, NULL), 0);
	assert_false(fs_exists(&tree->fs, "templates/" KEY ".img"));
	assert_true(fs_exists(&tree->fs, "templates/" KEY ".1.img"));
	assert_false(fs_exists(&tree->fs, "templates/" KEY ".2.img"));
	assert_true(fs_exists(&tree->fs, "templates/" KEY_2 ".img"));
}

static void a_template_goes_with_all_of_its_volumes(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_template_ struct template template = make_orphans(tree);

	assert_int_equal(template_remove(&tree->fs, &template, NULL), 0);
	assert_false(fs_exists(&tree->fs, "templates/" KEY ".img"));
	assert_false(fs_exists(&tree->fs, "templates/" KEY ".1.img"));
	assert_false(fs_exists(&tree->fs, "templates/" KEY ".2.img"));
	assert_false(fs_exists(&tree->fs, "var/lib/xenhost/templates/" KEY ".json"));
	assert_true(fs_exists(&tree->fs, "templates/" KEY_2 ".img"));
}

static char *manifest_of(const struct unit_tree *tree)
{
	char *digest = NULL;

	assert_int_equal(template_manifest(&tree->fs, &digest, NULL), 0);
	return digest;
}

static void the_content_is_of_names_modes_and_bytes(void **state)
{
	const struct unit_tree *tree = *state;
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	_cleanup_free_ char *first = NULL, *same = NULL, *mode = NULL, *bytes = NULL;

	unit_file(tree, "etc/issue", "one");
	assert_int_equal(utimensat(tree->fs.root, "etc/issue", times, 0), 0);
	first = manifest_of(tree);
	same = manifest_of(tree);
	assert_string_equal(first, same);
	assert_int_equal(fchmodat(tree->fs.root, "etc/issue", 0600, 0), 0);
	mode = manifest_of(tree);
	assert_string_not_equal(first, mode);
	unit_file(tree, "etc/issue", "two");
	assert_int_equal(utimensat(tree->fs.root, "etc/issue", times, 0), 0);
	assert_int_equal(fchmodat(tree->fs.root, "etc/issue", 0600, 0), 0);
	bytes = manifest_of(tree);
	assert_string_not_equal(mode, bytes);
}

static void the_state_is_of_all_release_files(void **state)
{
	const struct unit_tree *tree = *state;
	_cleanup_str_list_ struct str_list uris = {0};
	_cleanup_free_ char *first = NULL, *second = NULL, *none = NULL;

	str_list_add(&uris, "http://a.org/debian/dists/x/InRelease");
	str_list_add(&uris, "http://a.org/my_repo/dists/x/InRelease");
	unit_file(tree, "var/lib/apt/lists/a.org_debian_dists_x_InRelease", "1");
	unit_file(tree, "var/lib/apt/lists/a.org_my%5frepo_dists_x_InRelease", "2");
	assert_int_equal(template_state_in(&tree->fs, &uris, &first, NULL), 0);
	unit_file(tree, "var/lib/apt/lists/a.org_my%5frepo_dists_x_InRelease", "3");
	assert_int_equal(template_state_in(&tree->fs, &uris, &second, NULL), 0);
	assert_string_not_equal(first, second);
	str_list_add(&uris, "http://a.org/absent/dists/x/InRelease");
	assert_int_equal(template_state_in(&tree->fs, &uris, &none, NULL), 0);
	assert_string_equal(none, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_test_in_tree(each_field_changes_the_key),
		unit_test_in_tree(the_storage_changes_the_key),
		unit_test_in_tree(keys_of_an_archive_are_of_its_bytes),
		unit_test_in_tree(keys_of_a_directory_are_of_its_names_times_and_sizes),
		unit_test_in_tree(a_proxy_changes_nothing),
		unit_test_in_tree(the_size_of_the_guest_changes_nothing),
		cmocka_unit_test(a_large_archive_has_the_guests_room),
		unit_test_in_tree(a_keyring_that_is_not_there_is_named),
		cmocka_unit_test(debian_has_its_security_archive_beside_the_mirror),
		cmocka_unit_test(a_mirror_with_another_name_has_debians_own_security),
		cmocka_unit_test(the_asked_security_mirror_is_taken),
		cmocka_unit_test(old_suites_have_their_old_name_of_security),
		cmocka_unit_test(without_security_there_is_the_suite_alone),
		cmocka_unit_test(sid_has_neither_updates_nor_security),
		cmocka_unit_test(ubuntu_has_security_in_its_mirror),
		cmocka_unit_test(releases_are_those_of_the_sources),
		cmocka_unit_test(the_kernel_is_that_of_the_suite),
		cmocka_unit_test(an_asked_kernel_is_the_only_one),
		cmocka_unit_test(a_keyring_of_ones_own_has_a_place_in_the_guest),
		unit_test_in_tree(a_record_is_read_as_it_was_written),
		unit_test_in_tree(a_record_that_leads_elsewhere_is_refused),
		unit_test_in_tree(a_damaged_record_is_told),
		unit_test_in_tree(the_list_begins_with_what_was_used_longest_ago),
		unit_test_in_tree(no_directory_is_an_empty_list),
		unit_test_in_tree(many_share_a_lock_and_one_has_it_alone),
		cmocka_unit_test(templates_are_kept_where_they_can_be_cloned),
		unit_test_in_tree(volumes_that_the_record_does_not_name_go),
		unit_test_in_tree(a_template_goes_with_all_of_its_volumes),
		unit_test_in_tree(the_content_is_of_names_modes_and_bytes),
		unit_test_in_tree(the_state_is_of_all_release_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
