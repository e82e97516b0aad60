/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_order.c - the graph does not depend on how its events came
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/e2e/client.h"
#include "tests/e2e/events.h"
#include "tests/e2e/files.h"
#include "tests/e2e/graph_text.h"
#include "tests/e2e/process.h"

#define TEXT_MAX    ((size_t)1 << 30)
#define CONNECTIONS 8
#define BATCH_MAX   40

struct trial {
	char dir[E2E_PATH_MAX];
	uint64_t random;
	struct texts events;
	struct buf expected; /* the graph, events sent one after the other */
};

static void data_path(const struct trial *trial, const char *name, char out[E2E_PATH_MAX])
{
	path_join(out, trial->dir, name);
}

static void send_singly(const struct texts *events, const char *address)
{
	struct client client;
	struct answer answer;

	assert_int_equal(client_open(&client, address), 0);
	for (size_t i = 0; i < events->count; i++) {
		assert_int_equal(
			client_post(&client, "/api/v1/lineage", events->list[i], &answer),
			0);
		if (answer.status != 201)
			fail_msg("%.*s\n%.*s", (int)answer.body.len, answer.body.ptr,
				(int)events->list[i].len, events->list[i].ptr);
	}
	client_close(&client);
}

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));
	struct server server;
	char data[E2E_PATH_MAX];

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	buf_init(&trial->expected, TEXT_MAX);
	trial->random = seed_new();
	texts_add_everything(&trial->events, &trial->random);
	data_path(trial, "singly", data);
	server_start(&server, data, NULL);
	send_singly(&trial->events, server.address);
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
	graph_text(data, &trial->expected);
	printf("%zu events, graph text of %zu bytes\n", trial->events.count,
		trial->expected.len);
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	dir_remove(trial->dir);
	texts_fini(&trial->events);
	buf_fini(&trial->expected);
	free(trial);
	return 0;
}

/* One of the connections that send batches at the same time. */
struct sender {
	pthread_t thread;
	const char *address;
	struct texts bodies;
	size_t refused;
};

static void *send_bodies(void *arg)
{
	struct sender *sender = arg;
	struct client client;
	struct answer answer;

	sender->refused = sender->bodies.count;
	if (client_open(&client, sender->address))
		return NULL;
	for (size_t i = 0; i < sender->bodies.count; i++) {
		if (client_post(&client, "/api/v1/lineage/batch", sender->bodies.list[i],
			    &answer))
			break;
		sender->refused -= answer_has(&answer, "\"status\":\"success\"");
	}
	client_close(&client);
	return NULL;
}

/* Deals the events to the connections, in arrays of random length. */
static void deal(struct trial *trial, const struct texts *events, struct sender *senders)
{
	struct buf body;
	size_t at = 0;

	buf_init(&body, TEXT_MAX);
	while (at < events->count) {
		size_t rest = events->count - at;
		size_t n = 1 + random_below(&trial->random, BATCH_MAX);

		n = n < rest ? n : rest;
		buf_clear(&body);
		texts_array(events, at, at + n, &body);
		texts_add(&senders[random_below(&trial->random, CONNECTIONS)].bodies,
			buf_get(&body));
		at += n;
	}
	buf_fini(&body);
}

static void send_at_once(struct sender *senders, const char *address)
{
	for (int i = 0; i < CONNECTIONS; i++) {
		senders[i].address = address;
		assert_int_equal(pthread_create(&senders[i].thread, NULL, send_bodies,
					 &senders[i]),
			0);
	}
	for (int i = 0; i < CONNECTIONS; i++) {
		pthread_join(senders[i].thread, NULL);
		assert_int_equal(senders[i].refused, 0);
		texts_fini(&senders[i].bodies);
	}
}

static void shuffled_batches_with_duplicates_make_the_same_graph(void **state)
{
	struct trial *trial = *state;
	struct sender senders[CONNECTIONS] = { 0 };
	struct texts events = { 0 };
	struct server server;
	char data[E2E_PATH_MAX];

	for (size_t i = 0; i < trial->events.count; i++) {
		for (size_t n = 1 + random_below(&trial->random, 2); n > 0; n--)
			texts_add(&events, trial->events.list[i]);
	}
	texts_shuffle(&events, &trial->random);
	deal(trial, &events, senders);
	data_path(trial, "shuffled", data);
	server_start(&server, data, NULL);
	send_at_once(senders, server.address);
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
	texts_fini(&events);
	assert_graph_text(data, &trial->expected);
}

static void import_of_a_compressed_file_makes_the_same_graph(void **state)
{
	struct trial *trial = *state;
	char data[E2E_PATH_MAX];
	char file[E2E_PATH_MAX];
	const char *const argv[] = { program_path, "import", "--data", data, file, NULL };
	struct buf lines;

	data_path(trial, "imported", data);
	data_path(trial, "events.ndjson.gz", file);
	buf_init(&lines, TEXT_MAX);
	texts_join(&trial->events, &lines);
	file_write_gzip(file, buf_get(&lines));
	buf_fini(&lines);
	assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
	assert_graph_text(data, &trial->expected);
}

static void rebuilding_from_the_log_makes_the_same_graph(void **state)
{
	struct trial *trial = *state;
	char from[E2E_PATH_MAX];
	char to[E2E_PATH_MAX];

	data_path(trial, "singly", from);
	data_path(trial, "rebuilt", to);
	data_copy_without_graph(from, to);
	assert_graph_text(to, &trial->expected);
}

static void every_shuffle_makes_the_same_graph(void **state)
{
	struct trial *trial = *state;

	for (int round = 0; round < 6; round++) {
		char data[E2E_PATH_MAX];
		char name[16];
		char file[E2E_PATH_MAX];
		const char *const argv[] = { program_path, "import", "--data", data, file,
			NULL };
		struct buf lines;

		snprintf(name, sizeof(name), "round-%d", round);
		data_path(trial, name, data);
		data_path(trial, "shuffled.ndjson", file);
		texts_shuffle(&trial->events, &trial->random);
		buf_init(&lines, TEXT_MAX);
		texts_join(&trial->events, &lines);
		file_write(file, buf_get(&lines));
		buf_fini(&lines);
		assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
		assert_graph_text(data, &trial->expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shuffled_batches_with_duplicates_make_the_same_graph),
		cmocka_unit_test(import_of_a_compressed_file_makes_the_same_graph),
		cmocka_unit_test(rebuilding_from_the_log_makes_the_same_graph),
		cmocka_unit_test(every_shuffle_makes_the_same_graph),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
