/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_formats.c - names cannot break out of a format, and events come back
 */
#include "fixture.h"

#include "api/graph_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENTS	   HEADWATER_CASES "/api/events.ndjson"
#define EDGE_SIZE  400
#define QUERY_SIZE 200

/* Whatever means something to one of the formats, and what is no text. */
#define HOSTILE "=a\"'<b>&]]>-->\\[(\n`#;\0\xff"

static struct view_node nodes[] = {
	{ .key = { NODE_JOB, { "n,s", 3 }, { "j", 1 }, { 0 } }, .members = 1 },
	{ .key = { NODE_FIELD, { 0 }, { HOSTILE, sizeof(HOSTILE) - 1 }, { "f\"", 2 } },
		.root = true,
		.depth = 1,
		.members = 1,
		.change = VIEW_ADDED },
};
static struct view_edge edges[] = {
	{ .from = 0,
		.to = 1,
		.flags = EDGE_FLOW_DECLARED_NOW | (CLASS_SORT | CLASS_FORM_EXPLICIT)
							  << EDGE_CLASS_SHIFT,
		.members = 1,
		.change = VIEW_ADDED },
};
static const struct view view = { nodes, 2, edges, 1, false };

static void assert_drawn(enum graph_format format, bool complete, struct slice want)
{
	const struct lineage_query query = { .level = LEVEL_FIELD };
	const struct graph_picture picture = {
		.view = &view, .query = &query, .complete = complete, .changes = true
	};
	struct call call = { .arena = arena_new(1000, 100000) };
	struct reply reply;

	assert_non_null(call.arena);
	reply_init(&reply);
	assert_int_equal(graph_draw(&call, format, &picture, &reply), 0);
	if (!slice_equal(buf_get(&reply.body), want))
		fail_msg("%.*s", (int)reply.body.len, reply.body.data);
	reply_fini(&reply);
	arena_free(call.arena);
}

static void csv_quotes_cells_and_disarms_formulas(void **state)
{
	(void)state;
	assert_drawn(DRAW_CSV, true,
		SLICE("from_kind,from_namespace,from_name,from_field,to_kind,"
		      "to_namespace,to_name,to_field,basis,evidence,classes,masked,"
		      "first,last,change\r\n"
		      "job,\"n,s\",j,,field,,\"'=a\"\"'<b>&]]>-->\\[(\n`#;"
		      "\xef\xbf\xbd\xef\xbf\xbd\",\"f\"\"\",explicit,declared,SORT,true,"
		      ",,added\r\n"));
}

static void dot_labels_hold_any_name(void **state)
{
	(void)state;
	assert_drawn(DRAW_DOT, false,
		SLICE("digraph lineage {\n\trankdir=\"LR\";\n"
		      "\tnode [fontname=\"sans-serif\"];\n\tlabel=\"not complete\";\n"
		      "\tn0 [shape=\"box\" label=\"j\\n(n,s)\"];\n"
		      "\tn1 [shape=\"oval\" label=\"=a\\\"'<b>&amp;]]>-->\\\\[( `#;"
		      "\xef\xbf\xbd\xef\xbf\xbd\\nf\\\"\" penwidth=\"2\" "
		      "color=\"darkgreen\"];\n"
		      "\tn0 -> n1 [tooltip=\"explicit\" color=\"darkgreen\"];\n}\n"));
}

static void mermaid_labels_hold_any_name(void **state)
{
	(void)state;
	assert_drawn(DRAW_MERMAID, true,
		SLICE("flowchart LR\n\tn0[\"j<br/>(n,s)\"]\n"
		      "\tn1([\"=a#quot;'#lt;b#gt;#amp;]]#gt;--#gt;#92;[( #96;#35;;"
		      "\xef\xbf\xbd\xef\xbf\xbd<br/>f#quot;\"]):::added\n"
		      "\tn0 ==> n1\n\tclassDef added stroke:green\n"
		      "\tclassDef removed stroke:red\n"));
}

static void graphml_is_well_formed_whatever_the_name(void **state)
{
	struct call call = { .arena = arena_new(1000, 100000) };
	const struct lineage_query query = { .level = LEVEL_FIELD };
	const struct graph_picture picture = { .view = &view, .query = &query };
	struct reply reply;

	(void)state;
	assert_non_null(call.arena);
	reply_init(&reply);
	assert_int_equal(graph_draw(&call, DRAW_GRAPHML, &picture, &reply), 0);
	buf_byte(&reply.body, '\0');
	assert_non_null(strstr(reply.body.data,
		"<data key=\"name\">=a&quot;'&lt;b&gt;&amp;]]&gt;--&gt;\\[(&#10;`#;"
		"\xef\xbf\xbd\xef\xbf\xbd</data>"));
	assert_non_null(strstr(reply.body.data, "<data key=\"complete\">false</data>"));
	reply_fini(&reply);
	arena_free(call.arena);
}

