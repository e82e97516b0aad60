/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fold_parent.c - who started a run: its parent, its root, and their jobs
 *
 * Which word stands is a maximum again: of (event time, names), for the run,
 * for its job, and for the job of a stub.
 */
#include "graph/fold_parent.h"

#include "base/arena.h"
#include "graph/entity.h"
#include "graph/fold.h"
#include "graph/fold_family.h"
#include "graph/node_name.h"

/* Parent and root as one event tells them; a root without job is not told. */
struct links {
	struct run_link parent;
	struct run_link root;
};

/* Order of two jobs by name; none is the smallest. */
static int compare_jobs(struct fold *fold, node_id a, node_id b, int *out)
{
	*out = (a != 0) - (b != 0);
	if (a == b || !a || !b)
		return 0;
	return node_name_compare(fold->txn, a, b, out);
}

static int find_link(
	struct fold *fold, const struct ol_ancestor *ancestor, struct run_link *out)
{
	out->run = ancestor->run;
	return family_job(fold, ancestor->namespace, ancestor->name, &out->job);
}

static bool is_told(const struct ol_event *event, const struct ol_ancestor *ancestor)
{
	return ancestor->run_text.len > 0 &&
	       runid_compare(&ancestor->run, &event->run) != 0;
}

static int find_links(struct fold *fold, const struct ol_event *event, struct links *out)
{
	int r;

	*out = (struct links){ 0 };
	r = find_link(fold, &event->parent, &out->parent);
	if (r || !is_told(event, &event->root))
		return r;
	return find_link(fold, &event->root, &out->root);
}

static struct run new_stub(const struct run_link *link, int64_t time_us)
{
	return (struct run){
		.id = link->run,
		.job = link->job,
		.job_time_us = time_us,
		.start_us = INT64_MAX,
		.first_us = time_us,
		.last_us = time_us,
		.end_us = INT64_MAX,
		.told_us = INT64_MIN,
		.child_us = time_us,
	};
}

static int move_stub(struct fold *fold, const struct run *was, const struct run *now)
{
	const struct run_position from = { was->first_us, was->id };
	const struct run_position to = { now->first_us, now->id };
	int r;

	if (was->job == now->job && was->first_us == now->first_us)
		return 0;
	r = run_index_remove(fold->txn, was->job, EVIDENCE_OBSERVED, &from);
	return r ? r : run_index_add(fold->txn, now->job, EVIDENCE_OBSERVED, &to);
}

/* A stub has the job that its newest child names. */
static int name_stub(
	struct fold *fold, struct run *stub, const struct run_link *link, int64_t time_us)
{
	int order = 0;
	int r = 0;

	if (time_us == stub->job_time_us)
		r = compare_jobs(fold, link->job, stub->job, &order);
	if (r || time_us < stub->job_time_us || order < 0)
		return r;
	stub->job = link->job;
	stub->job_time_us = time_us;
	return 0;
}

static int update_stub(
	struct fold *fold, struct run *run, const struct run_link *link, int64_t time_us)
{
	const struct run was = *run;
	int r;

	if (time_us < run->child_us)
		run->child_us = time_us;
	if (!run->job_own) {
		run->first_us = run->last_us = run->child_us;
		r = name_stub(fold, run, link, time_us);
		if (!r)
			r = move_stub(fold, &was, run);
		if (r)
			return r;
	}
	if (run->child_us == was.child_us && run->job_time_us == was.job_time_us &&
		run->job == was.job)
		return 0;
	return run_put(fold->txn, run);
}

static int add_stub(struct fold *fold, const struct run *stub)
{
	const struct run_position position = { stub->first_us, stub->id };
	int r = run_put(fold->txn, stub);

	if (r)
		return r;
	return run_index_add(fold->txn, stub->job, EVIDENCE_OBSERVED, &position);
}

