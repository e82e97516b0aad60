/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_changes.c - planned changes of the real program: durable, and told of
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/e2e/graph_text.h"
#include "tests/e2e/trial.h"

#define TEXT_MAX  ((size_t)64 << 20)
#define SECOND_US INT64_C(1000000)
#define DAY_US	  (86400 * SECOND_US)

#define CHANGE "/api/v2/changes/drop-email"
#define BODY                                                        \
	"{\"dataset\":{\"namespace\":\"n\",\"name\":\"orders\"},"   \
	"\"changes\":[{\"op\":\"drop_column\",\"column\":\"email\"" \
	"}],\"due\":\"2030-01-01\"}"

/* A run of a job that reads n:orders and writes its output from one column. */
static void run_job(struct trial *trial, const char *job, const char *column, int64_t us)
{
	static unsigned run;
	char time[TIME_TEXT_MAX];
	char event[1024];
	struct answer answer;
	int n = snprintf(event, sizeof(event),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"%s\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012x"
		"\"},\"job\":{\"namespace\":\"n\",\"name\":\"%s\"},\"inputs\":[{"
		"\"namespace\":\"n\",\"name\":\"orders\"}],\"outputs\":[{\"namespace\":"
		"\"n\",\"name\":\"by_%s\",\"facets\":{\"columnLineage\":{\"fields\":{"
		"\"c\":{\"inputFields\":[{\"namespace\":\"n\",\"name\":\"orders\","
		"\"field\":\"%s\"}]}}}}}]}",
		time_format(us, time), ++run, job, job, column);

	assert_in_range(n, 1, sizeof(event) - 1);
	assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
				 slice_of(event, (size_t)n), &answer),
		0);
	assert_int_equal(answer.status, 201);
}

static void put(struct trial *trial, const char *body, int status)
{
	struct answer answer;

	assert_int_equal(
		client_put(&trial->client, "PUT", CHANGE, slice_from(body), &answer), 0);
	if (answer.status != status)
		fail_msg(
			"%d: %.*s", answer.status, (int)answer.body.len, answer.body.ptr);
}

static void assert_says(struct trial *trial, const char *target, const char *text)
{
	struct answer answer;

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	if (!answer_has(&answer, text))
		fail_msg(
			"%s is not in %.*s", text, (int)answer.body.len, answer.body.ptr);
}

static void a_change_burns_down_and_a_new_reader_is_counted(void **state)
{
	struct trial *trial = *state;
	int64_t now_us = clock_now_us();

	run_job(trial, "load", "email", now_us - DAY_US);
	put(trial, BODY, 201);
	assert_says(trial, CHANGE,
		"\"safe\":\"no\",\"complete\":true,\"readers\":{\"was\":1,\"now\":1,"
		"\"stopped\":0,\"began\":0}");
	run_job(trial, "load", "id", now_us + 2 * SECOND_US);
	assert_says(trial, "/api/v2/changes",
		"\"safe\":\"yes\",\"complete\":true,\"readers\":{\"was\":1,\"now\":0,"
		"\"stopped\":1,\"began\":0}");
	assert_says(trial, "/metrics", "\nheadwater_deprecated_reads_total 0\n");
	run_job(trial, "audit", "email", now_us + 3 * SECOND_US);
	assert_says(trial, CHANGE,
		"\"safe\":\"no\",\"complete\":true,\"readers\":{\"was\":1,\"now\":1,"
		"\"stopped\":1,\"began\":1}");
	assert_says(trial, CHANGE, "\"state\":\"started\"");
	assert_says(trial, "/metrics", "\nheadwater_deprecated_reads_total 1\n");
}

/* In one piece, on one connection: the question comes to its turn. */
static void a_change_sees_the_event_before_it(void **state)
{
	static const char event[] =
		"{\"eventTime\":\"2026-08-01T07:00:00Z\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"d\"}}";
	static const char change[] = "{\"node\":\"dataset:n:d\",\"changes\":[{\"op\":"
				     "\"drop_dataset\"}]}";
	struct trial *trial = *state;
	struct answer answer;
	char text[1024];

	(void)snprintf(text, sizeof(text),
		"POST /api/v1/lineage HTTP/1.1\r\nHost: localhost\r\n"
		"Content-Length: %zu\r\n\r\n%sPUT " CHANGE " HTTP/1.1\r\n"
		"Host: localhost\r\nContent-Length: %zu\r\n\r\n%s"
		"GET " CHANGE " HTTP/1.1\r\nHost: localhost\r\n\r\n",
		strlen(event), event, strlen(change), change);
	assert_int_equal(client_send_text(&trial->client, text), 0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 201);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 201);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer, "\"safe\":\"yes\""));
}

