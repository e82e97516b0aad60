/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_words.c - parts of an answer about impact as words
 */
#include "api/impact_words.h"

#include "base/clock.h"

#include <assert.h>
#include <inttypes.h>

const char *escape_none(uint8_t c)
{
	(void)c;
	return NULL;
}

void words_name(const struct words *words, struct slice name)
{
	escape_write_short(words->buf, name, words->name_max, words->escape);
}

void words_node(const struct words *words, const struct node_key *key)
{
	words_name(words, key->namespace);
	buf_byte(words->buf, ':');
	words_name(words, key->name);
	if (key->kind == NODE_FIELD) {
		buf_byte(words->buf, '.');
		words_name(words, key->field);
	}
}

static void put_types(const struct words *words, const struct asked_change *asked)
{
	if (asked->type_before.ptr) {
		buf_str(words->buf, " from ");
		words_name(words, asked->type_before);
	}
	if (asked->type_after.ptr) {
		buf_str(words->buf, " to ");
		words_name(words, asked->type_after);
	}
	/* A change of a field in it. */
	if (!asked->type_before.ptr && !asked->type_after.ptr) {
		buf_str(words->buf, " by its field ");
		words_name(words, asked->change.types.path);
	}
}

static void put_new_name(const struct words *words, const struct asked_change *asked)
{
	buf_str(words->buf, " to ");
	if (asked->to_namespace.len) {
		words_name(words, asked->to_namespace);
		buf_byte(words->buf, ':');
	}
	words_name(words, asked->to);
}

void words_change(const struct words *words, const struct report_change *change)
{
	const struct asked_change *asked = change->asked;

	buf_printf(words->buf, "%s ", impact_op_text(asked->change.op));
	words_node(words, &change->dataset);
	if (asked->change.column.len) {
		buf_byte(words->buf, '.');
		words_name(words, asked->change.column);
	}
	switch (asked->change.op) {
	case OP_RENAME_COLUMN:
	case OP_RENAME_DATASET:
		put_new_name(words, asked);
		break;
	case OP_ALTER_TYPE:
		put_types(words, asked);
		break;
	case OP_DROP_COLUMN:
	case OP_SET_NULLABLE:
	case OP_SET_NOT_NULL:
	case OP_ADD_COLUMN:
	case OP_ADD_REQUIRED:
	case OP_MASK_COLUMN:
	case OP_CHANGE_MEANING:
	case OP_DROP_DATASET:
		break;
	}
}

void words_owners(
	const struct words *words, const struct report_impact *impact, size_t most)
{
	const struct ol_labels *owners = impact->owners;
	size_t told = owners->count < most ? owners->count : most;
	size_t more = owners->count - told + impact->owners_more;

	for (size_t i = 0; i < told; i++) {
		buf_str(words->buf, i ? "; " : "");
		words_name(words, owners->list[i].name);
	}
	if (more)
		buf_printf(words->buf, " and %zu more", more);
}

void words_path(
	const struct words *words, const struct report_impact *impact, size_t most)
{
	size_t count = impact->path_count;
	size_t front = count > most ? most / 2 : REPORT_PATH_END;
	size_t back = count > most ? count - (most - front) : REPORT_PATH_END;
	size_t omitted = back - front + impact->path_omitted;

	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_str(words->buf, " > ");
		if (i == front && omitted) {
			buf_printf(words->buf, "(%zu more) > ", omitted);
			i = back;
		}
		words_node(words, &impact->path[i]->key);
	}
}

void words_waiver(const struct words *words, const struct waiver *waiver)
{
	char text[TIME_TEXT_MAX];

	if (waiver->until_us == INT64_MAX)
		buf_str(words->buf, "for good: ");
	else
		buf_printf(words->buf, "until %s: ", time_format(waiver->until_us, text));
	words_name(words, waiver->reason);
}

/* One of the words of an option that takes some of them. */
static void put_only(struct buf *buf, const char **before, bool asked, const char *word)
{
	if (!asked)
		return;
	buf_str(buf, *before);
	buf_str(buf, word);
	*before = ", ";
}

