/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez_write.c - what Marquez's clients write outlives a crash, and every move
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/e2e/graph_text.h"
#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)1 << 20)

#define NS  "/api/v1/namespaces/shop"
#define RUN "0197a3c1-0000-7000-8000-000000000001"

/* One of each, in an order in which each finds what it needs. */
static const struct {
	const char *method;
	const char *target;
	const char *body; /* or NULL */
	int status;
} writes[] = {
	{ "PUT", NS, "{\"ownerName\":\"me\",\"description\":\"d\"}", 200 },
	{ "PUT", "/api/v1/sources/pg", "{\"type\":\"DB2\",\"connectionUrl\":\"x\"}",
		200 },
	{ "PUT", "/api/v1/tags/GOLD", "{\"description\":\"good\"}", 200 },
	{ "PUT", NS "/datasets/raw%2Forders",
		"{\"type\":\"DB_TABLE\",\"physicalName\":\"o\",\"sourceName\":\"pg\","
		"\"fields\":[{\"name\":\"id\",\"tags\":[\"KEY\"]}],\"tags\":[\"GOLD\"]}",
		200 },
	{ "PUT", NS "/datasets/gone",
		"{\"type\":\"STREAM\",\"physicalName\":\"g\",\"sourceName\":\"default\"}",
		200 },
	{ "PUT", NS "/jobs/load",
		"{\"type\":\"BATCH\",\"inputs\":[{\"namespace\":\"shop\",\"name\":\"raw/"
		"orders\"}],\"outputs\":[{\"namespace\":\"shop\",\"name\":\"gone\"}]}",
		200 },
	{ "POST", NS "/jobs/load/runs", "{\"id\":\"" RUN "\"}", 201 },
	{ "POST", "/api/v1/jobs/runs/" RUN "/start", NULL, 200 },
	{ "POST", "/api/v1/jobs/runs/" RUN "/complete", NULL, 200 },
	{ "POST", NS "/datasets/raw%2Forders/tags/NEW", NULL, 200 },
	{ "DELETE", NS "/datasets/raw%2Forders/tags/GOLD", NULL, 200 },
	{ "POST", NS "/datasets/raw%2Forders/fields/id/tags/pii", NULL, 200 },
	{ "DELETE", NS "/datasets/raw%2Forders/fields/id/tags/key", NULL, 200 },
	{ "POST", NS "/jobs/load/tags/T", NULL, 200 },
	{ "DELETE", NS "/datasets/gone", NULL, 200 },
};

/* What shows all of it. */
static const char *const questions[] = { "/api/v1/namespaces", "/api/v1/sources",
	"/api/v1/tags", NS "/datasets", NS "/datasets/raw%2Forders/versions", NS "/jobs",
	NS "/jobs/load/runs" };

static void write_one(struct trial *trial, size_t i, struct answer *out)
{
	const char *body = writes[i].body;
	int r = body ? client_put(&trial->client, writes[i].method, writes[i].target,
			       slice_from(body), out)
		     : client_ask(
			       &trial->client, writes[i].method, writes[i].target, out);

	assert_int_equal(r, 0);
	if (out->status != writes[i].status)
		fail_msg("%s %s: %d %.*s", writes[i].method, writes[i].target,
			out->status, (int)out->body.len, out->body.ptr);
}

static void write_all(struct trial *trial)
{
	struct answer answer;

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		write_one(trial, i, &answer);
}

static void ask_all(struct trial *trial, struct buf *out)
{
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct answer answer;

		assert_int_equal(client_get(&trial->client, questions[i], &answer), 0);
		assert_int_equal(answer.status, 200);
		buf_slice(out, answer.body);
		buf_byte(out, '\n');
	}
}

static void assert_answers(struct trial *trial, const struct buf *expected)
{
	struct buf now;

	buf_init(&now, TEXT_MAX);
	ask_all(trial, &now);
	if (now.len != expected->len || memcmp(now.data, expected->data, now.len) != 0)
		fail_msg("%.*s\nis not\n%.*s", (int)now.len, now.data, (int)expected->len,
			expected->data);
	buf_fini(&now);
}

static void what_was_answered_survives_a_kill(void **state)
{
	struct trial *trial = *state;
	struct buf before;

	buf_init(&before, TEXT_MAX);
	trial_start(trial, NULL);
	write_all(trial);
	ask_all(trial, &before);
	client_close(&trial->client);
	server_kill(&trial->server);
	server_fini(&trial->server);
	trial_start(trial, NULL);
	assert_answers(trial, &before);
	trial_stop(trial);
	buf_fini(&before);
}

