/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_moving_in.c - headwater import --marquez: from a server that speaks as
 * Marquez does, and from one that says what only Marquez says
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)16 << 20)
#define URL_SIZE 96

static const char events[] = HEADWATER_SOURCE "/tests/cases/marquez/events.ndjson";

static void url_of(const struct server *server, char out[URL_SIZE])
{
	(void)snprintf(out, URL_SIZE, "http://%s", server->address);
}

/* Runs headwater import --marquez; returns what it printed, NUL-ended. */
static void move_in(const char *url, const char *data, int code, struct buf *out)
{
	const char *const *argv = ARGS("import", "--marquez", url, "--data", data);
	struct buf err;

	buf_clear(out);
	buf_init(&err, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, out, &err), code);
	if (code)
		buf_slice(out, buf_get(&err));
	buf_byte(out, '\0');
	buf_fini(&err);
}

static void start_with_events(struct trial *trial)
{
	const char *const *argv = ARGS("import", "--data", trial->data, events);

	assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
	trial_start(trial, NULL);
}

static void copy_answer(struct client *client, const char *target, struct buf *out)
{
	struct answer answer;

	assert_int_equal(client_get(client, target, &answer), 0);
	if (answer.status != 200)
		fail_msg("%s: %d", target, answer.status);
	buf_clear(out);
	buf_slice(out, answer.body);
	buf_byte(out, '\0');
}

static void assert_same_answer(struct client *a, struct client *b, const char *target)
{
	struct buf left;
	struct buf right;

	buf_init(&left, TEXT_MAX);
	buf_init(&right, TEXT_MAX);
	copy_answer(a, target, &left);
	copy_answer(b, target, &right);
	if (strcmp(left.data, right.data) != 0)
		fail_msg("%s\n%s\n%s", target, left.data, right.data);
	buf_fini(&left);
	buf_fini(&right);
}

/*
 * Only run events are listed, so what job events alone told does not come along;
 * neither does that single datasets and jobs were hidden.
 */
static void everything_that_it_lists_comes_along(void **state)
{
	static const char *const targets[] = {
		"/api/v1/namespaces",
		"/api/v1/namespaces/bakery/datasets/public.orders",
		"/api/v1/namespaces/bakery/datasets/cakes",
		"/api/v1/namespaces/bakery/datasets/public.orders/versions",
		"/api/v1/namespaces/bakery/jobs/daily_sales",
		"/api/v1/namespaces/bakery/jobs/nightly.bake",
		"/api/v1/namespaces/bakery/jobs/nightly.bake.frost",
		"/api/v1/namespaces/bakery/jobs/daily_sales/runs",
		"/api/v1/lineage?nodeId=dataset:bakery:cakes&depth=0",
		"/api/v1/column-lineage?nodeId=dataset:bakery:public.orders",
		"/api/v1/events/lineage?sortDirection=asc",
		"/api/v1/sources/bakery_db",
		"/api/v1/tags",
	};
	struct trial *trial = *state;
	struct trial copy = { .dir = { 0 } };
	char url[URL_SIZE];
	struct buf out;

	buf_init(&out, TEXT_MAX);
	start_with_events(trial);
	url_of(&trial->server, url);
	path_join(copy.data, trial->dir, "copy");
	move_in(url, copy.data, 0, &out);
	trial_start(&copy, NULL);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		assert_same_answer(&trial->client, &copy.client, targets[i]);
	trial_stop(&copy);
	trial_stop(trial);
	buf_fini(&out);
}

static void a_second_import_changes_nothing(void **state)
{
	struct trial *trial = *state;
	char copy[E2E_PATH_MAX];
	char url[URL_SIZE];
	struct buf out;
	unsigned long long stored;
	unsigned long long known;

	buf_init(&out, TEXT_MAX);
	start_with_events(trial);
	url_of(&trial->server, url);
	path_join(copy, trial->dir, "copy");
	move_in(url, copy, 0, &out);
	move_in(url, copy, 0, &out);
	/* NOLINTNEXTLINE(cert-err34-c): two small numbers of our own */
	assert_int_equal(
		sscanf(out.data, "%llu events stored, %llu of", &stored, &known), 2);
	assert_true(stored > 30);
	assert_int_equal(stored, known);
	trial_stop(trial);
	buf_fini(&out);
}

