/* SPDX-License-Identifier: Apache-2.0 */

/*
 * dump_run.c - runs in the canonical text, and the other events by hash
 */
#include "base/arena.h"
#include "graph/dump_impl.h"
#include "graph/run.h"

#include <inttypes.h>

static int put_link(struct dump *dump, const char *what, const struct run_link *link)
{
	char id[RUNID_TEXT_MAX];

	buf_printf(&dump->text, "\t%s %s", what, runid_format(&link->run, id));
	if (link->job) {
		int r = dump_name(dump, " ", link->job);

		if (r)
			return r;
	}
	buf_byte(&dump->text, '\n');
	return 0;
}

/* Who started it, and that others say it started them. */
static int put_links(struct dump *dump, const struct run *run)
{
	struct buf *out = &dump->text;
	int r = 0;

	if (run->child_us != INT64_MAX) {
		buf_str(out, "\tchild");
		dump_time(out, run->child_us);
		buf_byte(out, '\n');
	}
	if (run->told_us == INT64_MIN)
		return 0;
	buf_str(out, "\ttold");
	dump_time(out, run->told_us);
	buf_byte(out, '\n');
	r = put_link(dump, "parent", &run->parent);
	return r ? r : put_link(dump, "root", &run->root);
}

static void put_events(struct dump *dump, const struct run *run)
{
	for (uint32_t i = 0; i < run->event_count; i++) {
		buf_printf(&dump->text, "\tevent %016" PRIx64, run->events[i].hash);
		dump_time(&dump->text, run->events[i].time_us);
		buf_byte(&dump->text, '\n');
	}
}

static int put_snapshots(struct dump *dump, const struct run *run)
{
	struct snapshot_set set;
	int64_t at_us = INT64_MIN;
	int r;

	while ((r = snapshot_set_next(dump->txn, &run->id, at_us, &at_us, &set)) == 0) {
		buf_str(&dump->text, "\tsnapshot");
		dump_time(&dump->text, at_us);
		buf_byte(&dump->text, '\n');
		r = dump_ioset(dump, set.alone);
		if (r)
			return r;
		buf_str(&dump->text, "\t\tstands\n");
		r = dump_ioset(dump, set.io);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

static int put_head(struct dump *dump, const struct run *run)
{
	struct buf *out = &dump->text;
	char id[RUNID_TEXT_MAX];
	int r;

	buf_printf(out, "run %s ", runid_format(&run->id, id));
	dump_quoted(out, run->text);
	r = dump_name(dump, " ", run->job);
	if (r)
		return r;
	buf_printf(out, " known %d own %d", run->job_known, run->job_own);
	dump_time(out, run->job_time_us);
	buf_printf(out, " %s", event_type_text(run->state));
	dump_time(out, run->start_us);
	dump_time(out, run->first_us);
	dump_time(out, run->last_us);
	dump_time(out, run->end_us);
	buf_byte(out, '\n');
	return 0;
}

static int put_old_event(void *ctx, const struct run_event *event)
{
	struct dump *dump = ctx;

	buf_str(&dump->text, "\told");
	dump_time(&dump->text, event->time_us);
	buf_printf(&dump->text, " %016" PRIx64 "\n", event->hash);
	return dump_flush(dump, DUMP_FLUSH);
}

static int put_run(struct dump *dump, const struct run *run)
{
	int r = put_head(dump, run);

	if (!r)
		r = put_links(dump, run);
	if (r)
		return r;
	put_events(dump, run);
	r = run_event_each(dump->txn, &run->id, put_old_event, dump);
	if (!r)
		r = dump_ioset(dump, run->io);
	return r ? r : put_snapshots(dump, run);
}

static int dump_run(struct dump *dump, const struct runid *id)
{
	struct run run;
	int r;

	arena_reset(dump->scratch);
	r = run_get(dump->txn, id, &run);
	if (r)
		return r < 0 ? r : ERR_CORRUPT;
	r = put_run(dump, &run);
	return r ? r : dump_flush(dump, DUMP_FLUSH);
}

static int gather_runs(struct dump *dump, struct dump_list *runs)
{
	struct run_position at = run_position_first;
	struct run_position next;
	int r;

	while ((r = run_index_next(
			dump->txn, 0, EVIDENCE_OBSERVED, RUN_NEWER, &at, &next)) == 0) {
		struct runid *id = dump_list_add(runs);

		if (!id)
			return ERR_NOMEM;
		*id = next.run;
		at = next;
	}
	return r < 0 ? r : 0;
}

static int compare_runids(const void *a, const void *b)
{
	return runid_compare(a, b);
}

static int see_static(void *ctx, uint64_t hash, uint64_t sequence)
{
	struct dump *dump = ctx;

	(void)sequence;
	buf_printf(&dump->text, "static %016" PRIx64 "\n", hash);
	return dump_flush(dump, DUMP_FLUSH);
}

int dump_runs(struct dump *dump)
{
	struct dump_list runs = { .item_bytes = sizeof(struct runid) };
	const struct runid *ids;
	int r = gather_runs(dump, &runs);

	dump_list_sort(&runs, compare_runids);
	ids = (const void *)runs.items;
	for (size_t i = 0; !r && i < runs.count; i++)
		r = dump_run(dump, &ids[i]);
	dump_list_fini(&runs);
	return r ? r : static_event_each(dump->txn, see_static, dump);
}