void words_narrowed(struct buf *buf, const struct impact_report *report)
{
	const struct impact_question *question = report->question;
	const struct lineage_query *graph = &question->graph;
	bool all = graph->observed && graph->declared && graph->inferred;
	const char *before = "Only this was asked for: ";

	if (report->excluded)
		buf_printf(buf, "%" PRIu64 " impact%s excluded.", report->excluded,
			report->excluded == 1 ? " is" : "s are");
	if (!impact_asks_for_part(question))
		return;
	if (report->excluded)
		buf_byte(buf, ' ');
	put_only(buf, &before, !question->downstream, "what is upstream");
	put_only(buf, &before, !question->upstream, "what is downstream");
	put_only(buf, &before, !question->horizons[HORIZON_FAIL_STOP], "fix_forward");
	put_only(buf, &before, !question->horizons[HORIZON_FIX_FORWARD], "fail_stop");
	put_only(buf, &before, !all && graph->observed, "observed lineage");
	put_only(buf, &before, !all && graph->declared, "declared lineage");
	put_only(buf, &before, !all && graph->inferred, "inferred lineage");
	buf_byte(buf, '.');
}

void words_coverage(struct buf *buf, const struct impact_report *report)
{
	const struct impact_coverage *coverage = &report->coverage;
	/* Cut, not rounded: 100 % means all of them. */
	uint64_t permille = coverage->datasets ? coverage->datasets_resolved * 1000 /
							 coverage->datasets
					       : 1000;
	bool one = coverage->opaque_hops == 1;

	if (coverage->datasets == 0)
		buf_str(buf, "No dataset is reached");
	else
		buf_printf(buf,
			"%" PRIu64 " of %" PRIu64
			" reachable datasets are resolved column by column (%" PRIu64
			".%" PRIu64 " %%)",
			coverage->datasets_resolved, coverage->datasets, permille / 10,
			permille % 10);
	buf_printf(buf, "; %" PRIu64 " hop%s no columns.", coverage->opaque_hops,
		one ? " tells" : "s tell");
	if (coverage->lower_bound)
		buf_str(buf, " There may be more than is told here.");
	if (impact_is_narrowed(report)) {
		buf_byte(buf, ' ');
		words_narrowed(buf, report);
	}
}

uint64_t impact_affected(const struct report_counts *counts)
{
	return counts->total - counts->effects[impact_effect_place(EFFECT_UNAFFECTED)];
}

uint64_t impact_left_out(const struct impact_report *report)
{
	return report->total - report->impact_count;
}

int impact_worst_first(const struct impact_report *report, struct arena *arena,
	const struct report_impact ***list_out, size_t *count_out)
{
	const struct report_impact **list =
		arena_array(arena, report->impact_count + 1, sizeof(const void *));
	size_t count = 0;

	if (!list)
		return ERR_NOMEM;
	for (size_t place = 0; place < IMPACT_EFFECTS; place++) {
		if (impact_effects[place] == EFFECT_UNAFFECTED)
			continue;
		for (size_t i = 0; i < report->impact_count; i++) {
			if (report->impacts[i].impact.effect == impact_effects[place])
				list[count++] = &report->impacts[i];
		}
	}
	*list_out = list;
	*count_out = count;
	return 0;
}

const char *impact_cut_text(const struct impact_report *report)
{
	switch (report->cut) {
	case CUT_NONE:
		break;
	case CUT_BUDGET:
		return "The search was ended by its budget: the answer is not complete.";
	case CUT_DEADLINE:
		return "The search was ended by its deadline: the answer is not "
		       "complete.";
	}
	return NULL;
}

bool impact_fails(const struct impact_report *report, const struct report_impact *impact)
{
	return report->question->fail_on & impact->left;
}

const struct report_change *impact_change_of(
	const struct impact_report *report, const struct report_impact *impact)
{
	assert(impact->impact.change < report->change_count);
	return &report->changes[impact->impact.change];
}