static void it_may_go_to_a_running_server(void **state)
{
	struct trial *trial = *state;
	struct trial copy = { .dir = { 0 } };
	char from[URL_SIZE];
	char to[URL_SIZE];
	const char *const *argv;

	start_with_events(trial);
	path_join(copy.data, trial->dir, "copy");
	trial_start(&copy, NULL);
	url_of(&trial->server, from);
	url_of(&copy.server, to);
	argv = ARGS("import", "--marquez", from, "--url", to);
	assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
	assert_same_answer(&trial->client, &copy.client,
		"/api/v1/namespaces/bakery/datasets/public.orders");
	trial_stop(&copy);
	trial_stop(trial);
}

/*
 * A server that answers from a list of recorded answers, as a Marquez gave them:
 * with null for all that an event does not have.
 */
struct recording {
	const char *target; /* how it begins */
	const char *body;   /* NULL: status 500 */
};

struct player {
	const struct recording *list;
	size_t count;
	int fd;
	pthread_t thread;
	char url[URL_SIZE];
};

static const struct recording *find_recording(
	const struct player *player, const char *target)
{
	for (size_t i = 0; i < player->count; i++) {
		const char *start = player->list[i].target;

		if (strncmp(target, start, strlen(start)) == 0)
			return &player->list[i];
	}
	return NULL;
}

/* Every answer ends its connection; the client opens another. */
static void play(const struct player *player, int fd)
{
	char request[4096];
	char head[128];
	ssize_t n = recv(fd, request, sizeof(request) - 1, 0);
	const struct recording *found;
	const char *body;

	if (n <= 4)
		return;
	request[n] = '\0';
	found = find_recording(player, request + 4);
	body = found && found->body ? found->body : "{\"code\":500,\"message\":\"no\"}";
	n = snprintf(head, sizeof(head),
		"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
		"Connection: close\r\nContent-Length: %zu\r\n\r\n",
		found && found->body ? 200 : 500, strlen(body));
	(void)send(fd, head, (size_t)n, MSG_NOSIGNAL);
	(void)send(fd, body, strlen(body), MSG_NOSIGNAL);
}

static void *play_all(void *arg)
{
	const struct player *player = arg;

	for (;;) {
		int fd = accept(player->fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		play(player, fd);
		(void)close(fd);
	}
}

static void player_start(
	struct player *player, const struct recording *list, size_t count)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	player->list = list;
	player->count = count;
	player->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(player->fd >= 0 && bind(player->fd, (struct sockaddr *)&address, len) == 0 &&
			listen(player->fd, 16) == 0 &&
			getsockname(player->fd, (struct sockaddr *)&address, &len) == 0,
		"a socket", "");
	(void)snprintf(player->url, sizeof(player->url), "http://127.0.0.1:%d",
		ntohs(address.sin_port));
	need(pthread_create(&player->thread, NULL, play_all, player) == 0, "a thread",
		"");
}

static void player_stop(struct player *player)
{
	(void)shutdown(player->fd, SHUT_RDWR);
	(void)pthread_join(player->thread, NULL);
	(void)close(player->fd);
}

#define RUN(time, type)                                                                 \
	"{\"eventType\":\"" type "\",\"eventTime\":\"2026-08-01T" time                  \
	"Z\",\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-000000000001\",\"facets\":"   \
	"{\"nominalTime\":null,\"parent\":null,\"load\":{\"_producer\":\"p\","          \
	"\"_schemaURL\":\"s\",\"now\":NaN}}},\"job\":{\"namespace\":\"etl\","           \
	"\"name\":\"load\",\"facets\":null},\"inputs\":[{\"namespace\":\"db\",\"name\"" \
	":\"a\",\"facets\":null,\"inputFacets\":null,\"outputFacets\":null}],"          \
	"\"outputs\":null,\"producer\":\"p\",\"schemaURL\":\"s#/definitions/RunEvent\"}"
#define EVENTS_FROM(after, offset)                                          \
	"/api/v1/events/lineage?sortDirection=asc&limit=100&offset=" offset \
	"&after=" after
#define NODE(name, updated, more) \
	"{\"name\":\"" name "\",\"updatedAt\":\"" updated "\"," more "}"

