/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioset.c - what runs and declarations tell, each set kept once
 *
 * Most sets are a few inputs and outputs: parts that a set does not have take
 * no byte.  Flows are grouped by their target, so that one costs two bytes
 * mostly: the step from the source before it, and its classes, form and
 * `implied` in one number.  What is not masked is the rule: so the record says
 * what is.
 */

#include "base/arena.h"
#include "base/hash.h"
#include "graph/flow.h"
#include "graph/timeline.h"
#include "steps.h"
#include "store_impl.h"

#define IOSET_VERSION 3

enum part { PART_STATED = 1, PART_COVERS = 2, PART_FLOWS = 4 };
#define PARTS (PART_STATED | PART_COVERS | PART_FLOWS)

/* Covers: four to a byte, the first one in the low bits. */
#define COVERS_IN_BYTE 4
#define COVER_BITS     2
#define COVER_MASK     3U

/* The number of a flow: its classes, two bits of form, `implied`. */
#define FLOW_IMPLIED	 1U
#define FLOW_FORM_SHIFT	 1
#define FLOW_FORM_MASK	 3U
#define FLOW_CLASS_SHIFT 3
#define FORM_FIRST	 13 /* the bit of CLASS_FORM_COLUMNS */
#define FORMS		 3
#define FORM_NONE	 0 /* and from 1 on, the forms in order of their bits */
#define FORM_BAD	 (FORMS + 1)
#define FLOW_MAX	 ((uint64_t)CLASS_FORM_COLUMNS << FLOW_CLASS_SHIFT)
/* A target's step and count, a source's step, and that number. */
#define FLOW_BYTES_MAX (4 * VARINT32_MAX)

_Static_assert(CLASS_FORM_COLUMNS == 1U << FORM_FIRST &&
		       CLASSES_FORM == ((1U << FORMS) - 1) << FORM_FIRST,
	"forms are the bits above the classes");

static void id_key(struct store_key *key, ioset_id id)
{
	key_start(key);
	key_put_u32(key, id);
}

static size_t cover_bytes(size_t outputs)
{
	return outputs / COVERS_IN_BYTE + (outputs % COVERS_IN_BYTE != 0);
}

static bool has_covers(const struct ioset *set)
{
	for (size_t i = 0; set->covers && i < set->output_count; i++)
		if (set->covers[i])
			return true;
	return false;
}

/* Returns false when there is a cover that we do not know. */
static bool encode_covers(struct record_writer *writer, const struct ioset *set)
{
	for (size_t i = 0; i < set->output_count; i += COVERS_IN_BYTE) {
		unsigned byte = 0;

		for (size_t j = 0; j < COVERS_IN_BYTE && i + j < set->output_count; j++) {
			if (set->covers[i + j] > COVER_EXPLICIT)
				return false;
			byte |= (unsigned)set->covers[i + j] << j * COVER_BITS;
		}
		record_put_u8(writer, (uint8_t)byte);
	}
	return true;
}

static uint32_t form_bit(unsigned form)
{
	return form == FORM_NONE ? 0 : 1U << (FORM_FIRST + form - 1);
}

/* The place of a flow's form; FORM_BAD when it has several. */
static unsigned form_of(uint32_t classes)
{
	unsigned form = FORM_NONE;

	while (form < FORM_BAD && (classes & CLASSES_FORM) != form_bit(form))
		form++;
	return form;
}

/* One behind the last flow with the same target. */
static size_t group_end(const struct ioset *set, size_t first)
{
	size_t end = first + 1;

	while (end < set->flow_count &&
		set->flows[end].target == set->flows[first].target)
		end++;
	return end;
}

/* A flow behind another one with the same target. */
struct flow_before {
	node_id source;
	unsigned form; /* its place */
};

/* Returns false when the flow does not belong behind the one before it. */
static bool encode_flow(
	struct record_writer *writer, const struct flow *flow, struct flow_before *before)
{
	unsigned form = form_of(flow->classes);
	uint32_t number;

	if (form == FORM_BAD || !flow->classes || flow->classes > UINT16_MAX ||
		flow->source < before->source)
		return false;
	/* The first one stands behind no source at all: 0, of the last form. */
	if (flow->source == before->source && form <= before->form)
		return false;
	number = ((flow->classes & ~(uint32_t)CLASSES_FORM) ^ CLASS_UNMASKED)
			 << FLOW_CLASS_SHIFT |
		 form << FLOW_FORM_SHIFT | (flow->implied ? FLOW_IMPLIED : 0);
	record_put_varint(writer, flow->source - before->source);
	record_put_varint(writer, number);
	*before = (struct flow_before){ flow->source, form };
	return true;
}

