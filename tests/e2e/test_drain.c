/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_drain.c - SIGTERM: what was begun is finished, and nothing is lost
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/e2e/client.h"
#include "tests/e2e/events.h"
#include "tests/e2e/files.h"
#include "tests/e2e/process.h"

#define CONNECTIONS 16
#define PROMISED    4
#define ACKS	    2000
#define SECOND_US   INT64_C(1000000)
#define TEXT_MAX    ((size_t)1 << 30)

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	uint64_t seed;
	struct server server;
	pthread_mutex_t lock; /* guards acks */
	pthread_cond_t acknowledged;
	size_t acks;
};

struct poster {
	pthread_t thread;
	struct trial *trial;
	unsigned number;
	struct texts acknowledged;
	int last_status; /* of the last answer that was not 201 */
};

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	trial->seed = seed_new();
	pthread_mutex_init(&trial->lock, NULL);
	pthread_cond_init(&trial->acknowledged, NULL);
	server_start(&trial->server, trial->data, NULL);
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	server_fini(&trial->server);
	dir_remove(trial->dir);
	free(trial);
	return 0;
}

static void note_acknowledged(struct poster *poster, struct slice event)
{
	struct trial *trial = poster->trial;

	texts_add(&poster->acknowledged, event);
	pthread_mutex_lock(&trial->lock);
	trial->acks++;
	pthread_cond_signal(&trial->acknowledged);
	pthread_mutex_unlock(&trial->lock);
}

static void *post_on(void *arg)
{
	struct poster *poster = arg;
	struct client client;
	struct answer answer;
	struct buf event;
	int r = client_open(&client, poster->trial->server.address);

	buf_init(&event, TEXT_MAX);
	for (uint64_t n = 0; r == 0; n++) {
		buf_clear(&event);
		event_small(&event, poster->trial->seed, poster->number, n);
		r = client_post(&client, "/api/v1/lineage", buf_get(&event), &answer);
		if (r == 0 && answer.status == 201)
			note_acknowledged(poster, buf_get(&event));
		else if (r == 0)
			poster->last_status = answer.status;
	}
	buf_fini(&event);
	client_close(&client);
	return NULL;
}

static void start_posters(struct trial *trial, struct poster *posters)
{
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		posters[i].trial = trial;
		posters[i].number = i;
		assert_int_equal(
			pthread_create(&posters[i].thread, NULL, post_on, &posters[i]),
			0);
	}
	pthread_mutex_lock(&trial->lock);
	while (trial->acks < ACKS)
		pthread_cond_wait(&trial->acknowledged, &trial->lock);
	pthread_mutex_unlock(&trial->lock);
}

/* Joins them and adds what each saw acknowledged. */
static void join_posters(struct poster *posters, struct texts *out)
{
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		pthread_join(posters[i].thread, NULL);
		assert_int_equal(posters[i].last_status, 0);
		for (size_t n = 0; n < posters[i].acknowledged.count; n++)
			texts_add(out, posters[i].acknowledged.list[n]);
		texts_fini(&posters[i].acknowledged);
	}
}

/* A request whose head the server has read, and judged, and whose body is still to come.
 */
static void promise(struct trial *trial, struct client *client, struct slice body)
{
	struct answer answer;
	char lines[128];

	snprintf(lines, sizeof(lines),
		"Content-Type: application/json\r\nContent-Length: %zu\r\n"
		"Expect: 100-continue\r\n",
		body.len);
	assert_int_equal(client_open(client, trial->server.address), 0);
	assert_int_equal(client_send_head(client, "POST", "/api/v1/lineage", lines), 0);
	assert_int_equal(client_receive(client, false, &answer), 0);
	assert_int_equal(answer.status, 100);
}

static void promised_event(struct trial *trial, unsigned n, struct buf *out)
{
	buf_init(out, TEXT_MAX);
	event_small(out, trial->seed, CONNECTIONS + n, 0);
}

static void keep_promise(
	struct client *client, struct buf *event, struct texts *acknowledged)
{
	struct answer answer;

	assert_int_equal(client_send(client, buf_get(event)), 0);
	assert_int_equal(client_receive(client, false, &answer), 0);
	assert_int_equal(answer.status, 201);
	assert_true(client_at_end(client));
	texts_add(acknowledged, buf_get(event));
	buf_fini(event);
	client_close(client);
}

