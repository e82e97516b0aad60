/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_refusals.c - what a server refuses, it refuses with a reason
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/e2e/events.h"
#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)64 << 20)
#define NOISE	 40000

#define GOOD                                                                    \
	"{\"eventType\":\"START\",\"eventTime\":\"2026-08-01T07:00:00Z\","      \
	"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-000000000002\"},\"job\":" \
	"{\"namespace\":\"etl\",\"name\":\"load\"}}"

static int status_with(
	struct trial *trial, const char *method, const char *target, const char *lines)
{
	struct client client;
	struct answer answer;

	assert_int_equal(client_open(&client, trial->server.address), 0);
	assert_int_equal(client_send_head(&client, method, target, lines), 0);
	assert_int_equal(client_receive(&client, false, &answer), 0);
	client_close(&client);
	return answer.status;
}

static void tokens_say_who_may_do_what(void **state)
{
	struct trial *trial = *state;
	const char *const options[] = { "--tokens", trial->file, NULL };
	const char wrong[] = "Authorization: Bearer hw_x_00000000000000000000\r\n";
	char reads[TRIAL_TOKEN_MAX];
	char writes[TRIAL_TOKEN_MAX + 64];
	struct answer answer;
	char field[64];

	trial_make_token(trial, "reader", "read", reads);
	trial_make_token(trial, "writer", "write", writes);
	trial_start(trial, options);
	assert_int_equal(status_with(trial, "GET", "/api/v2/nodes", ""), 401);
	assert_int_equal(status_with(trial, "GET", "/api/v2/nodes", wrong), 401);
	assert_int_equal(status_with(trial, "GET", "/api/v2/nodes", reads), 200);
	assert_int_equal(status_with(trial, "GET", "/api/v2/nodes", writes), 403);
	assert_int_equal(status_with(trial, "GET", "/livez", ""), 200);
	assert_int_equal(status_with(trial, "GET", "/metrics", ""), 401);
	strncat(writes, "Content-Length: 2\r\n\r\n{}", 64);
	assert_int_equal(status_with(trial, "POST", "/api/v1/lineage", writes), 400);
	assert_int_equal(client_get(&trial->client, "/api/v2/nodes", &answer), 0);
	assert_true(answer_field(&answer, "WWW-Authenticate", field, sizeof(field)));
	assert_string_equal(field, "Bearer");
	trial_stop(trial);
}

static void assert_problem(
	struct trial *trial, const char *target, int status, const char *text)
{
	struct answer answer;
	char type[64];

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	assert_int_equal(answer.status, status);
	assert_true(answer_field(&answer, "Content-Type", type, sizeof(type)));
	assert_string_equal(type, "application/problem+json");
	if (!answer_has(&answer, text))
		fail_msg(
			"%s is not in %.*s", text, (int)answer.body.len, answer.body.ptr);
}

static void a_wrong_question_is_told_its_parameter(void **state)
{
	struct trial *trial = *state;

	assert_problem(trial, "/api/v2/nodes?limit=x", 400, "\"parameter\":\"limit\"");
	assert_problem(trial, "/api/v2/nodes?kid=job", 400, "\"parameter\":\"kid\"");
	assert_problem(trial, "/api/v2/lineage?node=job:a:b&direction=up", 400,
		"\"parameter\":\"direction\"");
	assert_problem(trial, "/api/v2/lineage?node=job:a:b", 404, "\"status\":404");
	assert_problem(trial, "/api/v2/runs/none", 404, "\"status\":404");
	assert_problem(trial, "/api/v2/events/1", 404, "\"status\":404");
	assert_problem(trial, "/nothing/here", 404, "there is nothing at this path");
}

static void a_wrong_event_is_told_its_place(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage",
			SLICE("{\"job\":{\"namespace\":\"a\",\"name\":7}}"), &answer),
		0);
	assert_int_equal(answer.status, 400);
	assert_true(answer_has(&answer, "\"pointer\":\"/job/name\""));
	assert_true(answer_has(&answer, "\"offset\":"));
	assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
				 SLICE("{\"job\":{\"namespace\":\"a\",]"), &answer),
		0);
	assert_int_equal(answer.status, 400);
	assert_true(answer_has(&answer, "\"offset\":24"));
}

