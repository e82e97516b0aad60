/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_transfer.c - events in and out, byte for byte, in every form
 */
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
#include "tests/e2e/process.h"

#define TEXT_MAX ((size_t)64 << 20)
#define EVENTS	 40

static const char pretty[] =
	"{\n  \"eventType\": \"COMPLETE\",\r\n"
	"  \"eventTime\": \"2026-08-01T07:00:00Z\",\n"
	"  \"run\": {\"runId\": \"0197a3c1-0000-7000-8000-000000000001\"},\n"
	"  \"job\": {\"namespace\": \"etl\", \"name\": \"pretty \\n job\"},\n"
	"  \"odd\": [NaN, 1e400, 12345678901234567890123]\n}\n";

#define GOOD(name)                                                              \
	"{\"eventType\":\"START\",\"eventTime\":\"2026-08-01T07:00:00Z\","      \
	"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-000000000002\"},\"job\":" \
	"{\"namespace\":\"etl\",\"name\":\"" name "\"}}"

struct trial {
	char dir[E2E_PATH_MAX];
	char data[E2E_PATH_MAX];
	char file[E2E_PATH_MAX];
	struct texts events; /* one-line events */
	struct buf lines;    /* of them */
	struct server server;
	struct client client;
};

static void make_events(struct trial *trial)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (unsigned i = 0; i < EVENTS; i++) {
		buf_clear(&text);
		event_small(&text, 1, i % 3, i);
		texts_add(&trial->events, buf_get(&text));
	}
	buf_fini(&text);
	buf_init(&trial->lines, TEXT_MAX);
	texts_join(&trial->events, &trial->lines);
}

static int set_up(void **state)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	need(trial != NULL, "memory for", "trial");
	dir_new(trial->dir);
	path_join(trial->data, trial->dir, "data");
	path_join(trial->file, trial->dir, "file");
	make_events(trial);
	*state = trial;
	return 0;
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	texts_fini(&trial->events);
	buf_fini(&trial->lines);
	dir_remove(trial->dir);
	free(trial);
	return 0;
}

static int set_up_server(void **state)
{
	struct trial *trial;

	set_up(state);
	trial = *state;
	server_start(&trial->server, trial->data, NULL);
	return client_open(&trial->client, trial->server.address);
}

static int tear_down_server(void **state)
{
	struct trial *trial = *state;

	client_close(&trial->client);
	assert_int_equal(server_stop(&trial->server), 0);
	server_fini(&trial->server);
	return tear_down(state);
}

/* Imports the file and expects the summary. */
static void import(struct trial *trial, const char *file, int code, const char *summary)
{
	const char *const argv[] = { program_path, "import", "--data", trial->data, file,
		NULL };
	struct buf out;
	bool is_stdin = strcmp(file, "-") == 0;

	buf_init(&out, TEXT_MAX);
	assert_int_equal(
		process_run(argv, is_stdin ? trial->file : NULL, &out, NULL), code);
	buf_byte(&out, '\0');
	assert_string_equal(out.data, summary);
	buf_fini(&out);
}

static void assert_export(struct trial *trial, struct slice expected)
{
	const char *const argv[] = { program_path, "export", "--data", trial->data,
		NULL };
	struct buf out;

	buf_init(&out, TEXT_MAX);
	assert_int_equal(process_run(argv, NULL, &out, NULL), 0);
	assert_int_equal(out.len, expected.len);
	assert_memory_equal(out.data, expected.ptr, out.len);
	buf_fini(&out);
}

static const char all_new[] =
	"40 events stored, 0 of them were there already, 0 refused\n";
static const char all_old[] =
	"40 events stored, 40 of them were there already, 0 refused\n";

static void lines_come_out_as_they_went_in(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, buf_get(&trial->lines));
	import(trial, trial->file, 0, all_new);
	assert_export(trial, buf_get(&trial->lines));
}

static void what_is_imported_again_changes_nothing(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, buf_get(&trial->lines));
	import(trial, trial->file, 0, all_new);
	import(trial, trial->file, 0, all_old);
	assert_export(trial, buf_get(&trial->lines));
}

