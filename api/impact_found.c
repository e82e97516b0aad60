/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_found.c - what was found for a question about impact, for all its pages
 */
#include "api/impact_found.h"

#include "api/impact_keep.h"
#include "api/impact_origin.h"
#include "api/kept.h"
#include "api/nodelife.h"
#include "graph/columns.h"

#define OPAQUE_SHOWN 20

/* Answers of more impacts are for several pages, whatever their limit allows. */
#define ONE_PAGE_MAX 10000

#define KEPT_CHUNK ((size_t)64 << 10)

/* Counting what was found. */
struct tally {
	struct impact_assets *assets;
	struct impact_found *found;
	struct arena *arena; /* of what was found */
	struct impact_groups owners;
	struct impact_groups namespaces;
	struct idset *waivers; /* of a node: its last waiver's place and 1 */
	size_t *next_waiver;
	struct tallied *seen; /* beside assets->list, as far as that was counted */
	size_t seen_room;
};

/* What is left of an impact behind its waivers. */
struct waiving {
	uint32_t left;		     /* effects that nobody agreed to */
	const struct waiver *waiver; /* of the worst effect; or NULL */
};

/* The groups of an asset. */
struct tallied {
	size_t *owners;
	size_t owner_count;
	size_t namespace;
	bool told; /* to its owners */
	bool met;
};

static int find(const struct impact_question *question, struct call *call,
	struct impact_answer *out)
{
	struct impact_schemas schemas = { .snapshot = call->snapshot,
		.arena = call->arena,
		.deadline_us = call->deadline_us };
	struct impact_query query = { .change_count = question->change_count,
		.graph = question->graph,
		.typed = impact_typed_by_schema,
		.typed_ctx = &schemas,
		.mirrors = impact_mirrors_by_schema,
		.mirrors_ctx = &schemas,
		.opaque_max = OPAQUE_SHOWN };
	struct impact_change *changes;

	*out = (struct impact_answer){ .cut = CUT_NONE };
	if (!question->change_count)
		return 0;
	changes = arena_array(call->arena, question->change_count, sizeof(*changes));
	if (!changes)
		return ERR_NOMEM;
	for (size_t i = 0; i < question->change_count; i++)
		changes[i] = question->changes[i].change;
	query.changes = changes;
	return impact_find(call->snapshot, &query, call->arena, out);
}

static bool has_id(const struct idlist *list, node_id id)
{
	return idlist_place(list->ids, list->count, id) < list->count;
}

/* What is stale below a writer that fails is not asked for without that writer. */
static int is_asked(const struct impact_question *question, struct idset *origins,
	const struct impact *impact, bool *asked_out)
{
	bool by_writer = impact->upstream;
	int r = 0;

	if (!question->upstream && !by_writer)
		r = impact_is_by_writer(impact, origins, &by_writer);
	*asked_out = question->horizons[impact->horizon] &&
		     (impact->upstream ? question->upstream
				       : question->downstream &&
						 (question->upstream || !by_writer));
	return r;
}

/* Takes away what was not asked for, and counts what was asked to be left out. */
static int keep_asked(const struct impact_question *question, struct call *call,
	struct impact_answer *answer, uint64_t *excluded)
{
	AUTO(idset) struct idset *origins = idset_new(SIZE_MAX);
	size_t kept = 0;
	int r = origins ? 0 : ERR_NOMEM;

	for (size_t i = 0; !r && i < answer->count; i++) {
		const struct impact *impact = &answer->list[i];
		bool asked;

		r = is_asked(question, origins, impact, &asked);
		if (r || !asked)
			continue;
		if (question->exclude &&
			(has_id(question->exclude, impact->node) ||
				has_id(question->exclude,
					node_dataset(call, impact->node)))) {
			++*excluded;
			continue;
		}
		answer->list[kept++] = *impact;
	}
	answer->count = kept;
	return r;
}

