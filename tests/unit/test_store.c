/* SPDX-License-Identifier: Apache-2.0 */

/* test_store.c - the environment: what survives, what is refused */

#include "store_fixture.h"

#include "graph/entity.h"
#include "graph/store/store_impl.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static uint64_t position(struct fixture *f)
{
	struct store_txn *txn = NULL;
	uint64_t sequence = 0;

	assert_int_equal(store_read(f->store, &txn), 0);
	assert_int_equal(store_position(txn, &sequence), 0);
	store_end(txn);
	return sequence;
}

static void put_facet(struct fixture *f, uint64_t name_hash, size_t bytes)
{
	struct facet facet = { SLICE("schema"), { test_calloc(1, bytes), bytes } };

	assert_int_equal(facet_put(f->txn, 1, name_hash, &facet), 0);
	test_free((void *)(uintptr_t)facet.bytes.ptr);
}

static int reopen(struct fixture *f, struct fault *fault)
{
	fixture_close(f);
	return store_open(&f->options, &f->store, fault);
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_position(f->txn, 41), 0);
	assert_int_equal(store_set_position(f->txn, 42), 0);
	fixture_commit(f);
	assert_int_equal(reopen(f, NULL), 0);
	assert_int_equal(position(f), 42);
}

static void a_new_store_stands_before_the_first_event(void **state)
{
	assert_int_equal(position(*state), 0);
}

static void what_was_not_committed_is_forgotten(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_position(f->txn, 42), 0);
	store_end(TAKE(f->txn));
	assert_int_equal(position(f), 0);
}

static void a_reader_keeps_what_it_saw_at_first(void **state)
{
	struct fixture *f = *state;
	struct store_txn *reader = NULL;
	uint64_t sequence;

	assert_int_equal(store_read(f->store, &reader), 0);
	assert_int_equal(store_set_position(f->txn, 42), 0);
	fixture_commit(f);
	assert_int_equal(store_position(reader, &sequence), 0);
	assert_int_equal(sequence, 0);
	store_end(reader);
	assert_int_equal(position(f), 42);
}

static void *end_snapshot(void *txn)
{
	uint64_t sequence;

	if (store_position(txn, &sequence) != 0 || sequence != 42)
		return txn;
	store_end(txn);
	return NULL;
}

static void a_snapshot_may_end_in_another_thread(void **state)
{
	struct fixture *f = *state;
	struct store_txn *reader = NULL;
	pthread_t thread;
	void *failed = NULL;

	assert_int_equal(store_set_position(f->txn, 42), 0);
	fixture_commit(f);
	assert_int_equal(store_read(f->store, &reader), 0);
	assert_int_equal(pthread_create(&thread, NULL, end_snapshot, reader), 0);
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
}

static void a_failure_sticks_to_its_transaction(void **state)
{
	struct fixture *f = *state;
	struct store_key key;
	struct facet facet;

	key_start(&key);
	key_put_u32(&key, 1);
	key_put_u64(&key, 99);
	assert_int_equal(db_put(f->txn, DB_FACET, &key, SLICE("no record")), 0);
	assert_int_equal(facet_get(f->txn, 1, 99, &facet), ERR_CORRUPT);
	assert_int_equal(store_set_position(f->txn, 42), ERR_CORRUPT);
	assert_int_equal(store_commit(TAKE(f->txn)), ERR_CORRUPT);
	assert_int_equal(position(f), 0);
}

static void put_format(struct fixture *f, uint64_t format)
{
	struct record_writer writer;
	struct store_key key;

	key_start(&key);
	key_put_bytes(&key, SLICE("format"));
	assert_int_equal(txn_record(f->txn, &writer, 1, VARINT_MAX), 0);
	record_put_varint(&writer, format);
	assert_int_equal(db_put_record(f->txn, DB_META, &key, &writer), 0);
	fixture_commit(f);
}

static void a_store_of_a_newer_format_is_refused(void **state)
{
	struct fixture *f = *state;
	struct fault fault = { 0 };

	put_format(f, STORE_FORMAT + 1);
	assert_int_equal(reopen(f, &fault), ERR_VERSION);
	assert_non_null(strstr(fault.why, "newer"));
}

static void a_store_of_an_older_format_is_to_be_made_again(void **state)
{
	struct fixture *f = *state;
	struct fault fault = { 0 };

	put_format(f, STORE_FORMAT - 1);
	assert_int_equal(reopen(f, &fault), ERR_VERSION);
	assert_string_equal(fault.where, f->path);
	assert_non_null(strstr(fault.why, "older"));
	assert_non_null(strstr(fault.why, "move"));
}

