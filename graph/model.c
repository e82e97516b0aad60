/* SPDX-License-Identifier: Apache-2.0 */

#include "graph/model.h"

#include <endian.h>

const char *node_kind_text(enum node_kind kind)
{
	switch (kind) {
	case NODE_DATASET:
		return "dataset";
	case NODE_JOB:
		return "job";
	case NODE_FIELD:
		return "field";
	case NODE_WHOLE:
		return "whole";
	}
	return "unknown";
}

int node_kind_from_text(struct slice text, enum node_kind *out)
{
	for (int i = NODE_DATASET; i <= NODE_FIELD; i++) {
		enum node_kind kind = (enum node_kind)i;

		if (slice_equal(text, slice_from(node_kind_text(kind)))) {
			*out = kind;
			return 0;
		}
	}
	return 1;
}

const char *evidence_text(enum evidence evidence)
{
	switch (evidence) {
	case EVIDENCE_OBSERVED:
		return "observed";
	case EVIDENCE_DECLARED:
		return "declared";
	case EVIDENCE_INFERRED:
		return "inferred";
	}
	return "unknown";
}

const char *event_type_text(enum event_type type)
{
	switch (type) {
	case TYPE_OTHER:
		return "OTHER";
	case TYPE_START:
		return "START";
	case TYPE_RUNNING:
		return "RUNNING";
	case TYPE_COMPLETE:
		return "COMPLETE";
	case TYPE_FAIL:
		return "FAIL";
	case TYPE_ABORT:
		return "ABORT";
	}
	return "OTHER";
}

/*
 * The lineage hash.  An event has dozens of short pieces: they are gathered
 * with their lengths, and long ones are hashed where they lie, so that the
 * hash function is called a few times only.
 */
#define GATHER_BYTES 2048
#define GATHER_PIECE 256 /* longer ones go in as their hash */

struct gather {
	size_t len;
	char bytes[GATHER_BYTES];
};

/* Puts what was gathered so far in the place of it. */
static void gather_fold(struct gather *gather)
{
	struct hash128 hash = hash128_of(slice_of(gather->bytes, gather->len));
	uint64_t words[2] = { htole64(hash.lo), htole64(hash.hi) };

	memcpy(gather->bytes, words, sizeof(words));
	gather->len = sizeof(words);
}

/* n is at most GATHER_PIECE. */
static void gather_bytes(struct gather *gather, const void *bytes, size_t n)
{
	if (n > GATHER_BYTES - gather->len)
		gather_fold(gather);
	if (n)
		memcpy(gather->bytes + gather->len, bytes, n);
	gather->len += n;
}

static void gather_number(struct gather *gather, uint64_t number)
{
	uint64_t word = htole64(number);

	gather_bytes(gather, &word, sizeof(word));
}

static void gather_slice(struct gather *gather, struct slice piece)
{
	struct hash128 hash;

	gather_number(gather, piece.len);
	if (piece.len <= GATHER_PIECE) {
		gather_bytes(gather, piece.ptr, piece.len);
		return;
	}
	hash = hash128_of(piece);
	gather_number(gather, hash.lo);
	gather_number(gather, hash.hi);
}

static void gather_facet(struct gather *gather, const struct ol_facet *facet)
{
	gather_slice(gather, facet->name);
	gather_slice(gather, facet->bytes);
}

/* beside: another number that belongs there, mostly 0. */
static void gather_facets(
	struct gather *gather, const struct ol_facets *facets, uint32_t beside)
{
	gather_number(gather, (uint64_t)beside << 32 | facets->count);
	for (size_t i = 0; i < facets->count; i++)
		gather_facet(gather, &facets->list[i]);
}

/* Of inputFacets and outputFacets these alone bear on the graph. */
static bool is_check(const struct ol_facet *facet)
{
	return slice_equal(facet->name, SLICE("dataQualityAssertions"));
}

static uint32_t count_checks(const struct ol_facets *facets)
{
	uint32_t count = 0;

	for (size_t i = 0; i < facets->count; i++)
		count += is_check(&facets->list[i]);
	return count;
}

static void gather_checks(struct gather *gather, const struct ol_facets *facets)
{
	for (size_t i = 0; i < facets->count; i++)
		if (is_check(&facets->list[i]))
			gather_facet(gather, &facets->list[i]);
}

static void gather_dataset(struct gather *gather, const struct ol_dataset *dataset)
{
	uint32_t checks = count_checks(&dataset->io_facets);

	gather_slice(gather, dataset->namespace);
	gather_slice(gather, dataset->name);
	gather_facets(gather, &dataset->facets, checks);
	if (checks)
		gather_checks(gather, &dataset->io_facets);
}

static void gather_datasets(struct gather *gather, const struct ol_datasets *datasets)
{
	gather_number(gather, datasets->count);
	for (size_t i = 0; i < datasets->count; i++)
		gather_dataset(gather, &datasets->list[i]);
}

static void gather_note(struct gather *gather, const struct ol_note *note)
{
	gather_slice(gather, note->kind);
	gather_number(gather, note->name_count);
	for (size_t i = 0; i < note->name_count; i++)
		gather_slice(gather, note->names[i]);
	gather_number(gather, note->content.ptr != NULL);
	gather_slice(gather, note->content);
}

struct hash128 ol_event_lineage_hash(const struct ol_event *event)
{
	struct gather gather;

	gather.len = 0;
	gather_number(&gather, event->kind);
	gather_slice(&gather, event->job.namespace);
	gather_slice(&gather, event->job.name);
	gather_facets(&gather, &event->job.facets, 0);
	gather_datasets(&gather, &event->inputs);
	gather_datasets(&gather, &event->outputs);
	gather_dataset(&gather, &event->dataset);
	if (event->note)
		gather_note(&gather, event->note);
	return hash128_of(slice_of(gather.bytes, gather.len));
}
