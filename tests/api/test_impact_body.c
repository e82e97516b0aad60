/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_body.c - proposed schemas, options and waivers of a question
 */
#include "asked.h"

#define PROPOSE(fields) \
	"{'proposed':{'node':'dataset:n:orders','schema':{'fields':[" fields "]}}}"
#define AS_IT_IS                                                    \
	"{'name':'id','type':'int'},{'name':'note','type':'text'}," \
	"{'name':'addr','type':'struct<city:string,zip:int>',"      \
	"'fields':[{'name':'city','type':'string'},{'name':'zip',"  \
	"'type':'int'}]}"

static void a_proposed_schema_comes_to_changes(void **state)
{
	struct asked *asked = *state;

	post(asked, PROPOSE(AS_IT_IS ",{'name':'sum_total','type':'bigint'}"));
	assert_string_equal(changes(asked),
		"drop_column orders.total; add_column orders.sum_total:bigint");
	assert_true(asked->question.changes[0].proposed);
	assert_int_equal(asked->question.hint_count, 1);
	assert_true(slice_equal(asked->question.hints[0].to, SLICE("sum_total")));
}

static void a_proposed_rename_is_one(void **state)
{
	struct asked *asked = *state;

	post(asked,
		"{'proposed':[{'node':'dataset:n:orders','schema':{'fields':[" AS_IT_IS
		",{'name':'x','type':'int'}]},"
		"'renames':[{'from':'total','to':'x'}]}]}");
	assert_string_equal(changes(asked), "rename_column orders.total>x");
	assert_string_equal(
		refused(asked, "{'proposed':[{'node':'dataset:n:orders','schema':"
			       "{'fields':[]},'renames':[{'from':'no','to':'x'}]}]}"),
		"400 /proposed/0/renames/0/from");
}

static void the_schema_that_stands_changes_nothing(void **state)
{
	struct asked *asked = *state;

	post(asked, PROPOSE(AS_IT_IS ",{'name':'total','type':'int'}"));
	assert_int_equal(asked->question.change_count, 0);
	post(asked, "{'proposed':[]}");
	assert_int_equal(asked->question.change_count, 0);
	post(asked, "{'changes':[]}");
	assert_int_equal(asked->question.change_count, 0);
}

static void a_field_that_is_not_proposed_goes_with_its_node(void **state)
{
	struct asked *asked = *state;

	post(asked, PROPOSE("{'name':'id'},{'name':'note'},{'name':'addr',"
			    "'fields':[{'name':'city'}]},{'name':'total'}"));
	assert_string_equal(changes(asked), "drop_column orders.addr.zip #");
}

