/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_facets.c - every facet comes back under its key, byte for byte
 */
#define _GNU_SOURCE /* memmem() */

#include "fixture.h"

#include "base/buf.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FOLDER	 HEADWATER_CASES "/facets/"
#define TEXT_MAX ((size_t)1 << 20)
#define RUN	 "0197a3c1-0000-7000-8000-00000000cccc"

static struct fixture f;

typedef void facet_do(void *ctx, const char *name, struct slice bytes);

/* Calls `what` for each file of a place, and says how many there were. */
static unsigned each_facet(const char *place, facet_do *what, void *ctx)
{
	struct dirent **entries;
	char path[512];
	unsigned count = 0;
	int n;

	(void)snprintf(path, sizeof(path), FOLDER "%s", place);
	n = scandir(path, &entries, NULL, alphasort);
	assert_true(n > 2);
	for (int i = 0; i < n; i++) {
		char *dot = strrchr(entries[i]->d_name, '.');
		size_t len;
		char *text;

		if (dot && strcmp(dot, ".json") == 0) {
			(void)snprintf(path, sizeof(path), FOLDER "%s/%s", place,
				entries[i]->d_name);
			text = fixture_read_file(path, &len);
			*dot = '\0';
			what(ctx, entries[i]->d_name, slice_of(text, len));
			free(text);
			count++;
		}
		free(entries[i]);
	}
	free(entries);
	return count;
}

static void put_facet(void *ctx, const char *name, struct slice bytes)
{
	struct buf *out = ctx;
	struct slice so_far = buf_get(out);

	buf_printf(out, "%s\"%s\":", so_far.ptr[so_far.len - 1] == '{' ? "" : ",", name);
	buf_slice(out, bytes);
}

static void put_facets(struct buf *out, const char *key, const char *place)
{
	buf_printf(out, "\"%s\":{", key);
	(void)each_facet(place, put_facet, out);
	buf_byte(out, '}');
}

static void put_dataset(
	struct buf *out, const char *name, const char *io_key, const char *io_place)
{
	buf_printf(out, "{\"namespace\":\"db\",\"name\":\"%s\",", name);
	put_facets(out, "facets", "dataset");
	buf_byte(out, ',');
	put_facets(out, io_key, io_place);
	buf_byte(out, '}');
}

/* One run event with all facets there are. */
static int send_all(void **state)
{
	struct buf event;

	(void)state;
	fixture_open(&f);
	buf_init(&event, TEXT_MAX);
	buf_str(&event,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T07:00:00Z\","
		"\"producer\":\"p\",\"schemaURL\":\"s\",\"run\":{\"runId\":\"" RUN "\",");
	put_facets(&event, "facets", "run");
	buf_str(&event, "},\"job\":{\"namespace\":\"airflow\",\"name\":\"load\",");
	put_facets(&event, "facets", "job");
	buf_str(&event, "},\"inputs\":[");
	put_dataset(&event, "source", "inputFacets", "input");
	buf_str(&event, "],\"outputs\":[");
	put_dataset(&event, "target", "outputFacets", "output");
	buf_str(&event, "]}");
	assert_int_equal(buf_error(&event), 0);
	fixture_add(&f, buf_get(&event), INT64_C(1785571200000000));
	buf_fini(&event);
	fixture_publish(&f);
	return 0;
}

static int close_graph(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void find_facet(void *ctx, const char *name, struct slice bytes)
{
	struct reply *reply = ctx;
	struct slice body = buf_get(&reply->body);
	struct buf wanted;

	buf_init(&wanted, TEXT_MAX);
	buf_printf(&wanted, "\"%s\":", name);
	buf_slice(&wanted, bytes);
	if (!memmem(body.ptr, body.len, buf_get(&wanted).ptr, buf_get(&wanted).len))
		fail_msg("facet %s is not in %.*s", name, (int)body.len, body.ptr);
	buf_fini(&wanted);
}

static void ask(const char *path, const char *query, const char *const *places)
{
	struct reply reply;

	reply_init(&reply);
	fixture_get(&f, path, query, &reply);
	assert_int_equal(reply.status, 200);
	for (; *places; places++)
		assert_true(each_facet(*places, find_facet, &reply) > 2);
	reply_fini(&reply);
}

static void facets_of_a_job_come_back_byte_for_byte(void **state)
{
	(void)state;
	ask("/api/v2/node", "kind=job&namespace=airflow&name=load",
		(const char *const[]){ "job", NULL });
}

static void facets_of_datasets_come_back_byte_for_byte(void **state)
{
	(void)state;
	ask("/api/v2/node", "kind=dataset&namespace=db&name=source",
		(const char *const[]){ "dataset", NULL });
	ask("/api/v2/node", "kind=dataset&namespace=db&name=target",
		(const char *const[]){ "dataset", NULL });
}

static void facets_of_a_run_its_inputs_and_outputs_come_back_byte_for_byte(void **state)
{
	(void)state;
	ask("/api/v2/runs/" RUN, "",
		(const char *const[]){ "run", "input", "output", NULL });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facets_of_a_job_come_back_byte_for_byte),
		cmocka_unit_test(facets_of_datasets_come_back_byte_for_byte),
		cmocka_unit_test(
			facets_of_a_run_its_inputs_and_outputs_come_back_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, send_all, close_graph);
}
