/* SPDX-License-Identifier: Apache-2.0 */

/*
 * facet_meaning.c - which facets bear on the graph, and what one says
 */
#include "graph/facet_meaning.h"

#include "graph/fold.h"

/* One facet to be read; what it says goes to out. */
struct reading {
	const struct facet_reader *reader;
	struct arena *arena;
	struct slice bytes;
	uint32_t skipped;
	struct facet_said *out;
};

typedef int read_facet(struct reading *reading);

static int read_columns(struct reading *reading)
{
	struct ol_flows flows;

	return reading->reader->columns(reading->bytes, reading->arena, &flows, NULL);
}

static int read_checks(struct reading *reading)
{
	struct ol_flows flows;

	return reading->reader->checks(reading->bytes, reading->arena, &flows, NULL);
}

static int read_job_lineage(struct reading *reading)
{
	struct ol_flows flows;

	return reading->reader->job_lineage(reading->bytes, reading->arena, &flows, NULL);
}

static int read_dataset_lineage(struct reading *reading)
{
	struct ol_flows flows;

	return reading->reader->dataset_lineage(
		reading->bytes, reading->arena, &flows, NULL);
}

static int read_symlinks(struct reading *reading)
{
	struct ol_symlinks *symlinks = &reading->out->symlinks;
	int r = reading->reader->symlinks(reading->bytes, reading->arena, symlinks, NULL);

	reading->skipped = r ? 0 : symlinks->skipped;
	return r;
}

static int read_lifecycle(struct reading *reading)
{
	return reading->reader->lifecycle(
		reading->bytes, reading->arena, &reading->out->lifecycle, NULL);
}

static int read_owners(struct reading *reading)
{
	struct ol_labels *labels = &reading->out->labels;
	int r = reading->reader->owners(reading->bytes, reading->arena, labels, NULL);

	reading->skipped = r ? 0 : labels->skipped;
	return r;
}

static int read_tags(struct reading *reading)
{
	struct ol_labels *labels = &reading->out->labels;
	int r = reading->reader->tags(reading->bytes, reading->arena, labels, NULL);

	reading->skipped = r ? 0 : labels->skipped;
	return r;
}

static int read_schema(struct reading *reading)
{
	struct ol_schema schema;
	int r = reading->reader->schema(reading->bytes, reading->arena, &schema, NULL);

	reading->skipped = r ? 0 : schema.skipped;
	return r;
}

static int read_job_type(struct reading *reading)
{
	struct ol_job_type type;

	return reading->reader->job_type(reading->bytes, reading->arena, &type, NULL);
}

static int read_temporary(struct reading *reading)
{
	bool temporary;

	return reading->reader->temporary(
		reading->bytes, reading->arena, &temporary, NULL);
}

static int read_planned(struct reading *reading)
{
	struct ol_planned planned;
	int r = reading->reader->planned(reading->bytes, reading->arena, &planned, NULL);

	reading->skipped = r ? 0 : planned.skipped;
	return r;
}

struct known_facet {
	struct slice name; /* of planned changes only its beginning */
	enum node_kind kind;
	enum meaning meaning;
	read_facet *read;
};

#define NAME(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
static const struct known_facet known_facets[] = {
	{ NAME("schema"), NODE_DATASET, MEANING_CHECKED, read_schema },
	{ NAME("columnLineage"), NODE_DATASET, MEANING_CHECKED, read_columns },
	{ NAME("dataQualityAssertions"), NODE_DATASET, MEANING_CHECKED, read_checks },
	{ NAME("lineage"), NODE_DATASET, MEANING_CHECKED, read_dataset_lineage },
	{ NAME("lineage"), NODE_JOB, MEANING_CHECKED, read_job_lineage },
	{ NAME("datasetType"), NODE_DATASET, MEANING_CHECKED, read_temporary },
	{ NAME("jobType"), NODE_JOB, MEANING_CHECKED, read_job_type },
	{ NAME("ownership"), NODE_DATASET, MEANING_OWNERS, read_owners },
	{ NAME("ownership"), NODE_JOB, MEANING_OWNERS, read_owners },
	{ NAME("tags"), NODE_DATASET, MEANING_TAGS, read_tags },
	{ NAME("tags"), NODE_JOB, MEANING_TAGS, read_tags },
	{ NAME("symlinks"), NODE_DATASET, MEANING_SYMLINKS, read_symlinks },
	{ NAME("lifecycleStateChange"), NODE_DATASET, MEANING_LIFECYCLE, read_lifecycle },
};
static const struct known_facet planned_facet = { NAME(PLANNED_FACET_PREFIX),
	NODE_DATASET, MEANING_PLANNED, read_planned };
#undef NAME

const struct known_facet *known_facet_find(enum node_kind kind, struct slice name)
{
	if (kind == NODE_DATASET && planned_id_of(name).ptr)
		return &planned_facet;
	for (size_t i = 0; i < ARRAY_LEN(known_facets); i++)
		if (known_facets[i].kind == kind &&
			slice_equal(known_facets[i].name, name))
			return &known_facets[i];
	return NULL;
}

enum meaning known_facet_meaning(const struct known_facet *known)
{
	return known->meaning;
}

int known_facet_read(struct fold *fold, const struct known_facet *known,
	struct slice bytes, struct facet_said *out)
{
	struct reading reading = {
		.reader = fold->facets,
		.arena = fold->scratch,
		.bytes = bytes,
		.out = out,
	};
	int r;

	*out = (struct facet_said){ 0 };
	if (!fold->facets)
		return 0;
	r = known->read(&reading);
	fold->odd += reading.skipped;
	return r == ERR_INVALID ? 1 : r;
}

const struct ol_facet *facet_told(const struct ol_facets *facets, struct slice name)
{
	for (size_t i = facets->count; i-- > 0;)
		if (slice_equal(facets->list[i].name, name))
			return facets->list[i].deleted ? NULL : &facets->list[i];
	return NULL;
}
