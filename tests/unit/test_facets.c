/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_facets.c - what the graph is told of facets that are no lineage
 *
 * Those are in test_facet_columns.c and test_facet_lineage.c.
 */
#include "base/clock.h"
#include "graph/entity.h"
#include "tests/unit/facet_case.h"

static void put_pair(struct buf *out, struct slice namespace, struct slice name)
{
	buf_slice(out, namespace);
	buf_byte(out, ':');
	buf_slice(out, name);
	buf_str(out, "; ");
}

static void put_symlinks(struct buf *out, const struct ol_symlinks *symlinks)
{
	for (size_t i = 0; i < symlinks->count; i++)
		put_pair(out, symlinks->list[i].namespace, symlinks->list[i].name);
	put_skipped(out, symlinks->skipped);
}

static int describe_symlinks(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_symlinks said;
	int r = facet_reader_json.symlinks(bytes, arena, &said, fault);

	if (!r)
		put_symlinks(out, &said);
	return r;
}

static void put_lifecycle(struct buf *out, const struct ol_lifecycle *lifecycle)
{
	static const char *const texts[] = { "OTHER", "ALTER", "CREATE", "DROP",
		"OVERWRITE", "RENAME", "TRUNCATE" };

	buf_str(out, texts[lifecycle->state]);
	if (lifecycle->has_previous) {
		buf_byte(out, ' ');
		put_pair(out, lifecycle->previous.namespace, lifecycle->previous.name);
	}
}

static int describe_lifecycle(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_lifecycle said;
	int r = facet_reader_json.lifecycle(bytes, arena, &said, fault);

	if (!r)
		put_lifecycle(out, &said);
	return r;
}

static void put_optional(struct buf *out, struct slice text)
{
	buf_byte(out, ' ');
	buf_slice(out, text.ptr ? text : SLICE("-"));
}

static void put_labels(struct buf *out, const struct ol_labels *labels)
{
	for (size_t i = 0; i < labels->count; i++) {
		buf_slice(out, labels->list[i].name);
		put_optional(out, labels->list[i].value);
		put_optional(out, labels->list[i].field);
		buf_str(out, "; ");
	}
	put_skipped(out, labels->skipped);
}

static int describe_owners(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_labels said;
	int r = facet_reader_json.owners(bytes, arena, &said, fault);

	if (!r)
		put_labels(out, &said);
	return r;
}

static int describe_tags(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_labels said;
	int r = facet_reader_json.tags(bytes, arena, &said, fault);

	if (!r)
		put_labels(out, &said);
	return r;
}

static void put_schema(struct buf *out, const struct ol_schema *schema)
{
	static const char *const nullability[] = {
		[NULLABLE_UNTOLD] = "",
		[NULLABLE_YES] = " NULL",
		[NULLABLE_NO] = " NOT NULL",
	};

	for (size_t i = 0; i < schema->count; i++) {
		buf_printf(out, "%u ", schema->list[i].depth);
		buf_slice(out, schema->list[i].path);
		put_optional(out, schema->list[i].type);
		put_optional(out, schema->list[i].description);
		buf_str(out, nullability[schema->list[i].nullable]);
		buf_str(out, "; ");
	}
	put_skipped(out, schema->skipped);
}

static int describe_schema(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_schema said;
	int r = facet_reader_json.schema(bytes, arena, &said, fault);

	if (!r)
		put_schema(out, &said);
	return r;
}

static void put_dependencies(struct buf *out, const struct ol_dependencies *dependencies)
{
	for (size_t i = 0; i < dependencies->count; i++) {
		buf_str(out, dependencies->list[i].upstream ? "up " : "down ");
		put_pair(
			out, dependencies->list[i].namespace, dependencies->list[i].name);
	}
	put_skipped(out, dependencies->skipped);
}

static int describe_dependencies(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_dependencies said;
	int r = facet_reader_json.dependencies(bytes, arena, &said, fault);

	if (!r)
		put_dependencies(out, &said);
	return r;
}

static int describe_job_type(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_job_type type;
	int r = facet_reader_json.job_type(bytes, arena, &type, fault);

	if (r)
		return r;
	buf_str(out, type.snapshot ? "snapshot " : "events ");
	buf_slice(out, type.processing);
	return 0;
}

