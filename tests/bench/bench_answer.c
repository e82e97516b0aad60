/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_answer.c - what a lineage answer costs, from call to bytes
 *
 *	bench_answer [JOBS]
 *
 * A layered graph: each job reads three datasets of the layer before and
 * writes one.  Prints medians of the answer for all of it and, as the floor,
 * of copying its bytes.  Not part of the tests.
 */
#include "base/clock.h"
#include "tests/api/fixture.h"

#include <inttypes.h>
#include <stdint.h>

#define LAYER  50
#define ROUNDS 31

static int compare_times(const void *a, const void *b)
{
	const int64_t *left = a;
	const int64_t *right = b;

	return (*left > *right) - (*left < *right);
}

static void add_job(struct fixture *f, int job)
{
	int layer = job / LAYER;
	char text[2000];
	int n = snprintf(text, sizeof(text),
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\","
		"\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-%012d\"},"
		"\"job\":{\"namespace\":\"airflow-production\","
		"\"name\":\"warehouse.daily_transform_%06d\"},\"inputs\":[",
		job, job);

	for (int i = 0; i < 3; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			"%s{\"namespace\":\"s3://company-data-lake\",\"name\":"
			"\"warehouse/layer%04d/table_%04d\"}",
			i ? "," : "", layer, (job * 7 + i * 13) % LAYER);
	n += snprintf(text + n, sizeof(text) - (size_t)n,
		"],\"outputs\":[{\"namespace\":\"s3://company-data-lake\",\"name\":"
		"\"warehouse/layer%04d/table_%04d\",\"facets\":{\"schema\":{"
		"\"_producer\":\"p\",\"_schemaURL\":\"s\",\"fields\":["
		"{\"name\":\"id\",\"type\":\"bigint\"},{\"name\":\"amount\",\"type\":"
		"\"decimal(10,2)\"},{\"name\":\"day\",\"type\":\"date\"}]}}}]}",
		layer + 1, job % LAYER);
	fixture_add(f, slice_of(text, (size_t)n), 1000000);
}

static void measure(struct fixture *f, const char *query)
{
	int64_t answer_us[ROUNDS];
	int64_t copy_us[ROUNDS];
	struct reply reply;
	size_t len = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = clock_monotonic_us();
		char *copy;

		fixture_get(f, "/api/v2/lineage", query, &reply);
		answer_us[i] = clock_monotonic_us() - start;
		len = reply.body.len;
		start = clock_monotonic_us();
		copy = malloc(len);
		if (copy)
			memcpy(copy, reply.body.data, len);
		__asm__ volatile("" : : "r"(copy) : "memory");
		free(copy);
		copy_us[i] = clock_monotonic_us() - start;
		reply_fini(&reply);
	}
	qsort(answer_us, ROUNDS, sizeof(*answer_us), compare_times);
	qsort(copy_us, ROUNDS, sizeof(*copy_us), compare_times);
	printf("%-60s %8zu bytes %7" PRId64 " us, copying %5" PRId64 " us\n", query, len,
		answer_us[ROUNDS / 2], copy_us[ROUNDS / 2]);
}

int main(int argc, char **argv)
{
	int jobs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000;
	struct fixture f;

	fixture_open(&f);
	for (int job = 0; job < jobs; job++)
		add_job(&f, job);
	fixture_publish(&f);
#define ROOT "node=dataset:s3://company-data-lake:warehouse/layer0000/table_0000"
	measure(&f, ROOT "&limit=1");
	measure(&f, ROOT "&limit=100000");
	measure(&f, ROOT "&limit=100000&edgeTimes=false");
	measure(&f, ROOT "&limit=100000&facets=*");
	measure(&f, ROOT "&limit=100000&level=dataset");
	measure(&f, ROOT "&limit=100000&window=3650d");
	fixture_close(&f);
	return 0;
}