/* Returns false when flows are not sorted, or one is there twice. */
static bool encode_flows(struct record_writer *writer, const struct ioset *set)
{
	node_id target = 0;
	size_t end;

	for (size_t i = 0; i < set->flow_count; i = end) {
		struct flow_before before = { 0, FORM_BAD };

		end = group_end(set, i);
		if (set->flows[i].target <= target)
			return false;
		record_put_varint(writer, set->flows[i].target - target);
		record_put_varint(writer, end - i);
		target = set->flows[i].target;
		for (size_t j = i; j < end; j++)
			if (!encode_flow(writer, &set->flows[j], &before))
				return false;
	}
	return true;
}

/* Returns false when the set is not in the form that timeline.h says. */
static bool encode_parts(struct record_writer *writer, const struct ioset *set)
{
	unsigned parts = (set->stated ? PART_STATED : 0) |
			 (has_covers(set) ? PART_COVERS : 0) |
			 (set->flow_count ? PART_FLOWS : 0);

	record_put_u8(writer, (uint8_t)parts);
	record_put_varint(writer, set->input_count);
	record_put_varint(writer, set->output_count);
	if (!steps_put(writer, set->inputs, set->input_count) ||
		!steps_put(writer, set->outputs, set->output_count))
		return false;
	if ((parts & PART_COVERS) && !encode_covers(writer, set))
		return false;
	return encode_flows(writer, set);
}