static int describe_temporary(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	bool temporary;
	int r = facet_reader_json.temporary(bytes, arena, &temporary, fault);

	if (!r)
		buf_str(out, temporary ? "temporary" : "lasting");
	return r;
}

static void put_time(struct buf *out, const char *name, int64_t us)
{
	char text[TIME_TEXT_MAX];

	if (us != TIME_NEVER)
		buf_printf(out, "%s %s; ", name, time_format(us, text));
}

static int describe_planned(
	struct slice bytes, struct arena *arena, struct buf *out, struct fault *fault)
{
	struct ol_planned said;
	int r = facet_reader_json.planned(bytes, arena, &said, fault);

	if (r)
		return r;
	for (size_t i = 0; i < said.count; i++) {
		buf_slice(out, said.list[i].op);
		put_optional(out, said.list[i].column);
		put_optional(out, said.list[i].to);
		put_optional(out, said.list[i].type);
		buf_str(out, "; ");
	}
	put_time(out, "since", said.registered_us);
	put_time(out, "due", said.due_us);
	if (said.note.ptr || said.contact.ptr) {
		put_optional(out, said.note);
		put_optional(out, said.contact);
	}
	put_skipped(out, said.skipped);
	return 0;
}

static void a_planned_change_has_operations(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'changes':[]}", "" },
		{ "{'changes':[{'op':'drop_column','column':'a','why':[1]},"
		  "{'to':'c','column':'b','op':'rename_column'},"
		  "{'op':'alter_type','column':'d.e','type':'bigint'},"
		  "{'op':'add_column','column':'f'},{'op':'drop_dataset'},"
		  "{'op':'rename_dataset','to':'t'}]}",
			"drop_column a - -; rename_column b c -; alter_type d.e - "
			"bigint; "
			"add_column f - -; drop_dataset - - -; rename_dataset - t -; " },
		{ "{'changes':[],'registered':'2026-08-01T07:00:00+02:00',"
		  "'due':'2026-12-31','note':'gone','contact':null}",
			"since 2026-08-01T05:00:00.000000Z; "
			"due 2026-12-31T00:00:00.000000Z;  gone -" },
		/* Times that are none, and texts that are none, are not told. */
		{ "{'changes':[],'registered':5,'due':'2026-13-31','note':7}", "" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_planned, cases);
}

static void operations_that_lack_something_are_left_out(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'changes':[{'op':'drop_column'},{'op':'rename_column','column':'a'},"
		  "{'op':'rename_column','to':'a'},{'op':'alter_type','column':'a'},"
		  "{'op':'rename_dataset'},{'op':'explode','column':'a'},{'column':'a'},"
		  "7,{'op':'drop_column','column':'a','column':null}]}",
			"-9" },
		{ "{}", "!/changes" },
		{ "{'changes':null}", "!/changes" },
		{ "{'changes':{}}", "!/changes" },
		{ "{'changes':[{'op':'drop_dataset'}],'changes':[]}", "" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_planned, cases);
}

static void columns_of_a_schema_are_flat(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "" },
		{ "{'fields':[]}", "" },
		{ "{'fields':[{'name':'a','type':'int64','ordinal_position':1},"
		  "{'name':'b','type':null,'description':'x','fields':null}]}",
			"0 a int64 -; 0 b - x; " },
		{ "{'fields':[{'name':'s','type':'struct','fields':[{'name':'a'},"
		  "{'name':'m','fields':[{'name':'key'},{'name':'value','fields':["
		  "{'name':'_0'}]}]}]},{'name':'p','fields':[{'name':'_element'}]}]}",
			"0 s struct -; 1 s.a - -; 1 s.m - -; 2 s.m.key - -; "
			"2 s.m.value - -; 3 s.m.value._0 - -; 0 p - -; "
			"1 p._element - -; " },
		/* The name may come last. */
		{ "{'fields':[{'fields':[{'fields':[],'name':'b'}],'name':'\\u0061'}]}",
			"0 a - -; 1 a.b - -; " },
		{ "{'fields':[{'name':'a.b','fields':[{'name':''}]}]}",
			"0 a.b - -; 1 a.b. - -; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_schema, cases);
}

