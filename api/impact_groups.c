/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_groups.c - impacts counted by a name: of owners, of namespaces
 */
#include "api/impact_groups.h"

#include "base/hash.h"

#include <stdlib.h>

int impact_groups_init(struct impact_groups *groups, struct arena *arena)
{
	*groups = (struct impact_groups){ .arena = arena, .places = idset_new(SIZE_MAX) };
	return groups->places ? 0 : ERR_NOMEM;
}

void impact_groups_fini(struct impact_groups *groups)
{
	idset_free(groups->places);
	groups->places = NULL;
}

static int dup_text(struct arena *arena, struct slice text, struct slice *out)
{
	*out = text.len ? arena_dup(arena, text) : (struct slice){ 0 };
	return text.len && !out->ptr ? ERR_NOMEM : 0;
}

static int add_group(struct impact_groups *groups, struct slice name, struct slice type,
	size_t next, size_t *place_out)
{
	struct impact_group_found *group;
	struct impact_group_found *list = arena_grow(
		groups->arena, groups->list, groups->count, &groups->room, sizeof(*list));
	int r;

	if (!list)
		return ERR_NOMEM;
	groups->list = list;
	group = &list[groups->count];
	*group = (struct impact_group_found){ .next = next };
	r = dup_text(groups->arena, name, &group->name);
	if (!r)
		r = dup_text(groups->arena, type, &group->type);
	if (r)
		return r;
	*place_out = groups->count++;
	return 0;
}

int impact_group_of(struct impact_groups *groups, struct slice name, struct slice type,
	size_t *place_out)
{
	uint64_t hash = hash64(name) | 1; /* 0 is no member */
	uint64_t first = 0;
	int r;

	(void)idset_get(groups->places, hash, &first);
	for (size_t at = (size_t)first; at; at = groups->list[at - 1].next) {
		if (!slice_equal(groups->list[at - 1].name, name))
			continue;
		*place_out = at - 1;
		return 0;
	}
	r = add_group(groups, name, type, (size_t)first, place_out);
	if (r)
		return r;
	r = idset_put(groups->places, hash, *place_out + 1);
	return r < 0 ? r : 0;
}

void report_count(struct report_counts *counts, enum impact_effect effect)
{
	counts->effects[impact_effect_place(effect)]++;
	counts->total++;
	if (effect > counts->worst)
		counts->worst = effect;
}

/* Puts an asset behind those that are as bad, and in front of the others. */
static void rank_asset(struct impact_group_found *group, const struct impact_on *on)
{
	struct impact_on *assets = group->assets;
	size_t at = 0;

	while (at < group->asset_count && assets[at].asset != on->asset)
		at++;
	if (at == REPORT_ASSETS)
		at--;
	else if (at == group->asset_count)
		assets[group->asset_count++] = (struct impact_on){ .asset = on->asset };
	if (assets[at].impact.effect >= on->impact.effect)
		return;
	for (; at > 0 && assets[at - 1].impact.effect < on->impact.effect; at--)
		assets[at] = assets[at - 1];
	assets[at] = *on;
}

void impact_group_add(struct impact_group_found *group, const struct impact_on *on,
	bool job, bool fresh)
{
	report_count(&group->counts, on->impact.effect);
	if (fresh)
		*(job ? &group->jobs : &group->datasets) += 1;
	rank_asset(group, on);
}

static int compare(const void *x, const void *y)
{
	const struct impact_group_found *a = x;
	const struct impact_group_found *b = y;

	if (a->counts.worst != b->counts.worst)
		return a->counts.worst > b->counts.worst ? -1 : 1;
	if (a->counts.total != b->counts.total)
		return a->counts.total > b->counts.total ? -1 : 1;
	return slice_compare(a->name, b->name);
}

void impact_groups_sort(struct impact_groups *groups)
{
	if (groups->count)
		qsort(groups->list, groups->count, sizeof(*groups->list), compare);
}

size_t impact_groups_hit(const struct impact_groups *groups)
{
	size_t count = groups->count;

	while (count > 0 && groups->list[count - 1].counts.total == 0)
		count--;
	return count;
}
