/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_columns.c - what answers say of columns, and what nobody told of them
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1786000000000000)

#define RUN(id, time, outputs)                                                         \
	"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-0" time "T00:00:00Z\","   \
	"\"producer\":\"p\",\"schemaURL\":\"s\",\"job\":{\"namespace\":\"n\","         \
	"\"name\":\"J\"},\"run\":{\"runId\":\"0197a3c1-0000-7000-8000-00000000000" id  \
	"\"},\"inputs\":[{\"namespace\":\"n\",\"name\":\"a\",\"facets\":{\"schema\":{" \
	"\"fields\":[{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"z\",\"type\":"      \
	"\"text\"}"                                                                    \
	"]}}}],\"outputs\":[" outputs "]}"
#define OUTPUT(name, facets) \
	"{\"namespace\":\"n\",\"name\":\"" name "\",\"facets\":{" facets "}}"
#define FROM_X(masking)                                                                \
	"\"columnLineage\":{\"fields\":{\"y\":{\"inputFields\":[{\"namespace\":\"n\"," \
	"\"name\":\"a\",\"field\":\"x\",\"transformations\":[{\"type\":\"DIRECT\","    \
	"\"subtype\":\"IDENTITY\",\"masking\":" masking "}]}]}}}"
#define RENAMED                                                                      \
	"{\"eventTime\":\"2026-08-05T00:00:00Z\",\"producer\":\"p\","                \
	"\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"new\","     \
	"\"facets\":{\"lifecycleStateChange\":{\"lifecycleStateChange\":\"RENAME\"," \
	"\"previousIdentifier\":{\"namespace\":\"n\",\"name\":\"b\"}}}}}"

#define DIFF_OF_B                                                                   \
	"node=dataset:n:b&direction=upstream&level=field&from=2026-08-02T12:00:00Z" \
	"&to=2026-08-04T00:00:00Z"
#define COLUMN_Z "fromKind=field&fromNamespace=n&fromName=a&fromField=z"
#define COLUMN_Y "toKind=field&toNamespace=n&toName=b&toField=y"

static void tell(struct fixture *f, const char *const *events)
{
	fixture_open(f);
	for (; *events; events++)
		fixture_add(f, slice_from(*events), RECEIVED_US);
	fixture_publish(f);
}

/* A masked column that is copied as it is later; and a rename of its dataset. */
static void tell_masking(struct fixture *f)
{
	const char *const events[] = { RUN("1", "2", OUTPUT("b", FROM_X("true"))),
		RUN("2", "3", OUTPUT("b", FROM_X("false"))), RENAMED, NULL };

	tell(f, events);
}

/* A dataset of which no columns are told. */
static void tell_nothing(struct fixture *f)
{
	const char *const events[] = { RUN("1", "2", OUTPUT("b", "")), NULL };

	tell(f, events);
}

static void a_mask_that_went_away_is_a_change(void **state)
{
	struct fixture f;
	json_t *diff;
	const char *change;
	const char *class;
	int masked;
	int changed;

	(void)state;
	tell_masking(&f);
	diff = fixture_json(&f, "/api/v2/diff", DIFF_OF_B "&only=changes");
	assert_int_equal(json_array_size(json_object_get(diff, "edges")), 1);
	assert_int_equal(
		json_unpack(diff, "{s:[{s:s,s:{s:[s!],s:b}}]}", "edges", "change",
			&change, "before", "classes", &class, "masked", &masked),
		0);
	assert_string_equal(change, "changed");
	assert_string_equal(class, "IDENTITY");
	assert_true(masked);
	assert_int_equal(json_unpack(diff, "{s:{s:{s:i}}}", "counts", "edges", "changed",
				 &changed),
		0);
	assert_int_equal(changed, 1);
	json_decref(diff);
	fixture_close(&f);
}

static void every_format_shows_a_change(void **state)
{
	static const char *const formats[][2] = { { "csv", ",changed\r\n" },
		{ "dot", "orange" }, { "mermaid", "-- changed -->" },
		{ "graphml", ">changed<" }, { "cytoscape", "\"changed\"" },
		{ "node-link", "\"before\":{" } };
	struct fixture f;

	(void)state;
	tell_masking(&f);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct reply reply;
		char query[256];

		(void)snprintf(
			query, sizeof(query), DIFF_OF_B "&format=%s", formats[i][0]);
		fixture_get(&f, "/api/v2/diff", query, &reply);
		assert_int_equal(reply.status, 200);
		buf_byte(&reply.body, '\0');
		if (!strstr(reply.body.data, formats[i][1]))
			fail_msg("%s: %s", formats[i][0], reply.body.data);
		reply_fini(&reply);
	}
	fixture_close(&f);
}

