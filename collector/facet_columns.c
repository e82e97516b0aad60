/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ColumnLineageDatasetFacet 1-2-0.  Its `fields` tell of each column which
 * others it comes from, its `dataset` which ones all of them depend on.  Older
 * producers repeat the latter in each column; both forms give the same flows.
 */
#include "collector/facet_parts.h"
#include "collector/facet_target.h"

struct columns {
	struct flows flows;
	struct facet_target whole;
	bool told; /* it has fields */
};

static bool input_field(const struct facet_source *source, struct ol_end *out)
{
	*out = (struct ol_end){
		.kind = NODE_FIELD,
		.namespace = source->namespace,
		.name = source->name,
		.field = source->field,
	};
	return out->namespace.ptr && out->name.ptr && out->field.ptr;
}

/* What the deprecated transformationType says. */
static int read_type(struct reader *reader, void *out)
{
	struct facet_target *column = out;
	struct slice text;
	int r = reader_text(reader, &text);

	column->classes = CLASS_UNKNOWN | CLASS_UNMASKED;
	if (slice_equal(text, SLICE("IDENTITY")))
		column->classes = CLASS_IDENTITY | CLASS_UNMASKED;
	else if (slice_equal(text, SLICE("MASKED")))
		column->classes = CLASS_IDENTITY;
	return r;
}

static const struct member column_members[] = {
	{ SLICE("inputFields"), facet_sources, 0 },
	{ SLICE("transformationType"), read_type, 0 },
	MEMBERS_END,
};

static int read_fields(struct reader *reader, void *out)
{
	struct columns *columns = out;
	int r = facet_expect(reader, '{');

	if (r)
		return r;
	flows_forget_all(&columns->flows, true);
	columns->told = true;
	return facet_target_columns(reader, &columns->whole, column_members);
}

static int read_dataset(struct reader *reader, void *out)
{
	struct columns *columns = out;
	char first = scan_peek(&reader->scan);

	columns->flows.skipped += first != '[' && first != 'n';
	return facet_target_sources(reader, &columns->whole);
}

static const struct member columns_members[] = {
	{ SLICE("fields"), read_fields, 0 },
	{ SLICE("dataset"), read_dataset, 0 },
	MEMBERS_END,
};

int facet_read_columns(struct slice bytes, struct arena *arena, struct ol_flows *out,
	struct fault *fault)
{
	const struct ol_end own = { .kind = NODE_DATASET, .own = true };
	struct columns columns = { .flows = { .arena = arena, .text = bytes } };
	struct facet_target *whole = &columns.whole;
	int r;

	whole->flows = &columns.flows;
	whole->end_of = input_field;
	whole->classes = CLASS_UNKNOWN | CLASS_UNMASKED;
	r = flows_end(&columns.flows, &own, &whole->end);
	if (!r)
		r = facet_flows_read(&columns.flows, columns_members, &columns, fault);
	if (!r && !columns.told)
		r = facet_refuse_missing(fault, "/fields");
	if (!r)
		r = flows_lift(&columns.flows, whole->end);
	return r ? r : flows_finish(&columns.flows, out);
}
