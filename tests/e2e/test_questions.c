/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_questions.c - answers are never behind, and never in the way
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
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

#define THREADS	  8
#define QUESTIONS 200
#define TABLES	  4000
#define POSTS	  100
#define TEXT_MAX  ((size_t)256 << 20)
#define CASE	  HEADWATER_SOURCE "/tests/cases/cli/food-delivery"

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	struct server server;
	atomic_bool posted; /* all that was to be posted */
};

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	server_start(&trial->server, trial->data, NULL);
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	assert_int_equal(server_stop(&trial->server), 0);
	server_fini(&trial->server);
	dir_remove(trial->dir);
	free(trial);
	return 0;
}

/* One client that posts and asks at once. */
struct asker {
	pthread_t thread;
	const char *address;
	unsigned number;
	unsigned good; /* answers that had the event */
};

static bool post_and_ask(struct client *client, unsigned asker, unsigned n)
{
	struct answer answer;
	char event[256];
	char target[128];

	snprintf(event, sizeof(event),
		"{\"eventTime\":\"2026-08-01T07:00:00Z\",\"job\":{\"namespace\":\"t%u\","
		"\"name\":\"job-%u\"},\"outputs\":[{\"namespace\":\"x\",\"name\":\"t\"}]"
		"}",
		asker, n);
	snprintf(target, sizeof(target), "/api/v2/lineage?node=job:t%u:job-%u&depth=1",
		asker, n);
	if (client_post(client, "/api/v1/lineage", slice_from(event), &answer) ||
		answer.status != 201)
		return false;
	if (client_get(client, target, &answer) || answer.status != 200)
		return false;
	return answer_has(&answer, "\"coverage\":{\"nodes\":2,");
}

static void *ask_on(void *arg)
{
	struct asker *asker = arg;
	struct client client;

	if (client_open(&client, asker->address) == 0) {
		for (unsigned n = 0; n < QUESTIONS; n++)
			asker->good += post_and_ask(&client, asker->number, n);
	}
	client_close(&client);
	return NULL;
}

