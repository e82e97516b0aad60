/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/facet_target.h"

#include "collector/facet_parts.h"

#define SCRATCH_CHUNK 4096

struct transformation {
	struct slice type;
	struct slice subtype;
	bool masking;
};

static int read_masking(struct reader *reader, void *out)
{
	bool *masking = out;

	*masking = scan_peek(&reader->scan) == 't';
	return reader_skip(reader);
}

static const struct member transformation_members[] = {
	MEMBER("type", reader_text, struct transformation, type),
	MEMBER("subtype", reader_text, struct transformation, subtype),
	MEMBER("masking", read_masking, struct transformation, masking),
	MEMBERS_END,
};

struct word {
	struct slice text;
	uint32_t classes;
};

static const struct word direct_words[] = {
	{ SLICE("IDENTITY"), CLASS_IDENTITY },
	{ SLICE("TRANSFORMATION"), CLASS_TRANSFORMATION },
	{ SLICE("AGGREGATION"), CLASS_AGGREGATION },
	{ { NULL, 0 }, CLASS_OTHER_DIRECT },
};

static const struct word indirect_words[] = {
	{ SLICE("JOIN"), CLASS_JOIN },
	{ SLICE("GROUP_BY"), CLASS_GROUP_BY },
	{ SLICE("FILTER"), CLASS_FILTER },
	{ SLICE("SORT"), CLASS_SORT },
	{ SLICE("WINDOW"), CLASS_WINDOW },
	{ SLICE("CONDITIONAL"), CLASS_CONDITIONAL },
	{ { NULL, 0 }, CLASS_OTHER_INDIRECT },
};

/* What a word means, or what the end of the table says. */
static uint32_t look_up(const struct word *words, struct slice text)
{
	while (words->text.ptr && !slice_equal(words->text, text))
		words++;
	return words->classes;
}

static uint32_t classes_of(const struct transformation *transformation)
{
	bool masked = transformation->masking;
	uint32_t classes;

	if (slice_equal(transformation->type, SLICE("INDIRECT"))) {
		classes = look_up(indirect_words, transformation->subtype);
		return masked ? classes : classes | classes << FLOW_UNMASKED_SHIFT;
	}
	classes = CLASS_UNKNOWN;
	if (slice_equal(transformation->type, SLICE("DIRECT")))
		classes = look_up(direct_words, transformation->subtype);
	return masked ? classes : classes | CLASS_UNMASKED;
}

static int read_transformation(struct reader *reader, struct facet_source *source)
{
	struct transformation transformation = { .masking = false };
	bool object = scan_peek(&reader->scan) == '{';
	int r = reader_object(reader, transformation_members, &transformation);

	if (r)
		return r;
	if (object)
		source->classes |= classes_of(&transformation);
	else
		source->skipped++;
	return 0;
}

static int read_transformations(struct reader *reader, void *out)
{
	struct facet_source *source = out;
	char first = scan_peek(&reader->scan);
	int r;

	source->classes = 0;
	if (first != '[') {
		source->skipped += first != 'n';
		return reader_skip(reader);
	}
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		r = read_transformation(reader, source);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

static const struct member source_members[] = {
	MEMBER("namespace", reader_text, struct facet_source, namespace),
	MEMBER("name", reader_text, struct facet_source, name),
	MEMBER("field", reader_text, struct facet_source, field),
	MEMBER("type", reader_text, struct facet_source, type),
	{ SLICE("transformations"), read_transformations, 0 },
	MEMBERS_END,
};

static int add_source(
	const struct facet_target *target, const struct facet_source *source)
{
	struct flows *flows = target->flows;
	struct ol_end end = { .own = false };
	uint32_t place;
	int r;

	flows->skipped += source->skipped;
	if (!target->end_of(source, &end)) {
		flows->skipped++;
		return 0;
	}
	r = flows_end(flows, &end, &place);
	if (r)
		return r;
	return flows_add(flows, place, source->classes ? source->classes : FLOW_BARE);
}

int facet_sources(struct reader *reader, void *out)
{
	struct facet_target *target = out;
	int r;

	flows_forget(target->flows, target->end, target->since);
	target->told = scan_peek(&reader->scan) == '[';
	if (!target->told)
		return reader_skip(reader);
	r = flows_begin(target->flows, target->end);
	if (r)
		return r;
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		struct facet_source source = { .classes = 0 };

		r = reader_object(reader, source_members, &source);
		if (!r)
			r = add_source(target, &source);
		if (r)
			return r;
		arena_reset(reader->arena);
	}
	return r < 0 ? r : 0;
}

int facet_target_sources(struct reader *reader, void *out)
{
	struct facet_target *target = out;
	int r = facet_sources(reader, target);

	if (!r && target->told)
		flows_settle(target->flows, target->classes);
	return r;
}

static int read_column(struct reader *reader, const struct facet_target *dataset,
	const struct member *members, struct slice name)
{
	struct flows *flows = dataset->flows;
	struct facet_target column = *dataset;
	struct ol_end end = flows->ends[dataset->end].end;
	int r;

	end.kind = NODE_FIELD;
	end.field = name;
	column.told = false;
	r = flows_end(flows, &end, &column.end);
	if (r)
		return r;
	flows_forget(flows, column.end, column.since);
	r = reader_object(reader, members, &column);
	if (r)
		return r;
	if (column.told)
		flows_settle(flows, column.classes);
	else
		flows->skipped++;
	return 0;
}

int facet_target_columns(struct reader *reader, const struct facet_target *dataset,
	const struct member *members)
{
	int r;

	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		struct slice name = { NULL, 0 };

		r = reader_key(reader, &name);
		if (!r)
			r = read_column(reader, dataset, members, name);
		if (r)
			return r;
		arena_reset(reader->arena);
	}
	return r < 0 ? r : 0;
}

int facet_flows_read(
	struct flows *flows, const struct member *members, void *out, struct fault *fault)
{
	AUTO(arena) struct arena *scratch = arena_new(SCRATCH_CHUNK, SIZE_MAX);
	struct reader reader;

	if (!scratch)
		return ERR_NOMEM;
	reader_init(&reader, flows->text, scratch, fault);
	return facet_read(&reader, members, out);
}
