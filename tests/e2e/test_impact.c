/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact.c - headwater impact: the same answer everywhere, and its exit code
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/e2e/trial.h"

#define TEXT_MAX ((size_t)16 << 20)
#define CASES	 HEADWATER_SOURCE "/tests/cases"
#define NODE	 "dataset:pg://wh:orders"
#define DROP	 NODE, "--op", "drop_column", "--field", "amount"
#define TARGET	 "/api/v2/impact?node=" NODE "&op=drop_column&field=amount"

static const char case_events[] = CASES "/api/events.ndjson";

static const char drop_body[] = "{\"changes\":[{\"op\":\"drop_column\",\"node\":\"" NODE
				"\",\"column\":\"amount\"}]}";

static const char *const formats[] = { "json", "csv", "markdown", "mermaid", "sarif",
	"junit" };

/* What dbt would have told of its tables: orders.amount goes into customers.total. */
static const char dbt_event[] =
	"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\","
	"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-0000000000d1\"},"
	"\"job\":{\"namespace\":\"dbt\",\"name\":\"customers\"},"
	"\"inputs\":[{\"namespace\":\"postgres://wh:5432\",\"name\":\"dwh.sales.orders\","
	"\"facets\":{\"schema\":{\"_producer\":\"p\",\"_schemaURL\":\"s\",\"fields\":["
	"{\"name\":\"id\",\"type\":\"bigint\"},"
	"{\"name\":\"amount\",\"type\":\"numeric(12,2)\"},"
	"{\"name\":\"note\",\"type\":\"text\"}]}}}],"
	"\"outputs\":[{\"namespace\":\"postgres://wh:5432\","
	"\"name\":\"dwh.sales.customers\",\"facets\":{\"columnLineage\":{"
	"\"_producer\":\"p\",\"_schemaURL\":\"s\",\"fields\":{\"total\":{"
	"\"inputFields\":[{\"namespace\":\"postgres://wh:5432\","
	"\"name\":\"dwh.sales.orders\",\"field\":\"amount\",\"transformations\":["
	"{\"type\":\"DIRECT\",\"subtype\":\"AGGREGATION\"}]}]}}}}}],"
	"\"producer\":\"https://example.org/p\","
	"\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json\"}";

static void import_file(const struct trial *trial, const char *path)
{
	assert_int_equal(process_run(ARGS("import", "--data", trial->data, path), NULL,
				 NULL, NULL),
		0);
}

static void import_text(const struct trial *trial, const char *text)
{
	file_write(trial->file, slice_from(text));
	import_file(trial, trial->file);
}

/* The exit code, and what was said on both ways out. */
struct said {
	int code;
	struct buf out;
	struct buf err;
};

static void say(const char *const argv[], const char *in, struct said *said)
{
	buf_init(&said->out, TEXT_MAX);
	buf_init(&said->err, TEXT_MAX);
	said->code = process_run(argv, in, &said->out, &said->err);
	buf_byte(&said->err, '\0');
}

static void said_fini(struct said *said)
{
	buf_fini(&said->out);
	buf_fini(&said->err);
}

static void assert_code(const char *const argv[], int code, const char *err)
{
	struct said said;

	say(argv, NULL, &said);
	if (said.code != code || !strstr(said.err.data, err))
		fail_msg("exit code %d: %s", said.code, said.err.data);
	said_fini(&said);
}

static void assert_prints(
	const char *const argv[], const char *in, const struct buf *body)
{
	struct said said;
	struct slice out;

	say(argv, in, &said);
	assert_int_equal(said.code, 0);
	out = buf_get(&said.out);
	/* JSON is a line on the command line. */
	if (body->data[0] == '{' && out.len && out.ptr[out.len - 1] == '\n')
		out.len--;
	assert_true(slice_equal(out, buf_get(body)));
	said_fini(&said);
}

/* The answer's body, and its header says what it is about. */
static void ask_server(
	struct trial *trial, const char *format, bool post, struct buf *out)
{
	struct answer answer;
	char target[256];
	char outcome[128];

