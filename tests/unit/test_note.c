/* SPDX-License-Identifier: Apache-2.0 */

/* test_note.c - what is said beside the events */

#include "store_fixture.h"

#include "base/hash.h"
#include "graph/note.h"
#include "graph/store/store_impl.h"

#include <string.h>

#define KEY(kind_text, ...)                                              \
	(&(struct note_key){ .kind = SLICE(kind_text),                   \
		.names = (const struct slice[]){ __VA_ARGS__ },          \
		.count = sizeof((const struct slice[]){ __VA_ARGS__ }) / \
			 sizeof(struct slice) })
#define ALL(kind_text) (&(struct note_key){ .kind = SLICE(kind_text) })

static void tell(struct fixture *f, const struct note_key *key, int64_t time_us,
	struct slice content)
{
	assert_in_range(note_tell(f->txn, key, time_us, content), 0, 1);
}

static const struct slice taken_back;

/* What stands, as text; "-" when nothing does. */
static const char *said(struct fixture *f, const struct note_key *key)
{
	static char text[256];
	struct note note;
	int r = note_get(f->txn, key, &note);

	assert_in_range(r, 0, 1);
	if (r)
		return "-";
	assert_int_equal(note.name_count, key->count);
	for (size_t i = 0; i < key->count; i++)
		assert_true(slice_equal(note.names[i], key->names[i]));
	(void)snprintf(text, sizeof(text), "%.*s %lld", (int)note.content.len,
		note.content.ptr, (long long)note.time_us);
	return text;
}

struct seen {
	char text[4096];
	size_t len;
	size_t count;
};

static int see(void *ctx, const struct note *note)
{
	struct seen *seen = ctx;

	for (size_t i = 0; i < note->name_count; i++)
		seen->len += (size_t)snprintf(seen->text + seen->len,
			sizeof(seen->text) - seen->len, "%s%.*s", i ? "/" : "",
			(int)note->names[i].len, note->names[i].ptr);
	seen->text[seen->len++] = ' ';
	seen->text[seen->len] = '\0';
	seen->count++;
	return 0;
}

/* The names of the notes below a key, as text. */
static const char *listed(struct fixture *f, const struct note_key *key)
{
	static struct seen seen;

	seen = (struct seen){ .len = 0 };
	assert_int_equal(note_each(f->txn, key, see, &seen), 0);
	return seen.text;
}

static void the_newest_note_stands_in_any_order(void **state)
{
	struct fixture *f = *state;
	const struct note_key *key = KEY("tag", SLICE("pii"));

	assert_string_equal(said(f, key), "-");
	tell(f, key, 5, SLICE("five"));
	tell(f, key, 9, SLICE("nine"));
	tell(f, key, 7, SLICE("seven"));
	assert_string_equal(said(f, key), "nine 9");
	assert_int_equal(note_tell(f->txn, key, 9, SLICE("nine")), 1);
}

static void of_two_at_one_time_the_larger_hash_stands(void **state)
{
	struct fixture *f = *state;
	const struct slice a = SLICE("a");
	const struct slice b = SLICE("b");
	const char *larger = hash64(a) > hash64(b) ? "a 5" : "b 5";

	tell(f, KEY("k", SLICE("x")), 5, a);
	tell(f, KEY("k", SLICE("x")), 5, b);
	tell(f, KEY("k", SLICE("y")), 5, b);
	tell(f, KEY("k", SLICE("y")), 5, a);
	assert_string_equal(said(f, KEY("k", SLICE("x"))), larger);
	assert_string_equal(said(f, KEY("k", SLICE("y"))), larger);
}

static void what_was_taken_back_is_not_brought_back_by_an_older_one(void **state)
{
	struct fixture *f = *state;
	const struct note_key *key = KEY("k", SLICE("x"));

	tell(f, key, 5, SLICE("five"));
	tell(f, key, 7, taken_back);
	assert_string_equal(said(f, key), "-");
	assert_string_equal(listed(f, ALL("k")), "");
	tell(f, key, 6, SLICE("six"));
	assert_string_equal(said(f, key), "-");
	tell(f, key, 8, SLICE("eight"));
	assert_string_equal(said(f, key), "eight 8");
}

static void at_one_time_a_content_wins_over_taking_back(void **state)
{
	struct fixture *f = *state;
	const struct note_key *key = KEY("k", SLICE("x"));

	tell(f, key, 5, SLICE("five"));
	tell(f, key, 5, taken_back);
	assert_string_equal(said(f, key), "five 5");
}

static void notes_are_listed_in_order_of_their_names(void **state)
{
	struct fixture *f = *state;

	tell(f, KEY("k", SLICE("b")), 1, SLICE("1"));
	tell(f, KEY("k", SLICE("a"), SLICE("z")), 1, SLICE("1"));
	tell(f, KEY("k", SLICE("a")), 1, SLICE("1"));
	tell(f, KEY("k", SLICE("ab")), 1, SLICE("1"));
	tell(f, KEY("k", SLICE("a"), SLICE("c"), SLICE("d")), 1, SLICE("1"));
	tell(f, KEY("kk", SLICE("a")), 1, SLICE("1"));
	assert_string_equal(listed(f, ALL("k")), "a a/c/d a/z ab b ");
	assert_string_equal(listed(f, KEY("k", SLICE("a"))), "a a/c/d a/z ");
	assert_string_equal(listed(f, KEY("k", SLICE("a"), SLICE("c"))), "a/c/d ");
	assert_string_equal(listed(f, ALL("j")), "");
}

