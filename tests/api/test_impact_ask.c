/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_impact_ask.c - operations, from their words to changes
 */
#include "asked.h"

static void parameters_tell_one_change(void **state)
{
	struct asked *asked = *state;

	get(asked, "node=dataset:n:orders&field=id&op=drop_column");
	assert_string_equal(changes(asked), "drop_column orders.id #");
	get(asked, "namespace=n&name=orders&field=id&op=rename_column&to=key");
	assert_string_equal(changes(asked), "rename_column orders.id>key #");
	get(asked, "kind=field&namespace=n&name=orders&field=total&op=alter_type"
		   "&type=bigint");
	assert_string_equal(changes(asked), "alter_type orders.total:bigint");
	assert_int_equal(asked->question.changes[0].change.types.change, TYPES_WIDENED);
}

static void a_body_tells_several(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':["
		    "{'op':'drop_column'," OF_ORDERS "'column':'id'},"
		    "{'op':'mask_column','dataset':{'namespace':'n','name':'orders'},"
		    "'column':'note'},"
		    "{'op':'drop_dataset','node':'dataset:n:out'}]}");
	assert_string_equal(changes(asked),
		"drop_column orders.id #; mask_column orders.note; drop_dataset out");
}

static void another_name_of_the_dataset_is_good_too(void **state)
{
	struct asked *asked = *state;

	get(asked, "node=dataset:n:sales&field=id&op=drop_column");
	assert_string_equal(changes(asked), "drop_column orders.id #");
}

static void what_happens_to_a_column_happens_to_its_fields(void **state)
{
	struct asked *asked = *state;

	post(asked, CHANGE("'op':'drop_column'," OF_ORDERS "'column':'addr'"));
	assert_string_equal(changes(asked),
		"drop_column orders.addr; drop_column orders.addr.city #; "
		"drop_column orders.addr.zip #");
	post(asked, CHANGE("'op':'rename_column'," OF_ORDERS "'column':'addr','to':'a'"));
	assert_string_equal(changes(asked),
		"rename_column orders.addr>a; rename_column orders.addr.city>a.city #; "
		"rename_column orders.addr.zip>a.zip #");
}

static void a_field_that_is_told_apart_is_not_told_again(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':["
		    "{'op':'drop_column'," OF_ORDERS "'column':'addr'},"
		    "{'op':'drop_column'," OF_ORDERS "'column':'addr.zip'}]}");
	assert_string_equal(changes(asked),
		"drop_column orders.addr; drop_column orders.addr.zip #; "
		"drop_column orders.addr.city #");
}

static void a_new_type_changes_the_fields_in_it(void **state)
{
	struct asked *asked = *state;

	post(asked, CHANGE("'op':'alter_type'," OF_ORDERS
			   "'column':'addr','type':'struct<city:string,zip:bigint>'"));
	assert_string_equal(changes(asked),
		"alter_type orders.addr:struct<city:string,zip:bigint>; "
		"alter_type orders.addr.zip:bigint #");
	post(asked, CHANGE("'op':'alter_type'," OF_ORDERS
			   "'column':'addr','type':'struct<city:string>'"));
	assert_string_equal(changes(asked), "alter_type orders.addr:struct<city:string>; "
					    "drop_column orders.addr.zip #");
}

static void what_changes_nothing_is_a_note(void **state)
{
	static const char *const bodies[] = {
		CHANGE("'op':'alter_type'," OF_ORDERS "'column':'id','type':'int'"),
		CHANGE("'op':'alter_type'," OF_ORDERS "'column':'id','type':'INTEGER'"),
		CHANGE("'op':'set_not_null'," OF_ORDERS "'column':'id'"),
		CHANGE("'op':'set_nullable'," OF_ORDERS "'column':'note'"),
		CHANGE("'op':'rename_column'," OF_ORDERS "'column':'id','to':'id'"),
	};
	struct asked *asked = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		post(asked, bodies[i]);
		assert_string_equal(changes(asked), "");
		assert_int_equal(asked->question.note_count, 1);
	}
}

static void a_type_that_is_told_counts_before_the_one_that_stands(void **state)
{
	struct asked *asked = *state;

	post(asked, CHANGE("'op':'alter_type'," OF_ORDERS
			   "'column':'id','from':'bigint','type':'int'"));
	assert_int_equal(asked->question.changes[0].change.types.change, TYPES_NARROWED);
	assert_int_equal(asked->question.note_count, 1);
}

static void a_type_that_nobody_told_is_not_known(void **state)
{
	struct asked *asked = *state;

	post(asked, CHANGE("'op':'alter_type','node':'dataset:n:lined',"
			   "'column':'b','type':'int'"));
	assert_int_equal(asked->question.changes[0].change.types.change, TYPES_UNKNOWN);
	assert_null(asked->question.changes[0].type_before.ptr);
}