	buf_init(out, TEXT_MAX);
	if (post) {
		snprintf(target, sizeof(target), "/api/v2/impact?format=%s", format);
		assert_int_equal(client_post(&trial->client, target,
					 slice_from(drop_body), &answer),
			0);
	} else {
		snprintf(target, sizeof(target), "%s&format=%s", TARGET, format);
		assert_int_equal(client_get(&trial->client, target, &answer), 0);
	}
	assert_int_equal(answer.status, 200);
	assert_true(answer_field(&answer, "Headwater-Outcome", outcome, sizeof(outcome)));
	assert_string_equal(
		outcome, "verdict=block; coverage=0.333; complete=true; impacts=11");
	buf_slice(out, answer.body);
}

static void the_answer_is_the_same_by_http_by_url_and_from_the_directory(void **state)
{
	struct trial *trial = *state;
	struct buf answers[ARRAY_LEN(formats)];
	char url[96];

	import_file(trial, case_events);
	trial_start(trial, NULL);
	file_write(trial->file, slice_from(drop_body));
	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct buf posted;

		ask_server(trial, formats[i], false, &answers[i]);
		ask_server(trial, formats[i], true, &posted);
		assert_true(slice_equal(buf_get(&answers[i]), buf_get(&posted)));
		buf_fini(&posted);
		assert_prints(ARGS("impact", "--url", url, DROP, "--format", formats[i]),
			NULL, &answers[i]);
		assert_prints(ARGS("impact", "--url", url, "--ask", "-", "--format",
				      formats[i]),
			trial->file, &answers[i]);
	}
	trial_stop(trial);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		assert_prints(ARGS("impact", "--data", trial->data, DROP, "--format",
				      formats[i]),
			NULL, &answers[i]);
		assert_prints(ARGS("impact", "--data", trial->data, "--ask", trial->file,
				      "--format", formats[i]),
			NULL, &answers[i]);
		buf_fini(&answers[i]);
	}
}

static void the_exit_code_is_the_verdict_when_it_is_asked_to_be(void **state)
{
	struct trial *trial = *state;
	char url[96];

	import_file(trial, case_events);
	trial_start(trial, NULL);
	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	assert_code(ARGS("impact", "--url", url, DROP), 0, "");
	assert_code(ARGS("impact", "--url", url, DROP, "--fail-on", "block"), 2,
		"the verdict is block");
	assert_code(
		ARGS("impact", "--url", url, DROP, "--fail-on", "CHANGES_SCHEMA"), 0, "");
	assert_code(
		ARGS("impact", "--url", url, DROP, "--fail-on", "review,CHANGES_SCHEMA"),
		1, "the verdict is review");
	assert_code(ARGS("impact", "--url", url, DROP, "--min-coverage", "0.4"), 3,
		"coverage is 0.333, less than 0.4");
	trial_stop(trial);
}

static void what_cannot_be_asked_is_exit_code_4(void **state)
{
	struct trial *trial = *state;
	char token[TRIAL_TOKEN_MAX];
	char url[96];

	assert_code(ARGS("impact", "--url", "http://127.0.0.1:1", DROP), 4,
		"does not take connections");
	assert_code(ARGS("impact", "--data", trial->dir, "--ask", "nowhere.json"), 4,
		"nowhere.json: No such file or directory");
	assert_code(ARGS("impact", "--config", "nowhere.json", DROP), 4, "nowhere.json");
	trial_make_token(trial, "ci", "read", token);
	trial_start(trial, (const char *const[]){ "--tokens", trial->file, NULL });
	snprintf(url, sizeof(url), "http://%s", trial->server.address);
	assert_code(ARGS("impact", "--url", url, DROP), 4, "token");
	token[strcspn(token, "\r")] = '\0';
	assert_code(ARGS("impact", "--url", url, "--token",
			    token + strlen("Authorization: Bearer "), DROP),
		4, "there is no such dataset");
	trial_stop(trial);
}

