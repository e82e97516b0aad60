/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/facet_flows.h"

#include "collector/event_parts.h"

#define CHUNK_REFS  512
#define SLOTS_FIRST 64 /* a power of two */

/* JOIN, the first of the INDIRECT classes, and how many there are. */
#define INDIRECT_FIRST __builtin_ctz(CLASSES_INDIRECT)
#define INDIRECT_COUNT __builtin_popcount(CLASSES_INDIRECT)
#define UNMASKED_BITS  ((uint32_t)CLASSES_INDIRECT << FLOW_UNMASKED_SHIFT)
#define CLASS_BITS     ((uint32_t)CLASS_FORM_COLUMNS - 1)

_Static_assert(CLASSES_INDIRECT == (2 * CLASS_OTHER_INDIRECT - CLASS_JOIN),
	"INDIRECT classes lie side by side");
_Static_assert((UNMASKED_BITS & (FLOW_BARE | CLASS_BITS)) == 0, "each bit has one use");

static uint32_t end_hash(const struct ol_end *end)
{
	uint64_t hash = hash64_seeded(end->namespace, (uint64_t)end->kind * 2 + end->own);

	hash = hash64_seeded(end->name, hash);
	return (uint32_t)hash64_seeded(end->field, hash);
}

static bool end_equal(const struct ol_end *a, const struct ol_end *b)
{
	return a->kind == b->kind && a->own == b->own &&
	       slice_equal(a->field, b->field) && slice_equal(a->name, b->name) &&
	       slice_equal(a->namespace, b->namespace);
}

/* The slot of an end, or the free one where it belongs. */
static struct flows_slot *find_slot(
	const struct flows *flows, const struct ol_end *end, uint32_t hash)
{
	size_t mask = flows->slot_count - 1;
	size_t i = hash & mask;

	while (flows->slots[i].end) {
		const struct flows_slot *slot = &flows->slots[i];

		if (slot->hash == hash && end_equal(&flows->ends[slot->end - 1].end, end))
			break;
		i = (i + 1) & mask;
	}
	return &flows->slots[i];
}

/* Doubles the table before it is half full. */
static int grow_slots(struct flows *flows)
{
	const struct flows_slot *old = flows->slots;
	size_t old_count = flows->slot_count;
	size_t count = old_count ? 2 * old_count : SLOTS_FIRST;

	if (2 * flows->end_count < old_count)
		return 0;
	flows->slots = arena_array(flows->arena, count, sizeof(*flows->slots));
	if (!flows->slots)
		return ERR_NOMEM;
	flows->slot_count = count;
	for (size_t i = 0; i < old_count; i++) {
		size_t at = old[i].hash & (count - 1);

		if (!old[i].end)
			continue;
		while (flows->slots[at].end)
			at = (at + 1) & (count - 1);
		flows->slots[at] = old[i];
	}
	return 0;
}

/* Makes a name live as long as the facet and the arena. */
static int keep(const struct flows *flows, struct slice *name)
{
	struct slice copy;

	if (!name->ptr || (name->ptr >= flows->text.ptr &&
				  name->ptr < flows->text.ptr + flows->text.len))
		return 0;
	copy = arena_dup(flows->arena, *name);
	if (!copy.ptr)
		return ERR_NOMEM;
	*name = copy;
	return 0;
}

static int add_end(struct flows *flows, const struct ol_end *end)
{
	struct flows_end added = { .end = *end };
	void *list = flows->ends;
	int r = keep(flows, &added.end.namespace);

	if (!r)
		r = keep(flows, &added.end.name);
	if (!r)
		r = keep(flows, &added.end.field);
	if (!r)
		r = list_grow(
			flows->arena, &list, flows->end_count, sizeof(*flows->ends));
	if (r)
		return r;
	flows->ends = list;
	flows->ends[flows->end_count++] = added;
	return 0;
}

int flows_end(struct flows *flows, const struct ol_end *end, uint32_t *out)
{
	uint32_t hash = end_hash(end);
	struct flows_slot *slot;
	int r = grow_slots(flows);

	if (r)
		return r;
	slot = find_slot(flows, end, hash);
	if (!slot->end) {
		r = add_end(flows, end);
		if (r)
			return r;
		*slot = (struct flows_slot){ (uint32_t)flows->end_count, hash };
	}
	*out = slot->end - 1;
	return 0;
}