static int encode(struct store_txn *txn, const struct ioset *set, struct slice *out)
{
	struct record_writer writer;
	size_t flow_bytes;
	size_t bytes;
	int r;

	if (__builtin_add_overflow(set->input_count, set->output_count, &bytes) ||
		__builtin_mul_overflow(bytes, VARINT32_MAX + 1, &bytes) ||
		__builtin_mul_overflow(set->flow_count, FLOW_BYTES_MAX, &flow_bytes) ||
		__builtin_add_overflow(bytes, flow_bytes, &bytes) ||
		__builtin_add_overflow(bytes, 1 + 2 * VARINT_MAX, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, IOSET_VERSION, bytes);
	if (r)
		return r;
	if (!encode_parts(&writer, set))
		return ERR_INVALID;
	return txn_check(txn, record_end(&writer, out));
}

/* Equal sets are equal bytes. */
static int match(struct store_txn *txn, uint32_t id, const void *wanted)
{
	const struct slice *record = wanted;
	struct store_key key;
	struct slice found;
	int r;

	id_key(&key, id);
	r = db_get(txn, DB_IOSET, &key, &found);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	return slice_equal(found, *record) ? 0 : 1;
}

static int add(struct store_txn *txn, uint64_t hash, struct slice record, ioset_id *out)
{
	struct store_key key;
	ioset_id id;
	int r = db_next_id(txn, DB_IOSET, &id);

	if (r)
		return r;
	id_key(&key, id);
	r = db_append(txn, DB_IOSET, &key, record);
	if (r)
		return r;
	r = chain_add(txn, DB_IOSET_KEY, hash, id);
	if (r)
		return r;
	*out = id;
	return 0;
}

int ioset_intern(struct store_txn *txn, const struct ioset *set, ioset_id *out)
{
	struct slice record;
	uint64_t hash;
	int r;

	if (ioset_empty(set)) {
		*out = 0;
		return 0;
	}
	r = encode(txn, set, &record);
	if (r)
		return r;
	hash = hash64(record);
	r = chain_find(txn, DB_IOSET_KEY, hash, match, &record, out);
	return r <= 0 ? r : add(txn, hash, record, out);
}

/* What a record says in front of its members. */
struct head {
	unsigned parts;
	size_t inputs;
	size_t outputs;
};

static void decode_head(struct record_reader *reader, struct head *out)
{
	out->parts = record_get_u8(reader);
	if (out->parts & ~(unsigned)PARTS)
		reader->bad = true;
	out->inputs = steps_count(reader);
	out->outputs = steps_count(reader);
}

static int decode_covers(
	struct record_reader *reader, struct arena *arena, struct ioset *out)
{
	uint8_t *covers = arena_array(arena, out->output_count + 1, sizeof(*covers));
	unsigned byte = 0;

	if (!covers)
		return ERR_NOMEM;
	for (size_t i = 0; i < out->output_count; i++) {
		byte = i % COVERS_IN_BYTE ? byte >> COVER_BITS : record_get_u8(reader);
		covers[i] = byte & COVER_MASK;
		if (covers[i] > COVER_EXPLICIT)
			return ERR_CORRUPT;
	}
	out->covers = covers;
	/* What is left of the last byte is nothing. */
	return byte > COVER_MASK && out->output_count % COVERS_IN_BYTE ? ERR_CORRUPT : 0;
}

/* Flows as they come out of a record. */
struct flow_reader {
	struct record_reader *reader;
	struct flow_before before;
	size_t left; /* of the group */
	node_id target;
};

/* Begins the next group; false when there is none. */
static bool next_group(struct flow_reader *flows)
{
	struct record_reader *reader = flows->reader;
	uint64_t step;

	if (reader->bad || !record_left(reader))
		return false;
	step = record_get_max(reader, UINT32_MAX - flows->target);
	flows->target += (node_id)step;
	flows->left = steps_count(reader);
	flows->before = (struct flow_before){ 0, FORM_BAD };
	if (!step || !flows->left)
		reader->bad = true;
	return !reader->bad;
}

static bool next_flow(struct flow_reader *flows, struct flow *out)
{
	struct record_reader *reader = flows->reader;
	struct flow_before *before = &flows->before;
	uint64_t step;
	uint64_t number;
	unsigned form;

	if (!flows->left && !next_group(flows))
		return false;
	flows->left--;
	step = record_get_max(reader, UINT32_MAX - before->source);
	number = record_get_max(reader, FLOW_MAX - 1);
	form = number >> FLOW_FORM_SHIFT & FLOW_FORM_MASK;
	if (step == 0 && form <= before->form)
		reader->bad = true;
	before->source += (node_id)step;
	before->form = form;
	out->target = flows->target;
	out->source = before->source;
	out->classes = ((uint32_t)(number >> FLOW_CLASS_SHIFT) ^ CLASS_UNMASKED) |
		       form_bit(form);
	out->implied = number & FLOW_IMPLIED;
	if (!out->classes)
		reader->bad = true;
	return !reader->bad;
}

/* Counts them first: so none is believed that is not there. */
static int decode_flows(
	struct record_reader *reader, struct arena *arena, struct ioset *out)
{
	struct record_reader ahead = *reader;
	struct flow_reader counting = { .reader = &ahead };
	struct flow_reader flows = { .reader = reader };
	struct flow flow;

	while (next_flow(&counting, &flow))
		out->flow_count++;
	out->flows = arena_array(arena, out->flow_count + 1, sizeof(*out->flows));
	if (!out->flows)
		return ERR_NOMEM;
	for (size_t i = 0; i < out->flow_count; i++)
		if (!next_flow(&flows, &out->flows[i]))
			return ERR_CORRUPT;
	return out->flow_count && !flows.left ? 0 : ERR_CORRUPT;
}

static int decode(struct record_reader *reader, struct arena *arena, struct ioset *out)
{
	struct head head;
	int r;

	decode_head(reader, &head);
	out->stated = head.parts & PART_STATED;
	out->input_count = head.inputs;
	out->output_count = head.outputs;
	r = steps_get(reader, arena, head.inputs, &out->inputs);
	if (!r)
		r = steps_get(reader, arena, head.outputs, &out->outputs);
	if (!r && (head.parts & PART_COVERS))
		r = decode_covers(reader, arena, out);
	if (!r && (head.parts & PART_FLOWS))
		r = decode_flows(reader, arena, out);
	return r ? r : record_close(reader);
}

/* A number that was given has its record. */
static int open_set(struct store_txn *txn, ioset_id id, struct record_reader *out)
{
	struct store_key key;
	int r;

	id_key(&key, id);
	r = db_get_record(txn, DB_IOSET, &key, IOSET_VERSION, out);
	return r > 0 ? txn_check(txn, ERR_CORRUPT) : r;
}

int ioset_get(struct store_txn *txn, ioset_id id, struct arena *arena, struct ioset *out)
{
	struct record_reader reader;
	struct ioset set = { 0 };
	int r;

	if (id == 0) {
		*out = set;
		return 0;
	}
	r = open_set(txn, id, &reader);
	if (r)
		return r;
	r = decode(&reader, arena, &set);
	if (r == 0)
		*out = set;
	/* A full arena is the caller's, and no reason to give up a transaction. */
	return r == ERR_CORRUPT ? txn_check(txn, r) : r;
}

static bool seek_flow(struct record_reader *reader, const struct head *head,
	const struct timeline_item *item)
{
	struct flow_reader flows = { .reader = reader };
	struct flow flow;

	if (head->parts & PART_COVERS)
		for (size_t n = cover_bytes(head->outputs); n; n--)
			(void)record_get_u8(reader);
	while (next_flow(&flows, &flow))
		if (flow.target == item->node && flow.source == item->source)
			return true;
	return false;
}

int ioset_has(struct store_txn *txn, ioset_id id, const struct timeline_item *item,
	size_t *bytes_out)
{
	struct record_reader reader;
	struct head head;
	bool found;
	int r;

	*bytes_out = 0;
	if (id == 0)
		return 1;
	r = open_set(txn, id, &reader);
	if (r)
		return r;
	*bytes_out = record_left(&reader);
	decode_head(&reader, &head);
	found = steps_seek(&reader, head.inputs, item->node);
	if (item->what != ITEM_INPUT)
		found = steps_seek(&reader, head.outputs, item->node);
	if (item->what == ITEM_FLOW)
		found = (head.parts & PART_FLOWS) && seek_flow(&reader, &head, item);
	if (reader.bad)
		return txn_check(txn, ERR_CORRUPT);
	return found ? 0 : 1;
}