static const struct recording marquez[] = {
	{ EVENTS_FROM("1970-01-01T00:00:00.000000Z", "0"),
		"{\"events\":[" RUN("07:00:00", "START") "," RUN(
			"07:00:01.5", "RUNNING") "," RUN("07:00:01.5",
			"COMPLETE") "],\"totalCount\":9}" },
	{ EVENTS_FROM("2026-08-01T07:00:01.500000Z", "0"),
		"{\"events\":[" RUN("07:00:01.5", "COMPLETE") "," RUN(
			"07:00:01.5", "RUNNING") "],\"totalCount\":9}" },
	{ EVENTS_FROM("2026-08-01T07:00:01.500000Z", "2"),
		"{\"events\":[],\"totalCount\":9}" },
	{ "/api/v1/namespaces?limit=100&offset=0",
		"{\"namespaces\":[" NODE("a b/c", "2026-08-02T00:00:00Z",
			"\"ownerName\":\"anonymous\",\"description\":null,"
			"\"isHidden\":true") "]}" },
	{ "/api/v1/namespaces?limit=100&offset=1", "{\"namespaces\":[]}" },
	{ "/api/v1/sources?limit=100&offset=0",
		"{\"sources\":[" NODE("default", "2026-08-01T00:00:00Z",
			"\"type\":\"POSTGRESQL\",\"connectionUrl\":\"\","
			"\"description\":null") "]}" },
	{ "/api/v1/sources?limit=100&offset=1", "{\"sources\":[]}" },
	{ "/api/v1/tags?limit=100&offset=0",
		"{\"tags\":[{\"name\":\"gold\",\"description\":null}]}" },
	{ "/api/v1/tags?limit=100&offset=1", "{\"tags\":[]}" },
	{ "/api/v1/namespaces/a%20b%2Fc/datasets?limit=10&offset=0",
		"{\"datasets\":[" NODE("t", "2026-08-01T08:00:00Z",
			"\"description\":\"told\",\"tags\":[\"gold\"],\"fields\":"
			"[{"
			"\"name\":\"x\",\"type\":null,\"tags\":[\"PII\"]}],"
			"\"facets\":{\"documentation\":{\"description\":\"told\"}"
			"}") "],"
			     "\"totalCount\":1}" },
	{ "/api/v1/namespaces/a%20b%2Fc/datasets?limit=10&offset=1",
		"{\"datasets\":[],\"totalCount\":1}" },
	{ "/api/v1/namespaces/a%20b%2Fc/jobs?limit=10&offset=0",
		"{\"jobs\":[" NODE("j", "2026-08-01T09:00:00Z",
			"\"simpleName\":\"j\",\"description\":\"said\","
			"\"location\":null,\"tags\":[],\"facets\":{}") "]}" },
	{ "/api/v1/namespaces/a%20b%2Fc/jobs?limit=10&offset=1", "{\"jobs\":[]}" },
};

static void assert_line(const struct buf *text, const char *line)
{
	if (!strstr(text->data, line))
		fail_msg("%s\nis not in\n%s", line, text->data);
}

static void assert_no(const struct buf *text, const char *part)
{
	if (strstr(text->data, part))
		fail_msg("%s is in\n%s", part, text->data);
}

/* What the log has, an event a line. */
static void read_log(const char *data, struct buf *out)
{
	buf_clear(out);
	assert_int_equal(process_run(ARGS("export", "--data", data), NULL, out, NULL), 0);
	buf_byte(out, '\0');
}

static void what_only_marquez_says_is_understood(void **state)
{
	struct trial *trial = *state;
	struct player player;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	player_start(&player, marquez, ARRAY_LEN(marquez));
	move_in(player.url, trial->data, 0, &out);
	player_stop(&player);
	assert_line(&out, "10 events stored, 2 of them were there already, 0 refused");
	read_log(trial->data, &out);
	assert_no(&out, "null");
	assert_line(&out, "\"now\":NaN");
	assert_line(
		&out, "\"inputs\":[{\"namespace\":\"db\",\"name\":\"a\"}],\"producer\"");
	/* Hidden: not before its newest event, nor before it was changed. */
	assert_line(&out, "{\"eventTime\":\"2026-08-02T00:00:00.000000Z\"");
	assert_line(&out, "\"kind\":\"hidden\",\"name\":[\"namespace\",\"a b/c\"]");
	/* A tag has no time: that of the newest event. */
	assert_line(&out, "{\"eventTime\":\"2026-08-01T07:00:01.500000Z\",\"producer\"");
	assert_line(&out, "\"kind\":\"dataset_tag\",\"name\":[\"a b/c\",\"t\",\"gold\"]");
	assert_line(
		&out, "\"kind\":\"field_tag\",\"name\":[\"a b/c\",\"t\",\"x\",\"PII\"]");
	assert_line(&out, "\"kind\":\"job\",\"name\":[\"a b/c\",\"j\"],\"content\":"
			  "{\"description\":\"said\"}");
	/* What events tell is not said again. */
	assert_no(&out, "\"kind\":\"source\"");
	assert_no(&out, "\"kind\":\"namespace\"");
	assert_no(&out, "\"kind\":\"dataset\"");
	buf_fini(&out);
}