static struct flows_ref *ref_at(const struct flows *flows, size_t place)
{
	return &flows->chunks[place / CHUNK_REFS][place % CHUNK_REFS];
}

static size_t group_end(const struct flows *flows, size_t group)
{
	return group + 1 < flows->group_count ? flows->groups[group + 1].first
					      : flows->ref_count;
}

int flows_begin(struct flows *flows, uint32_t target)
{
	struct flows_group group = { target, (uint32_t)flows->ref_count, false };
	void *list = flows->groups;
	int r = list_grow(
		flows->arena, &list, flows->group_count, sizeof(*flows->groups));

	if (r)
		return r;
	flows->groups = list;
	flows->groups[flows->group_count++] = group;
	flows->ends[target].told = (uint32_t)flows->group_count;
	return 0;
}

static int add_ref(struct flows *flows, struct flows_ref ref)
{
	size_t chunk = flows->ref_count / CHUNK_REFS;
	void *list = flows->chunks;
	int r;

	if (flows->ref_count % CHUNK_REFS == 0) {
		r = list_grow(flows->arena, &list, chunk, sizeof(struct flows_ref *));
		if (r)
			return r;
		flows->chunks = list;
		flows->chunks[chunk] =
			arena_alloc(flows->arena, CHUNK_REFS * sizeof(**flows->chunks));
		if (!flows->chunks[chunk])
			return ERR_NOMEM;
	}
	*ref_at(flows, flows->ref_count++) = ref;
	return 0;
}

int flows_add(struct flows *flows, uint32_t source, uint32_t classes)
{
	struct flows_end *end = &flows->ends[source];

	if (end->group == flows->group_count) {
		ref_at(flows, end->ref)->classes |= classes;
		return 0;
	}
	end->group = (uint32_t)flows->group_count;
	end->ref = (uint32_t)flows->ref_count;
	return add_ref(flows, (struct flows_ref){ source, classes });
}

void flows_settle(struct flows *flows, uint32_t classes)
{
	size_t first = flows->groups[flows->group_count - 1].first;

	for (size_t i = first; i < flows->ref_count; i++) {
		struct flows_ref *ref = ref_at(flows, i);

		if (ref->classes & FLOW_BARE)
			ref->classes = (ref->classes & ~FLOW_BARE) | classes;
	}
}

void flows_forget(struct flows *flows, uint32_t target, size_t since)
{
	uint32_t told = flows->ends[target].told;

	if (told > since)
		flows->groups[told - 1].dead = true;
}

static bool into_field(const struct flows *flows, const struct flows_group *group)
{
	return flows->ends[group->target].end.kind == NODE_FIELD;
}

void flows_forget_all(struct flows *flows, bool only_fields)
{
	for (size_t i = 0; i < flows->group_count; i++)
		if (!only_fields || into_field(flows, &flows->groups[i]))
			flows->groups[i].dead = true;
}

/* How many fields list a source with each of the INDIRECT classes. */
struct tally {
	uint32_t unmasked; /* UNMASKED_BITS of all; in the end what is taken from them */
	uint32_t counts[INDIRECT_COUNT];
};

static void count_group(const struct flows *flows, size_t group, struct tally *tallies)
{
	for (size_t i = flows->groups[group].first; i < group_end(flows, group); i++) {
		const struct flows_ref *ref = ref_at(flows, i);
		struct tally *tally = &tallies[ref->source];
		uint32_t classes = ref->classes & CLASSES_INDIRECT;

		tally->unmasked |= ref->classes & UNMASKED_BITS;
		for (; classes; classes &= classes - 1)
			tally->counts[__builtin_ctz(classes) - INDIRECT_FIRST]++;
	}
}

/* The classes that so many fields list, and their masks. */
static uint32_t common(const struct tally *tally, size_t fields)
{
	uint32_t classes = 0;

	for (int i = 0; i < INDIRECT_COUNT; i++)
		if (tally->counts[i] == fields)
			classes |= 1U << (INDIRECT_FIRST + i);
	return classes | (tally->unmasked & classes << FLOW_UNMASKED_SHIFT);
}

static bool is_column(const struct flows *flows, size_t group)
{
	const struct flows_group *at = &flows->groups[group];

	return !at->dead && into_field(flows, at);
}