static int index_waivers(struct tally *tally)
{
	const struct impact_found *found = tally->found;

	tally->next_waiver = arena_array(tally->assets->call->arena,
		found->waiver_count + 1, sizeof(*tally->next_waiver));
	if (!tally->next_waiver)
		return ERR_NOMEM;
	for (size_t i = found->waiver_count; i > 0; i--) {
		const struct waiver *waiver = &found->waivers[i - 1];
		uint64_t next = 0;
		int r;

		if (!waiver->id || waiver->expired)
			continue;
		(void)idset_get(tally->waivers, waiver->id, &next);
		tally->next_waiver[i - 1] = (size_t)next;
		r = idset_put(tally->waivers, waiver->id, i);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Takes from the effects of an impact what the waivers of a node are about. */
static void waive_at(const struct tally *tally, node_id node, const struct impact *impact,
	struct waiving *out)
{
	const struct impact_found *found = tally->found;
	uint64_t first = 0;

	(void)idset_get(tally->waivers, node, &first);
	for (size_t at = (size_t)first; at; at = tally->next_waiver[at - 1]) {
		const struct waiver *waiver = &found->waivers[at - 1];
		uint32_t taken =
			waiver->effects ? out->left & waiver->effects : out->left;

		if (!taken)
			continue;
		out->left &= ~taken;
		found->waiver_uses[at - 1]++;
		if (taken & impact->effect)
			out->waiver = waiver;
	}
}

/* A waiver for a dataset is one for each of its columns. */
static struct waiving waive(
	struct tally *tally, const struct impact *impact, node_id asset)
{
	struct impact_found *found = tally->found;
	struct waiving waiving = { .left = impact->effects };

	if (found->waiver_count)
		waive_at(tally, impact->node, impact, &waiving);
	if (found->waiver_count && asset != impact->node)
		waive_at(tally, asset, impact, &waiving);
	found->waived_count += waiving.waiver != NULL;
	found->effects |= waiving.left;
	return waiving;
}

/* An owner of two kinds is one of them; what nobody owns is in a group of its own. */
static int group_owners(struct tally *tally, size_t asset, struct tallied *out)
{
	const struct ol_labels *owners = tally->assets->list[asset].owners;
	size_t count = owners->count ? owners->count : 1;
	int r = 0;

	out->owners =
		arena_array(tally->assets->call->arena, count, sizeof(*out->owners));
	if (!out->owners)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < count; i++) {
		struct ol_label none = { .name = SLICE("") };
		const struct ol_label *owner = owners->count ? &owners->list[i] : &none;
		size_t place = 0;

		r = impact_group_of(&tally->owners, owner->name, owner->value, &place);
		if (r || tally->owners.list[place].last == asset + 1)
			continue;
		tally->owners.list[place].last = asset + 1;
		out->owners[out->owner_count++] = place;
	}
	return r;
}

static int group_asset(struct tally *tally, size_t place, struct tallied *out)
{
	struct snapshot *snapshot = tally->assets->call->snapshot;
	const struct impact_asset *asset = &tally->assets->list[place];
	const struct image_node *node = image_node(snapshot->image, asset->id);
	struct slice name = SLICE("");
	int r;

	*out = (struct tallied){ .met = true };
	r = node ? namespace_get(snapshot->txn, node->namespace_id, &name) : 1;
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = impact_group_of(&tally->namespaces, name, SLICE(""), &out->namespace);
	return r ? r : group_owners(tally, place, out);
}

static int make_room(struct tally *tally)
{
	struct impact_assets *assets = tally->assets;
	struct tallied *larger;

	if (assets->room <= tally->seen_room)
		return 0;
	larger = arena_array(assets->call->arena, assets->room, sizeof(*larger));
	if (!larger)
		return ERR_NOMEM;
	if (tally->seen_room)
		memcpy(larger, tally->seen, tally->seen_room * sizeof(*larger));
	tally->seen = larger;
	tally->seen_room = assets->room;
	return 0;
}

/* What is proved not to be touched is nobody's to be told. */
static void add_to_groups(struct tally *tally, const struct impact_on *on,
	struct tallied *groups, bool job, bool fresh)
{
	impact_group_add(&tally->namespaces.list[groups->namespace], on, job, fresh);
	if (on->impact.effect == EFFECT_UNAFFECTED)
		return;
	for (size_t i = 0; i < groups->owner_count; i++)
		impact_group_add(
			&tally->owners.list[groups->owners[i]], on, job, !groups->told);
	groups->told = true;
}

static int count_groups(struct tally *tally, size_t place)
{
	struct impact_found *found = tally->found;
	struct impact_on on = { .impact = found->list[place] };
	const struct impact_asset *asset;
	struct waiving waiving;
	bool fresh;
	size_t at;
	int r = impact_asset_of(tally->assets, on.impact.node, &at, &fresh);

	if (!r)
		r = make_room(tally);
	if (r)
		return r;
	fresh = !tally->seen[at].met;
	if (fresh)
		r = group_asset(tally, at, &tally->seen[at]);
	if (r)
		return r;
	asset = &tally->assets->list[at];
	on.asset = asset->id;
	waiving = waive(tally, &on.impact, on.asset);
	on.waived = waiving.waiver;
	if (found->waived) {
		found->waived[place] = waiving.waiver;
		found->left[place] = waiving.left;
	}
	add_to_groups(tally, &on, &tally->seen[at], asset->job, fresh);
	return 0;
}

/* The counts that need no names. */
static void count_plain(struct impact_found *found, const struct impact *impact)
{
	report_count(&found->counts, impact->effect);
	report_count(&found->horizons[impact->horizon], impact->effect);
	if (impact->change < found->change_count)
		report_count(&found->change_counts[impact->change], impact->effect);
	if (impact->depth)
		report_count(&found->depths[impact->depth - 1], impact->effect);
}

static int count_all(struct tally *tally)
{
	struct impact_found *found = tally->found;
	int r = index_waivers(tally);

	for (size_t i = 0; i < found->count; i++) {
		if (found->list[i].depth > found->depth_count)
			found->depth_count = found->list[i].depth;
	}
	found->depths =
		arena_array(tally->arena, found->depth_count + 1, sizeof(*found->depths));
	if (!found->depths)
		return ERR_NOMEM;
	for (size_t i = 0; !r && i < found->count; i++) {
		count_plain(found, &found->list[i]);
		r = count_groups(tally, i);
	}
	impact_groups_sort(&tally->owners);
	impact_groups_sort(&tally->namespaces);
	found->owners = tally->owners.list;
	found->owner_count = impact_groups_hit(&tally->owners);
	found->namespaces = tally->namespaces.list;
	found->namespace_count = tally->namespaces.count;
	return r;
}

static int count_found(
	struct impact_assets *assets, struct arena *arena, struct impact_found *found)
{
	AUTO(idset) struct idset *waivers = idset_new(IMPACT_WAIVERS_MAX);
	struct tally tally = {
		.assets = assets, .found = found, .arena = arena, .waivers = waivers
	};
	int r = waivers ? 0 : ERR_NOMEM;

	if (!r)
		r = impact_groups_init(&tally.owners, arena);
	if (!r)
		r = impact_groups_init(&tally.namespaces, arena);
	if (!r)
		r = count_all(&tally);
	impact_groups_fini(&tally.owners);
	impact_groups_fini(&tally.namespaces);
	return r;
}

/* The lists beside what was found, and what was found by itself. */
static int take_over(const struct impact_question *question,
	const struct impact_answer *answer, struct arena *arena, bool apart,
	struct impact_found *found)
{
	found->from_us = question->graph.from_us;
	found->to_us = question->graph.to_us;
	found->seen_from_us = question->seen_from_us;
	found->seen_to_us = question->seen_to_us;
	found->list = answer->list;
	found->count = answer->count;
	found->opaque = answer->opaque;
	found->opaque_count = answer->opaque_count;
	found->coverage = answer->coverage;
	found->cut = answer->cut;
	found->changes = question->changes;
	found->change_count = question->change_count;
	found->waivers = question->waivers;
	found->waiver_count = question->waiver_count;
	found->change_counts = arena_array(
		arena, found->change_count + 1, sizeof(*found->change_counts));
	found->waiver_uses =
		arena_array(arena, found->waiver_count + 1, sizeof(*found->waiver_uses));
	if (!found->change_counts || !found->waiver_uses)
		return ERR_NOMEM;
	if (found->waiver_count) {
		found->waived =
			arena_array(arena, found->count + 1, sizeof(struct waiver *));
		found->left = arena_array(arena, found->count + 1, sizeof(*found->left));
		if (!found->waived || !found->left)
			return ERR_NOMEM;
	}
	return apart ? impact_found_detach(found, arena) : 0;
}

/* Whether its answer has a cursor when there is more than one page. */
static bool has_pages(const struct impact_question *question)
{
	return question->format == IMPACT_JSON && question->group_by == IMPACT_GROUP_NONE;
}

static int make_in(const struct impact_question *question, struct impact_assets *assets,
	const struct impact_answer *answer, struct arena *arena, struct impact_found *out)
{
	bool apart = arena != assets->call->arena;
	int r = take_over(question, answer, arena, apart, out);

	if (!r)
		r = impact_use_find(question, assets->call, arena, out);
	return r ? r : count_found(assets, arena, out);
}

/* What is too large to be kept is made once more, for this page alone. */
static int make_to_keep(const struct impact_question *question,
	struct impact_assets *assets, const struct impact_answer *answer,
	struct impact_found *out, struct arena **own_out)
{
	struct call *call = assets->call;
	AUTO(arena)
	struct arena *own = arena_new(KEPT_CHUNK, kept_budget(call->kept));
	const struct impact_found empty = *out;
	int r = own ? make_in(question, assets, answer, own, out) : ERR_NOMEM;

	if (r == ERR_NOMEM) {
		*out = empty;
		return make_in(question, assets, answer, call->arena, out);
	}
	if (!r)
		*own_out = TAKE(own);
	return r;
}

int impact_found_make(const struct impact_question *question,
	struct impact_assets *assets, struct impact_found *out, struct arena **own_out)
{
	struct call *call = assets->call;
	size_t page = question->limit < ONE_PAGE_MAX ? question->limit : ONE_PAGE_MAX;
	struct impact_answer answer;
	int r = find(question, call, &answer);

	*out = (struct impact_found){ .version = call->snapshot->version };
	*own_out = NULL;
	if (r)
		return r;
	r = keep_asked(question, call, &answer, &out->excluded);
	if (r)
		return r;
	if (has_pages(question) && call->kept && answer.count > page)
		return make_to_keep(question, assets, &answer, out, own_out);
	return make_in(question, assets, &answer, call->arena, out);
}
