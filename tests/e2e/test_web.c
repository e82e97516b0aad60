/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_web.c - a web UI in a directory is served beside the API
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/e2e/trial.h"

#define PAGE	 "<!doctype html><base href=\"/\"><script src=\"./bundle.js\"></script>"
#define SCRIPT	 "console.log(1)\n"
#define SECRET	 "not for anybody"
#define TEXT_MAX ((size_t)1 << 20)

/* DIR/web as a build leaves it, and things that do not belong to it. */
struct ui {
	char dir[E2E_PATH_MAX];
	char secret[E2E_PATH_MAX];
};

static void put(const char *dir, const char *name, const char *text)
{
	char path[E2E_PATH_MAX];

	path_join(path, dir, name);
	file_write(path, slice_from(text));
}

static void make_link(const char *dir, const char *name, const char *target)
{
	char path[E2E_PATH_MAX];

	path_join(path, dir, name);
	need(symlink(target, path) == 0, "a link to", target);
}

static void make_ui(const struct trial *trial, struct ui *ui)
{
	char img[E2E_PATH_MAX];

	path_join(ui->secret, trial->dir, "secret");
	file_write(ui->secret, slice_from(SECRET));
	path_join(ui->dir, trial->dir, "web");
	need(mkdir(ui->dir, 0700) == 0, "directory", ui->dir);
	path_join(img, ui->dir, "img");
	need(mkdir(img, 0700) == 0, "directory", img);
	put(ui->dir, "index.html", PAGE);
	put(ui->dir, "bundle.js", SCRIPT);
	put(ui->dir, "empty.css", "");
	put(ui->dir, ".env", SECRET);
	put(img, "logo.SVG", "<svg/>");
	put(img, "data", "x");
	make_link(ui->dir, "link.txt", ui->secret);
	make_link(ui->dir, "up", trial->dir);
	make_link(ui->dir, "within.js", "bundle.js");
}

static void start(struct trial *trial, struct ui *ui)
{
	const char *const options[] = { "--web-dir", ui->dir, NULL };

	make_ui(trial, ui);
	trial_start(trial, options);
}

static void assert_answer(
	struct trial *trial, const char *target, const char *type, const char *body)
{
	struct answer answer;
	char field[128];

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	if (answer.status != 200)
		fail_msg("%s: %d", target, answer.status);
	assert_true(answer_field(&answer, "Content-Type", field, sizeof(field)));
	assert_string_equal(field, type);
	assert_int_equal(answer.body.len, strlen(body));
	assert_memory_equal(answer.body.ptr, body, strlen(body));
}

static void files_have_their_types(void **state)
{
	struct trial *trial = *state;
	struct ui ui;

	start(trial, &ui);
	assert_answer(trial, "/bundle.js", "text/javascript; charset=utf-8", SCRIPT);
	assert_answer(trial, "/bundle.js?v=2", "text/javascript; charset=utf-8", SCRIPT);
	assert_answer(trial, "/index.html", "text/html; charset=utf-8", PAGE);
	assert_answer(trial, "/empty.css", "text/css; charset=utf-8", "");
	assert_answer(trial, "/img/logo.SVG", "image/svg+xml", "<svg/>");
	assert_answer(trial, "/img/data", "application/octet-stream", "x");
	assert_answer(trial, "/healthcheck", "text/plain; charset=utf-8", "OK");
	trial_stop(trial);
}

static void the_page_is_where_its_router_is(void **state)
{
	static const char *const targets[] = { "/", "/?ns=x", "/jobs", "/datasets",
		"/events", "/lineage/job/food_delivery/etl_menus",
		"/lineage/dataset/s3%3A%2F%2Flake/a%2Fb?tabIndex=0",
		"/datasets/column-level/food_delivery/public.menus" };
	struct trial *trial = *state;
	struct ui ui;

	start(trial, &ui);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		assert_answer(trial, targets[i], "text/html; charset=utf-8", PAGE);
	trial_stop(trial);
}

static void assert_status(struct trial *trial, const char *target, int status)
{
	struct answer answer;

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	if (answer.status != status || answer_has(&answer, SECRET))
		fail_msg("%s: %d %.*s", target, answer.status, (int)answer.body.len,
			answer.body.ptr);
}