static void a_file_that_is_no_question_is_refused(void **state)
{
	struct trial *trial = *state;

	file_write(trial->file, SLICE("[1]"));
	assert_code(ARGS("impact", "--data", trial->data, "--ask", trial->file), 4,
		"--ask: must be an object");
	assert_code(ARGS("impact", "--data", trial->data, "--contract", trial->file), 4,
		"--contract: must be an object");
	file_write(trial->file, SLICE("changes: []\nwaivers: []\n"));
	assert_code(ARGS("impact", "--data", trial->data, DROP, "--waivers", trial->file),
		4, "--waivers: must be a list of waivers");
	file_write(trial->file, SLICE("{\"changes\": [], \"changes\": []}"));
	assert_code(ARGS("impact", "--data", trial->data, "--ask", trial->file), 4,
		"line 1: duplicate object key");
	assert_code(ARGS("impact", "--data", trial->data, "--dbt-before", trial->file,
			    "--dbt-after", trial->file),
		4, "--namespace: is needed");
}

static void a_waiver_lets_pass_what_was_agreed_to(void **state)
{
	static const char waivers[] =
		"- {node: \"job:dw:daily\", reason: its owner knows}\n"
		"- {node: \"dataset:pg://wh:totals\", effects: [BREAKS], reason: "
		"unused}\n";
	struct trial *trial = *state;

	import_file(trial, case_events);
	file_write(trial->file, slice_from(waivers));
	assert_code(
		ARGS("impact", "--data", trial->data, DROP, "--fail-on", "block"), 2, "");
	assert_code(ARGS("impact", "--data", trial->data, DROP, "--fail-on", "block",
			    "--waivers", trial->file),
		0, "");
}

#define DBT(name)                                                         \
	"--dbt-before", CASES "/dbt/" name "/before.json", "--dbt-after", \
		CASES "/dbt/" name "/after.json", "--namespace", "postgres://wh:5432"

static void a_dbt_branch_is_asked_about(void **state)
{
	struct trial *trial = *state;

	import_text(trial, dbt_event);
	assert_code(ARGS("impact", "--data", trial->data, "--fail-on", "review",
			    DBT("alike")),
		0, "");
	assert_code(ARGS("impact", "--data", trial->data, "--fail-on", "CHANGES_VALUES",
			    DBT("columns-under-a-contract")),
		2, "the verdict is block");
	assert_code(ARGS("impact", "--data", trial->data, "--fail-on", "review",
			    DBT("columns-without-a-contract")),
		2, "declared types were compared: customers\n");
	assert_code(ARGS("impact", "--data", trial->data, DBT("sources")), 4,
		"there is no such dataset\nit was asked for as dwh.raw.orders\nthere "
		"are:\n  dataset:postgres://wh:5432:dwh.sales.orders\n");
	assert_code(ARGS("impact", "--data", trial->data, "--fail-on", "block",
			    DBT("a-contract-that-is-given-up")),
		3, "headwater: what changes of 1 model is not known\n");
	assert_code(ARGS("impact", "--data", trial->data, "--min-coverage", "0",
			    DBT("a-contract-that-is-given-up")),
		3, "note: 1 changed model without an enforced contract");
	assert_code(
		ARGS("impact", "--data", trial->data, DBT("a-contract-that-is-given-up")),
		0, "note: 1 changed model without an enforced contract");
	assert_code(ARGS("impact", "--data", trial->data, DBT("another-target")), 4,
		"let dbt parse both for one target");
}

static void a_report_ends_with_what_could_not_be_asked(void **state)
{
	struct trial *trial = *state;
	struct said said;

	import_text(trial, dbt_event);
	say(ARGS("impact", "--data", trial->data, "--format", "text",
		    DBT("a-contract-that-is-given-up")),
		NULL, &said);
	assert_int_equal(said.code, 0);
	buf_byte(&said.out, '\0');
	assert_non_null(strstr(said.out.data, "\nNOT COMPARED: 1 changed model without "
					      "an enforced contract"));
	said_fini(&said);
}

