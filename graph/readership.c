/* SPDX-License-Identifier: Apache-2.0 */

/*
 * readership.c - which jobs read a column or a dataset, and which write it
 */
#include "graph/readership.h"

#include "base/idset.h"
#include "graph/entity.h"
#include "graph/flow.h"
#include "graph/image_ring.h"
#include "graph/standing.h"
#include "graph/timeline.h"

struct census {
	const struct readership_question *question;
	struct lineage_query query; /* with a budget of ours */
	struct standing standing;
	struct span_buffer buffer;
	struct idset *takers;  /* jobs that read the dataset then */
	struct idset *writers; /* that write it */
	struct idset *readers; /* that read what is asked about */
	struct readership found;
};

static bool goes_on(const struct census *census)
{
	return census->standing.meter.cut == CUT_NONE;
}

static int note(struct idset *jobs, node_id job)
{
	int r = idset_put(jobs, job, 0);

	return r < 0 ? r : 0;
}

static int note_beside(struct census *census, enum direction direction, node_id job)
{
	struct idlist *list = census->question->writers;

	if (direction == DOWNSTREAM)
		return note(census->takers, job);
	return list && idlist_add(list, job) ? ERR_NOMEM : note(census->writers, job);
}

/* The jobs beside the dataset, and those that are one with it. */
static int list_jobs(struct census *census, enum direction direction)
{
	struct standing *standing = &census->standing;
	struct ring ring = ring_from(standing->image, census->question->dataset);
	int r = 0;

	for (; !r && ring.at && goes_on(census); ring_step(&ring)) {
		struct edge_source source = { ring.at, image_at(standing->image, ring.at),
			direction };
		struct span span;

		r = standing_edges(standing, &source, &census->buffer, &span);
		for (size_t i = 0; !r && i < span.count; i++) {
			if (image_at(standing->image, span.peers[i])->kind == NODE_JOB &&
				(span.flags[i] & EDGE_IO_NOW))
				r = note_beside(census, direction, span.peers[i]);
		}
	}
	return r;
}

static void widen(struct census *census, node_id job, const struct run_position *last)
{
	if (last->start_us <= census->found.last_us)
		return;
	census->found.last_us = last->start_us;
	census->found.last_job = job;
}

/* When an item was last told.  Returns 1 when never, or when the meter ended it. */
static int look_for(struct census *census, const struct timeline_item *item,
	struct timeline_span *out)
{
	return timeline_seen(census->standing.txn, item, &census->standing.meter, out);
}

/* Whether an item that was told between these two stands at the time asked about. */
static bool stands(const struct census *census, const struct flow_row *row,
	const struct timeline_span *span)
{
	const struct lineage_query *query = &census->query;
	int64_t to_us = query->as_of_us;

	switch (query->time) {
	case LINEAGE_CURRENT:
		return row->now != 0;
	case LINEAGE_AS_OF:
		break;
	case LINEAGE_WINDOW:
		to_us = query->to_us;
		if (!row->now && span->last.start_us < query->from_us)
			return false;
		break;
	}
	return span->first.start_us <= to_us &&
	       idset_get(census->takers, row->owner, NULL) == 0;
}

static int hear_row(void *ctx, const struct flow_row *row)
{
	struct census *census = ctx;
	const struct image_node *owner = image_node(census->standing.image, row->owner);
	const struct timeline_item item = {
		.owner = row->owner,
		.lane = row->lane,
		.what = ITEM_FLOW,
		.node = row->target,
		.source = row->source,
	};
	struct timeline_span span;
	bool job = owner && owner->kind == NODE_JOB;
	int r;

	if (!goes_on(census))
		return 1;
	if (!lineage_wants(&census->query, row->lane))
		return 0;
	r = look_for(census, &item, &span);
	if (r)
		return r < 0 ? r : 0;
	widen(census, job ? row->owner : 0, &span.last);
	return job && stands(census, row, &span) ? note(census->readers, row->owner) : 0;
}