static void nothing_outside_the_directory_is_served(void **state)
{
	static const char *const targets[] = { "/../secret", "/%2e%2e/secret",
		"/..%2fsecret", "/img/../../secret", "/link.txt", "/up/secret",
		"/within.js", "/.env", "/img", "/img/", "/nothing.js", "/bundle.js/x",
		"//secret", "/api/v1/nothing" };
	struct trial *trial = *state;
	struct ui ui;

	start(trial, &ui);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		assert_status(trial, targets[i], 404);
	assert_status(trial, "/bundle.js%00", 400);
	trial_stop(trial);
}

static void the_api_goes_before_the_files(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct ui ui;

	start(trial, &ui);
	put(ui.dir, "livez", SECRET);
	assert_status(trial, "/livez", 200);
	assert_int_equal(client_get(&trial->client, "/api", &answer), 0);
	assert_true(answer_has(&answer, "\"routes\":["));
	assert_int_equal(client_get(&trial->client, "/api/v1/namespaces", &answer), 0);
	assert_true(answer_has(&answer, "\"default\""));
	trial_stop(trial);
}

static void files_are_only_read(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct ui ui;
	char field[64];

	start(trial, &ui);
	assert_int_equal(client_send_head(&trial->client, "HEAD", "/bundle.js", ""), 0);
	assert_int_equal(client_receive(&trial->client, true, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_field(&answer, "Content-Length", field, sizeof(field)));
	assert_string_equal(field, "15");
	assert_int_equal(client_ask(&trial->client, "DELETE", "/bundle.js", &answer), 0);
	assert_int_equal(answer.status, 405);
	assert_true(answer_field(&answer, "Allow", field, sizeof(field)));
	assert_string_equal(field, "GET, HEAD, OPTIONS");
	assert_int_equal(client_ask(&trial->client, "OPTIONS", "/jobs", &answer), 0);
	assert_int_equal(answer.status, 204);
	trial_stop(trial);
}

static void a_page_may_be_framed_by_itself_alone(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct ui ui;
	char field[128];

	start(trial, &ui);
	assert_int_equal(client_get(&trial->client, "/jobs", &answer), 0);
	assert_true(
		answer_field(&answer, "Content-Security-Policy", field, sizeof(field)));
	assert_string_equal(field, "frame-ancestors 'self'");
	assert_true(
		answer_field(&answer, "X-Content-Type-Options", field, sizeof(field)));
	assert_string_equal(field, "nosniff");
	assert_true(answer_field(&answer, "Cache-Control", field, sizeof(field)));
	assert_string_equal(field, "no-cache");
	trial_stop(trial);
}

static void a_file_that_was_replaced_is_served_anew(void **state)
{
	struct trial *trial = *state;
	struct ui ui;

	start(trial, &ui);
	assert_answer(trial, "/bundle.js", "text/javascript; charset=utf-8", SCRIPT);
	put(ui.dir, "bundle.js", "2");
	assert_answer(trial, "/bundle.js", "text/javascript; charset=utf-8", "2");
	trial_stop(trial);
}

#define LARGE	((off_t)48 << 20)
#define CLIENTS 20

static void put_large(const struct ui *ui, char path[E2E_PATH_MAX])
{
	path_join(path, ui->dir, "large.js");
	file_write(path, slice_from(""));
	need(truncate(path, LARGE) == 0, "a large file", path);
}

/* Asks on a connection of its own, and does not read on. */
static void ask_and_wait(const struct trial *trial, struct client *client)
{
	char first;

	assert_int_equal(client_open(client, trial->server.address), 0);
	assert_int_equal(client_send_head(client, "GET", "/large.js", ""), 0);
	assert_int_equal(recv(client->fd, &first, 1, MSG_PEEK), 1);
}

/* Memory of the server that is in no file, in KiB. */
static unsigned long memory_of(const struct server *server)
{
	char path[E2E_PATH_MAX];
	unsigned long kib = 0;
	char line[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)server->pid);
	file = fopen(path, "re");
	need(file != NULL, "open", path);
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtoul(line + 8, NULL, 10);
	}
	(void)fclose(file);
	assert_true(kib > 0);
	return kib;
}

static void slow_readers_of_a_large_file_take_no_memory(void **state)
{
	struct trial *trial = *state;
	struct client clients[CLIENTS];
	char path[E2E_PATH_MAX];
	unsigned long before;
	struct ui ui;

	start(trial, &ui);
	put_large(&ui, path);
	before = memory_of(&trial->server);
	for (size_t i = 0; i < CLIENTS; i++)
		ask_and_wait(trial, &clients[i]);
	assert_in_range(memory_of(&trial->server), 1, before + (LARGE >> 10));
	for (size_t i = 0; i < CLIENTS; i++)
		client_close(&clients[i]);
	trial_stop(trial);
}