static void json_of_other_tools_is_json(void **state)
{
	static const enum graph_format formats[] = { DRAW_CYTOSCAPE, DRAW_NODE_LINK };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct call call = { .arena = arena_new(1000, 100000) };
		const struct lineage_query query = { .level = LEVEL_FIELD };
		const struct graph_picture picture = { .view = &view, .query = &query };
		struct reply reply;
		json_t *json;

		assert_non_null(call.arena);
		reply_init(&reply);
		assert_int_equal(graph_draw(&call, formats[i], &picture, &reply), 0);
		json = json_loadb(reply.body.data, reply.body.len, JSON_ALLOW_NUL, NULL);
		assert_non_null(json);
		json_decref(json);
		reply_fini(&reply);
		arena_free(call.arena);
	}
}

static void a_format_that_cannot_say_it_is_cut_is_refused(void **state)
{
	const struct lineage_query query = { .level = LEVEL_FIELD };
	const struct graph_picture picture = { .view = &view, .query = &query };
	struct call call = { .arena = NULL };
	struct reply reply;

	(void)state;
	reply_init(&reply);
	assert_int_equal(graph_draw(&call, DRAW_CSV, &picture, &reply), 0);
	assert_int_equal(reply.status, 413);
	reply_fini(&reply);
}

/* Edges as sorted texts without ids: who, whom, and how. */
struct edge_texts {
	char (*list)[EDGE_SIZE];
	size_t count;
};