/* The flows out of a field, or a whole, and of those that are one with it. */
static int hear_flows(struct census *census, node_id id)
{
	struct standing *standing = &census->standing;
	struct ring ring = ring_from(standing->image, id);
	int r = 0;

	for (; r >= 0 && ring.at && goes_on(census); ring_step(&ring)) {
		const struct image_edges *edges =
			&image_at(standing->image, ring.at)->edges[DOWNSTREAM];

		for (uint32_t i = 0; r >= 0 && i < edges->total && goes_on(census); i++) {
			if (!(edges->flags[i] & EDGE_FLOW_EVER) ||
				!meter_allows(&standing->meter, 1))
				continue;
			r = flow_each(standing->txn, edges->peers[i], ring.at, hear_row,
				census);
		}
	}
	return r < 0 ? r : 0;
}

static int hear_column(struct census *census)
{
	const struct image_version *image = census->standing.image;
	struct ring ring = ring_from(image, census->question->dataset);
	int r = 0;

	if (census->question->field)
		r = hear_flows(census, census->question->field);
	for (; !r && ring.at; ring_step(&ring)) {
		node_id whole = image_at(image, ring.at)->parent;

		/* Its ring is gone round by the datasets'. */
		if (whole && image_canonical(image, whole) == whole)
			r = hear_flows(census, whole);
	}
	return r;
}

/* When a job last had one of the dataset's names as its input. */
static int hear_input(struct census *census, node_id name, node_id job)
{
	static const enum evidence lanes[] = { EVIDENCE_OBSERVED, EVIDENCE_DECLARED };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_LEN(lanes) && goes_on(census); i++) {
		const struct timeline_item item = {
			.owner = job,
			.lane = lanes[i],
			.what = ITEM_INPUT,
			.node = name,
		};
		struct timeline_span span;

		r = look_for(census, &item, &span);
		if (!r)
			widen(census, job, &span.last);
	}
	return r < 0 ? r : 0;
}

/* Whoever reads the dataset now or did once. */
static int hear_inputs(struct census *census)
{
	const struct image_version *image = census->standing.image;
	struct ring ring = ring_from(image, census->question->dataset);
	int r = 0;

	for (; !r && ring.at; ring_step(&ring)) {
		const struct image_edges *edges =
			&image_at(image, ring.at)->edges[DOWNSTREAM];

		for (uint32_t i = 0; !r && i < edges->total && goes_on(census); i++) {
			if ((edges->flags[i] & EDGE_IO_EVER) &&
				meter_allows(&census->standing.meter, 1))
				r = hear_input(census, ring.at, edges->peers[i]);
		}
	}
	return r;
}

static int count_all(struct census *census)
{
	bool by_table = census->question->by_table;
	int r = list_jobs(census, DOWNSTREAM);

	if (!r)
		r = list_jobs(census, UPSTREAM);
	if (census->question->writers)
		idlist_finish(census->question->writers);
	if (!r)
		r = by_table ? hear_inputs(census) : hear_column(census);
	census->found.writers = idset_count(census->writers);
	census->found.readers = idset_count(by_table ? census->takers : census->readers);
	census->found.complete = goes_on(census);
	census->found.looked = census->question->budget - census->standing.meter.left;
	return r;
}

int readership_find(struct snapshot *snapshot, const struct readership_question *question,
	struct readership *out)
{
	AUTO(idset) struct idset *takers = idset_new(SIZE_MAX);
	AUTO(idset) struct idset *writers = idset_new(SIZE_MAX);
	AUTO(idset) struct idset *readers = idset_new(SIZE_MAX);
	struct census census = {
		.question = question,
		.query = *question->graph,
		.takers = takers,
		.writers = writers,
		.readers = readers,
		.found = { .last_us = TIME_NEVER },
	};
	int r;

	if (!takers || !writers || !readers)
		return ERR_NOMEM;
	census.query.budget_edges = question->budget;
	r = standing_init(&census.standing, snapshot, &census.query);
	if (!r) {
		standing_refill(&census.standing, true);
		r = count_all(&census);
	}
	span_buffer_fini(&census.buffer);
	standing_fini(&census.standing);
	if (!r)
		*out = census.found;
	return r;
}