static void compressed_lines_are_imported(void **state)
{
	struct trial *trial = *state;

	file_write_gzip(trial->file, buf_get(&trial->lines));
	import(trial, trial->file, 0, all_new);
	assert_export(trial, buf_get(&trial->lines));
}

static void standard_input_is_imported(void **state)
{
	struct trial *trial = *state;

	file_write_gzip(trial->file, buf_get(&trial->lines));
	import(trial, "-", 0, all_new);
	assert_export(trial, buf_get(&trial->lines));
}

static void an_array_is_imported(void **state)
{
	struct trial *trial = *state;
	struct buf array;

	buf_init(&array, TEXT_MAX);
	texts_array(&trial->events, 0, trial->events.count, &array);
	file_write(trial->file, buf_get(&array));
	buf_fini(&array);
	import(trial, trial->file, 0, all_new);
	assert_export(trial, buf_get(&trial->lines));
}

/* The one event file of an exported directory. */
static void read_first_exported(struct trial *trial, struct buf *out)
{
	char to[E2E_PATH_MAX];
	char path[E2E_PATH_MAX];
	const char *const argv[] = { program_path, "export", "--data", trial->data,
		"--dir", to, NULL };

	path_join(to, trial->dir, "out");
	path_join(path, trial->dir, "out/00000000000000000001.json");
	assert_int_equal(process_run(argv, NULL, NULL, NULL), 0);
	file_read(path, out);
}

static void a_pretty_event_is_kept_to_the_byte(void **state)
{
	struct trial *trial = *state;
	struct buf file;

	buf_init(&file, TEXT_MAX);
	file_write(trial->file, slice_from(pretty));
	import(trial, trial->file, 0,
		"1 events stored, 0 of them were there already, 0 refused\n");
	read_first_exported(trial, &file);
	assert_int_equal(file.len, strlen(pretty));
	assert_memory_equal(file.data, pretty, file.len);
	buf_fini(&file);
}

static void a_bad_line_is_named_and_the_others_are_stored(void **state)
{
	struct trial *trial = *state;
	const char *const argv[] = { program_path, "import", "--data", trial->data,
		trial->file, NULL };
	struct buf err;

	buf_init(&err, TEXT_MAX);
	file_write(trial->file, SLICE(GOOD("a") "\n\n{}\n" GOOD("b")));
	assert_int_equal(process_run(argv, NULL, NULL, &err), 1);
	buf_byte(&err, '\0');
	assert_non_null(strstr(err.data, "/file:3: refused: "));
	assert_export(trial, SLICE(GOOD("a") "\n" GOOD("b") "\n"));
	buf_fini(&err);
}

static void import_and_export_go_through_a_server_as_well(void **state)
{
	struct trial *trial = *state;
	char url[96];
	const char *const in[] = { program_path, "import", "--url", url, trial->file,
		NULL };
	const char *const out[] = { program_path, "export", "--url", url, NULL };
	struct buf text;

	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	file_write_gzip(trial->file, buf_get(&trial->lines));
	buf_init(&text, TEXT_MAX);
	assert_int_equal(process_run(in, NULL, &text, NULL), 0);
	assert_true(slice_equal(buf_get(&text), SLICE("40 events stored, 0 refused\n")));
	buf_clear(&text);
	assert_int_equal(process_run(out, NULL, &text, NULL), 0);
	assert_int_equal(text.len, trial->lines.len);
	assert_memory_equal(text.data, trial->lines.data, text.len);
	buf_fini(&text);
}

static void expect(struct trial *trial, const char *target, struct slice body, int status,
	const char *answer_text)
{
	struct answer answer;

	assert_int_equal(client_post(&trial->client, target, body, &answer), 0);
	assert_int_equal(answer.status, status);
	assert_int_equal(answer.body.len, strlen(answer_text));
	assert_memory_equal(answer.body.ptr, answer_text, answer.body.len);
}

static void assert_event(struct trial *trial, const char *target, struct slice expected)
{
	struct answer answer;

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body.len, expected.len);
	assert_memory_equal(answer.body.ptr, expected.ptr, expected.len);
}

