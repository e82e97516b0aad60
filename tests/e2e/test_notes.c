/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_notes.c - what is said beside the events outlives every move of them
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/e2e/client.h"
#include "tests/e2e/files.h"
#include "tests/e2e/graph_text.h"
#include "tests/e2e/process.h"

#define TEXT_MAX ((size_t)1 << 20)

#define NOTE(hour, name, content)                                                        \
	"{\"eventTime\":\"2026-08-01T" hour ":00:00Z\",\"producer\":"                    \
	"\"https://example.org\",\"schemaURL\":\"https://example.org/NoteEvent\""        \
	",\"note\":{\"kind\":\"namespace\",\"name\":[\"" name "\"],\"content\":" content \
	"}}"
#define RUN(hour, type)                                                          \
	"{\"eventType\":\"" type "\",\"eventTime\":\"2026-08-01T" hour           \
	":30:00Z\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-000000000001\"}" \
	",\"job\":{\"namespace\":\"etl\",\"name\":\"load\"}}"

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	struct server server;
	struct client client;
};

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	server_start(&trial->server, trial->data, NULL);
	*state = trial;
	return client_open(&trial->client, trial->server.address);
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	server_fini(&trial->server);
	dir_remove(trial->dir);
	free(trial);
	return 0;
}

static void stop(struct trial *trial)
{
	client_close(&trial->client);
	assert_int_equal(server_stop(&trial->server), 0);
}

static void post(struct trial *trial, const char *event, int status, const char *part)
{
	struct answer answer;

	assert_int_equal(client_post(&trial->client, "/api/v1/lineage", slice_from(event),
				 &answer),
		0);
	assert_int_equal(answer.status, status);
	if (part && !answer_has(&answer, part))
		fail_msg("%.*s", (int)answer.body.len, answer.body.ptr);
}

static void post_some(struct trial *trial)
{
	post(trial, NOTE("08", "food", "{\"owner\":\"new\"}"), 201, NULL);
	post(trial, NOTE("07", "food", "{\"owner\":\"old\"}"), 201, NULL);
	post(trial, NOTE("08", "drinks", "true"), 201, NULL);
	post(trial, NOTE("09", "drinks", "null"), 201, NULL);
	post(trial, RUN("07", "START"), 201, NULL);
	post(trial, RUN("08", "COMPLETE"), 201, NULL);
}

static void assert_has(const struct buf *text, const char *line)
{
	if (!strstr(text->data, line))
		fail_msg("%s is not in\n%.*s", line, (int)text->len, text->data);
}

static void what_was_said_last_is_in_the_graph(void **state)
{
	struct trial *trial = *state;
	struct buf text;

	post_some(trial);
	stop(trial);
	buf_init(&text, TEXT_MAX);
	graph_text(trial->data, &text);
	buf_byte(&text, '\0');
	assert_has(&text, "note \"namespace\" \"food\" 1785571200000000 ");
	assert_has(&text, "\"{\\x22owner\\x22:\\x22new\\x22}\"\n");
	assert_has(&text, "note \"namespace\" \"drinks\" 1785574800000000 0");
	assert_has(&text, "\nhour 495991 OTHER 0 START 1 ");
	assert_has(&text, "\nhour 495992 OTHER 0 START 0 RUNNING 0 COMPLETE 1 ");
	buf_fini(&text);
}

static void a_note_is_an_event_as_others_are(void **state)
{
	struct trial *trial = *state;
	const char *note = NOTE("08", "food", "1");
	struct answer answer;

	post(trial, note, 201, NULL);
	post(trial, note, 201, NULL);
	assert_int_equal(
		client_get(&trial->client, "/api/v2/events?format=ndjson", &answer), 0);
	assert_int_equal(answer.body.len, strlen(note) + 1);
	assert_memory_equal(answer.body.ptr, note, strlen(note));
	stop(trial);
}

static void what_is_no_note_is_refused(void **state)
{
	struct trial *trial = *state;

	post(trial, "{\"note\":{\"kind\":\"Tag\",\"name\":[\"x\"],\"content\":1}}", 400,
		"/note/kind");
	post(trial, "{\"note\":{\"kind\":\"tag\",\"name\":\"x\",\"content\":1}}", 400,
		"/note/name");
	stop(trial);
}

/* headwater export | headwater import, and the graph made again from that log. */
static void export_and_import_give_the_same_graph(void **state)
{
	struct trial *trial = *state;
	char file[E2E_PATH_MAX];
	char copy[E2E_PATH_MAX];
	char again[E2E_PATH_MAX];
	const char *const out[] = { program_path, "export", "--data", trial->data, NULL };
	const char *const in[] = { program_path, "import", "--data", copy, "-", NULL };
	struct buf lines;
	struct buf text;

	post_some(trial);
	stop(trial);
	path_join(file, trial->dir, "events");
	path_join(copy, trial->dir, "copy");
	path_join(again, trial->dir, "again");
	buf_init(&lines, TEXT_MAX);
	buf_init(&text, TEXT_MAX);
	graph_text(trial->data, &text);
	assert_int_equal(process_run(out, NULL, &lines, NULL), 0);
	file_write(file, buf_get(&lines));
	assert_int_equal(process_run(in, file, NULL, NULL), 0);
	assert_graph_text(copy, &text);
	data_copy_without_graph(copy, again);
	assert_graph_text(again, &text);
	buf_fini(&lines);
	buf_fini(&text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_said_last_is_in_the_graph),
		TEST(a_note_is_an_event_as_others_are),
		TEST(what_is_no_note_is_refused),
		TEST(export_and_import_give_the_same_graph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
