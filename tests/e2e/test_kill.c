/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_kill.c - what was acknowledged outlives kill -9
 *
 * Connections post under way; after a random number of acknowledgements, and a
 * random time more, the server is killed.  After the restart the log must hold
 * every acknowledged event once, and nothing that was not sent.  Events that
 * got no answer are sent again in the next round, as a careful client does.
 */
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/idset.h"
#include "tests/e2e/client.h"
#include "tests/e2e/events.h"
#include "tests/e2e/files.h"
#include "tests/e2e/graph_text.h"
#include "tests/e2e/process.h"

#define ROUNDS	    50
#define CONNECTIONS 12
#define ACKS_MAX    2000
#define LATER_NS    4000000
#define BATCH_MAX   20
#define TEXT_MAX    ((size_t)1 << 30)
#define EVENTS_MAX  ((size_t)4 << 20)

enum fate { FATE_UNKNOWN, FATE_ACKNOWLEDGED };

/* What is known of an event that was sent. */
struct sent {
	uint64_t hash;
	enum fate fate;
	unsigned stored; /* how often it was found in the log */
};

struct ledger {
	struct sent *list;
	size_t count;
	size_t cap;
};

/* One connection with what it sent in this round. */
struct poster {
	pthread_t thread;
	struct trial *trial;
	unsigned number;
	uint64_t random;
	uint64_t next; /* event */
	bool was_cut;  /* a request was under way at the end */
	struct ledger sent;
	struct texts again; /* events that got no answer */
};

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	char address[64];
	uint64_t seed;
	uint64_t random;
	struct poster posters[CONNECTIONS];
	struct ledger all;
	struct idset *places; /* hash -> place in all */
	uint64_t next_sequence;
	unsigned cut; /* kills that hit a request under way */
	unsigned early;

	atomic_uint posting;
	pthread_mutex_t lock; /* guards acks */
	pthread_cond_t acknowledged;
	size_t acks;
};

static void ledger_add(struct ledger *ledger, uint64_t hash)
{
	if (ledger->count == ledger->cap) {
		ledger->cap = ledger->cap ? 2 * ledger->cap : 1024;
		ledger->list =
			reallocarray(ledger->list, ledger->cap, sizeof(*ledger->list));
		need(ledger->list != NULL, "memory for", "ledger");
	}
	ledger->list[ledger->count++] = (struct sent){ .hash = hash };
}

static void count_acks(struct trial *trial, size_t n)
{
	pthread_mutex_lock(&trial->lock);
	trial->acks += n;
	pthread_cond_signal(&trial->acknowledged);
	pthread_mutex_unlock(&trial->lock);
}

/* The events of the next request: those without an answer first. */
static void next_events(struct poster *poster, struct texts *out)
{
	struct buf text;
	size_t n = random_below(&poster->random, 4)
			   ? 1
			   : random_below(&poster->random, BATCH_MAX);

	if (poster->again.count > 0) {
		*out = poster->again;
		memset(&poster->again, 0, sizeof(poster->again));
		return;
	}
	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < n + 1; i++) {
		buf_clear(&text);
		event_small(&text, poster->trial->seed, poster->number, poster->next++);
		texts_add(out, buf_get(&text));
	}
	buf_fini(&text);
}

/* Posts one event, or a batch; true when all were acknowledged. */
static bool post(struct client *client, const struct texts *events)
{
	struct answer answer = { 0 };
	struct buf body;
	bool done;

	buf_init(&body, TEXT_MAX);
	if (events->count == 1)
		buf_slice(&body, events->list[0]);
	else
		texts_array(events, 0, events->count, &body);
	done = client_post(client,
		       events->count == 1 ? "/api/v1/lineage" : "/api/v1/lineage/batch",
		       buf_get(&body), &answer) == 0;
	buf_fini(&body);
	return done && (answer.status == 201 || answer_has(&answer, "\"failed\":0,"));
}

static bool post_next(struct poster *poster, struct client *client)
{
	struct texts events = { 0 };
	size_t first = poster->sent.count;
	bool done;

	next_events(poster, &events);
	for (size_t i = 0; i < events.count; i++)
		ledger_add(&poster->sent, hash64(events.list[i]));
	done = post(client, &events);
	for (size_t i = first; i < poster->sent.count; i++)
		poster->sent.list[i].fate = done ? FATE_ACKNOWLEDGED : FATE_UNKNOWN;
	if (done) {
		count_acks(poster->trial, events.count);
		texts_fini(&events);
	} else {
		poster->again = events;
	}
	return done;
}

/* Until the server is gone. */
static void *post_on(void *arg)
{
	struct poster *poster = arg;
	struct client client;

	poster->was_cut = client_open(&client, poster->trial->address) == 0;
	if (poster->was_cut) {
		while (post_next(poster, &client))
			;
	}
	client_close(&client);
	atomic_fetch_sub(&poster->trial->posting, 1);
	return NULL;
}

static void wait_acks(struct trial *trial, size_t n)
{
	pthread_mutex_lock(&trial->lock);
	while (trial->acks < n && atomic_load(&trial->posting) > 0)
		pthread_cond_wait(&trial->acknowledged, &trial->lock);
	pthread_mutex_unlock(&trial->lock);
}

/* An acknowledgement that came counts, and so does one of an earlier round. */
static void note_sent(struct trial *trial, const struct sent *sent)
{
	uint64_t place;

	if (idset_get(trial->places, sent->hash, &place)) {
		place = trial->all.count;
		ledger_add(&trial->all, sent->hash);
		assert_int_equal(idset_put(trial->places, sent->hash, place), 0);
	}
	if (sent->fate == FATE_ACKNOWLEDGED)
		trial->all.list[place].fate = FATE_ACKNOWLEDGED;
}