static void malformed_columns_of_a_schema_are_left_out(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':[null,7,[],{},{'name':null},{'name':'a'}]}", "0 a - -; -5" },
		/* With what is in them. */
		{ "{'fields':[{'fields':[{'name':'b'}]},{'name':'a','fields':[1]}]}",
			"0 a - -; -2" },
		{ "{'fields':[{'name':'a','fields':{'x':[]}}]}", "0 a - -; -1" },
		/* Of repeated members the last counts. */
		{ "{'fields':[{'name':'a','fields':[{'name':'b'}],'fields':[{'name':'c'}]"
		  "}]}",
			"0 a - -; 1 a.c - -; " },
		{ "{'fields':[{'name':'a'}],'fields':[]}", "" },
		{ "{'fields':null}", "!/fields" },
		{ "{'fields':{}}", "!/fields" },
		{ "{'fields':'a'}", "!/fields" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_schema, cases);
}

static void columns_may_tell_whether_they_are_nullable(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'fields':[{'name':'a','nullable':true},{'name':'b','nullable':false},"
		  "{'name':'c'}]}",
			"0 a - - NULL; 0 b - - NOT NULL; 0 c - -; " },
		/* In a field within too; of repeated members the last counts. */
		{ "{'fields':[{'nullable':false,'name':'a','fields':[{'name':'b',"
		  "'nullable':false,'nullable':true}]}]}",
			"0 a - - NOT NULL; 1 a.b - - NULL; " },
		/* Only the two words tell it. */
		{ "{'fields':[{'name':'a','nullable':null},{'name':'b','nullable':'false'"
		  "},"
		  "{'name':'c','nullable':0},{'name':'d','nullable':{'x':[true]}}]}",
			"0 a - -; 0 b - -; 0 c - -; 0 d - -; " },
		{ "{'fields':[{'name':'a','nullable':true,'nullable':null}]}",
			"0 a - -; " },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_schema, cases);
}

/* So deep that each path is as long as the text is deep. */
static void deep_schemas_take_bounded_memory(void **state)
{
	const size_t levels = 1000;
	const size_t leaves = 100000;
	struct ol_schema schema;
	struct fault fault;
	struct buf text;
	struct arena *arena;

	(void)state;
	buf_init(&text, LARGE);
	buf_str(&text, "{\"fields\":[");
	for (size_t i = 0; i < levels; i++)
		buf_str(&text, "{\"name\":\"level\",\"fields\":[");
	for (size_t i = 0; i < leaves; i++)
		buf_str(&text, i ? ",{\"name\":\"a\"}" : "{\"name\":\"a\"}");
	for (size_t i = 0; i < levels; i++)
		buf_str(&text, "]}");
	buf_str(&text, "]}");
	assert_int_equal(buf_error(&text), 0);
	arena = arena_new(SMALL, 50 * text.len);
	assert_non_null(arena);
	assert_int_equal(
		facet_reader_json.schema(buf_get(&text), arena, &schema, &fault), 0);
	assert_in_range(schema.count, levels, levels + leaves - 1);
	assert_int_equal(schema.count + schema.skipped, levels + leaves);
	arena_free(arena);
	buf_fini(&text);
}

static void owners_and_tags_are_labels(void **state)
{
	static const struct facet_case owners[] = {
		{ "{}", "" },
		{ "{'owners':[{'name':'team:a','type':'OWNER'},{'name':'b','type':null}]"
		  "}",
			"team:a OWNER -; b - -; " },
		{ "{'owners':[null,'x',{'type':'OWNER'},{'name':''}]}", " - -; -3" },
		{ "{'owners':null}", "!/owners" },
		{ "{'owners':{}}", "!/owners" },
		{ NULL, NULL },
	};
	static const struct facet_case tags[] = {
		{ "{'tags':[{'key':'pii','value':'true','field':'email','source':'s'},"
		  "{'key':'gold','value':'yes'},{'key':'k'}]}",
			"pii true email; gold yes -; k - -; " },
		{ "{'tags':[{'value':'v'},{'key':1,'value':'v'},{'key':'k','value':1}]}",
			"k - -; -2" },
		{ "{'tags':'x'}", "!/tags" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_owners, owners);
	check_cases(describe_tags, tags);
}

static void symlinks_are_names(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "" },
		{ "{'identifiers':[{'namespace':'/lake','name':'default.t','type':'TABLE'"
		  "},{'name':'u','namespace':'hive'}]}",
			"/lake:default.t; hive:u; " },
		{ "{'identifiers':[{'namespace':'n'},{'name':'t'},null,{'namespace':'n',"
		  "'name':'t'}]}",
			"n:t; -3" },
		{ "{'identifiers':null}", "!/identifiers" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_symlinks, cases);
}