static void a_page_that_fails_is_named(void **state)
{
	static const struct recording broken[] = {
		{ "/api/v1/events", "{\"events\":[]}" },
		{ "/api/v1/namespaces?limit=100&offset=0",
			"{\"namespaces\":[{\"name\":\"a\"}]}" },
		{ "/api/v1/namespaces?limit=100&offset=1", "{\"namespaces\":[]}" },
		{ "/api/v1/sources", "{\"sources\":[]}" },
		{ "/api/v1/tags", "{\"tags\":[]}" },
	};
	struct trial *trial = *state;
	struct player player;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	player_start(&player, broken, ARRAY_LEN(broken));
	move_in(player.url, trial->data, 74, &out);
	player_stop(&player);
	assert_line(&out, "/api/v1/namespaces/a/datasets?limit=10&offset=0: "
			  "the answer was status 500");
	buf_fini(&out);
}

static void a_list_that_does_not_get_on_is_no_endless_one(void **state)
{
	static const struct recording stuck[] = {
		{ "/api/v1/events", "{\"events\":[]}" },
		{ "/api/v1/namespaces", "{\"namespaces\":[{\"name\":\"a\"}]}" },
	};
	struct trial *trial = *state;
	struct player player;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	player_start(&player, stuck, ARRAY_LEN(stuck));
	move_in(player.url, trial->data, 2, &out);
	player_stop(&player);
	assert_line(&out, "/api/v1/namespaces?limit=100&offset=1: "
			  "this is the page before it again");
	buf_fini(&out);
}

static void what_is_no_marquez_is_told(void **state)
{
	static const struct recording other[] = { { "/", "<html>" } };
	struct trial *trial = *state;
	struct player player;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	player_start(&player, other, ARRAY_LEN(other));
	move_in(player.url, trial->data, 2, &out);
	player_stop(&player);
	assert_line(&out, "the answer is no JSON");
	buf_fini(&out);
}

static void a_token_is_shown_to_marquez(void **state)
{
	struct trial *trial = *state;
	const char *const options[] = { "--tokens", trial->file, NULL };
	char line[TRIAL_TOKEN_MAX];
	char copy[E2E_PATH_MAX];
	char url[URL_SIZE];
	const char *const *argv;
	char *token;

	trial_make_token(trial, "reader", "read", line);
	trial_start(trial, options);
	url_of(&trial->server, url);
	path_join(copy, trial->dir, "copy");
	token = strstr(line, "hw_");
	token[strcspn(token, "\r")] = '\0';
	argv = ARGS("import", "--marquez", url, "--data", copy);
	assert_int_equal(process_run(argv, NULL, NULL, NULL), 77);
	argv = ARGS("import", "--marquez", url, "--data", copy, "--marquez-token", token);
	assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
	trial_stop(trial);
}

static void files_are_imported_apart(void **state)
{
	struct trial *trial = *state;
	const char *const *argv = ARGS("import", "--marquez", "http://127.0.0.1:1",
		"--data", trial->data, events);

	assert_int_equal(process_run(argv, NULL, NULL, NULL), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(everything_that_it_lists_comes_along),
		ALONE(a_second_import_changes_nothing),
		ALONE(it_may_go_to_a_running_server),
		ALONE(what_only_marquez_says_is_understood),
		ALONE(a_page_that_fails_is_named),
		ALONE(a_list_that_does_not_get_on_is_no_endless_one),
		ALONE(what_is_no_marquez_is_told),
		ALONE(a_token_is_shown_to_marquez),
		ALONE(files_are_imported_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
