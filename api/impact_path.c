/* SPDX-License-Identifier: Apache-2.0 */

/*
 * impact_path.c - the explaining paths that answers about impact show
 *
 * On a chain of n nodes there are n paths with n * n steps.  So a step is walked
 * over once, and knows then how many there are up to it, and where the beginning
 * of its path ends.
 */
#include "api/impact_path.h"

#include "base/idset.h"

struct path_step {
	struct report_step told; /* its key has no kind until it is told */
	const struct impact_step *step;
	struct path_step *from;
	struct path_step *head; /* the REPORT_PATH_END-th of its path; NULL: none */
	size_t length;		/* steps up to this one */
};

int impact_paths_init(struct impact_paths *paths, struct impact_assets *assets)
{
	*paths = (struct impact_paths){ .assets = assets, .steps = idset_new(SIZE_MAX) };
	return paths->steps ? 0 : ERR_NOMEM;
}

void impact_paths_fini(struct impact_paths *paths)
{
	idset_free(paths->steps);
	paths->steps = NULL;
}

static int add_step(struct impact_paths *paths, const struct impact_step *step,
	struct path_step **out)
{
	struct path_step *added = arena_alloc(paths->assets->call->arena, sizeof(*added));
	int r;

	if (!added)
		return ERR_NOMEM;
	*added = (struct path_step){ .step = step };
	r = idset_put(paths->steps, (uintptr_t)step, (uintptr_t)added);
	*out = added;
	return r < 0 ? r : 0;
}

/* Counts the steps from the last one back to one that was counted before, or NULL. */
static void count_steps(
	struct path_step *last, const struct path_step *known, size_t fresh)
{
	struct path_step *head = known ? known->head : NULL;
	size_t length = fresh + (known ? known->length : 0);

	for (struct path_step *step = last; step != known; step = step->from) {
		step->length = length--;
		if (step->length == REPORT_PATH_END)
			head = step;
	}
	for (struct path_step *step = last; step != known; step = step->from)
		step->head = step->length < REPORT_PATH_END ? NULL : head;
}

/* Steps are linked from the end of a path to its beginning. */
static int walk(struct impact_paths *paths, const struct impact_step *step,
	struct path_step **last_out)
{
	struct path_step **place = last_out;
	size_t fresh = 0;

	*last_out = NULL;
	for (; step; step = step->from, fresh++) {
		uint64_t known;
		int r;

		if (idset_get(paths->steps, (uintptr_t)step, &known) == 0) {
			*place = (struct path_step *)(uintptr_t)known;
			break;
		}
		r = add_step(paths, step, place);
		if (r)
			return r;
		place = &(*place)->from;
	}
	count_steps(*last_out, *place, fresh);
	return 0;
}

static int name_step(struct impact_paths *paths, struct path_step *step)
{
	if (step->told.key.kind)
		return 0;
	step->told.classes = step->step->classes;
	step->told.rule = impact_rule_text(step->step->rule);
	return impact_node_key(paths->assets, step->step->node, &step->told.key);
}

/* So many steps, up to this one. */
static int tell_steps(struct impact_paths *paths, struct path_step *step, size_t count,
	const struct report_step **out)
{
	int r = 0;

	for (; !r && count > 0; count--, step = step->from) {
		r = name_step(paths, step);
		out[count - 1] = &step->told;
	}
	return r;
}

int impact_path_fill(struct impact_paths *paths, struct report_impact *out)
{
	const struct report_step **path;
	struct path_step *last;
	size_t count;
	size_t omitted;
	int r = walk(paths, out->impact.because, &last);

	if (r)
		return r;
	count = last ? last->length : 0;
	omitted = count > REPORT_PATH_MAX ? count - REPORT_PATH_MAX : 0;
	count -= omitted;
	path = arena_array(paths->assets->call->arena, count + 1, sizeof(const void *));
	if (!path)
		return ERR_NOMEM;
	if (omitted) {
		r = tell_steps(paths, last->head, REPORT_PATH_END, path);
		if (!r)
			r = tell_steps(
				paths, last, REPORT_PATH_END, path + REPORT_PATH_END);
	} else {
		r = tell_steps(paths, last, count, path);
	}
	out->path = path;
	out->path_count = count;
	out->path_omitted = omitted;
	return r;
}
