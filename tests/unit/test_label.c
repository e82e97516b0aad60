/* SPDX-License-Identifier: Apache-2.0 */

/* test_label.c - owners and tags, and which job starts which */

#include "store_fixture.h"

#include "graph/label.h"
#include "graph/parent.h"
#include "graph/store/store_impl.h"

#include <string.h>

static void tag(struct fixture *f, struct slice text, node_id node)
{
	assert_int_equal(label_add(f->txn, LABEL_TAG, text, node), 0);
}

struct seen {
	char text[4096];
	size_t len;
};

static int see(void *ctx, struct slice text, node_id node)
{
	struct seen *seen = ctx;

	seen->len +=
		(size_t)snprintf(seen->text + seen->len, sizeof(seen->text) - seen->len,
			"%.*s/%u ", (int)text.len, text.ptr, (unsigned)node);
	return 0;
}

/* Labels that begin with a prefix, as text. */
static const char *tags(struct fixture *f, struct slice prefix)
{
	static struct seen seen;

	seen.len = 0;
	seen.text[0] = '\0';
	assert_int_equal(label_each(f->txn, LABEL_TAG, prefix, see, &seen), 0);
	return seen.text;
}

static void labels_are_found_by_what_they_begin_with(void **state)
{
	struct fixture *f = *state;

	tag(f, SLICE("pii"), 7);
	tag(f, SLICE("pii"), 3);
	tag(f, SLICE("pii=strict"), 3);
	tag(f, SLICE("tier"), 1);
	assert_int_equal(label_add(f->txn, LABEL_OWNER, SLICE("pii"), 9), 0);
	assert_string_equal(tags(f, SLICE("pii")), "pii/3 pii/7 pii=strict/3 ");
	assert_string_equal(tags(f, SLICE("")), "pii/3 pii/7 pii=strict/3 tier/1 ");
	assert_string_equal(tags(f, SLICE("x")), "");
}

static void a_removed_label_is_gone(void **state)
{
	struct fixture *f = *state;

	tag(f, SLICE("pii"), 7);
	tag(f, SLICE("pii"), 7);
	assert_int_equal(label_remove(f->txn, LABEL_TAG, SLICE("pii"), 7), 0);
	assert_int_equal(label_remove(f->txn, LABEL_TAG, SLICE("pii"), 7), 1);
	assert_string_equal(tags(f, SLICE("")), "");
}

static int keep(void *ctx, struct slice text, node_id node)
{
	struct seen *seen = ctx;

	assert_int_equal(node, 5);
	memcpy(seen->text, text.ptr, text.len);
	seen->len = text.len;
	return 42;
}

static void texts_may_hold_any_byte(void **state)
{
	struct fixture *f = *state;
	struct slice text = SLICE("a\0\0\xff\x01z");
	struct seen seen;

	tag(f, text, 5);
	assert_int_equal(label_each(f->txn, LABEL_TAG, SLICE("a\0"), keep, &seen), 42);
	assert_true(slice_equal(slice_of(seen.text, seen.len), text));
}

static void a_long_text_is_cut(void **state)
{
	struct fixture *f = *state;
	static char text[2000];
	struct seen seen;

	memset(text, 'x', sizeof(text));
	tag(f, slice_of(text, sizeof(text)), 5);
	assert_int_equal(
		label_each(f->txn, LABEL_TAG, slice_of(text, 1500), keep, &seen), 42);
	assert_int_equal(seen.len, 400);
	assert_int_equal(
		label_remove(f->txn, LABEL_TAG, slice_of(text, sizeof(text)), 5), 0);
}

static void zeros_in_a_long_text_make_it_shorter(void **state)
{
	struct fixture *f = *state;
	static char text[400];
	struct seen seen;

	tag(f, slice_of(text, sizeof(text)), 5);
	assert_int_equal(label_each(f->txn, LABEL_TAG, SLICE("\0"), keep, &seen), 42);
	assert_in_range(seen.len, 200, 399);
}

static void a_damaged_label_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct seen seen;
	struct store_key key;

	key_start(&key);
	key_put_bytes(&key, SLICE("\2abc\0\7\0\0\0\0\0\1"));
	assert_int_equal(db_put(f->txn, DB_LABEL, &key, SLICE("")), 0);
	assert_int_equal(
		label_each(f->txn, LABEL_TAG, SLICE(""), keep, &seen), ERR_CORRUPT);
}

static void assert_parent(struct fixture *f, node_id job, struct job_parent wanted)
{
	struct job_parent found;

	assert_int_equal(job_parent_get(f->txn, job, &found), 0);
	assert_int_equal(found.parent, wanted.parent);
	assert_int_equal(found.root, wanted.root);
	assert_true(found.told_us == wanted.told_us);
}

static int see_child(void *ctx, node_id child)
{
	node_id *sum = ctx;

	*sum = *sum * 10 + child;
	return 0;
}

static node_id children(struct fixture *f, node_id parent)
{
	node_id sum = 0;

	assert_int_equal(job_children(f->txn, parent, see_child, &sum), 0);
	return sum;
}

static void a_job_has_a_parent_and_that_its_children(void **state)
{
	struct fixture *f = *state;
	struct job_parent parent = { 7, UINT32_MAX, INT64_MIN }, found;

	assert_int_equal(job_parent_get(f->txn, 1, &found), 1);
	assert_int_equal(job_parent_put(f->txn, 2, &parent), 0);
	assert_int_equal(job_parent_put(f->txn, 1, &parent), 0);
	assert_parent(f, 1, parent);
	assert_int_equal(children(f, 7), 12);
	assert_int_equal(children(f, 1), 0);
}

static void a_job_with_another_parent_is_a_child_of_that_alone(void **state)
{
	struct fixture *f = *state;
	struct job_parent parent = { 7, 0, 10 };

	assert_int_equal(job_parent_put(f->txn, 1, &parent), 0);
	parent.told_us = 20;
	assert_int_equal(job_parent_put(f->txn, 1, &parent), 0);
	assert_int_equal(children(f, 7), 1);
	parent.parent = 8;
	assert_int_equal(job_parent_put(f->txn, 1, &parent), 0);
	assert_parent(f, 1, parent);
	assert_int_equal(children(f, 7), 0);
	assert_int_equal(children(f, 8), 1);
}

static void no_parent_is_no_row(void **state)
{
	struct fixture *f = *state;
	struct job_parent none = { 0, 3, 10 }, found;
	struct store_key key;

	assert_int_equal(job_parent_put(f->txn, 1, &none), ERR_INVALID);
	key_start(&key);
	key_put_u32(&key, 1);
	assert_int_equal(db_put(f->txn, DB_JOB_PARENT, &key, SLICE("\1noise")), 0);
	assert_int_equal(job_parent_get(f->txn, 1, &found), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(labels_are_found_by_what_they_begin_with),
		STORE_TEST(a_removed_label_is_gone),
		STORE_TEST(texts_may_hold_any_byte),
		STORE_TEST(a_long_text_is_cut),
		STORE_TEST(zeros_in_a_long_text_make_it_shorter),
		STORE_TEST(a_damaged_label_is_corrupt),
		STORE_TEST(a_job_has_a_parent_and_that_its_children),
		STORE_TEST(a_job_with_another_parent_is_a_child_of_that_alone),
		STORE_TEST(no_parent_is_no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