static void the_command_lists_what_is_planned(void **state)
{
	struct trial *trial = *state;
	struct buf out;
	char url[96];

	(void)snprintf(url, sizeof(url), "--url=http://%s", trial->server.address);
	buf_init(&out, TEXT_MAX);
	assert_int_equal(
		process_run(ARGS("changes", url, "--format=text"), NULL, &out, NULL), 1);
	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	put(trial, BODY, 201);
	assert_int_equal(
		process_run(ARGS("changes", url, "--format=text", "dataset:n:orders"),
			NULL, &out, NULL),
		0);
	buf_byte(&out, '\0');
	assert_non_null(strstr(out.data, "drop-email  orders  (n)  due 2030-01-01T"));
	assert_non_null(strstr(out.data, "  NOT SAFE: 1 now\n"));
	assert_non_null(strstr(
		out.data, "  drop_column email: 0 of 1 stopped, 0 began, last read "));
	assert_non_null(strstr(out.data, " by load  (n)\n"));
	buf_fini(&out);
}

/* Events of what was put, as lines. */
static void export_events(const struct trial *trial, struct buf *out)
{
	buf_init(out, TEXT_MAX);
	assert_int_equal(
		process_run(ARGS("export", "--data", trial->data), NULL, out, NULL), 0);
	buf_byte(out, '\0');
}

static void what_was_put_outlives_a_kill(void **state)
{
	struct trial *trial = *state;
	struct buf text;

	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	put(trial, BODY, 201);
	client_close(&trial->client);
	server_kill(&trial->server);
	server_fini(&trial->server);
	export_events(trial, &text);
	assert_non_null(strstr(text.data, "\"headwater_change_drop-email\":{"));
	buf_fini(&text);
	trial_start(trial, NULL);
	assert_says(trial, CHANGE, "\"due\":\"2030-01-01T00:00:00.000000Z\"");
}

static void a_rebuilt_graph_has_it(void **state)
{
	struct trial *trial = *state;
	char copy[E2E_PATH_MAX];
	struct buf text;

	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	put(trial, BODY, 201);
	trial_stop(trial);
	path_join(copy, trial->dir, "copy");
	data_copy_without_graph(trial->data, copy);
	buf_init(&text, TEXT_MAX);
	graph_text(trial->data, &text);
	assert_graph_text(copy, &text);
	buf_byte(&text, '\0');
	assert_non_null(strstr(text.data, "drop-email"));
	buf_fini(&text);
	trial_start(trial, NULL);
}

/* What a client was promised an answer to before SIGTERM is answered, and stored. */
static void a_drain_stores_what_was_begun(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf text;
	char lines[64];

	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	(void)snprintf(lines, sizeof(lines),
		"Expect: 100-continue\r\nContent-Length: %zu\r\n", strlen(BODY));
	assert_int_equal(client_send_head(&trial->client, "PUT", CHANGE, lines), 0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 100);
	kill(trial->server.pid, SIGTERM);
	assert_int_equal(client_send_text(&trial->client, BODY), 0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 201);
	client_close(&trial->client);
	assert_int_equal(server_wait(&trial->server, 10 * SECOND_US), 0);
	server_fini(&trial->server);
	export_events(trial, &text);
	assert_non_null(strstr(text.data, "\"headwater_change_drop-email\":{"));
	buf_fini(&text);
	trial_start(trial, NULL);
}