/* Names that would be one, were they only put side by side. */
static void names_do_not_run_into_each_other(void **state)
{
	struct fixture *f = *state;
	const struct note_key *keys[] = {
		KEY("k", SLICE("a"), SLICE("b")),
		KEY("k", SLICE("ab"), SLICE("")),
		KEY("k", SLICE(""), SLICE("ab")),
		KEY("k", SLICE("a\0\0b")),
		KEY("k", SLICE("a\0\1b")),
		KEY("k", SLICE("a\0"), SLICE("b")),
		KEY("k", SLICE("a"), SLICE("\0b")),
		KEY("k", SLICE("a"), SLICE("b"), SLICE("")),
		KEY("k", SLICE("a\0\xff\0\0b")),
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		tell(f, keys[i], (int64_t)i, SLICE("x"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct note note;

		assert_int_equal(note_get(f->txn, keys[i], &note), 0);
		assert_int_equal(note.time_us, i);
	}
}

#define LONG_BYTES 4000

static struct slice long_name(char end)
{
	static char texts[4][LONG_BYTES];
	static unsigned next;
	char *text = texts[next++ % ARRAY_LEN(texts)];

	memset(text, 'x', LONG_BYTES);
	text[LONG_BYTES - 1] = end;
	return slice_of(text, LONG_BYTES);
}

static void long_names_are_told_apart_by_their_last_byte(void **state)
{
	struct fixture *f = *state;
	const struct note_key *a = KEY("k", long_name('a'));
	const struct note_key *b = KEY("k", long_name('b'), SLICE("z"));

	tell(f, a, 1, SLICE("A"));
	tell(f, b, 2, SLICE("B"));
	assert_string_equal(said(f, a), "A 1");
	assert_string_equal(said(f, b), "B 2");
	assert_string_equal(said(f, KEY("k", long_name('b'))), "-");
}

static void long_names_are_found_by_the_first_of_them(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { .len = 0 };

	tell(f, KEY("k", long_name('a'), SLICE("1")), 1, SLICE("A"));
	tell(f, KEY("k", long_name('b'), SLICE("1")), 1, SLICE("B"));
	tell(f, KEY("k", SLICE("short"), long_name('a')), 1, SLICE("C"));
	tell(f, KEY("k", SLICE("short")), 1, SLICE("D"));
	seen.len = 0;
	assert_int_equal(note_each(f->txn, KEY("k", SLICE("short")), see, &seen), 0);
	assert_int_equal(seen.count, 2);
	seen = (struct seen){ .len = 0 };
	assert_int_equal(note_each(f->txn, KEY("k", long_name('a')), see, &seen), 0);
	assert_int_equal(seen.count, 1);
}

/* Around the length at which a key is cut, with bytes that take two of it. */
static void names_of_any_length_have_a_place_of_their_own(void **state)
{
	struct fixture *f = *state;
	static char text[600];
	struct seen seen = { .len = 0 };
	struct note note;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 3 ? 'x' : '\0';
	for (size_t len = 300; len < sizeof(text); len++)
		tell(f, KEY("k", slice_of(text, len)), (int64_t)len, SLICE("x"));
	for (size_t len = 300; len < sizeof(text); len++) {
		assert_int_equal(
			note_get(f->txn, KEY("k", slice_of(text, len)), &note), 0);
		assert_int_equal(note.time_us, len);
		assert_int_equal(
			note_each(f->txn, KEY("k", slice_of(text, len)), see, &seen), 0);
		seen.len = 0;
	}
	assert_int_equal(seen.count, sizeof(text) - 300);
}

/* Puts a row under the key that the note of a long name has. */
static void put_row(struct fixture *f, const char *bytes, size_t len)
{
	struct store_key key;

	key_start(&key);
	key_put_bytes(&key, SLICE("k\0\0a\0\0"));
	assert_int_equal(db_put(f->txn, DB_NOTE, &key, slice_of(bytes, len)), 0);
}

static void put_text(struct record_writer *writer, const char *text)
{
	record_put_bytes(writer, slice_from(text));
}

/* A row whose key stands for several names, as if their hashes were the same. */
static void put_shared_row(struct fixture *f)
{
	static const char *const names[] = { "Z", "c" };
	struct record_writer writer;
	struct store_key key;

	assert_int_equal(txn_record(f->txn, &writer, 1, 256), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		put_text(&writer, "k");
		record_put_varint(&writer, 1);
		put_text(&writer, names[i]);
		record_put_signed(&writer, 3);
		record_put_u64(&writer, 1);
		put_text(&writer, names[i]);
	}
	key_start(&key);
	key_put_bytes(&key, SLICE("k\0\0a\0\0"));
	assert_int_equal(db_put_record(f->txn, DB_NOTE, &key, &writer), 0);
}

static void notes_that_share_a_row_are_kept_apart_and_in_order(void **state)
{
	struct fixture *f = *state;
	const struct note_key *key = KEY("k", SLICE("a"));

	put_shared_row(f);
	assert_string_equal(said(f, key), "-");
	tell(f, key, 5, SLICE("five"));
	assert_string_equal(said(f, key), "five 5");
	assert_string_equal(listed(f, ALL("k")), "Z a c ");
	tell(f, key, 6, SLICE("a longer one"));
	assert_string_equal(said(f, key), "a longer one 6");
	tell(f, key, 7, taken_back);
	assert_string_equal(listed(f, ALL("k")), "Z c ");
}

static void a_damaged_note_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct note note;
	struct seen seen = { .len = 0 };

	put_row(f, "\1noise....", 10);
	assert_int_equal(note_get(f->txn, KEY("k", SLICE("a")), &note), ERR_CORRUPT);
	assert_int_equal(note_each(f->txn, ALL("k"), see, &seen), ERR_CORRUPT);
}

/* The checksum is right, and a name is missing. */
static void a_note_that_is_cut_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct record_writer writer;
	struct store_key key;
	struct seen seen = { .len = 0 };

	assert_int_equal(txn_record(f->txn, &writer, 1, 64), 0);
	put_text(&writer, "k");
	record_put_varint(&writer, 2);
	put_text(&writer, "a");
	key_start(&key);
	key_put_bytes(&key, SLICE("k\0\0a\0\0"));
	assert_int_equal(db_put_record(f->txn, DB_NOTE, &key, &writer), 0);
	assert_int_equal(note_all(f->txn, see, &seen), ERR_CORRUPT);
	assert_int_equal(
		note_tell(f->txn, KEY("k", SLICE("a")), 1, SLICE("x")), ERR_CORRUPT);
}

