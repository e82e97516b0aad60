/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_vectors.c - the examples of tests/cases/meaning/ that need HTTP
 */
#include "base/clock.h"
#include "tests/e2e/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COLUMNS	     1000
#define BODY_MAX     ((size_t)256 << 20)
#define CONNECTIONS  3
#define FOLD_WAIT_US INT64_C(120000000)
#define RUN	     "0197a3c1-0000-7000-8000-000000000001"

static const char event[] = "{\"eventType\":\"COMPLETE\","
			    "\"eventTime\":\"2026-08-01T00:00:01Z\","
			    "\"run\":{\"runId\":\"" RUN "\"},"
			    "\"job\":{\"namespace\":\"n\",\"name\":\"J\"},"
			    "\"outputs\":[{\"namespace\":\"n\",\"name\":\"b\"}]}";

struct sender {
	pthread_t thread;
	const char *address;
	int status;
};

static void *send_event(void *arg)
{
	struct sender *sender = arg;
	struct client client;
	struct answer answer;

	if (client_open(&client, sender->address))
		return NULL;
	if (client_post(&client, "/api/v1/lineage", slice_from(event), &answer) == 0)
		sender->status = answer.status;
	client_close(&client);
	return NULL;
}

static void a07_the_same_event_three_times_at_once_is_one_event(void **state)
{
	struct trial *trial = *state;
	struct sender senders[CONNECTIONS] = { 0 };
	struct answer answer;

	for (int i = 0; i < CONNECTIONS; i++) {
		senders[i].address = trial->server.address;
		assert_int_equal(
			pthread_create(&senders[i].thread, NULL, send_event, &senders[i]),
			0);
	}
	for (int i = 0; i < CONNECTIONS; i++) {
		pthread_join(senders[i].thread, NULL);
		assert_int_equal(senders[i].status, 201);
	}
	assert_int_equal(client_get(&trial->client, "/api/v2/runs/" RUN, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer, "{\"graphVersion\":1,"));
	assert_true(answer_has(&answer, "\"events\":1,"));
}

/* Every column of c is grouped by every column of a, each said for itself. */
static void grouped_columns(struct buf *out)
{
	buf_str(out, "{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:00:01Z\","
		     "\"run\":{\"runId\":\"" RUN "\"},"
		     "\"job\":{\"namespace\":\"n\",\"name\":\"J\"},"
		     "\"inputs\":[{\"namespace\":\"n\",\"name\":\"a\"}],"
		     "\"outputs\":[{\"namespace\":\"n\",\"name\":\"c\",\"facets\":"
		     "{\"columnLineage\":{\"fields\":{");
	for (int i = 0; i < COLUMNS; i++) {
		buf_printf(out, "%s\"x%d\":{\"inputFields\":[", i ? "," : "", i);
		for (int k = 0; k < COLUMNS; k++)
			buf_printf(out,
				"%s{\"namespace\":\"n\",\"name\":\"a\",\"field\":\"k%d\","
				"\"transformations\":[{\"type\":\"INDIRECT\","
				"\"subtype\":\"GROUP_BY\"}]}",
				k ? "," : "", k);
		buf_str(out, "]}");
	}
	buf_str(out, "}}}}]}");
	need(buf_error(out) == 0, "memory for", "columns");
}

static void a33_a_thousand_grouped_columns_are_refused_before_they_are_sent(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	client_send_head(&trial->client, "POST", "/api/v1/lineage",
		"Content-Type: application/json\r\nContent-Length: 104857600\r\n"
		"Expect: 100-continue\r\n");
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 413);
}

/* Asks until the event is in the graph: 503 says that it is on its way, and ends the
 * connection. */
static void ask_when_folded(struct trial *trial, const char *target, struct answer *out)
{
	int64_t end_us = clock_monotonic_us() + FOLD_WAIT_US;

	do {
		client_close(&trial->client);
		assert_int_equal(client_open(&trial->client, trial->server.address), 0);
		assert_int_equal(client_get(&trial->client, target, out), 0);
	} while (out->status == 503 && clock_monotonic_us() < end_us);
	assert_int_equal(out->status, 200);
}

static void a33_a_thousand_grouped_columns_are_taken_under_a_raised_limit(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf body;

	buf_init(&body, BODY_MAX);
	grouped_columns(&body);
	trial_start(trial, (const char *const[]){
				   "--event-max", "256M", "--in-flight", "512M", NULL });
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage", buf_get(&body), &answer),
		0);
	assert_int_equal(answer.status, 201);
	buf_fini(&body);
	ask_when_folded(trial,
		"/api/v2/lineage?kind=field&namespace=n&name=a&field=k7"
		"&level=field&direction=downstream",
		&answer);
	assert_true(answer_has(&answer, "\"complete\":true"));
	assert_true(answer_has(&answer, "\"name\":\"c\""));
	assert_true(answer_has(&answer, "\"classes\":[\"GROUP_BY\"]"));
	ask_when_folded(trial,
		"/api/v2/lineage?kind=field&namespace=n&name=c&field=x500"
		"&direction=upstream&limit=10",
		&answer);
	assert_true(answer_has(&answer, "\"nodes\":1001,"));
	trial_stop(trial);
}

static void a35_a_compressed_batch_is_taken(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf batch;
	struct buf packed;

	buf_init(&batch, BODY_MAX);
	buf_init(&packed, BODY_MAX);
	buf_printf(&batch, "[%s]", event);
	gzip_bytes(buf_get(&batch), &packed);
	client_send_head(&trial->client, "POST", "/api/v1/lineage/batch",
		"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
		"Transfer-Encoding: chunked\r\n");
	buf_clear(&batch);
	buf_printf(&batch, "%zx\r\n", packed.len);
	buf_slice(&batch, buf_get(&packed));
	buf_str(&batch, "\r\n0\r\n\r\n");
	assert_int_equal(client_send(&trial->client, buf_get(&batch)), 0);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer, "\"successful\":1,"));
	buf_fini(&batch);
	buf_fini(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a07_the_same_event_three_times_at_once_is_one_event),
		WITH_SERVER(
			a33_a_thousand_grouped_columns_are_refused_before_they_are_sent),
		ALONE(a33_a_thousand_grouped_columns_are_taken_under_a_raised_limit),
		WITH_SERVER(a35_a_compressed_batch_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