static void an_ended_change_is_gone(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	put(trial, BODY, 201);
	put(trial, BODY, 200);
	assert_int_equal(client_ask(&trial->client, "DELETE", CHANGE, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(client_ask(&trial->client, "DELETE", CHANGE, &answer), 0);
	assert_int_equal(answer.status, 404);
	assert_says(trial, "/api/v2/changes", "\"changes\":[],\"next\":null");
}

#define WRITERS 8

/* Of puts that come together each sees what the one before it stored. */
static void only_one_of_many_registers_an_id(void **state)
{
	struct trial *trial = *state;
	struct client clients[WRITERS];
	unsigned created = 0;
	unsigned refused = 0;

	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	for (unsigned i = 0; i < WRITERS; i++) {
		char body[256];
		char lines[64];

		(void)snprintf(body, sizeof(body),
			"{\"node\":\"dataset:n:%s\",\"changes\":[{\"op\":"
			"\"drop_dataset\"}]}",
			i % 2 ? "orders" : "by_load");
		(void)snprintf(
			lines, sizeof(lines), "Content-Length: %zu\r\n", strlen(body));
		assert_int_equal(client_open(&clients[i], trial->server.address), 0);
		assert_int_equal(client_send_head(&clients[i], "PUT", CHANGE, lines), 0);
		assert_int_equal(client_send_text(&clients[i], body), 0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		struct answer answer;

		assert_int_equal(client_receive(&clients[i], false, &answer), 0);
		created += answer.status == 201;
		refused += answer.status == 409;
		client_close(&clients[i]);
	}
	assert_int_equal(created, 1);
	assert_int_equal(refused, WRITERS / 2);
}

static void a_body_is_judged_before_it_is_read(void **state)
{
	struct trial *trial = *state;
	char *large = calloc(1, (4 << 20) + 2);
	struct answer answer;
	struct buf packed;
	char allow[64];

	need(large != NULL, "memory for", "body");
	memset(large, ' ', (4 << 20) + 1);
	run_job(trial, "load", "email", clock_now_us() - DAY_US);
	buf_init(&packed, TEXT_MAX);
	gzip_bytes(SLICE(BODY), &packed);
	assert_int_equal(
		client_put(&trial->client, "PUT", CHANGE, buf_get(&packed), &answer), 0);
	assert_int_equal(answer.status, 201);
	buf_clear(&packed);
	gzip_bytes(slice_from(large), &packed);
	assert_int_equal(
		client_put(&trial->client, "PUT", CHANGE, buf_get(&packed), &answer), 0);
	assert_int_equal(answer.status, 413);
	buf_fini(&packed);
	assert_int_equal(client_ask(&trial->client, "OPTIONS", CHANGE, &answer), 0);
	assert_int_equal(answer.status, 204);
	assert_true(answer_field(&answer, "Allow", allow, sizeof(allow)));
	assert_string_equal(allow, "DELETE, GET, HEAD, OPTIONS, PUT");
	assert_int_equal(client_send_head(&trial->client, "PUT", CHANGE,
				 "Content-Type: image/png\r\nContent-Length: 1\r\n"),
		0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 415);
	client_close(&trial->client);
	assert_int_equal(client_open(&trial->client, trial->server.address), 0);
	assert_int_equal(
		client_put(&trial->client, "PUT", CHANGE, slice_from(large), &answer), 0);
	assert_int_equal(answer.status, 413);
	free(large);
}

static int put_with(struct trial *trial, const char *token)
{
	struct client client;
	struct answer answer;
	char lines[TRIAL_TOKEN_MAX + 64];

	(void)snprintf(
		lines, sizeof(lines), "%sContent-Length: %zu\r\n", token, strlen(BODY));
	assert_int_equal(client_open(&client, trial->server.address), 0);
	assert_int_equal(client_send_head(&client, "PUT", CHANGE, lines), 0);
	(void)client_send_text(&client, BODY);
	assert_int_equal(client_receive(&client, false, &answer), 0);
	client_close(&client);
	return answer.status;
}

static void only_who_may_write_may_register(void **state)
{
	struct trial *trial = *state;
	const char *const options[] = { "--tokens", trial->file, NULL };
	char reads[TRIAL_TOKEN_MAX];
	char writes[TRIAL_TOKEN_MAX];

	trial_make_token(trial, "reader", "read", reads);
	trial_make_token(trial, "writer", "write", writes);
	trial_start(trial, options);
	assert_int_equal(put_with(trial, ""), 401);
	assert_int_equal(put_with(trial, reads), 403);
	assert_int_equal(put_with(trial, writes), 404); /* there is no such dataset */
	trial_stop(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a_change_burns_down_and_a_new_reader_is_counted),
		WITH_SERVER(a_change_sees_the_event_before_it),
		WITH_SERVER(the_command_lists_what_is_planned),
		WITH_SERVER(what_was_put_outlives_a_kill),
		WITH_SERVER(a_rebuilt_graph_has_it),
		WITH_SERVER(a_drain_stores_what_was_begun),
		WITH_SERVER(an_ended_change_is_gone),
		WITH_SERVER(only_one_of_many_registers_an_id),
		WITH_SERVER(a_body_is_judged_before_it_is_read),
		ALONE(only_who_may_write_may_register),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