static void join_posters(struct trial *trial)
{
	bool was_cut = false;

	for (unsigned i = 0; i < CONNECTIONS; i++) {
		struct poster *poster = &trial->posters[i];

		pthread_join(poster->thread, NULL);
		for (size_t n = 0; n < poster->sent.count; n++)
			note_sent(trial, &poster->sent.list[n]);
		poster->sent.count = 0;
		was_cut = was_cut || poster->was_cut;
	}
	trial->cut += was_cut;
}

/* Posts on all connections until the kill; false when nothing was acknowledged. */
static void load_and_kill(struct trial *trial, struct server *server)
{
	const struct timespec later = { .tv_nsec = (long)random_below(
						&trial->random, LATER_NS) };

	trial->acks = 0;
	atomic_store(&trial->posting, CONNECTIONS);
	snprintf(trial->address, sizeof(trial->address), "%s", server->address);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		assert_int_equal(pthread_create(&trial->posters[i].thread, NULL, post_on,
					 &trial->posters[i]),
			0);
	wait_acks(trial, 1 + random_below(&trial->random, ACKS_MAX));
	/* Else the kill would always follow an answer. */
	nanosleep(&later, NULL);
	server_kill(server);
	join_posters(trial);
	assert_int_equal(server->status, 128 + SIGKILL);
}

/* Marks what stands in a page of the log; returns how many events that was. */
static uint64_t check_page(struct trial *trial, struct client *client, uint64_t from)
{
	struct texts lines = { 0 };
	struct answer answer;
	char target[96];
	uint64_t place;
	uint64_t n;

	snprintf(target, sizeof(target),
		"/api/v2/events?format=ndjson&limit=10000&from=%" PRIu64, from);
	assert_int_equal(client_get(client, target, &answer), 0);
	assert_int_equal(answer.status, 200);
	texts_add_lines(&lines, answer.body);
	for (size_t i = 0; i < lines.count; i++) {
		if (idset_get(trial->places, hash64(lines.list[i]), &place))
			fail_msg("event %" PRIu64 " was never sent: %.*s", from + i,
				(int)lines.list[i].len, lines.list[i].ptr);
		if (++trial->all.list[place].stored > 1)
			fail_msg("event %" PRIu64 " is stored twice: %.*s", from + i,
				(int)lines.list[i].len, lines.list[i].ptr);
	}
	n = lines.count;
	texts_fini(&lines);
	return n;
}

/* The log from this round's first event on, and then the ledger. */
static void check_log(struct trial *trial, struct server *server)
{
	struct client client;
	uint64_t n;

	assert_int_equal(client_open(&client, server->address), 0);
	do {
		n = check_page(trial, &client, trial->next_sequence);
		trial->next_sequence += n;
	} while (n > 0);
	client_close(&client);
	for (size_t i = 0; i < trial->all.count; i++) {
		if (trial->all.list[i].fate == FATE_ACKNOWLEDGED)
			assert_int_equal(trial->all.list[i].stored, 1);
	}
}

/* Kills it while it starts: what recovers must be killable, too. */
static void kill_early(struct trial *trial)
{
	const struct timespec later = { .tv_nsec = (long)random_below(
						&trial->random, 60000000) };
	struct server server;

	server_spawn(&server, trial->data, NULL);
	nanosleep(&later, NULL);
	server_fini(&server);
	trial->early++;
}

static void every_acknowledged_event_outlives_fifty_kills(void **state)
{
	struct trial *trial = *state;
	struct server server;
	unsigned rounds = 0;

	server_start(&server, trial->data, NULL);
	for (unsigned tries = 0; rounds < ROUNDS && tries < 2 * ROUNDS; tries++) {
		load_and_kill(trial, &server);
		rounds += trial->acks > 0;
		server_fini(&server);
		if (tries % 8 == 7)
			kill_early(trial);
		server_start(&server, trial->data, NULL);
		check_log(trial, &server);
	}
	assert_int_equal(server_stop(&server), 0);
	server_fini(&server);
	assert_int_equal(rounds, ROUNDS);
	printf("%u kills, %u of them with requests under way, %u more while starting; "
	       "%zu events sent, %" PRIu64 " stored\n",
		rounds, trial->cut, trial->early, trial->all.count,
		trial->next_sequence - 1);
	assert_true(trial->cut > ROUNDS / 2);
}

static void the_graph_after_the_kills_is_that_of_its_log(void **state)
{
	struct trial *trial = *state;
	char copy[E2E_PATH_MAX];
	struct buf expected;

	path_join(copy, trial->dir, "copy");
	buf_init(&expected, TEXT_MAX);
	graph_text(trial->data, &expected);
	data_copy_without_graph(trial->data, copy);
	assert_graph_text(copy, &expected);
	buf_fini(&expected);
}

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	trial->seed = seed_new();
	trial->random = trial->seed;
	trial->next_sequence = 1;
	trial->places = idset_new(EVENTS_MAX);
	need(trial->places != NULL, "memory for", "places");
	pthread_mutex_init(&trial->lock, NULL);
	pthread_cond_init(&trial->acknowledged, NULL);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		trial->posters[i].trial = trial;
		trial->posters[i].number = i;
		trial->posters[i].random = random_next(&trial->random);
	}
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	for (unsigned i = 0; i < CONNECTIONS; i++) {
		texts_fini(&trial->posters[i].again);
		free(trial->posters[i].sent.list);
	}
	idset_free(trial->places);
	free(trial->all.list);
	dir_remove(trial->dir);
	free(trial);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_acknowledged_event_outlives_fifty_kills),
		cmocka_unit_test(the_graph_after_the_kills_is_that_of_its_log),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