static void it_is_in_a_graph_that_is_made_again_from_the_log(void **state)
{
	struct trial *trial = *state;
	char copy[E2E_PATH_MAX];
	struct buf before;

	buf_init(&before, TEXT_MAX);
	trial_start(trial, NULL);
	write_all(trial);
	ask_all(trial, &before);
	trial_stop(trial);
	path_join(copy, trial->dir, "copy");
	data_copy_without_graph(trial->data, copy);
	path_join(trial->data, trial->dir, "copy");
	trial_start(trial, NULL);
	assert_answers(trial, &before);
	trial_stop(trial);
	buf_fini(&before);
}

static void it_is_exported_and_imported(void **state)
{
	struct trial *trial = *state;
	char copy[E2E_PATH_MAX];
	struct buf before;
	struct buf lines;

	buf_init(&before, TEXT_MAX);
	buf_init(&lines, TEXT_MAX);
	trial_start(trial, NULL);
	write_all(trial);
	ask_all(trial, &before);
	trial_stop(trial);
	path_join(copy, trial->dir, "copy");
	assert_int_equal(
		process_run(ARGS("export", "--data", trial->data), NULL, &lines, NULL),
		0);
	file_write(trial->file, buf_get(&lines));
	assert_int_equal(
		process_run(ARGS("import", "--data", copy, "-"), trial->file, NULL, NULL),
		0);
	path_join(trial->data, trial->dir, "copy");
	trial_start(trial, NULL);
	assert_answers(trial, &before);
	trial_stop(trial);
	buf_fini(&before);
	buf_fini(&lines);
}

/* Everything from "updatedAt" to the end of its value becomes blank. */
static void blank_updated(char *text)
{
	for (char *at = strstr(text, "\"updatedAt\":\""); at;
		at = strstr(at, "\"updatedAt\":\"")) {
		at += strlen("\"updatedAt\":\"");
		while (*at && *at != '"')
			*at++ = ' ';
	}
}

static void keep(const struct answer *answer, struct buf *out)
{
	buf_slice(out, answer->body);
	buf_byte(out, '\0');
	blank_updated(out->data);
}

static void a_put_that_is_sent_again_changes_nothing(void **state)
{
	struct trial *trial = *state;

	write_all(trial);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		struct answer answer;
		struct buf first;
		struct buf second;

		if (strcmp(writes[i].method, "PUT") != 0)
			continue;
		buf_init(&first, TEXT_MAX);
		buf_init(&second, TEXT_MAX);
		write_one(trial, i, &answer);
		keep(&answer, &first);
		write_one(trial, i, &answer);
		keep(&answer, &second);
		assert_string_equal(first.data, second.data);
		buf_fini(&first);
		buf_fini(&second);
	}
}

static void a_new_run_says_where_it_is(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	char where[128];

	write_all(trial);
	assert_int_equal(
		client_put(&trial->client, "POST", NS "/jobs/load/runs",
			slice_from("{\"id\":\"0197a3c1-0000-7000-8000-000000000002\"}"),
			&answer),
		0);
	assert_int_equal(answer.status, 201);
	assert_true(answer_field(&answer, "Location", where, sizeof(where)));
	assert_string_equal(
		where, "/api/v1/jobs/runs/0197a3c1-0000-7000-8000-000000000002");
	assert_int_equal(client_get(&trial->client, where, &answer), 0);
	assert_int_equal(answer.status, 200);
}

static void what_is_refused_is_not_stored(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	assert_int_equal(client_put(&trial->client, "PUT", NS,
				 slice_from("{\"description\":\"d\"}"), &answer),
		0);
	assert_int_equal(answer.status, 422);
	assert_int_equal(
		client_get(&trial->client, "/api/v2/events?format=ndjson", &answer), 0);
	assert_int_equal(answer.body.len, 0);
}

static void options_says_what_may_be_written(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	char allow[128];

	assert_int_equal(client_ask(&trial->client, "OPTIONS", NS, &answer), 0);
	assert_int_equal(answer.status, 204);
	assert_true(answer_field(&answer, "Allow", allow, sizeof(allow)));
	assert_string_equal(allow, "DELETE, GET, HEAD, OPTIONS, PUT");
}

static void a_token_that_may_read_may_not_write(void **state)
{
	struct trial *trial = *state;
	char header[TRIAL_TOKEN_MAX];
	struct answer answer;
	const char *const options[] = { "--tokens", trial->file, NULL };

	trial_make_token(trial, "reader", "read", header);
	trial_start(trial, options);
	assert_int_equal(client_send_head(&trial->client, "DELETE", NS, header), 0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 403);
	trial_stop(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(what_was_answered_survives_a_kill),
		ALONE(it_is_in_a_graph_that_is_made_again_from_the_log),
		ALONE(it_is_exported_and_imported),
		WITH_SERVER(a_put_that_is_sent_again_changes_nothing),
		WITH_SERVER(a_new_run_says_where_it_is),
		WITH_SERVER(what_is_refused_is_not_stored),
		WITH_SERVER(options_says_what_may_be_written),
		ALONE(a_token_that_may_read_may_not_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