static int compare(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void assert_stored_exactly(struct trial *trial, struct texts *acknowledged)
{
	const char *const argv[] = { program_path, "export", "--data", trial->data,
		NULL };
	struct texts stored = { 0 };
	struct buf text;

	buf_init(&text, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, &text, NULL), 0);
	texts_add_lines(&stored, buf_get(&text));
	buf_fini(&text);
	assert_int_equal(stored.count, acknowledged->count);
	qsort(stored.list, stored.count, sizeof(*stored.list), compare);
	qsort(acknowledged->list, acknowledged->count, sizeof(*stored.list), compare);
	for (size_t i = 0; i < stored.count; i++)
		assert_true(slice_equal(stored.list[i], acknowledged->list[i]));
	texts_fini(&stored);
}

static void a_drain_answers_what_was_read_and_stores_what_was_acknowledged(void **state)
{
	struct trial *trial = *state;
	struct poster posters[CONNECTIONS] = { 0 };
	struct texts acknowledged = { 0 };
	struct client promised[PROMISED];
	struct buf events[PROMISED];
	struct client idle;
	struct client late;
	int64_t start_us;

	start_posters(trial, posters);
	assert_int_equal(client_open(&idle, trial->server.address), 0);
	for (unsigned i = 0; i < PROMISED; i++) {
		promised_event(trial, i, &events[i]);
		promise(trial, &promised[i], buf_get(&events[i]));
	}
	start_us = clock_monotonic_us();
	kill(trial->server.pid, SIGTERM);
	/* Every poster loses its connection, so that the listener is closed as well. */
	join_posters(posters, &acknowledged);
	assert_int_equal(client_open(&late, trial->server.address), -1);
	assert_true(clock_monotonic_us() - start_us < 2 * SECOND_US);
	assert_true(client_at_end(&idle));
	for (unsigned i = 0; i < PROMISED; i++)
		keep_promise(&promised[i], &events[i], &acknowledged);
	client_close(&idle);
	client_close(&late);
	assert_int_equal(server_wait(&trial->server, 10 * SECOND_US), 0);
	printf("%zu events acknowledged\n", acknowledged.count);
	assert_stored_exactly(trial, &acknowledged);
	texts_fini(&acknowledged);
}

static void a_drain_without_connections_ends_at_once(void **state)
{
	struct trial *trial = *state;
	int64_t start_us = clock_monotonic_us();

	assert_int_equal(server_stop(&trial->server), 0);
	assert_true(clock_monotonic_us() - start_us < 5 * SECOND_US);
	assert_true(server_said(&trial->server, "stopped", 0));
}

static void a_second_signal_ends_a_drain_at_once(void **state)
{
	struct trial *trial = *state;
	struct client client;
	struct buf event;
	int64_t start_us;

	promised_event(trial, 0, &event);
	promise(trial, &client, buf_get(&event));
	kill(trial->server.pid, SIGTERM);
	assert_true(server_said(&trial->server, "stopping", SERVER_WAIT_US));
	start_us = clock_monotonic_us();
	assert_int_equal(server_stop(&trial->server), 70);
	assert_true(clock_monotonic_us() - start_us < 2 * SECOND_US);
	buf_fini(&event);
	client_close(&client);
}

static void a_client_that_never_sends_its_body_does_not_hold_up_the_end(void **state)
{
	struct trial *trial = *state;
	struct client client;
	struct buf event;

	promised_event(trial, 0, &event);
	promise(trial, &client, buf_get(&event));
	kill(trial->server.pid, SIGTERM);
	/* It has ten seconds; after them its connection is just closed. */
	assert_int_equal(server_wait(&trial->server, 15 * SECOND_US), 0);
	buf_fini(&event);
	client_close(&client);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(
			a_drain_answers_what_was_read_and_stores_what_was_acknowledged),
		WITH_SERVER(a_drain_without_connections_ends_at_once),
		WITH_SERVER(a_second_signal_ends_a_drain_at_once),
		WITH_SERVER(a_client_that_never_sends_its_body_does_not_hold_up_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
