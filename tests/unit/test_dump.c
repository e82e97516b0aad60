/* SPDX-License-Identifier: Apache-2.0 */

/* test_dump.c - the canonical text of a graph has all that is stored */

#include "tests/unit/graph_fixture.h"

static void fields_and_wholes_are_nodes_with_flows(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J a > b[columnLineage=a.x>*.y:IDENTITY;a.x>*:JOIN]");
	assert_true(dump_has(w, "node field \"n\" \"b\" \"y\" seen never never\n"));
	assert_true(dump_has(w, "node whole \"n\" \"b\" seen never never\n"));
	assert_true(dump_has(w,
		"\nflow field \"n\" \"a\" \"x\" to field \"n\" \"b\" \"y\" by job \"n\" "
		"\"J\" lane 0 segments 1 now 3001\n"));
	assert_true(dump_has(w, "\t\twrites dataset \"n\" \"b\" covered columns\n"));
	assert_true(dump_has(w,
		"\t\tflow field \"n\" \"a\" \"x\" to field \"n\" \"b\" \"y\" classes "
		"3001\n"));
	assert_true(dump_has(w,
		"\t\tflow dataset \"n\" \"a\" to dataset \"n\" \"b\" classes 3011 "
		"implied\n"));
}

static void an_empty_declaration_is_stated(void **state)
{
	struct world *w = *state;

	tell(w, "job 5 J[lineage=a>b] - > -");
	assert_true(dump_has(w, "\tdeclared row 5 "));
	tell(w, "job 7 J[lineage!] - > -");
	assert_true(dump_has(w, "\t\tstated\n"));
}

static void a_history_has_the_times_of_what_stands(void **state)
{
	struct world *w = *state;
	const char *text;

	tell(w, "dataset 1 a[schema=x]");
	tell(w, "dataset 5 a[schema=y]");
	tell(w, "dataset 9 a[schema=y]");
	text = dump(w);
	assert_non_null(strstr(text, " 1 1 "));
	assert_non_null(strstr(text, " 5 9 "));
}

static void aliases_are_told_from_both_sides(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[symlinks=b]");
	assert_true(dump_has(w, "\tclaims dataset \"n\" \"b\"\n"));
	assert_true(dump_has(w, "\tclaimed by dataset \"n\" \"a\"\n"));
	assert_true(dump_has(w, "\twon by dataset \"n\" \"a\"\n"));
	assert_true(dump_has(w, "\tgroup of dataset \"n\" \"a\"\n"));
}

static void lifecycles_and_renames_are_told(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 COMPLETE 5 J - > a");
	assert_true(dump_has(w, "\twritten 5 dropped never\n"));
	tell(w, "dataset 6 b[lifecycleStateChange=RENAME:a]");
	assert_true(dump_has(w, "\twritten 5 dropped 6\n"));
	assert_true(dump_has(w, "\tinferred 6 "));
}

static void owners_and_tags_are_told_by_name(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a[ownership=me][tags=pii;x.key]");
	assert_true(dump_has(w, "\nowner \"me\" dataset \"n\" \"a\"\n"));
	assert_true(dump_has(w, "\ntag \"pii\" dataset \"n\" \"a\"\n"));
	assert_true(dump_has(w, "\ntag \"key\" field \"n\" \"a\" \"x\"\n"));
	tell(w, "dataset 2 a[headwater_change_c1=drop_column:x]");
	assert_true(dump_has(w, "\nplanned \"c1\" dataset \"n\" \"a\"\n"));
}

static void parents_are_told_of_jobs_and_of_runs(void **state)
{
	struct world *w = *state;

	tell(w, "run R1^P:K^Q:L START 5 J a > b");
	assert_true(
		dump_has(w, "\ttold 5 parent job \"n\" \"K\" root job \"n\" \"L\"\n"));
	assert_true(dump_has(w, "\tchild job \"n\" \"J\"\n"));
	assert_true(dump_has(w, "\ttold 5\n\tparent "));
	assert_true(dump_has(w, "\tchild 5\n"));
}

static void snapshots_are_told_beside_their_run(void **state)
{
	struct world *w = *state;

	tell(w, "run R1 START 5 J[jobType=STREAMING:snapshot] a > b");
	assert_true(dump_has(w, "\tsnapshot 5\n\t\treads dataset \"n\" \"a\"\n"));
	assert_true(dump_has(w, "\t\tstands\n"));
}

static void other_events_are_told_by_hash(void **state)
{
	struct world *w = *state;

	tell(w, "dataset 1 a");
	assert_true(dump_has(w, "\nstatic "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(fields_and_wholes_are_nodes_with_flows),
		WORLD_TEST(an_empty_declaration_is_stated),
		WORLD_TEST(a_history_has_the_times_of_what_stands),
		WORLD_TEST(aliases_are_told_from_both_sides),
		WORLD_TEST(lifecycles_and_renames_are_told),
		WORLD_TEST(owners_and_tags_are_told_by_name),
		WORLD_TEST(parents_are_told_of_jobs_and_of_runs),
		WORLD_TEST(snapshots_are_told_beside_their_run),
		WORLD_TEST(other_events_are_told_by_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