static void a_flow_without_columns_is_no_known_lineage(void **state)
{
	struct fixture f;
	json_t *lineage;
	json_t *columns;
	json_t *job;
	const char *target;

	(void)state;
	tell_masking(&f);
	lineage = fixture_json(
		&f, "/api/v2/lineage", "node=dataset:n:a&field=x&direction=downstream");
	assert_int_equal(
		json_unpack(lineage, "{s:{s:{s:[{s:o,s:{s:s}}!]}}}", "coverage",
			"columns", "jobs", "job", &job, "target", "name", &target),
		0);
	assert_true(json_is_null(job));
	assert_string_equal(target, "new");
	columns = fixture_json(&f, "/api/v2/columns", "node=dataset:n:b");
	assert_int_equal(json_unpack(columns, "{s:{s:[{s:s}!]}}", "opaqueReaders",
				 "datasets", "name", &target),
		0);
	assert_string_equal(target, "new");
	assert_true(json_is_false(json_object_get(columns, "certain")));
	json_decref(lineage);
	json_decref(columns);
	fixture_close(&f);
}

static void a_job_may_read_a_column_that_only_a_schema_has(void **state)
{
	struct fixture f;
	json_t *lineage;
	int opaque;

	(void)state;
	tell_nothing(&f);
	lineage = fixture_json(&f, "/api/v2/lineage", "node=dataset:n:a&field=z");
	assert_int_equal(json_unpack(lineage, "{s:{s:{s:i}}}", "coverage", "columns",
				 "opaque", &opaque),
		0);
	assert_int_equal(opaque, 1);
	json_decref(lineage);
	fixture_close(&f);
}

static void a_column_says_whether_it_is_nullable(void **state)
{
	const char *const events[] = {
		"{\"eventTime\":\"2026-08-05T00:00:00Z\",\"producer\":\"p\","
		"\"schemaURL\":\"s\",\"dataset\":{\"namespace\":\"n\",\"name\":\"a\","
		"\"facets\":{\"schema\":{\"fields\":[{\"name\":\"x\",\"nullable\":false},"
		"{\"name\":\"y\",\"nullable\":true},{\"name\":\"z\"}]}}}}",
		NULL,
	};
	struct fixture f;
	json_t *columns;
	json_t *schema;
	int x;
	int y;

	(void)state;
	tell(&f, events);
	columns = fixture_json(&f, "/api/v2/columns", "node=dataset:n:a");
	assert_int_equal(json_unpack(columns, "{s:[{s:b},{s:b},{s:n}!]}", "columns",
				 "nullable", &x, "nullable", &y, "nullable"),
		0);
	assert_false(x);
	assert_true(y);
	schema = fixture_json(&f, "/api/v2/schema", "node=dataset:n:a");
	assert_int_equal(
		json_unpack(schema, "{s:[{s:[{s:b},{s:b},{s:n}!]}!]}", "versions",
			"fields", "nullable", &x, "nullable", &y, "nullable"),
		0);
	assert_false(x);
	assert_true(y);
	json_decref(columns);
	json_decref(schema);
	fixture_close(&f);
}

static void assert_lone_node(struct fixture *f)
{
	json_t *answer = fixture_json(f, "/api/v2/node", "node=dataset:n:a&field=z");
	json_t *node = json_object_get(answer, "node");
	const char *type;

	assert_true(json_is_null(json_object_get(node, "id")));
	assert_int_equal(json_unpack(node, "{s:{s:s}}", "column", "type", &type), 0);
	assert_string_equal(type, "text");
	json_decref(answer);
}

static void assert_no_way(struct fixture *f, const char *to)
{
	char query[256];
	json_t *paths;
	json_t *explained;

	(void)snprintf(query, sizeof(query), COLUMN_Z "&%s", to);
	paths = fixture_json(f, "/api/v2/paths", query);
	assert_int_equal(json_array_size(json_object_get(paths, "paths")), 0);
	assert_true(json_is_null(json_object_get(json_object_get(paths, "from"), "id")));
	explained = fixture_json(f, "/api/v2/explain", query);
	assert_int_equal(json_array_size(json_object_get(explained, "assertions")), 0);
	assert_true(json_is_object(json_object_get(explained, "absence")));
	json_decref(paths);
	json_decref(explained);
}

static void a_column_that_only_a_schema_has_can_be_asked_about(void **state)
{
	struct fixture f;

	(void)state;
	tell_masking(&f);
	assert_lone_node(&f);
	assert_no_way(&f, COLUMN_Y);
	fixture_close(&f);
	tell_nothing(&f);
	assert_lone_node(&f);
	assert_no_way(&f, "to=dataset:n:b");
	assert_no_way(&f, "to=dataset:n:a");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mask_that_went_away_is_a_change),
		cmocka_unit_test(every_format_shows_a_change),
		cmocka_unit_test(a_flow_without_columns_is_no_known_lineage),
		cmocka_unit_test(a_job_may_read_a_column_that_only_a_schema_has),
		cmocka_unit_test(a_column_that_only_a_schema_has_can_be_asked_about),
		cmocka_unit_test(a_column_says_whether_it_is_nullable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