static void assert_allow(struct trial *trial, const char *method, const char *target,
	int status, const char *allow)
{
	struct answer answer;
	char field[64];

	assert_int_equal(client_ask(&trial->client, method, target, &answer), 0);
	assert_int_equal(answer.status, status);
	assert_true(answer_field(&answer, "Allow", field, sizeof(field)));
	assert_string_equal(field, allow);
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
	struct trial *trial = *state;

	assert_allow(trial, "DELETE", "/api/v2/nodes", 405, "GET, HEAD, OPTIONS");
	assert_allow(trial, "GET", "/api/v1/lineage/batch", 405, "OPTIONS, POST");
	assert_allow(trial, "OPTIONS", "/api/v1/lineage/batch", 204, "OPTIONS, POST");
	assert_allow(trial, "OPTIONS", "/api/v2/nodes", 204, "GET, HEAD, OPTIONS");
}

static void a_head_has_the_length_of_the_body_and_none(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	char get_length[32];
	char head_length[32];

	assert_int_equal(client_get(&trial->client, "/version", &answer), 0);
	assert_true(
		answer_field(&answer, "Content-Length", get_length, sizeof(get_length)));
	assert_int_equal(client_ask(&trial->client, "HEAD", "/version", &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_field(
		&answer, "Content-Length", head_length, sizeof(head_length)));
	assert_string_equal(get_length, head_length);
	/* The next answer begins where the head ended. */
	assert_int_equal(client_get(&trial->client, "/livez", &answer), 0);
	assert_int_equal(answer.status, 200);
}

static void a_large_body_is_refused_while_it_is_sent(void **state)
{
	struct trial *trial = *state;
	char *body = calloc(1, 4 << 20);
	struct answer answer;

	need(body != NULL, "memory for", "body");
	memset(body, ' ', 4 << 20);
	assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
				 slice_of(body, 4 << 20), &answer),
		0);
	assert_int_equal(answer.status, 413);
	assert_true(answer_has(&answer, "\"status\":413"));
	free(body);
}

static void a_body_that_inflates_too_far_is_refused(void **state)
{
	struct trial *trial = *state;
	char *body = calloc(1, 4 << 20);
	struct answer answer;
	struct buf packed;

	need(body != NULL, "memory for", "body");
	memset(body, ' ', 4 << 20);
	buf_init(&packed, TEXT_MAX);
	gzip_bytes(slice_of(body, 4 << 20), &packed);
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage", buf_get(&packed), &answer),
		0);
	assert_int_equal(answer.status, 413);
	buf_fini(&packed);
	free(body);
}

static void a_picture_is_no_event(void **state)
{
	struct trial *trial = *state;

	assert_int_equal(status_with(trial, "POST", "/api/v1/lineage",
				 "Content-Type: image/png\r\nContent-Length: 1\r\n\r\nx"),
		415);
	assert_int_equal(status_with(trial, "POST", "/api/v1/lineage",
				 "Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
		415);
}

#define HALF 32768

/* Holds half of the budget for bodies with a body whose last byte is not sent. */
static void hold(struct trial *trial, struct client *client)
{
	static const char body[HALF - 1];
	struct answer answer;

	assert_int_equal(client_open(client, trial->server.address), 0);
	assert_int_equal(client_send_head(client, "POST", "/api/v1/lineage",
				 "Content-Length: 32768\r\nExpect: 100-continue\r\n"),
		0);
	assert_int_equal(client_receive(client, false, &answer), 0);
	assert_int_equal(answer.status, 100);
	assert_int_equal(client_send(client, slice_of(body, sizeof(body))), 0);
}

static void a_full_budget_says_come_again(void **state)
{
	static const char *const options[] = { "--in-flight=64K", NULL };
	struct trial *trial = *state;
	struct client slow[2];
	struct answer answer;
	char after[16];

	trial_start(trial, options);
	hold(trial, &slow[0]);
	hold(trial, &slow[1]);
	/* The server takes a moment to receive what was sent. */
	do {
		assert_int_equal(client_get(&trial->client, "/metrics", &answer), 0);
	} while (!answer_has(&answer, "\nheadwater_http_in_flight_bytes 65534\n"));
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage", SLICE(GOOD), &answer), 0);
	assert_int_equal(answer.status, 503);
	assert_true(answer_field(&answer, "Retry-After", after, sizeof(after)));
	assert_string_equal(after, "1");
	/* Whoever leaves makes room. */
	client_close(&slow[0]);
	client_close(&trial->client);
	do {
		assert_int_equal(client_open(&trial->client, trial->server.address), 0);
		assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
					 SLICE(GOOD), &answer),
			0);
		if (answer.status == 503)
			client_close(&trial->client);
	} while (answer.status == 503);
	assert_int_equal(answer.status, 201);
	client_close(&slow[1]);
	trial_stop(trial);
}