static void a_new_column_is_required_without_null_or_default(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':["
		    "{'op':'add_column'," OF_ORDERS "'column':'p','type':'int'},"
		    "{'op':'add_column'," OF_ORDERS "'column':'q','nullable':false},"
		    "{'op':'add_column'," OF_ORDERS "'column':'r','nullable':false,"
		    "'default':true}]}");
	assert_string_equal(changes(asked),
		"add_column orders.p:int; add_required_column orders.q; "
		"add_column orders.r");
}

static void a_symlink_covers_the_new_name(void **state)
{
	struct asked *asked = *state;

	get(asked, "node=dataset:n:orders&op=rename_dataset&to=sales");
	assert_string_equal(changes(asked), "rename_dataset orders>sales aliased");
	get(asked, "node=dataset:n:orders&op=rename_dataset&to=sales&aliased=false");
	assert_string_equal(changes(asked), "rename_dataset orders>sales");
	post(asked, CHANGE("'op':'rename_dataset'," OF_ORDERS
			   "'to':{'namespace':'m','name':'sales'}"));
	assert_string_equal(changes(asked), "rename_dataset orders>sales");
	assert_true(slice_equal(asked->question.changes[0].to_namespace, SLICE("m")));
}

static void a_column_that_lineage_alone_names_is_one(void **state)
{
	struct asked *asked = *state;

	get(asked, "node=dataset:n:orders&field=old&op=drop_column");
	assert_string_equal(changes(asked), "drop_column orders.old #");
}

static void a_column_that_nobody_knows_is_not_there(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(
		refused(asked, CHANGE("'op':'drop_column'," OF_ORDERS "'column':'no'")),
		"404 /changes/0/column");
	assert_string_equal(
		refused_get(asked, "node=dataset:n:orders&field=no&op=drop_column"),
		"404 field");
}

static void without_a_schema_a_column_may_be_there(void **state)
{
	struct asked *asked = *state;

	get(asked, "node=dataset:n:bare&field=x&op=drop_column");
	assert_string_equal(changes(asked), "drop_column bare.x");
	assert_int_equal(asked->question.note_count, 1);
}

static void a_dataset_that_is_not_there_is_named_by_its_place(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(
		refused(asked, "{'changes':[{'op':'drop_dataset'," OF_ORDERS "'x':1}]}"),
		"400 /changes/0/x");
	assert_string_equal(
		refused(asked, CHANGE("'op':'drop_dataset','node':'dataset:n:no'")),
		"404 /changes/0/node");
	assert_string_equal(refused(asked, CHANGE("'op':'drop_dataset','dataset':"
						  "{'namespace':'n','name':'no'}")),
		"404 /changes/0/dataset");
	assert_string_equal(
		refused(asked, CHANGE("'op':'drop_dataset','node':'dataset:n:b:c'")),
		"409 /changes/0/node");
	assert_string_equal(
		refused(asked, CHANGE("'op':'drop_dataset','node':'job:n:J'")),
		"400 /changes/0/node");
}

static void faults_name_their_places(void **state)
{
	static const struct {
		const char *body;
		const char *want;
	} wrong[] = {
		{ "", "400 -" },
		{ "[]", "400 -" },
		{ "{'changes':[]", "400 -" },
		{ "{'changes':[]} x", "400 -" },
		{ "{'changes':[],'changes':[]}", "400 -" },
		{ "{'changs':[]}", "400 /changs" },
		{ "{}", "400 -" },
		{ "{'changes':[],'proposed':[]}", "400 -" },
		{ "{'changes':{}}", "400 /changes" },
		{ "{'changes':[1]}", "400 /changes/0" },
		{ CHANGE("'op':'drop'"), "400 /changes/0/op" },
		{ CHANGE("'a/b~':1"), "400 /changes/0/a~1b~0" },
		{ CHANGE("'op':'drop_column'," OF_ORDERS "'column':''"),
			"400 /changes/0/column" },
		{ CHANGE("'op':'drop_column'," OF_ORDERS "'column':'id','to':'x'"),
			"400 /changes/0/to" },
		{ CHANGE("'op':'drop_column','column':'id'"), "400 /changes/0/dataset" },
		{ CHANGE("'op':'drop_column','column':'id','dataset':{'name':'x'}"),
			"400 /changes/0/dataset/namespace" },
		{ CHANGE("'op':'alter_type'," OF_ORDERS "'column':'id'"),
			"400 /changes/0/type" },
		{ CHANGE("'op':'rename_dataset'," OF_ORDERS "'to':'orders'"),
			"400 /changes/0/to" },
		{ "{'changes':[],'limit':0}", "400 /limit" },
		{ "{'changes':[],'limit':true}", "400 /limit" },
		{ "{'changes':[],'failOn':['BREAKS',1]}", "400 /failOn/1" },
		{ "{'changes':[],'failOn':['BREAK']}", "400 /failOn" },
		{ "{'changes':[],'exclude':'('}", "400 /exclude" },
	};
	struct asked *asked = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *found = refused(asked, wrong[i].body);

		if (strcmp(found, wrong[i].want) != 0)
			fail_msg("%s: %s, not %s", wrong[i].body, found, wrong[i].want);
	}
}