static void whoever_got_201_finds_the_event(void **state)
{
	struct trial *trial = *state;
	struct asker askers[THREADS] = { 0 };

	for (unsigned i = 0; i < THREADS; i++) {
		askers[i].address = trial->server.address;
		askers[i].number = i;
		assert_int_equal(
			pthread_create(&askers[i].thread, NULL, ask_on, &askers[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(askers[i].thread, NULL);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(askers[i].good, QUESTIONS);
}

/* A job that writes many tables: asking for all of them takes its time. */
static void post_big_job(struct client *client)
{
	struct answer answer;
	struct buf event;

	buf_init(&event, TEXT_MAX);
	buf_str(&event,
		"{\"job\":{\"namespace\":\"big\",\"name\":\"job\"},\"outputs\":[");
	for (int i = 0; i < TABLES; i++)
		buf_printf(&event, "%s{\"namespace\":\"big\",\"name\":\"table-%d\"}",
			i ? "," : "", i);
	buf_str(&event, "]}");
	assert_int_equal(
		client_post(client, "/api/v1/lineage", buf_get(&event), &answer), 0);
	assert_int_equal(answer.status, 201);
	buf_fini(&event);
}

/* Asks for the big job until all is posted; returns the shortest time that took. */
static void *ask_big(void *arg)
{
	struct trial *trial = arg;
	int64_t *shortest_us = calloc(1, sizeof(*shortest_us));
	struct client client;
	struct answer answer;
	int r = client_open(&client, trial->server.address);

	while (r == 0 && shortest_us) {
		int64_t start_us = clock_monotonic_us();
		int64_t took_us;

		r = client_get(&client, "/api/v2/lineage?node=job:big:job&limit=100000",
			&answer);
		took_us = clock_monotonic_us() - start_us;
		if (r || answer.status != 200)
			break;
		if (*shortest_us == 0 || took_us < *shortest_us)
			*shortest_us = took_us;
		if (atomic_load(&trial->posted))
			break;
	}
	client_close(&client);
	return shortest_us;
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static void post_many(struct client *client, int64_t *took_us)
{
	struct answer answer;
	struct buf event;

	buf_init(&event, TEXT_MAX);
	for (unsigned i = 0; i < POSTS; i++) {
		int64_t start_us = clock_monotonic_us();

		buf_clear(&event);
		event_small(&event, 1, 0, i);
		assert_int_equal(
			client_post(client, "/api/v1/lineage", buf_get(&event), &answer),
			0);
		assert_int_equal(answer.status, 201);
		took_us[i] = clock_monotonic_us() - start_us;
	}
	buf_fini(&event);
}

static void a_slow_question_delays_no_event(void **state)
{
	struct trial *trial = *state;
	int64_t took_us[POSTS];
	int64_t *question_us = NULL;
	struct client client;
	pthread_t slow;

	assert_int_equal(client_open(&client, trial->server.address), 0);
	post_big_job(&client);
	assert_int_equal(pthread_create(&slow, NULL, ask_big, trial), 0);
	post_many(&client, took_us);
	atomic_store(&trial->posted, true);
	pthread_join(slow, (void **)&question_us);
	assert_non_null(question_us);
	qsort(took_us, POSTS, sizeof(*took_us), compare);
	printf("question %lld us, event %lld us in the middle, %lld us at most\n",
		(long long)*question_us, (long long)took_us[POSTS / 2],
		(long long)took_us[POSTS - 1]);
	assert_true(*question_us > 0);
	assert_true(took_us[POSTS / 2] < *question_us / 2);
	free(question_us);
	client_close(&client);
}

static void assert_prints(const char *const argv[], const char *name)
{
	char path[E2E_PATH_MAX];
	struct buf expected;
	struct buf out;

	path_join(path, CASE, name);
	buf_init(&expected, TEXT_MAX);
	buf_init(&out, TEXT_MAX);
	file_read(path, &expected);
	assert_int_equal(process_run(argv, NULL, &out, NULL), 0);
	buf_byte(&expected, '\0');
	buf_byte(&out, '\0');
	assert_string_equal(out.data, expected.data);
	buf_fini(&expected);
	buf_fini(&out);
}

static void import_case(const char *url)
{
	static const char events[] = CASE "/events.ndjson";

	assert_int_equal(
		process_run(ARGS("import", "--url", url, events), NULL, NULL, NULL), 0);
}

static void lineage_prints_trees_for_people(void **state)
{
	struct trial *trial = *state;
	char url[96];

	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	import_case(url);
	assert_prints(ARGS("lineage", "--url", url, "--format", "text",
			      "dataset:s3://food-lake:delivery_7_days"),
		"both.txt");
	assert_prints(
		ARGS("lineage", "--url", url, "--format", "text", "--direction",
			"upstream", "--level", "dataset", "dataset:smtp://mail:weekly"),
		"upstream-datasets.txt");
	assert_prints(
		ARGS("search", "--url", url, "--format", "text", "rest"), "search.txt");
}

static void a_directory_gives_the_answer_of_its_server(void **state)
{
	struct trial *trial = *state;
	const char *node = "dataset:s3://food-lake:delivery_7_days";
	char url[96];
	struct buf served;
	struct buf read;

	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	import_case(url);
	buf_init(&served, TEXT_MAX);
	buf_init(&read, TEXT_MAX);
	assert_int_equal(
		process_run(ARGS("lineage", "--url", url, node), NULL, &served, NULL), 0);
	assert_int_equal(server_stop(&trial->server), 0);
	assert_int_equal(process_run(ARGS("lineage", "--data", trial->data, node), NULL,
				 &read, NULL),
		0);
	assert_true(slice_equal(buf_get(&served), buf_get(&read)));
	buf_fini(&served);
	buf_fini(&read);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(whoever_got_201_finds_the_event),
		WITH_SERVER(a_slow_question_delays_no_event),
		WITH_SERVER(lineage_prints_trees_for_people),
		WITH_SERVER(a_directory_gives_the_answer_of_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