/* An event that hardly gets smaller when it is compressed. */
static void event_noise(struct buf *out, uint64_t *random)
{
	buf_str(out, "{\"job\":{\"namespace\":\"etl\",\"name\":\"noise\"},\"noise\":\"");
	for (size_t i = 0; i < NOISE; i++)
		buf_byte(out, (char)('@' + 1 + random_below(random, 58) % 27));
	buf_str(out, "\"}");
}

/* Sends noise until it is not taken; the status of that. */
static int fill(struct trial *trial, struct answer *answer)
{
	uint64_t random = 1;
	struct buf event;
	int status = 201;

	buf_init(&event, TEXT_MAX);
	for (int i = 0; i < 200 && status == 201; i++) {
		buf_clear(&event);
		event_noise(&event, &random);
		assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
					 buf_get(&event), answer),
			0);
		status = answer->status;
	}
	buf_fini(&event);
	return status;
}

static void a_full_quota_refuses_events_and_answers_questions(void **state)
{
	static const char *const options[] = { "--quota=2M", NULL };
	struct trial *trial = *state;
	struct answer answer;
	char after[16];

	trial_start(trial, options);
	assert_int_equal(fill(trial, &answer), 503);
	assert_true(answer_field(&answer, "Retry-After", after, sizeof(after)));
	assert_int_equal(
		client_get(&trial->client, "/api/v2/node?node=job:etl:noise", &answer),
		0);
	assert_int_equal(answer.status, 200);
	trial_stop(trial);
}

#define DATASET                                                                     \
	"{\"eventTime\":\"2026-08-01T07:00:00Z\",\"producer\":\"p\",\"schemaURL\":" \
	"\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"d\"}}"
#define NOTE 4000

/* Registers a change again and again, each time with another note; the status. */
static int put_change(struct trial *trial, unsigned number, struct answer *answer)
{
	uint64_t random = number;
	struct buf body;

	buf_init(&body, TEXT_MAX);
	buf_printf(&body,
		"{\"node\":\"dataset:n:d\",\"changes\":[{\"op\":\"drop_dataset\"}],"
		"\"note\":\"number %u: ",
		number);
	for (size_t i = 0; i < NOTE; i++)
		buf_byte(&body, (char)('@' + 1 + random_below(&random, 58) % 27));
	buf_str(&body, "\"}");
	assert_int_equal(client_put(&trial->client, "PUT", "/api/v2/changes/x",
				 buf_get(&body), answer),
		0);
	buf_fini(&body);
	return answer->status;
}

static void a_full_quota_refuses_what_questions_would_store(void **state)
{
	static const char *const options[] = { "--quota=2M", NULL };
	struct trial *trial = *state;
	struct answer answer;
	unsigned number = 1;
	char note[32];

	trial_start(trial, options);
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage", SLICE(DATASET), &answer),
		0);
	assert_int_equal(fill(trial, &answer), 503);
	assert_int_equal(put_change(trial, number, &answer), 201);
	while (number < 100 && answer.status != 503)
		put_change(trial, ++number, &answer);
	assert_int_equal(answer.status, 503);
	assert_true(answer_has(&answer, "nothing was stored"));
	assert_int_equal(client_get(&trial->client, "/api/v2/changes/x", &answer), 0);
	(void)snprintf(note, sizeof(note), "\"number %u: ", number - 1);
	assert_true(answer_has(&answer, note));
	trial_stop(trial);
}

static void a_stranger_to_this_host_is_refused(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	assert_int_equal(client_send_text(&trial->client,
				 "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
		0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 421);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(tokens_say_who_may_do_what),
		WITH_SERVER(a_wrong_question_is_told_its_parameter),
		WITH_SERVER(a_wrong_event_is_told_its_place),
		WITH_SERVER(a_wrong_method_is_told_the_right_ones),
		WITH_SERVER(a_head_has_the_length_of_the_body_and_none),
		WITH_SERVER(a_large_body_is_refused_while_it_is_sent),
		WITH_SERVER(a_body_that_inflates_too_far_is_refused),
		WITH_SERVER(a_picture_is_no_event),
		ALONE(a_full_budget_says_come_again),
		ALONE(a_full_quota_refuses_events_and_answers_questions),
		ALONE(a_full_quota_refuses_what_questions_would_store),
		WITH_SERVER(a_stranger_to_this_host_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
