/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_damage.c - a damaged data directory loses nothing more, and says so
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "tests/e2e/client.h"
#include "tests/e2e/events.h"
#include "tests/e2e/files.h"
#include "tests/e2e/graph_text.h"
#include "tests/e2e/process.h"

#define EVENTS	  60
#define MANY	  20000
#define KILLS	  3
#define LATER_NS  300000000
#define TEXT_MAX  ((size_t)256 << 20)
#define FRAMES_AT 4096 /* in a segment */

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	char segment[E2E_PATH_MAX];
	char graph[E2E_PATH_MAX];
};

/* Each event has a sync of its own. */
static void fill(const char *data)
{
	struct server server;
	struct client client;
	struct answer answer;
	struct buf event;

	server_start(&server, data, NULL);
	assert_int_equal(client_open(&client, server.address), 0);
	buf_init(&event, TEXT_MAX);
	for (unsigned i = 0; i < EVENTS; i++) {
		buf_clear(&event);
		event_small(&event, 1, 0, i);
		assert_int_equal(
			client_post(&client, "/api/v1/lineage", buf_get(&event), &answer),
			0);
		assert_int_equal(answer.status, 201);
	}
	buf_fini(&event);
	client_close(&client);
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
}

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	path_join(trial->segment, trial->data, "log/00000000000000000001.seg");
	path_join(trial->graph, trial->data, "graph");
	fill(trial->data);
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	dir_remove(trial->dir);
	free(trial);
	return 0;
}

/* Where the frames of a segment end: zeros follow. */
static size_t frames_end(const struct buf *segment)
{
	size_t end = segment->len;

	while (end > 0 && segment->data[end - 1] == 0)
		end--;
	return end;
}

static void read_segment(struct trial *trial, struct buf *out)
{
	buf_init(out, TEXT_MAX);
	file_read(trial->segment, out);
}

static void write_segment(struct trial *trial, struct buf *segment)
{
	file_write(trial->segment, buf_get(segment));
	buf_fini(segment);
}

/* It does not start, exits with 76, and says one line with the words. */
static void assert_refuses(struct trial *trial, const char *word, const char *other)
{
	const char *const argv[] = { program_path, "serve", "--data", trial->data,
		"--listen=127.0.0.1:0", NULL };
	struct buf err;
	const char *end;

	buf_init(&err, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, NULL, &err), 76);
	buf_byte(&err, '\0');
	end = strchr(err.data, '\n');
	if (!strstr(err.data, word) || !strstr(err.data, other) || !end || end[1])
		fail_msg("not one line with '%s' and '%s': %s", word, other, err.data);
	buf_fini(&err);
}

static size_t count_exported(struct trial *trial)
{
	const char *const argv[] = { program_path, "export", "--data", trial->data,
		NULL };
	struct texts lines = { 0 };
	struct buf out;
	size_t n;

	buf_init(&out, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, &out, NULL), 0);
	texts_add_lines(&lines, buf_get(&out));
	n = lines.count;
	texts_fini(&lines);
	buf_fini(&out);
	return n;
}

static void restart(struct trial *trial)
{
	struct server server;

	server_start(&server, trial->data, NULL);
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
}

static void a_damaged_event_in_the_log_is_named_and_nothing_is_cut(void **state)
{
	struct trial *trial = *state;
	struct buf segment;
	struct buf after;

	dir_remove(trial->graph);
	read_segment(trial, &segment);
	segment.data[(FRAMES_AT + frames_end(&segment)) / 2] ^= 0x55;
	file_write(trial->segment, buf_get(&segment));
	assert_refuses(trial, "00000000000000000001.seg", "damaged");
	read_segment(trial, &after);
	assert_true(slice_equal(buf_get(&segment), buf_get(&after)));
	buf_fini(&segment);
	buf_fini(&after);
}

static void a_torn_tail_is_cut_and_the_events_before_it_stay(void **state)
{
	struct trial *trial = *state;
	struct buf segment;
	size_t end;

	dir_remove(trial->graph);
	read_segment(trial, &segment);
	end = frames_end(&segment);
	memset(segment.data + end - 20, 0, 20);
	write_segment(trial, &segment);
	restart(trial);
	assert_int_equal(count_exported(trial), EVENTS - 1);
}