static void a_single_event_is_answered_201_without_a_body(void **state)
{
	struct trial *trial = *state;

	expect(trial, "/api/v1/lineage", SLICE(GOOD("a")), 201, "");
	expect(trial, "/api/v1/lineage/", SLICE(GOOD("b")), 201, "");
}

static void a_batch_says_which_events_failed(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	assert_int_equal(client_post(&trial->client, "/api/v1/lineage/batch",
				 SLICE("[" GOOD("a") ",{}," GOOD("b") "]"), &answer),
		0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer,
		"{\"status\":\"partial_success\",\"summary\":{\"received\":3,"
		"\"successful\":2,\"failed\":1,\"retriable\":0,\"non_retriable\":1},"
		"\"failed_events\":[{\"index\":1,\"reason\":\""));
	assert_true(answer_has(&answer, "\",\"retriable\":false}]}"));
}

static void a_batch_without_failures_is_a_success(void **state)
{
	struct trial *trial = *state;

	expect(trial, "/api/v1/lineage/batch", SLICE("[" GOOD("a") "," GOOD("b") "]"),
		200,
		"{\"status\":\"success\",\"summary\":{\"received\":2,\"successful\":2,"
		"\"failed\":0,\"retriable\":0,\"non_retriable\":0}}");
	expect(trial, "/api/v1/lineage/batch", SLICE("[]"), 200,
		"{\"status\":\"success\",\"summary\":{\"received\":0,\"successful\":0,"
		"\"failed\":0,\"retriable\":0,\"non_retriable\":0}}");
}

#define REFUSED 1001

/* All are counted, the first 1 000 are listed. */
static void the_list_of_failed_events_is_bounded(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf batch;

	buf_init(&batch, TEXT_MAX);
	for (int i = 0; i < REFUSED; i++)
		buf_str(&batch, i ? ",{}" : "[{}");
	buf_byte(&batch, ']');
	assert_int_equal(client_post(&trial->client, "/api/v1/lineage/batch",
				 buf_get(&batch), &answer),
		0);
	buf_fini(&batch);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer, "\"successful\":0,\"failed\":1001,"));
	assert_true(answer_has(&answer, "\"index\":999,"));
	assert_false(answer_has(&answer, "\"index\":1000,"));
}

static void an_array_is_taken_as_a_batch(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	expect(trial, "/api/v1/lineage", SLICE(" [" GOOD("a") ", " GOOD("b") "] "), 200,
		"{\"status\":\"success\",\"summary\":{\"received\":2,\"successful\":2,"
		"\"failed\":0,\"retriable\":0,\"non_retriable\":0}}");
	assert_event(trial, "/api/v2/events/2", SLICE(GOOD("b")));
	assert_int_equal(
		client_post(&trial->client, "/api/v1/lineage",
			SLICE("[" GOOD("c") ",{\"job\":7}," GOOD("d") "]"), &answer),
		0);
	assert_int_equal(answer.status, 200);
	assert_true(answer_has(&answer, "\"index\":1,\"reason\":\"/job"));
	assert_event(trial, "/api/v2/events/4", SLICE(GOOD("d")));
}

static void a_batch_must_be_an_array(void **state)
{
	struct trial *trial = *state;

	expect(trial, "/api/v1/lineage/batch", SLICE(GOOD("a")), 400,
		"{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
		"\"detail\":\"must be an array of events\"}");
}