/* Adds to the whole what all fields have; leaves its classes in tallies. */
static int add_common(struct flows *flows, struct tally *tallies, size_t fields)
{
	for (size_t i = 0; i < flows->end_count; i++) {
		uint32_t classes = common(&tallies[i], fields);
		int r = classes ? flows_add(flows, (uint32_t)i, classes) : 0;

		if (r)
			return r;
		tallies[i].unmasked = classes & CLASSES_INDIRECT;
	}
	return 0;
}

static void take_common(struct flows *flows, size_t group, const struct tally *tallies)
{
	for (size_t i = flows->groups[group].first; i < group_end(flows, group); i++) {
		struct flows_ref *ref = ref_at(flows, i);
		uint32_t classes = tallies[ref->source].unmasked;

		ref->classes &= ~(classes | classes << FLOW_UNMASKED_SHIFT);
	}
}

/* Begins the whole anew, with what it had. */
static int begin_whole(struct flows *flows, uint32_t whole)
{
	uint32_t told = flows->ends[whole].told;
	size_t first = told ? flows->groups[told - 1].first : 0;
	size_t end = told ? group_end(flows, told - 1) : 0;
	bool dead = told && flows->groups[told - 1].dead;
	int r;

	flows_forget(flows, whole, 0);
	r = flows_begin(flows, whole);
	for (size_t i = first; !r && !dead && i < end; i++)
		r = flows_add(flows, ref_at(flows, i)->source, ref_at(flows, i)->classes);
	return r;
}

int flows_lift(struct flows *flows, uint32_t whole)
{
	struct tally *tallies =
		arena_array(flows->arena, flows->end_count, sizeof(*tallies));
	size_t fields = 0;
	int r;

	if (!tallies)
		return ERR_NOMEM;
	for (size_t i = 0; i < flows->group_count; i++) {
		if (!is_column(flows, i))
			continue;
		count_group(flows, i, tallies);
		fields++;
	}
	if (!fields)
		return 0;
	r = begin_whole(flows, whole);
	if (!r)
		r = add_common(flows, tallies, fields);
	if (r)
		return r;
	for (size_t i = 0; i < flows->group_count; i++)
		if (is_column(flows, i))
			take_common(flows, i, tallies);
	return 0;
}

/* The classes as they are told: UNMASKED once. */
static uint32_t told_classes(uint32_t classes)
{
	uint32_t told = classes & CLASS_BITS;

	return classes & UNMASKED_BITS ? told | CLASS_UNMASKED : told;
}

static size_t count_flows(const struct flows *flows)
{
	size_t count = 0;

	for (size_t i = 0; i < flows->group_count; i++)
		for (size_t k = flows->groups[i].first;
			!flows->groups[i].dead && k < group_end(flows, i); k++)
			count += ref_at(flows, k)->classes != 0;
	return count;
}

/* The new place of an end; places holds what it is, plus one. */
static uint32_t place_end(
	const struct flows *flows, uint32_t *places, uint32_t end, struct ol_flows *out)
{
	if (!places[end]) {
		out->ends[out->end_count++] = flows->ends[end].end;
		places[end] = (uint32_t)out->end_count;
	}
	return places[end] - 1;
}

static void put_group(
	const struct flows *flows, size_t group, uint32_t *places, struct ol_flows *out)
{
	const struct flows_group *at = &flows->groups[group];

	if (at->dead)
		return;
	for (size_t i = at->first; i < group_end(flows, group); i++) {
		const struct flows_ref *ref = ref_at(flows, i);
		struct ol_flow flow = { .classes = told_classes(ref->classes) };

		if (!ref->classes)
			continue;
		flow.source = place_end(flows, places, ref->source, out);
		flow.target = place_end(flows, places, at->target, out);
		out->list[out->count++] = flow;
	}
	/* A column is named, also when nothing flows into it alone. */
	if (into_field(flows, at))
		(void)place_end(flows, places, at->target, out);
}

int flows_finish(const struct flows *flows, struct ol_flows *out)
{
	uint32_t *places = arena_array(flows->arena, flows->end_count, sizeof(*places));
	struct ol_flows done = { .skipped = flows->skipped };

	done.ends = arena_array(flows->arena, flows->end_count, sizeof(*done.ends));
	done.list = arena_array(flows->arena, count_flows(flows), sizeof(*done.list));
	if (!places || !done.ends || !done.list)
		return ERR_NOMEM;
	for (size_t i = 0; i < flows->group_count; i++)
		put_group(flows, i, places, &done);
	*out = done;
	return 0;
}
