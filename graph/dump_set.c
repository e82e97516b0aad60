/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_set.c - a set in the canonical text: inputs, outputs, flows
 */
#include "base/arena.h"
#include "graph/dump_impl.h"
#include "graph/flow.h"

#include <inttypes.h>
#include <stdlib.h>

static int put_inputs(struct dump *dump, struct ioset *set)
{
	int r = dump_rank(dump, set->inputs, set->input_count);

	for (size_t i = 0; !r && i < set->input_count; i++) {
		buf_str(&dump->text, "\t\treads ");
		dump_ranked(dump, set->inputs[i]);
		buf_byte(&dump->text, '\n');
	}
	return r;
}

struct output {
	uint32_t rank;
	uint8_t cover;
};

static int compare_outputs(const void *a, const void *b)
{
	const struct output *x = a;
	const struct output *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static void put_output(struct dump *dump, const struct output *output)
{
	buf_str(&dump->text, "\t\twrites ");
	dump_ranked(dump, output->rank);
	if (output->cover == COVER_COLUMNS)
		buf_str(&dump->text, " covered columns");
	if (output->cover == COVER_EXPLICIT)
		buf_str(&dump->text, " covered explicit");
	buf_byte(&dump->text, '\n');
}

static int put_outputs(struct dump *dump, const struct ioset *set)
{
	struct output *outputs =
		arena_array(dump->scratch, set->output_count + 1, sizeof(*outputs));

	if (!outputs)
		return ERR_NOMEM;
	for (size_t i = 0; i < set->output_count; i++) {
		if (!dump_find(dump, set->outputs[i]))
			return ERR_CORRUPT;
		outputs[i].rank = dump->rank[set->outputs[i]];
		outputs[i].cover = set->covers ? set->covers[i] : 0;
	}
	qsort(outputs, set->output_count, sizeof(*outputs), compare_outputs);
	for (size_t i = 0; i < set->output_count; i++)
		put_output(dump, &outputs[i]);
	return 0;
}

/* Of flows whose ends are ranks. */
static int compare_flows(const void *a, const void *b)
{
	const struct flow *x = a;
	const struct flow *y = b;
	uint32_t form_x = x->classes & CLASSES_FORM;
	uint32_t form_y = y->classes & CLASSES_FORM;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (form_x > form_y) - (form_x < form_y);
}

static void put_flow(struct dump *dump, const struct flow *flow)
{
	buf_str(&dump->text, "\t\tflow ");
	dump_ranked(dump, flow->source);
	buf_str(&dump->text, " to ");
	dump_ranked(dump, flow->target);
	buf_printf(&dump->text, " classes %" PRIx32 "%s\n", flow->classes,
		flow->implied ? " implied" : "");
}

static int put_flows(struct dump *dump, struct ioset *set)
{
	for (size_t i = 0; i < set->flow_count; i++) {
		struct flow *flow = &set->flows[i];

		if (!dump_find(dump, flow->target) || !dump_find(dump, flow->source))
			return ERR_CORRUPT;
		flow->target = dump->rank[flow->target];
		flow->source = dump->rank[flow->source];
	}
	if (set->flow_count)
		qsort(set->flows, set->flow_count, sizeof(*set->flows), compare_flows);
	for (size_t i = 0; i < set->flow_count; i++)
		put_flow(dump, &set->flows[i]);
	return 0;
}

int dump_ioset(struct dump *dump, ioset_id io)
{
	struct ioset set;
	int r = ioset_get(dump->txn, io, dump->scratch, &set);

	if (!r && set.stated)
		buf_str(&dump->text, "\t\tstated\n");
	if (!r)
		r = put_inputs(dump, &set);
	if (!r)
		r = put_outputs(dump, &set);
	if (!r)
		r = put_flows(dump, &set);
	return r;
}