static void parameters_that_are_wrong_are_named(void **state)
{
	struct asked *asked = *state;

	assert_string_equal(
		refused_get(asked, "node=dataset:n:orders&op=drop"), "400 op");
	assert_string_equal(
		refused_get(asked, "node=dataset:n:orders&op=drop_column"), "400 field");
	assert_string_equal(
		refused_get(asked, "node=dataset:n:orders&op=drop_dataset&field=id"),
		"400 field");
	assert_string_equal(
		refused_get(asked, "node=job:n:J&op=drop_dataset"), "400 node");
	assert_string_equal(
		refused_get(asked, "kind=job&namespace=n&name=J&op=drop_dataset"),
		"400 kind");
	assert_string_equal(
		refused_get(asked, "node=dataset:n:orders&op=rename_column&field=id"
				   "&to=x&aliased=perhaps"),
		"400 aliased");
	assert_string_equal(refused_get(asked, "node=dataset:n:orders&op=rename_dataset"
					       "&toNamespace=m"),
		"400 to");
	assert_string_equal(
		refused_get(asked, "node=dataset:n:no&op=drop_dataset"), "404 -");
}

static void operations_that_contradict_each_other_are_refused(void **state)
{
	static const char *const pairs[] = {
		"'op':'drop_column','column':'id'},{'op':'drop_column','column':'id'",
		"'op':'rename_column','column':'id','to':'k'},"
		"{'op':'drop_column','column':'id'",
		"'op':'set_nullable','column':'id'},{'op':'set_not_null','column':'id'",
		"'op':'drop_column','column':'addr'},{'op':'mask_column',"
		"'column':'addr.zip'",
		"'op':'drop_column','column':'id'},{'op':'drop_dataset'",
		"'op':'rename_column','column':'id','to':'k'},"
		"{'op':'rename_column','column':'note','to':'k'",
	};
	struct asked *asked = *state;
	char body[400];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *second = strstr(pairs[i], "},{") + 3;

		(void)snprintf(body, sizeof(body),
			"{'changes':[{" OF_ORDERS "%.*s" OF_ORDERS "%s}]}",
			(int)(second - pairs[i]), pairs[i], second);
		assert_string_equal(refused(asked, body), "400 /changes/1");
	}
}

static void operations_that_fit_stand_beside_each_other(void **state)
{
	struct asked *asked = *state;

	post(asked, "{'changes':["
		    "{'op':'rename_column'," OF_ORDERS "'column':'id','to':'k'},"
		    "{'op':'alter_type'," OF_ORDERS "'column':'id','type':'bigint'},"
		    "{'op':'set_nullable'," OF_ORDERS "'column':'id'}]}");
	assert_string_equal(changes(asked),
		"rename_column orders.id>k #; alter_type orders.id:bigint #; "
		"set_nullable orders.id #");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASK_TEST(parameters_tell_one_change),
		ASK_TEST(a_body_tells_several),
		ASK_TEST(another_name_of_the_dataset_is_good_too),
		ASK_TEST(what_happens_to_a_column_happens_to_its_fields),
		ASK_TEST(a_field_that_is_told_apart_is_not_told_again),
		ASK_TEST(a_new_type_changes_the_fields_in_it),
		ASK_TEST(what_changes_nothing_is_a_note),
		ASK_TEST(a_type_that_is_told_counts_before_the_one_that_stands),
		ASK_TEST(a_type_that_nobody_told_is_not_known),
		ASK_TEST(a_new_column_is_required_without_null_or_default),
		ASK_TEST(a_symlink_covers_the_new_name),
		ASK_TEST(a_column_that_lineage_alone_names_is_one),
		ASK_TEST(a_column_that_nobody_knows_is_not_there),
		ASK_TEST(without_a_schema_a_column_may_be_there),
		ASK_TEST(a_dataset_that_is_not_there_is_named_by_its_place),
		ASK_TEST(faults_name_their_places),
		ASK_TEST(parameters_that_are_wrong_are_named),
		ASK_TEST(operations_that_contradict_each_other_are_refused),
		ASK_TEST(operations_that_fit_stand_beside_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