static void garbage_behind_the_log_is_cut(void **state)
{
	struct trial *trial = *state;
	struct buf segment;
	size_t end;

	read_segment(trial, &segment);
	end = frames_end(&segment);
	memset(segment.data + end + 16, 'x', 999);
	write_segment(trial, &segment);
	restart(trial);
	assert_int_equal(count_exported(trial), EVENTS);
}

/* It looks like a torn tail, but the graph knows that the event was durable. */
static void damage_at_the_end_is_not_cut_when_the_graph_has_the_event(void **state)
{
	struct trial *trial = *state;
	struct buf segment;
	struct buf after;
	size_t end;

	read_segment(trial, &segment);
	end = frames_end(&segment);
	memset(segment.data + end - 20, 0, 20);
	file_write(trial->segment, buf_get(&segment));
	assert_refuses(trial, "00000000000000000001.seg", "damaged");
	read_segment(trial, &after);
	assert_true(slice_equal(buf_get(&segment), buf_get(&after)));
	buf_fini(&segment);
	buf_fini(&after);
}

static void a_missing_log_beside_a_graph_is_not_begun_anew(void **state)
{
	struct trial *trial = *state;

	need(remove(trial->segment) == 0, "remove", trial->segment);
	assert_refuses(trial, trial->data, "backup");
}

static void a_damaged_graph_is_made_again_when_it_is_moved_away(void **state)
{
	struct trial *trial = *state;
	char path[E2E_PATH_MAX];
	char noise[8192];
	struct buf expected;

	buf_init(&expected, TEXT_MAX);
	graph_text(trial->data, &expected);
	memset(noise, 0x5a, sizeof(noise));
	path_join(path, trial->graph, "data.mdb");
	file_write(path, slice_of(noise, sizeof(noise)));
	assert_refuses(trial, "data.mdb", "move");
	dir_remove(trial->graph);
	restart(trial);
	assert_graph_text(trial->data, &expected);
	buf_fini(&expected);
}

static void write_many(const char *path, struct buf *lines)
{
	buf_init(lines, TEXT_MAX);
	for (unsigned i = 0; i < MANY; i++) {
		event_small(lines, 1, 0, i);
		buf_byte(lines, '\n');
	}
	file_write(path, buf_get(lines));
}

static void an_import_that_was_killed_can_be_started_again(void **state)
{
	struct trial *trial = *state;
	char data[E2E_PATH_MAX];
	char file[E2E_PATH_MAX];
	const char *const in[] = { program_path, "import", "--data", data, file, NULL };
	const char *const out[] = { program_path, "export", "--data", data, NULL };
	uint64_t random = seed_new();
	unsigned killed = 0;
	struct buf lines;
	struct buf exported;

	path_join(data, trial->dir, "imported");
	path_join(file, trial->dir, "events.ndjson");
	write_many(file, &lines);
	for (int i = 0; i < KILLS; i++) {
		const struct timespec later = { .tv_nsec = (long)random_below(
							&random, LATER_NS) };
		pid_t pid = process_spawn(in);

		nanosleep(&later, NULL);
		killed += process_kill(pid);
	}
	assert_int_equal(process_run(in, NULL, NULL, NULL), 0);
	buf_init(&exported, TEXT_MAX);
	assert_int_equal(process_run(out, NULL, &exported, NULL), 0);
	printf("%u of %d imports were killed\n", killed, KILLS);
	assert_true(slice_equal(buf_get(&lines), buf_get(&exported)));
	buf_fini(&lines);
	buf_fini(&exported);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_damaged_event_in_the_log_is_named_and_nothing_is_cut),
		TEST(a_torn_tail_is_cut_and_the_events_before_it_stay),
		TEST(garbage_behind_the_log_is_cut),
		TEST(damage_at_the_end_is_not_cut_when_the_graph_has_the_event),
		TEST(a_missing_log_beside_a_graph_is_not_begun_anew),
		TEST(a_damaged_graph_is_made_again_when_it_is_moved_away),
		TEST(an_import_that_was_killed_can_be_started_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