static void without_a_schema_lineage_names_the_columns(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'proposed':{'node':'dataset:n:lined','schema':{'fields':["
		    "{'name':'c'}]}}}");
	assert_string_equal(changes(asked), "drop_column lined.b #");
	assert_int_equal(asked->question.note_count, 1);
	assert_string_equal(
		refused(asked, "{'proposed':{'node':'dataset:n:bare','schema':"
			       "{'fields':[]}}}"),
		"400 /proposed");
}

static void a_proposed_schema_may_not_be_misspelt(void **state)
{
	static const struct {
		const char *fields;
		const char *want;
	} wrong[] = {
		{ "1", "400 /proposed/schema/fields/0" },
		{ "{'type':'int'}", "400 /proposed/schema/fields/0/name" },
		{ "{'name':'a','typ':'int'}", "400 /proposed/schema/fields/0/typ" },
		{ "{'name':'a','nullable':'no'}",
			"400 /proposed/schema/fields/0/nullable" },
		{ "{'name':'a'},{'name':'b','fields':[{'name':'c','fields':[{}]}]}",
			"400 /proposed/schema/fields/1/fields/0/fields/0/name" },
		{ "{'name':'a'},{'name':'a'}", "400 /proposed/schema" },
	};
	struct asked *asked = *state;
	char body[400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(body, sizeof(body), PROPOSE("%s"), wrong[i].fields);
		assert_string_equal(refused(asked, body), wrong[i].want);
	}
}

static void one_dataset_is_proposed_once(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(
		refused(asked, "{'proposed':["
			       "{'node':'dataset:n:orders','schema':{'fields':[]}},"
			       "{'node':'dataset:n:sales','schema':{'fields':[]}}]}"),
		"400 /proposed/1");
}

static void options_stand_in_the_body_or_in_the_query(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':[],'limit':7,'failOn':['STALE','UNKNOWN'],"
		    "'direction':'upstream','horizons':'fix_forward',"
		    "'groupBy':'owner','artifact':'orders.yaml'}");
	assert_int_equal(asked->question.limit, 7);
	assert_int_equal(asked->question.fail_on, EFFECT_STALE | EFFECT_UNKNOWN);
	assert_true(asked->question.upstream && !asked->question.downstream);
	assert_false(asked->question.horizons[HORIZON_FAIL_STOP]);
	assert_int_equal(asked->question.group_by, IMPACT_GROUP_OWNER);
	assert_true(slice_equal(asked->question.artifact, SLICE("orders.yaml")));
	assert_int_equal(
		read_question(asked, "POST", "limit=8&failOn=none", "{'changes':[]}"), 0);
	assert_int_equal(asked->question.limit, 8);
	assert_int_equal(asked->question.fail_on, 0);
	assert_int_equal(
		read_question(asked, "POST", "limit=8", "{'changes':[],'limit':8}"), 1);
	assert_string_equal(refusal(asked), "400 /limit");
}

static void without_options_all_is_told_and_breaks_block(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':[]}");
	assert_true(asked->question.upstream && asked->question.downstream);
	assert_true(asked->question.horizons[HORIZON_FAIL_STOP] &&
		    asked->question.horizons[HORIZON_FIX_FORWARD]);
	assert_int_equal(asked->question.fail_on, EFFECT_BREAKS);
	assert_int_equal(asked->question.limit, 1000);
	assert_int_equal(asked->question.graph.time, LINEAGE_CURRENT);
	assert_true(asked->question.graph.observed && asked->question.graph.inferred);
	assert_int_equal(asked->question.seen_to_us - asked->question.seen_from_us,
		INT64_C(30) * 24 * 3600 * 1000000);
}

static void a_format_is_told_by_parameter_or_accept(void **state)
{
	struct asked *asked = *state;

	asked->accept = SLICE("text/csv");
	post(asked, "{'changes':[]}");
	assert_int_equal(asked->question.format, IMPACT_CSV);
	assert_int_equal(asked->question.limit, 10000);
	post(asked, "{'changes':[],'format':'md'}");
	assert_int_equal(asked->question.format, IMPACT_MARKDOWN);
	asked->accept = SLICE("image/png, application/junit+xml;q=0.9");
	post(asked, "{'changes':[]}");
	assert_int_equal(asked->question.format, IMPACT_JUNIT);
	asked->accept = SLICE("*/*");
	post(asked, "{'changes':[]}");
	assert_int_equal(asked->question.format, IMPACT_JSON);
}

static void what_is_excluded_is_selected(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':[],'exclude':'name:out'}");
	assert_int_equal(asked->question.exclude->count, 1);
	post(asked, "{'changes':[]}");
	assert_null(asked->question.exclude);
}

static void waivers_name_nodes_that_are_there_or_not(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':[],'waivers':["
		    "{'node':'dataset:n:out','reason':'r','until':'2999-01-01'},"
		    "{'node':'dataset:n:out.i','reason':'r','until':'2020-01-01'},"
		    "{'node':'field:n:orders.addr.zip','reason':'r',"
		    "'effects':['BREAKS','STALE']},"
		    "{'node':'job:n:gone','reason':'r'}]}");
	assert_int_equal(asked->question.waiver_count, 4);
	assert_true(asked->question.waivers[0].id != 0);
	assert_false(asked->question.waivers[0].expired);
	assert_true(asked->question.waivers[1].id != 0);
	assert_int_not_equal(
		asked->question.waivers[1].id, asked->question.waivers[0].id);
	assert_true(asked->question.waivers[1].expired);
	assert_true(asked->question.waivers[2].id != 0);
	assert_int_equal(
		asked->question.waivers[2].effects, EFFECT_BREAKS | EFFECT_STALE);
	assert_true(asked->question.waivers[3].id == 0);
	assert_true(asked->question.waivers[3].until_us == INT64_MAX);
}