/* The graphVersion of an answer as text. */
static void graph_version(struct trial *trial, char out[32])
{
	struct answer answer;

	assert_int_equal(
		client_get(&trial->client, "/api/v2/namespaces?limit=1", &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(sscanf(answer.body.ptr, "{\"graphVersion\":%31[0-9]", out), 1);
}

static void the_same_bytes_again_change_nothing(void **state)
{
	struct trial *trial = *state;
	char before[32];
	char after[32];

	expect(trial, "/api/v1/lineage", SLICE(GOOD("a")), 201, "");
	graph_version(trial, before);
	expect(trial, "/api/v1/lineage", SLICE(GOOD("a")), 201, "");
	expect(trial, "/api/v1/lineage/batch", SLICE("[" GOOD("a") "," GOOD("a") "]"),
		200,
		"{\"status\":\"success\",\"summary\":{\"received\":2,\"successful\":2,"
		"\"failed\":0,\"retriable\":0,\"non_retriable\":0}}");
	graph_version(trial, after);
	assert_string_equal(before, after);
}

static void an_event_is_answered_to_the_byte(void **state)
{
	struct trial *trial = *state;

	expect(trial, "/api/v1/lineage", slice_from(pretty), 201, "");
	expect(trial, "/api/v1/lineage", SLICE(GOOD("a")), 201, "");
	assert_event(trial, "/api/v2/events/1", slice_from(pretty));
	assert_event(trial, "/api/v2/events/2", SLICE(GOOD("a")));
}

/* Sends a body in chunks of seven bytes. */
static void send_chunked(struct client *client, struct slice body)
{
	struct buf chunks;

	buf_init(&chunks, TEXT_MAX);
	while (body.len > 0) {
		size_t n = body.len < 7 ? body.len : 7;

		buf_printf(&chunks, "%zx\r\n", n);
		buf_bytes(&chunks, body.ptr, n);
		buf_str(&chunks, "\r\n");
		body = slice_of(body.ptr + n, body.len - n);
	}
	buf_str(&chunks, "0\r\n\r\n");
	assert_int_equal(client_send(client, buf_get(&chunks)), 0);
	buf_fini(&chunks);
}

static void a_compressed_event_in_chunks_is_read(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf packed;

	buf_init(&packed, TEXT_MAX);
	gzip_bytes(slice_from(pretty), &packed);
	client_send_head(&trial->client, "POST", "/api/v1/lineage",
		"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
		"Transfer-Encoding: chunked\r\n");
	send_chunked(&trial->client, buf_get(&packed));
	buf_fini(&packed);
	assert_int_equal(client_receive(&trial->client, false, &answer), 0);
	assert_int_equal(answer.status, 201);
	assert_event(trial, "/api/v2/events/1", slice_from(pretty));
}

static void a_compressed_event_is_known_without_its_field(void **state)
{
	struct trial *trial = *state;
	struct buf packed;

	buf_init(&packed, TEXT_MAX);
	gzip_bytes(slice_from(pretty), &packed);
	expect(trial, "/api/v1/lineage", buf_get(&packed), 201, "");
	buf_fini(&packed);
	assert_event(trial, "/api/v2/events/1", slice_from(pretty));
}

static void a_cut_compressed_event_is_refused(void **state)
{
	struct trial *trial = *state;
	struct answer answer;
	struct buf packed;

	buf_init(&packed, TEXT_MAX);
	gzip_bytes(slice_from(pretty), &packed);
	assert_int_equal(client_post(&trial->client, "/api/v1/lineage",
				 slice_of(packed.data, packed.len - 9), &answer),
		0);
	assert_int_equal(answer.status, 400);
	buf_fini(&packed);
}

#define ALONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define WITH_SERVER(test) \
	cmocka_unit_test_setup_teardown(test, set_up_server, tear_down_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(lines_come_out_as_they_went_in),
		ALONE(what_is_imported_again_changes_nothing),
		ALONE(compressed_lines_are_imported),
		ALONE(standard_input_is_imported),
		ALONE(an_array_is_imported),
		ALONE(a_pretty_event_is_kept_to_the_byte),
		ALONE(a_bad_line_is_named_and_the_others_are_stored),
		WITH_SERVER(import_and_export_go_through_a_server_as_well),
		WITH_SERVER(a_single_event_is_answered_201_without_a_body),
		WITH_SERVER(a_batch_says_which_events_failed),
		WITH_SERVER(a_batch_without_failures_is_a_success),
		WITH_SERVER(the_list_of_failed_events_is_bounded),
		WITH_SERVER(an_array_is_taken_as_a_batch),
		WITH_SERVER(a_batch_must_be_an_array),
		WITH_SERVER(the_same_bytes_again_change_nothing),
		WITH_SERVER(an_event_is_answered_to_the_byte),
		WITH_SERVER(a_compressed_event_in_chunks_is_read),
		WITH_SERVER(a_compressed_event_is_known_without_its_field),
		WITH_SERVER(a_cut_compressed_event_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