static void what_is_named_by_events_cannot_move_the_terminal(void **state)
{
	static const char event[] =
		"{\"eventTime\":\"2026-08-01T07:00:00Z\","
		"\"job\":{\"namespace\":\"n\",\"name\":\"j\\u001b[2J\\n\"},"
		"\"inputs\":[{\"namespace\":\"n\",\"name\":\"a\"}],"
		"\"outputs\":[{\"namespace\":\"n\",\"name\":\"a\"}],\"producer\":\"p\","
		"\"schemaURL\":\"s\"}";
	struct trial *trial = *state;
	struct said said;

	import_text(trial, event);
	say(ARGS("impact", "--data", trial->data, "dataset:n:a", "--op", "drop_dataset",
		    "--format", "text"),
		NULL, &said);
	assert_int_equal(said.code, 0);
	buf_byte(&said.out, '\0');
	assert_null(strchr(said.out.data, '\033'));
	assert_non_null(strstr(said.out.data, "j?[2J?  (n)"));
	assert_non_null(strstr(said.out.data, " n:j?[2J?. "));
	said_fini(&said);
}

/* d<at>.x is copied to d<at + 1>.x; the last one filters rows by it. */
static void put_copy(struct buf *events, int at, bool last)
{
	buf_printf(events,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\","
		"\"producer\":\"p\",\"schemaURL\":\"s\",\"run\":{\"runId\":"
		"\"0197a3c1-0000-7000-8000-%012d\"},\"job\":{\"namespace\":\"n\","
		"\"name\":\"j%d\"},\"inputs\":[{\"namespace\":\"n\",\"name\":\"d%d\"}],"
		"\"outputs\":[{\"namespace\":\"n\",\"name\":\"d%d\",\"facets\":{",
		at, at, at, at + 1);
	buf_str(events, "\"ownership\":{\"_producer\":\"p\",\"_schemaURL\":\"s\","
			"\"owners\":[");
	for (int i = 0; last && i < 101; i++)
		buf_printf(events, "%s{\"name\":\"team-%d\"}", i ? "," : "", i);
	buf_printf(events,
		"]},\"columnLineage\":{\"_producer\":\"p\",\"_schemaURL\":\"s\","
		"\"fields\":{%s\"inputFields\":[{\"namespace\":\"n\",\"name\":\"d%d\","
		"\"field\":\"x\",\"transformations\":[{\"type\":\"%s\"}]}]}}}}}]}\n",
		last ? "\"y\":{" : "\"x\":{", at,
		last ? "INDIRECT\",\"subtype\":\"FILTER"
		     : "DIRECT\",\"subtype\":\"IDENTITY");
}

static void what_is_left_out_of_a_report_is_counted(void **state)
{
	struct trial *trial = *state;
	struct said said;
	struct buf events;

	buf_init(&events, TEXT_MAX);
	for (int i = 0; i < 110; i++)
		put_copy(&events, i, i == 109);
	assert_int_equal(buf_error(&events), 0);
	file_write(trial->file, buf_get(&events));
	buf_fini(&events);
	import_file(trial, trial->file);
	say(ARGS("impact", "--data", trial->data, "dataset:n:d0", "--op", "drop_column",
		    "--field", "x", "--format", "text"),
		NULL, &said);
	assert_int_equal(said.code, 0);
	buf_byte(&said.out, '\0');
	assert_non_null(strstr(said.out.data, "-> d49.x -> (11 more) -> d61.x -> "));
	assert_non_null(strstr(said.out.data, ", team-99 and 1 more"));
	said_fini(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(the_answer_is_the_same_by_http_by_url_and_from_the_directory),
		ALONE(the_exit_code_is_the_verdict_when_it_is_asked_to_be),
		ALONE(what_cannot_be_asked_is_exit_code_4),
		ALONE(a_file_that_is_no_question_is_refused),
		ALONE(a_waiver_lets_pass_what_was_agreed_to),
		ALONE(a_dbt_branch_is_asked_about),
		ALONE(a_report_ends_with_what_could_not_be_asked),
		ALONE(what_is_named_by_events_cannot_move_the_terminal),
		ALONE(what_is_left_out_of_a_report_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
