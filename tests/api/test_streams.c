/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_streams.c - a run that tells its inputs anew for months
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1786000000000000)
#define RUN	    "0197a3c1-0000-7000-8000-000000000001"
#define SNAPSHOTS   600

/* The n-th snapshot reads one topic that no other names. */
static void add_snapshot(struct fixture *f, int n)
{
	char text[700];
	int len = snprintf(text, sizeof(text),
		"{\"eventType\":\"RUNNING\",\"eventTime\":\"2026-08-01T%02d:%02d:00Z\","
		"\"run\":{\"runId\":\"" RUN "\"},\"job\":{\"namespace\":\"flink\","
		"\"name\":\"count\",\"facets\":{\"jobType\":{\"processingType\":"
		"\"STREAMING\",\"integration\":\"FLINK\",\"emissionPattern\":{"
		"\"eventTrigger\":\"PERIODIC\",\"eventContentMode\":"
		"\"COMPLETE_SNAPSHOT\"}}}},"
		"\"inputs\":[{\"namespace\":\"kafka\",\"name\":\"topic%03d\"}],"
		"\"outputs\":[],\"producer\":\"p\",\"schemaURL\":\"s\"}",
		n / 60, n % 60, n);

	fixture_add(f, slice_of(text, (size_t)len), RECEIVED_US);
}

static void a_run_shows_the_datasets_of_all_its_snapshots(void **state)
{
	struct fixture f;
	json_t *answer;
	json_t *run;

	(void)state;
	fixture_open(&f);
	for (int n = 0; n < SNAPSHOTS; n++)
		add_snapshot(&f, n);
	fixture_publish(&f);

	answer = fixture_json(&f, "/api/v2/runs/" RUN, "");
	run = json_object_get(answer, "run");
	assert_int_equal(json_array_size(json_object_get(run, "inputs")), SNAPSHOTS);
	assert_true(json_is_true(json_object_get(run, "datasetsComplete")));
	json_decref(answer);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_shows_the_datasets_of_all_its_snapshots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