/* What is stored of a run that has a child since this time. */
static int store_ancestor(struct fold *fold, const struct ol_ancestor *ancestor,
	const struct run_link *link, int64_t time_us)
{
	struct run run;
	int r;

	r = family_leave_run(fold, &link->run);
	if (!r)
		r = run_get(fold->txn, &link->run, &run);
	if (r < 0)
		return r;
	if (r) {
		run = new_stub(link, time_us);
		if (ancestor->run_derived)
			run.text = ancestor->run_text;
		r = add_stub(fold, &run);
	} else {
		/* What was read lies in the store, and a put may take it away. */
		run.text = arena_dup(fold->scratch, run.text);
		r = run.text.ptr ? update_stub(fold, &run, link, time_us) : ERR_NOMEM;
	}
	if (!r)
		family_keep_run(fold->families, &run);
	return r;
}

static int tell_ancestor(struct fold *fold, const struct ol_ancestor *ancestor,
	const struct run_link *link, int64_t time_us)
{
	if (family_knows_run(fold->families, link, time_us))
		return 0;
	return store_ancestor(fold, ancestor, link, time_us);
}

static int tell_ancestors(
	struct fold *fold, const struct ol_event *event, const struct links *links)
{
	int r;

	r = tell_ancestor(fold, &event->parent, &links->parent, event->time_us);
	if (r || !links->root.job)
		return r;
	/* Mostly the parent is the root. */
	if (links->root.job == links->parent.job &&
		!runid_compare(&links->root.run, &links->parent.run))
		return 0;
	return tell_ancestor(fold, &event->root, &links->root, event->time_us);
}

/* Order of (parent's job, parent, root's job, root). */
static int compare_links(
	struct fold *fold, const struct links *a, const struct links *b, int *out)
{
	int r;

	r = compare_jobs(fold, a->parent.job, b->parent.job, out);
	if (r || *out)
		return r;
	*out = runid_compare(&a->parent.run, &b->parent.run);
	if (*out)
		return 0;
	r = compare_jobs(fold, a->root.job, b->root.job, out);
	if (r || *out)
		return r;
	*out = runid_compare(&a->root.run, &b->root.run);
	return 0;
}

static int link_run(
	struct fold *fold, struct run *run, const struct links *links, int64_t time_us)
{
	const struct links stands = { run->parent, run->root };
	int order = 1;
	int r = 0;

	if (time_us < run->told_us)
		return 0;
	if (time_us == run->told_us)
		r = compare_links(fold, links, &stands, &order);
	if (r || order <= 0)
		return r;
	run->parent = links->parent;
	run->root = links->root;
	run->told_us = time_us;
	return 0;
}

/* Returns in out how the told parents of a job compare with those that stand. */
static int compare_parents(struct fold *fold, const struct job_parent *told,
	const struct job_parent *stands, int *out)
{
	int r;

	*out = (told->told_us > stands->told_us) - (told->told_us < stands->told_us);
	if (*out)
		return 0;
	r = compare_jobs(fold, told->parent, stands->parent, out);
	if (r || *out)
		return r;
	return compare_jobs(fold, told->root, stands->root, out);
}

static int store_parents(struct fold *fold, node_id job, const struct job_parent *told)
{
	struct job_parent stands;
	int order = 1;
	int r;

	r = family_leave_job(fold, job);
	if (!r)
		r = job_parent_get(fold->txn, job, &stands);
	if (!r)
		r = compare_parents(fold, told, &stands, &order);
	if (r < 0)
		return r;
	if (order > 0) {
		stands = *told;
		r = job_parent_put(fold->txn, job, told);
		if (r)
			return r;
	}
	family_keep_job(fold->families, job, &stands);
	return 0;
}

static int link_job(
	struct fold *fold, node_id job, const struct links *links, int64_t time_us)
{
	const struct job_parent told = { links->parent.job, links->root.job, time_us };

	if (family_knows_job(fold->families, job, &told))
		return 0;
	return store_parents(fold, job, &told);
}

int fold_parent(
	struct fold *fold, const struct ol_event *event, node_id job, struct run *run)
{
	struct links links;
	int r;

	if (!is_told(event, &event->parent))
		return 0;
	r = find_links(fold, event, &links);
	if (!r)
		r = tell_ancestors(fold, event, &links);
	if (!r)
		r = link_run(fold, run, &links, event->time_us);
	return r ? r : link_job(fold, job, &links, event->time_us);
}