static const json_t *node_of(const json_t *answer, const json_t *id)
{
	const json_t *node;
	size_t i;

	json_array_foreach(json_object_get(answer, "nodes"), i, node)
	{
		if (json_equal(json_object_get(node, "id"), id))
			return node;
	}
	fail_msg("an edge ends nowhere");
	return NULL;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void print_edge(const json_t *answer, const json_t *edge, char *out)
{
	const json_t *from = node_of(answer, json_object_get(edge, "from"));
	const json_t *to = node_of(answer, json_object_get(edge, "to"));
	json_t *classes = json_object_get(edge, "classes");
	char *text = classes ? json_dumps(classes, 0) : NULL;
	const char *const names[] = { "kind", "namespace", "name", "field" };
	size_t used = 0;

	for (size_t i = 0; i < 2 * ARRAY_LEN(names); i++) {
		const json_t *node = i < ARRAY_LEN(names) ? from : to;
		const char *part = json_string_value(
			json_object_get(node, names[i % ARRAY_LEN(names)]));

		used += (size_t)snprintf(
			out + used, EDGE_SIZE - used, "%s|", part ? part : "");
	}
	/* An edge of inputs and outputs has no classes; told again it may have. */
	if (text && strcmp(text, "[\"UNKNOWN\"]") != 0)
		(void)snprintf(out + used, EDGE_SIZE - used, "%s", text);
	free(text);
}

static void read_edges(
	struct fixture *f, const char *root, const char *level, struct edge_texts *out)
{
	char query[QUERY_SIZE];
	json_t *answer;
	json_t *list;

	(void)snprintf(query, sizeof(query), "node=%s&level=%s", root, level);
	answer = fixture_json(f, "/api/v2/lineage", query);
	list = json_object_get(answer, "edges");
	out->count = json_array_size(list);
	out->list = calloc(out->count + 1, EDGE_SIZE);
	assert_non_null(out->list);
	for (size_t i = 0; i < out->count; i++)
		print_edge(answer, json_array_get(list, i), out->list[i]);
	qsort(out->list, out->count, EDGE_SIZE, compare_texts);
	json_decref(answer);
}

static void assert_same_edges(
	struct fixture *a, struct fixture *b, const char *root, const char *level)
{
	struct edge_texts x;
	struct edge_texts y;

	read_edges(a, root, level, &x);
	read_edges(b, root, level, &y);
	for (size_t i = 0; i < x.count || i < y.count; i++) {
		const char *left = i < x.count ? x.list[i] : "(none)";
		const char *right = i < y.count ? y.list[i] : "(none)";

		assert_string_equal(left, right);
	}
	free(x.list);
	free(y.list);
}

static void import(struct fixture *f, const struct reply *reply)
{
	struct slice rest = buf_get(&reply->body);

	while (rest.len > 0) {
		const char *end = memchr(rest.ptr, '\n', rest.len);
		size_t n;

		assert_non_null(end);
		n = (size_t)(end - rest.ptr);
		fixture_add(f, slice_of(rest.ptr, n), INT64_C(1786000000000000));
		rest = slice_of(end + 1, rest.len - n - 1);
	}
	fixture_publish(f);
}

/* Takes a lineage as events into an empty graph, and asks both for edges. */
static void assert_comes_back(
	const char *root, const char *level, const char *const *asked)
{
	struct fixture original;
	struct fixture copy;
	struct reply reply;
	char query[QUERY_SIZE];

	fixture_open(&original);
	fixture_add_lines(&original, EVENTS);
	fixture_open(&copy);
	(void)snprintf(query, sizeof(query), "node=%s&level=%s", root, level);
	fixture_get(&original, "/api/v2/lineage.ndjson", query, &reply);
	assert_int_equal(reply.status, 200);
	import(&copy, &reply);
	reply_fini(&reply);
	for (; *asked; asked++)
		assert_same_edges(&original, &copy, root, *asked);
	fixture_close(&copy);
	fixture_close(&original);
}

static void exported_events_give_the_same_edges_again(void **state)
{
	static const char *const all[] = { "mixed", "dataset", "field", "job", NULL };

	(void)state;
	assert_comes_back("dataset:pg://wh:orders", "mixed", all);
	assert_comes_back("dataset:x://:d", "mixed", all);
	assert_comes_back("job:dw:daily", "mixed",
		(const char *const[]){ "mixed", "job", "dataset", NULL });
}

static void each_level_comes_back_as_itself(void **state)
{
	(void)state;
	assert_comes_back("dataset:pg://wh:rates", "dataset",
		(const char *const[]){ "dataset", NULL });
	assert_comes_back("dataset:pg://wh:old_orders", "dataset",
		(const char *const[]){ "dataset", NULL });
	assert_comes_back("dataset:pg://wh:totals", "field",
		(const char *const[]){ "field", NULL });
	assert_comes_back("job:dw:daily", "job", (const char *const[]){ "job", NULL });
}

static void put_datasets(struct buf *event, const char *prefix, int count)
{
	for (int i = 0; i < count; i++)
		buf_printf(event, ",{\"namespace\":\"n\",\"name\":\"%s%d\"}", prefix, i);
}

/* One output tells its columns, so that the facet has to tell of all others. */
static void put_pairs(struct buf *event, int inputs, int outputs)
{
	buf_str(event,
		"{\"eventType\":\"COMPLETE\",\"eventTime\":\"2026-08-01T00:00:00Z\","
		"\"run\":{\"runId\":\"r\"},\"job\":{\"namespace\":\"n\",\"name\":\"j\"},"
		"\"inputs\":[{\"namespace\":\"n\",\"name\":\"in\"}");
	put_datasets(event, "i", inputs);
	buf_str(event, "],\"outputs\":[{\"namespace\":\"n\",\"name\":\"out\",\"facets\":{"
		       "\"columnLineage\":{\"fields\":{\"a\":{\"inputFields\":[{"
		       "\"namespace\":\"n\",\"name\":\"in\",\"field\":\"b\"}]}}}}}");
	put_datasets(event, "o", outputs);
	buf_str(event, "]}");
}

static void flows_that_nobody_could_read_are_refused(void **state)
{
	struct fixture f;
	struct reply reply;
	struct buf event;

	(void)state;
	buf_init(&event, (size_t)1 << 20);
	put_pairs(&event, 1100, 1100);
	fixture_open(&f);
	fixture_add(&f, buf_get(&event), INT64_C(1786000000000000));
	fixture_publish(&f);
	fixture_get(&f, "/api/v2/lineage.ndjson", "node=job:n:j&depth=1", &reply);
	assert_int_equal(reply.status, 413);
	reply_fini(&reply);
	fixture_close(&f);
	buf_fini(&event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_quotes_cells_and_disarms_formulas),
		cmocka_unit_test(dot_labels_hold_any_name),
		cmocka_unit_test(mermaid_labels_hold_any_name),
		cmocka_unit_test(graphml_is_well_formed_whatever_the_name),
		cmocka_unit_test(json_of_other_tools_is_json),
		cmocka_unit_test(a_format_that_cannot_say_it_is_cut_is_refused),
		cmocka_unit_test(exported_events_give_the_same_edges_again),
		cmocka_unit_test(each_level_comes_back_as_itself),
		cmocka_unit_test(flows_that_nobody_could_read_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