static void a_file_that_is_cut_short_ends_its_answer_alone(void **state)
{
	struct trial *trial = *state;
	struct client client;
	struct answer answer;
	char path[E2E_PATH_MAX];
	struct ui ui;

	start(trial, &ui);
	put_large(&ui, path);
	ask_and_wait(trial, &client);
	need(truncate(path, 0) == 0, "cut", path);
	assert_int_equal(client_receive(&client, false, &answer), -1);
	client_close(&client);
	assert_answer(trial, "/large.js", "text/javascript; charset=utf-8", "");
	assert_answer(trial, "/bundle.js", "text/javascript; charset=utf-8", SCRIPT);
	trial_stop(trial);
}

/* Whether a file of this name is in the memory of the server. */
static bool is_mapped(const struct server *server, const char *name)
{
	char path[E2E_PATH_MAX];
	char line[1024];
	bool found = false;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)server->pid);
	file = fopen(path, "re");
	need(file != NULL, "open", path);
	while (fgets(line, sizeof(line), file))
		found |= strstr(line, name) != NULL;
	(void)fclose(file);
	return found;
}

/* The answer to a later request tells that the one before it is done with. */
static void a_file_that_was_sent_is_let_go(void **state)
{
	struct trial *trial = *state;
	struct client slow;
	char path[E2E_PATH_MAX];
	struct ui ui;

	start(trial, &ui);
	put_large(&ui, path);
	for (int i = 0; i < 3; i++)
		assert_answer(
			trial, "/bundle.js", "text/javascript; charset=utf-8", SCRIPT);
	assert_status(trial, "/livez", 200);
	assert_false(is_mapped(&trial->server, "bundle.js"));
	ask_and_wait(trial, &slow);
	assert_true(is_mapped(&trial->server, "large.js"));
	client_close(&slow);
	trial_stop(trial);
}

static void a_file_may_have_64_mib(void **state)
{
	struct trial *trial = *state;
	char path[E2E_PATH_MAX];
	struct ui ui;

	start(trial, &ui);
	put_large(&ui, path);
	need(truncate(path, ((off_t)64 << 20) + 1) == 0, "a large file", path);
	assert_status(trial, "/large.js", 500);
	trial_stop(trial);
}

static void the_page_needs_no_token_and_its_questions_do(void **state)
{
	struct trial *trial = *state;
	char token[TRIAL_TOKEN_MAX];
	struct ui ui;
	const char *const options[] = { "--web-dir", ui.dir, "--tokens", trial->file,
		NULL };

	make_ui(trial, &ui);
	trial_make_token(trial, "reader", "read", token);
	trial_start(trial, options);
	assert_status(trial, "/jobs", 200);
	assert_status(trial, "/bundle.js", 200);
	assert_status(trial, "/api/v1/jobs", 401);
	trial_stop(trial);
}

static void a_directory_without_a_page_is_refused(void **state)
{
	struct trial *trial = *state;
	const char *const *argv = ARGS("serve", "--listen", "127.0.0.1:0", "--data",
		trial->data, "--web-dir", trial->dir);
	struct buf err;

	buf_init(&err, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, NULL, &err), 2);
	buf_byte(&err, '\0');
	assert_non_null(strstr(err.data, "--web-dir: has no file index.html"));
	buf_fini(&err);
}

static void without_a_ui_the_root_is_the_table_of_routes(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	trial_start(trial, NULL);
	assert_int_equal(client_get(&trial->client, "/", &answer), 0);
	assert_true(answer_has(&answer, "\"routes\":["));
	assert_status(trial, "/jobs", 404);
	assert_status(trial, "/healthcheck", 404);
	trial_stop(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(files_have_their_types),
		ALONE(the_page_is_where_its_router_is),
		ALONE(nothing_outside_the_directory_is_served),
		ALONE(the_api_goes_before_the_files),
		ALONE(files_are_only_read),
		ALONE(a_page_may_be_framed_by_itself_alone),
		ALONE(a_file_that_was_replaced_is_served_anew),
		ALONE(slow_readers_of_a_large_file_take_no_memory),
		ALONE(a_file_that_is_cut_short_ends_its_answer_alone),
		ALONE(a_file_that_was_sent_is_let_go),
		ALONE(a_file_may_have_64_mib),
		ALONE(the_page_needs_no_token_and_its_questions_do),
		ALONE(a_directory_without_a_page_is_refused),
		ALONE(without_a_ui_the_root_is_the_table_of_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