static void a_rename_has_a_previous_name(void **state)
{
	static const struct facet_case cases[] = {
		{ "{'lifecycleStateChange':'RENAME','previousIdentifier':{'name':'t',"
		  "'namespace':'file'}}",
			"RENAME file:t; " },
		{ "{'lifecycleStateChange':'RENAME'}", "RENAME" },
		{ "{'lifecycleStateChange':'RENAME','previousIdentifier':{'name':'t'}}",
			"RENAME" },
		{ "{'lifecycleStateChange':'DROP','previousIdentifier':{'name':'t',"
		  "'namespace':'file'}}",
			"DROP" },
		{ "{'lifecycleStateChange':'ALTER'}", "ALTER" },
		{ "{'lifecycleStateChange':'CREATE'}", "CREATE" },
		{ "{'lifecycleStateChange':'OVERWRITE'}", "OVERWRITE" },
		{ "{'lifecycleStateChange':'TRUNCATE'}", "TRUNCATE" },
		{ "{'lifecycleStateChange':'VANISH'}", "OTHER" },
		{ "{}", "!/lifecycleStateChange" },
		{ "{'lifecycleStateChange':1}", "!/lifecycleStateChange" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_lifecycle, cases);
}

static void types_of_jobs_and_datasets_are_told(void **state)
{
	static const struct facet_case jobs[] = {
		{ "{'processingType':'BATCH','integration':'SPARK','jobType':'QUERY'}",
			"events BATCH" },
		{ "{'processingType':'STREAMING','integration':'KAFKA','emissionPattern':"
		  "{'eventTrigger':'PERIODIC','eventContentMode':'COMPLETE_SNAPSHOT'}}",
			"snapshot STREAMING" },
		{ "{'processingType':'BATCH','integration':'SPARK','emissionPattern':"
		  "{'eventContentMode':'ACCUMULATIVE'}}",
			"events BATCH" },
		{ "{'processingType':'BATCH','integration':'X','emissionPattern':null}",
			"events BATCH" },
		{ "{'integration':'SPARK'}", "!/processingType" },
		{ "{'processingType':'BATCH','integration':null}", "!/integration" },
		{ NULL, NULL },
	};
	static const struct facet_case datasets[] = {
		{ "{'datasetType':'JOB_OUTPUT','subType':'TEMPORARY'}", "temporary" },
		{ "{'subType':'temporary','datasetType':'X'}", "temporary" },
		{ "{'datasetType':'VIEW','subType':'MATERIALIZED'}", "lasting" },
		{ "{'datasetType':'TABLE'}", "lasting" },
		{ "{'subType':'TEMPORARY'}", "!/datasetType" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_job_type, jobs);
	check_cases(describe_temporary, datasets);
}

static void dependencies_have_a_direction(void **state)
{
	static const struct facet_case cases[] = {
		{ "{}", "" },
		{ "{'downstream':[{'job':{'namespace':'n','name':'c'},'type':'x'}],"
		  "'upstream':[{'job':{'namespace':'n','name':'a'},'run':{'runId':'r'}},"
		  "{'job':{'namespace':'n','name':'b'}}],'trigger_rule':'all'}",
			"up n:a; up n:b; down n:c; " },
		{ "{'upstream':null,'downstream':[null,{},{'job':{'name':'c'}}]}", "-3" },
		{ "{'upstream':{}}", "!/upstream" },
		{ NULL, NULL },
	};

	(void)state;
	check_cases(describe_dependencies, cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_planned_change_has_operations),
		cmocka_unit_test(operations_that_lack_something_are_left_out),
		cmocka_unit_test(columns_of_a_schema_are_flat),
		cmocka_unit_test(malformed_columns_of_a_schema_are_left_out),
		cmocka_unit_test(columns_may_tell_whether_they_are_nullable),
		cmocka_unit_test(deep_schemas_take_bounded_memory),
		cmocka_unit_test(owners_and_tags_are_labels),
		cmocka_unit_test(symlinks_are_names),
		cmocka_unit_test(a_rename_has_a_previous_name),
		cmocka_unit_test(types_of_jobs_and_datasets_are_told),
		cmocka_unit_test(dependencies_have_a_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