static void a_day_lasts_to_its_end(void **state)
{
	struct asked *asked = *state;
	int64_t end_us;

	post(asked, "{'changes':[],'waivers':["
		    "{'node':'job:n:J','reason':'r','until':'2026-08-31'}]}");
	assert_int_equal(time_parse(SLICE("2026-09-01T00:00:00Z"), &end_us), 0);
	assert_int_equal(asked->question.waivers[0].until_us, end_us - 1);
}

static void waivers_that_are_wrong_are_refused(void **state)
{
	static const struct {
		const char *waiver;
		const char *want;
	} wrong[] = {
		{ "'node':'job:n:J'", "400 /waivers/0/reason" },
		{ "'reason':'r'", "400 /waivers/0/node" },
		{ "'node':'job:n:J','reason':'r','until':'soon'",
			"400 /waivers/0/until" },
		{ "'node':'job:n:J','reason':'r','effects':['ALL']",
			"400 /waivers/0/effects/0" },
		{ "'node':'job:n:J','reason':'r','who':'me'", "400 /waivers/0/who" },
		{ "'node':'n:J','reason':'r'", "400 /waivers/0/node" },
		{ "'node':'job:J','reason':'r'", "400 /waivers/0/node" },
	};
	struct asked *asked = *state;
	char body[200];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(body, sizeof(body), "{'changes':[],'waivers':[{%s}]}",
			wrong[i].waiver);
		assert_string_equal(refused(asked, body), wrong[i].want);
	}
}

static void a_hash_is_of_what_is_asked_and_not_of_how_it_is_shown(void **state)
{
	struct asked *asked = *state;
	uint64_t hash;

	get(asked, "node=dataset:n:orders&field=id&op=drop_column");
	hash = asked->question.hash;
	get(asked, "op=drop_column&field=id&node=dataset:n:orders&limit=3&format=csv");
	assert_true(asked->question.hash == hash);
	get(asked, "node=dataset:n:orders&field=id&op=mask_column");
	assert_true(asked->question.hash != hash);
	post(asked, CHANGE("'op':'drop_column'," OF_ORDERS "'column':'id'"));
	hash = asked->question.hash;
	post(asked, CHANGE("'column':'id'," OF_ORDERS "'op':'drop_column'"));
	assert_true(asked->question.hash == hash);
	post(asked, CHANGE("'column':'note'," OF_ORDERS "'op':'drop_column'"));
	assert_true(asked->question.hash != hash);
}

static void a_question_is_not_read_beyond_its_deadline(void **state)
{
	struct asked *asked = *state;
	struct call call = { .snapshot = &asked->snapshot,
		.method = SLICE("POST"),
		.body = quoted(
			asked, CHANGE("'op':'drop_dataset','node':'dataset:n:out'")),
		.arena = asked->f.arena,
		.deadline_us = 1 };

	assert_int_equal(
		impact_question_read(&call, &asked->reply, &asked->question), ERR_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASK_TEST(a_proposed_schema_comes_to_changes),
		ASK_TEST(a_proposed_rename_is_one),
		ASK_TEST(the_schema_that_stands_changes_nothing),
		ASK_TEST(a_field_that_is_not_proposed_goes_with_its_node),
		ASK_TEST(without_a_schema_lineage_names_the_columns),
		ASK_TEST(a_proposed_schema_may_not_be_misspelt),
		ASK_TEST(one_dataset_is_proposed_once),
		ASK_TEST(options_stand_in_the_body_or_in_the_query),
		ASK_TEST(without_options_all_is_told_and_breaks_block),
		ASK_TEST(a_format_is_told_by_parameter_or_accept),
		ASK_TEST(what_is_excluded_is_selected),
		ASK_TEST(waivers_name_nodes_that_are_there_or_not),
		ASK_TEST(a_day_lasts_to_its_end),
		ASK_TEST(waivers_that_are_wrong_are_refused),
		ASK_TEST(a_hash_is_of_what_is_asked_and_not_of_how_it_is_shown),
		ASK_TEST(a_question_is_not_read_beyond_its_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