/* Byte for byte as docs/STORAGE.md shows it. */
static void a_note_is_stored_as_documented(void **state)
{
	static const char expected[] = "\1\3tag\1\3pii"
				       "\x80\x9c\x8e\xbb\x83\x89\x85\x06" /* time */
				       "\x29\x76\x0b\x75\x12\xd5\xbb\x40" /* hash */
				       "\4true\xb8\x42\x0c\xa7";
	struct fixture *f = *state;
	struct store_key key;
	struct slice row;

	tell(f, KEY("tag", SLICE("pii")), INT64_C(1700000060000000), SLICE("true"));
	key_start(&key);
	key_put_bytes(&key, SLICE("tag\0\0pii\0\0"));
	assert_int_equal(db_get(f->txn, DB_NOTE, &key, &row), 0);
	assert_int_equal(row.len, sizeof(expected) - 1);
	assert_memory_equal(row.ptr, expected, row.len);
}

static void a_note_has_one_to_four_names(void **state)
{
	struct fixture *f = *state;
	const struct slice x = SLICE("x");
	struct note note;

	tell(f, KEY("k", x, x, x, x), 1, x);
	assert_int_equal(note_tell(f->txn, ALL("k"), 1, x), ERR_INVALID);
	assert_int_equal(note_tell(f->txn, KEY("k", x, x, x, x, x), 1, x), ERR_INVALID);
	assert_int_equal(note_get(f->txn, KEY("k", x, x, x, x, x), &note), 1);
	assert_string_equal(listed(f, KEY("k", x, x, x, x, x)), "");
}

static int stop(void *ctx, const struct note *note)
{
	(void)ctx;
	(void)note;
	return 42;
}

static void a_visitor_ends_the_walk(void **state)
{
	struct fixture *f = *state;

	tell(f, KEY("k", SLICE("a")), 1, SLICE("x"));
	assert_int_equal(note_each(f->txn, ALL("k"), stop, NULL), 42);
	assert_int_equal(note_all(f->txn, stop, NULL), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(the_newest_note_stands_in_any_order),
		STORE_TEST(of_two_at_one_time_the_larger_hash_stands),
		STORE_TEST(what_was_taken_back_is_not_brought_back_by_an_older_one),
		STORE_TEST(at_one_time_a_content_wins_over_taking_back),
		STORE_TEST(notes_are_listed_in_order_of_their_names),
		STORE_TEST(names_do_not_run_into_each_other),
		STORE_TEST(long_names_are_told_apart_by_their_last_byte),
		STORE_TEST(long_names_are_found_by_the_first_of_them),
		STORE_TEST(names_of_any_length_have_a_place_of_their_own),
		STORE_TEST(notes_that_share_a_row_are_kept_apart_and_in_order),
		STORE_TEST(a_damaged_note_is_corrupt),
		STORE_TEST(a_note_that_is_cut_is_corrupt),
		STORE_TEST(a_note_is_stored_as_documented),
		STORE_TEST(a_note_has_one_to_four_names),
		STORE_TEST(a_visitor_ends_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
