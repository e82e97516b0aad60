/* SPDX-License-Identifier: Apache-2.0 */

/*
 * DataQualityAssertionsDatasetFacet 1-1-0.  An assertion about a column says that
 * the job which carries it out reads that column.  Whether it held does not
 * count here, and what is asserted of a dataset as a whole names no column.
 */
#include "collector/facet_parts.h"
#include "collector/facet_target.h"

struct checks {
	struct flows flows;
	uint32_t job; /* the end that is the event's job */
};

struct check {
	struct slice column; /* ptr NULL: none */
	bool odd;
};

static int read_column(struct reader *reader, void *out)
{
	struct check *check = out;
	char first = scan_peek(&reader->scan);

	check->odd = first != '"' && first != 'n';
	return reader_text(reader, &check->column);
}

static const struct member check_members[] = {
	{ SLICE("column"), read_column, 0 },
	MEMBERS_END,
};

static int read_check(struct reader *reader, struct checks *checks)
{
	struct flows *flows = &checks->flows;
	struct ol_end end = { .kind = NODE_FIELD, .own = true };
	struct check check = { .odd = scan_peek(&reader->scan) != '{' };
	uint32_t place;
	int r = reader_object(reader, check_members, &check);

	flows->skipped += check.odd;
	if (r || !check.column.ptr)
		return r;
	end.field = check.column;
	r = flows_end(flows, &end, &place);
	return r ? r : flows_add(flows, place, CLASS_CONDITIONAL | CLASS_UNMASKED);
}

static int read_assertions(struct reader *reader, void *out)
{
	struct checks *checks = out;
	int r = facet_expect(reader, '[');

	if (r)
		return r;
	flows_forget_all(&checks->flows, false);
	r = flows_begin(&checks->flows, checks->job);
	if (r)
		return r;
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		r = read_check(reader, checks);
		if (r)
			return r;
		arena_reset(reader->arena);
	}
	return r < 0 ? r : 0;
}

static const struct member checks_members[] = {
	{ SLICE("assertions"), read_assertions, 0 },
	MEMBERS_END,
};

int facet_read_checks(struct slice bytes, struct arena *arena, struct ol_flows *out,
	struct fault *fault)
{
	const struct ol_end job = { .kind = NODE_JOB, .own = true };
	struct checks checks = { .flows = { .arena = arena, .text = bytes } };
	int r = flows_end(&checks.flows, &job, &checks.job);

	if (!r)
		r = facet_flows_read(&checks.flows, checks_members, &checks, fault);
	return r ? r : flows_finish(&checks.flows, out);
}
