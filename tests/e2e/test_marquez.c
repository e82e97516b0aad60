/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_marquez.c - Marquez's API of the real program: names in paths, and what
 * people said, after a restart as well
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/e2e/trial.h"

#define RUN                                                                            \
	"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\",\"run\":{" \
	"\"runId\":\"0197a3c1-0000-7000-8000-000000000001\"},\"job\":{\"namespace\":"  \
	"\"s3://lake\",\"name\":\"load / store\"},\"outputs\":[{\"namespace\":\"s3://" \
	"lake\",\"name\":\"sales/daily #1\"}],\"producer\":\"https://example.org\","   \
	"\"schemaURL\":\"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"   \
	"RunEv"                                                                        \
	"ent\"}"
#define NOTE                                                                       \
	"{\"eventTime\":\"2026-08-01T08:00:00Z\",\"producer\":\"https://"          \
	"example.org\",\"schemaURL\":\"https://example.org/NoteEvent\",\"note\":{" \
	"\"kind\":\"namespace\",\"name\":[\"s3://lake\"],\"content\":{"            \
	"\"ownerName\":\"Ada\"}}}"

static void post(struct trial *trial, const char *event)
{
	struct answer answer;

	assert_int_equal(client_post(&trial->client, "/api/v1/lineage", slice_from(event),
				 &answer),
		0);
	assert_int_equal(answer.status, 201);
	assert_int_equal(answer.body.len, 0);
}

static void assert_says(
	struct trial *trial, const char *target, int status, const char *text)
{
	struct answer answer;

	assert_int_equal(client_get(&trial->client, target, &answer), 0);
	assert_int_equal(answer.status, status);
	if (!answer_has(&answer, text))
		fail_msg(
			"%s is not in %.*s", text, (int)answer.body.len, answer.body.ptr);
}

static void assert_answers(struct trial *trial)
{
	assert_says(trial,
		"/api/v1/namespaces/s3%3A%2F%2Flake/datasets/sales%2Fdaily%20%231", 200,
		"\"name\":\"sales/daily #1\"");
	assert_says(trial, "/api/v1/namespaces/s3:%2f%2flake/jobs/load%20%2F%20store",
		200,
		"\"outputs\":[{\"namespace\":\"s3://lake\",\"name\":\"sales/daily "
		"#1\"}]");
	assert_says(trial, "/api/v1/namespaces/s3%3A%2F%2Flake", 200,
		"\"ownerName\":\"Ada\"");
	assert_says(trial, "/api/v1/namespaces/s3%3A%2F%2Fpond", 404,
		"{\"code\":404,\"message\":\"Namespace 's3://pond' not found.\"}");
	assert_says(trial, "/api/v1/namespaces/s3://lake", 404, "\"status\":404");
}

static void a_name_in_a_path_is_cut_out_before_it_is_decoded(void **state)
{
	struct trial *trial = *state;

	post(trial, RUN);
	post(trial, NOTE);
	assert_answers(trial);
}

static void answers_are_the_same_after_a_crash(void **state)
{
	struct trial *trial = *state;

	post(trial, RUN);
	post(trial, NOTE);
	client_close(&trial->client);
	server_kill(&trial->server);
	server_fini(&trial->server);
	trial_start(trial, NULL);
	assert_answers(trial);
}

static void facets_that_are_not_there_are_no_content(void **state)
{
	struct trial *trial = *state;
	struct answer answer;

	post(trial, RUN);
	assert_int_equal(client_get(&trial->client,
				 "/api/v1/jobs/runs/0197a3c1-0000-7000-8000-000000000001/"
				 "facets?type=job",
				 &answer),
		0);
	assert_int_equal(answer.status, 204);
	assert_int_equal(answer.body.len, 0);
	/* The connection goes on. */
	assert_says(trial, "/api/v1/tags", 200, "\"PII\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a_name_in_a_path_is_cut_out_before_it_is_decoded),
		WITH_SERVER(answers_are_the_same_after_a_crash),
		WITH_SERVER(facets_that_are_not_there_are_no_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
