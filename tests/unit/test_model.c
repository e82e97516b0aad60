/* SPDX-License-Identifier: Apache-2.0 */

/*
 * test_model.c - words for kinds and types, and the lineage hash
 */
#include "graph/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void kinds_have_texts_and_back(void **state)
{
	(void)state;
	enum node_kind kind = NODE_FIELD;

	assert_string_equal(node_kind_text(NODE_DATASET), "dataset");
	assert_string_equal(node_kind_text(NODE_JOB), "job");
	assert_string_equal(node_kind_text(NODE_FIELD), "field");
	assert_int_equal(node_kind_from_text(SLICE("job"), &kind), 0);
	assert_int_equal(kind, NODE_JOB);
	assert_int_equal(node_kind_from_text(SLICE("Job"), &kind), 1);
	assert_int_equal(node_kind_from_text(SLICE(""), &kind), 1);
	assert_int_equal(kind, NODE_JOB);
}

static void types_have_texts_and_some_end_a_run(void **state)
{
	(void)state;

	assert_string_equal(event_type_text(TYPE_OTHER), "OTHER");
	assert_string_equal(event_type_text(TYPE_START), "START");
	assert_string_equal(event_type_text(TYPE_RUNNING), "RUNNING");
	assert_string_equal(event_type_text(TYPE_COMPLETE), "COMPLETE");
	assert_string_equal(event_type_text(TYPE_FAIL), "FAIL");
	assert_string_equal(event_type_text(TYPE_ABORT), "ABORT");
	assert_false(event_type_ends(TYPE_RUNNING));
	assert_true(event_type_ends(TYPE_COMPLETE));
}

/* An event that owns its parts, to be changed one at a time. */
struct sample {
	struct ol_facet facet;
	struct ol_facet io_facet;
	struct ol_dataset input;
	struct ol_dataset output;
	struct ol_event event;
};

static void sample_init(struct sample *sample)
{
	*sample = (struct sample){
		.facet = { SLICE("schema"), SLICE("{\"fields\":[]}"), false },
		.io_facet = { SLICE("stats"), SLICE("{}"), false },
		.input = { SLICE("n"), SLICE("in"), { &sample->facet, 1 },
			{ &sample->io_facet, 1 } },
		.output = { SLICE("n"), SLICE("out"), { NULL, 0 }, { NULL, 0 } },
		.event = { .kind = EVENT_RUN,
			.type = TYPE_START,
			.job = { SLICE("etl"), SLICE("load"), { &sample->facet, 1 } },
			.inputs = { &sample->input, 1 },
			.outputs = { &sample->output, 1 } },
	};
}

static bool same_as_sample(const struct sample *changed)
{
	struct sample sample;

	sample_init(&sample);
	return hash128_equal(ol_event_lineage_hash(&sample.event),
		ol_event_lineage_hash(&changed->event));
}

static void the_run_its_time_and_its_numbers_do_not_count(void **state)
{
	(void)state;
	struct sample sample;

	sample_init(&sample);
	sample.event.type = TYPE_COMPLETE;
	sample.event.time_us = 42;
	sample.event.run_text = SLICE("r");
	sample.event.run_facets = sample.event.job.facets;
	sample.event.raw = SLICE("{}");
	sample.io_facet.bytes = SLICE("{\"rowCount\":1}");
	sample.event.warnings = 3;
	assert_true(same_as_sample(&sample));
}

static void all_that_bears_on_the_graph_counts(void **state)
{
	(void)state;
	struct sample sample;

	sample_init(&sample);
	sample.event.kind = EVENT_JOB;
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.event.job.namespace = SLICE("etk");
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.event.job.facets.count = 0;
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.facet.name = SLICE("schemb");
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.facet.bytes = SLICE("{\"fields\":{}}");
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.output.name = SLICE("oot");
	assert_false(same_as_sample(&sample));
	sample_init(&sample);
	sample.event.dataset.name = SLICE("d");
	assert_false(same_as_sample(&sample));
}

static void of_the_numbers_of_an_input_its_assertions_count(void **state)
{
	(void)state;
	struct sample sample;
	struct hash128 checked;

	sample_init(&sample);
	sample.io_facet.name = SLICE("dataQualityAssertions");
	assert_false(same_as_sample(&sample));
	checked = ol_event_lineage_hash(&sample.event);
	sample.io_facet.bytes = SLICE("{\"assertions\":[]}");
	assert_false(hash128_equal(checked, ol_event_lineage_hash(&sample.event)));
	/* Among the facets, it is another one. */
	sample_init(&sample);
	sample.facet.name = SLICE("dataQualityAssertions");
	sample.event.job.facets.count = 0;
	checked = ol_event_lineage_hash(&sample.event);
	sample.input.io_facets = sample.input.facets;
	sample.input.facets.count = 0;
	assert_false(hash128_equal(checked, ol_event_lineage_hash(&sample.event)));
}

static void where_one_thing_ends_and_the_next_begins_counts(void **state)
{
	(void)state;
	struct sample sample;

	sample_init(&sample);
	sample.event.job.namespace = SLICE("et");
	sample.event.job.name = SLICE("lload");
	assert_false(same_as_sample(&sample));
	/* The same dataset, on the other side. */
	sample_init(&sample);
	sample.input = sample.output;
	sample.event.outputs.count = 0;
	sample.event.inputs.count = 1;
	sample.event.job.facets.count = 0;
	struct hash128 as_input = ol_event_lineage_hash(&sample.event);
	sample.event.outputs = sample.event.inputs;
	sample.event.inputs.count = 0;
	assert_false(hash128_equal(as_input, ol_event_lineage_hash(&sample.event)));
}

static void long_and_many_pieces_count_to_the_last_byte(void **state)
{
	(void)state;
	static char bytes[5000];
	static struct ol_dataset inputs[500];
	struct ol_event event = { .kind = EVENT_JOB, .inputs = { inputs, 500 } };
	struct hash128 before;

	for (size_t i = 0; i < 500; i++)
		inputs[i].name = slice_of(bytes, 10 * i);
	before = ol_event_lineage_hash(&event);
	assert_true(hash128_equal(before, ol_event_lineage_hash(&event)));
	/* In the last byte of the last, long name only. */
	bytes[4989] = 1;
	assert_false(hash128_equal(before, ol_event_lineage_hash(&event)));
	bytes[4989] = 0;
	inputs[20].name.len = 199;
	assert_false(hash128_equal(before, ol_event_lineage_hash(&event)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_texts_and_back),
		cmocka_unit_test(types_have_texts_and_some_end_a_run),
		cmocka_unit_test(the_run_its_time_and_its_numbers_do_not_count),
		cmocka_unit_test(all_that_bears_on_the_graph_counts),
		cmocka_unit_test(of_the_numbers_of_an_input_its_assertions_count),
		cmocka_unit_test(where_one_thing_ends_and_the_next_begins_counts),
		cmocka_unit_test(long_and_many_pieces_count_to_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