static off_t file_bytes(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

static void a_truncated_file_is_corrupt_at_every_length(void **state)
{
	struct fixture *f = *state;
	struct fault fault = { 0 };
	char path[128];
	off_t whole;

	put_facet(f, 1, 200000);
	fixture_commit(f);
	fixture_close(f);
	fixture_file(f, "data.mdb", path);
	whole = file_bytes(path);
	for (off_t cut = 1; cut < whole; cut += cut < 3 ? 1 : 3999) {
		assert_int_equal(truncate(path, whole - cut), 0);
		assert_int_equal(store_open(&f->options, &f->store, &fault), ERR_CORRUPT);
		assert_non_null(strstr(fault.why, "cut off"));
		assert_int_equal(truncate(path, whole), 0);
		if (cut > whole / 2)
			break;
	}
}

static void a_file_that_lacks_free_pages_only_is_whole(void **state)
{
	struct fixture *f = *state;
	struct fault fault = { 0 };
	char path[128];

	/* LMDB takes pages back at once when it has old free ones at hand. */
	for (uint64_t i = 1; i <= 5; i++) {
		put_facet(f, i, 3000);
		fixture_commit(f);
		fixture_write(f);
	}
	put_facet(f, 1, 100);
	put_facet(f, 2, 200000);
	assert_int_equal(facet_remove(f->txn, 1, 2), 0);
	fixture_commit(f);
	fixture_file(f, "data.mdb", path);
	assert_true((uint64_t)file_bytes(path) < store_bytes(f->store));
	assert_int_equal(reopen(f, &fault), 0);
	fixture_close(f);
	assert_int_equal(truncate(path, file_bytes(path) / 2), 0);
	assert_int_equal(store_open(&f->options, &f->store, &fault), ERR_CORRUPT);
}

static void a_long_list_of_free_pages_is_read_in_full(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (uint64_t i = 1; i <= 5; i++) {
		put_facet(f, 1, i * 2000000);
		fixture_commit(f);
		fixture_write(f);
	}
	put_facet(f, 2, 40000000);
	assert_int_equal(facet_remove(f->txn, 1, 2), 0);
	fixture_commit(f);
	fixture_file(f, "data.mdb", path);
	assert_true((uint64_t)file_bytes(path) < store_bytes(f->store));
	assert_int_equal(reopen(f, NULL), 0);
}

static void a_file_that_is_something_else_is_corrupt(void **state)
{
	struct fixture *f = *state;
	char path[128], junk[16384];
	int fd;

	fixture_close(f);
	fixture_file(f, "data.mdb", path);
	memset(junk, 'x', sizeof(junk));
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
	close(fd);
	assert_int_equal(store_open(&f->options, &f->store, NULL), ERR_CORRUPT);
}

static void only_the_owner_may_read_the_files(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char path[128];

	assert_int_equal(stat(f->path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	fixture_file(f, "data.mdb", path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	fixture_file(f, "lock.mdb", path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_commit_beyond_the_quota_is_refused_and_reads_go_on(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_position(f->txn, 1), 0);
	fixture_commit(f);
	f->options.quota_bytes = 1000000;
	assert_int_equal(reopen(f, NULL), 0);
	fixture_write(f);
	put_facet(f, 1, 2000000);
	assert_int_equal(store_set_position(f->txn, 2), 0);
	assert_int_equal(store_commit(TAKE(f->txn)), ERR_DISK_FULL);
	assert_int_equal(position(f), 1);
	fixture_write(f);
	put_facet(f, 1, 500000);
	assert_int_equal(store_set_position(f->txn, 2), 0);
	fixture_commit(f);
	assert_int_equal(position(f), 2);
}

static void a_store_beyond_a_lowered_quota_says_what_to_do(void **state)
{
	struct fixture *f = *state;
	struct fault fault = { 0 };

	put_facet(f, 1, 2000000);
	fixture_commit(f);
	f->options.quota_bytes = 1000000;
	assert_int_equal(reopen(f, &fault), ERR_DISK_FULL);
	assert_string_equal(fault.where, f->path);
	assert_non_null(strstr(fault.why, "raise"));
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_commit_that_the_disk_refuses_leaves_what_was_there(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_position(f->txn, 1), 0);
	fixture_commit(f);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(500000);
	fixture_write(f);
	put_facet(f, 1, 2000000);
	assert_int_equal(store_set_position(f->txn, 2), 0);
	assert_true(store_commit(TAKE(f->txn)) < 0);
	limit_files(RLIM_INFINITY);
	assert_int_equal(position(f), 1);
	fixture_write(f);
	put_facet(f, 1, 2000000);
	assert_int_equal(store_set_position(f->txn, 2), 0);
	fixture_commit(f);
	assert_int_equal(reopen(f, NULL), 0);
	assert_int_equal(position(f), 2);
}

#define READERS 3
#define COMMITS 200

static void *read_until_the_last_commit(void *store)
{
	uint64_t sequence = 0;

	while (sequence < COMMITS) {
		struct store_txn *txn = NULL;
		struct facet facet;

		if (store_read(store, &txn) || store_position(txn, &sequence))
			return store;
		/* Position and facet were put in one transaction. */
		if (sequence && (facet_get(txn, 1, 1, &facet) ||
					facet.bytes.len != sequence * 10))
			return store;
		store_end(txn);
	}
	return NULL;
}

static void readers_never_see_half_a_commit(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[READERS];
	void *failed;

	fixture_commit(f);
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 read_until_the_last_commit, f->store),
			0);
	for (uint64_t i = 1; i <= COMMITS; i++) {
		fixture_write(f);
		put_facet(f, 1, i * 10);
		assert_int_equal(store_set_position(f->txn, i), 0);
		fixture_commit(f);
	}
	for (size_t i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
}

static void a_store_can_be_read_without_writing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_position(f->txn, 42), 0);
	fixture_commit(f);
	f->options.readonly = true;
	assert_int_equal(reopen(f, NULL), 0);
	assert_int_equal(position(f), 42);
}

static void reading_makes_no_folder(void **state)
{
	struct fixture *f = *state;
	struct store_options options = { .path = "/nowhere/graph", .readonly = true };
	struct store *store = NULL;

	(void)f;
	assert_int_equal(store_open(&options, &store, NULL), ERR_NOT_FOUND);
	options.readonly = false;
	assert_int_equal(store_open(&options, &store, NULL), ERR_NOT_FOUND);
	assert_null(store);
}

static void an_equal_put_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct store_key key;

	key_start(&key);
	key_put_u32(&key, 1);
	assert_int_equal(db_put(f->txn, DB_META, &key, SLICE("a")), 0);
	assert_int_equal(db_put(f->txn, DB_META, &key, SLICE("a")), 1);
	assert_int_equal(db_put(f->txn, DB_META, &key, SLICE("ab")), 0);
}

static void a_row_that_is_not_the_last_cannot_be_appended(void **state)
{
	struct fixture *f = *state;
	struct store_key key;

	key_start(&key);
	key_put_u32(&key, 5);
	assert_int_equal(db_append(f->txn, DB_IOSET, &key, SLICE("a")), 0);
	assert_int_equal(db_append(f->txn, DB_IOSET, &key, SLICE("a")), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_was_committed_is_there_after_opening_again),
		STORE_TEST(a_new_store_stands_before_the_first_event),
		STORE_TEST(what_was_not_committed_is_forgotten),
		STORE_TEST(a_reader_keeps_what_it_saw_at_first),
		STORE_TEST(a_snapshot_may_end_in_another_thread),
		STORE_TEST(a_failure_sticks_to_its_transaction),
		STORE_TEST(a_store_of_a_newer_format_is_refused),
		STORE_TEST(a_store_of_an_older_format_is_to_be_made_again),
		STORE_TEST(a_truncated_file_is_corrupt_at_every_length),
		STORE_TEST(a_file_that_lacks_free_pages_only_is_whole),
		STORE_TEST(a_long_list_of_free_pages_is_read_in_full),
		STORE_TEST(a_file_that_is_something_else_is_corrupt),
		STORE_TEST(only_the_owner_may_read_the_files),
		STORE_TEST(a_commit_beyond_the_quota_is_refused_and_reads_go_on),
		STORE_TEST(a_store_beyond_a_lowered_quota_says_what_to_do),
		STORE_TEST(a_commit_that_the_disk_refuses_leaves_what_was_there),
		STORE_TEST(readers_never_see_half_a_commit),
		STORE_TEST(a_store_can_be_read_without_writing),
		STORE_TEST(reading_makes_no_folder),
		STORE_TEST(an_equal_put_is_left_alone),
		STORE_TEST(a_row_that_is_not_the_last_cannot_be_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
