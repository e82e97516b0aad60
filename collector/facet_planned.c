/* SPDX-License-Identifier: Apache-2.0 */

/*
 * headwater_change_ID, a facet of our own: a change that a dataset's owner has
 * announced.  Operations are those of questions about impact, by the same words.
 */
#include "collector/facet_parts.h"

#include "base/clock.h"
#include "graph/entity.h"
#include "graph/planned.h"

struct announced {
	struct facet_list changes;
	bool has_changes;
	struct slice registered;
	struct slice due;
	struct slice note;
	struct slice contact;
};

static bool is_whole(const void *entry)
{
	enum impact_op op;

	return planned_op_of(entry, &op) == 0;
}

static int read_aliased(struct reader *reader, void *out)
{
	bool *aliased = out;

	*aliased = scan_peek(&reader->scan) == 't';
	return reader_skip(reader);
}

static const struct member operation_members[] = {
	MEMBER("op", reader_text, struct ol_operation, op),
	MEMBER("column", reader_text, struct ol_operation, column),
	MEMBER("to", reader_text, struct ol_operation, to),
	MEMBER("toNamespace", reader_text, struct ol_operation, to_namespace),
	MEMBER("aliased", read_aliased, struct ol_operation, aliased),
	MEMBER("type", reader_text, struct ol_operation, type),
	MEMBERS_END,
};

static int read_changes(struct reader *reader, void *out)
{
	static const struct facet_entry operation = { operation_members,
		sizeof(struct ol_operation), is_whole };
	struct announced *announced = out;

	announced->has_changes = true;
	return facet_list_read(reader, &operation, &announced->changes);
}

static const struct member planned_members[] = {
	{ SLICE("changes"), read_changes, 0 },
	MEMBER("registered", reader_text, struct announced, registered),
	MEMBER("due", reader_text, struct announced, due),
	MEMBER("note", reader_text, struct announced, note),
	MEMBER("contact", reader_text, struct announced, contact),
	MEMBERS_END,
};

/* An instant, or a date: its first moment. */
static int64_t read_time(struct slice text)
{
	int64_t first_us;
	int64_t last_us;

	if (!text.ptr || time_parse_span(text, &first_us, &last_us))
		return TIME_NEVER;
	return first_us;
}

/* Nobody plans more than this at once; what nobody could list must not be stored. */
static void leave_out_rest(struct ol_planned *planned)
{
	if (planned->count <= PLANNED_OPERATIONS_MAX)
		return;
	planned->skipped += (uint32_t)(planned->count - PLANNED_OPERATIONS_MAX);
	planned->count = PLANNED_OPERATIONS_MAX;
}

int facet_read_planned(struct slice bytes, struct arena *arena, struct ol_planned *out,
	struct fault *fault)
{
	struct announced announced = { .has_changes = false };
	struct reader reader;
	int r;

	reader_init(&reader, bytes, arena, fault);
	r = facet_read(&reader, planned_members, &announced);
	if (!r && !announced.has_changes)
		r = facet_refuse_missing(fault, "/changes");
	if (r)
		return r;
	*out = (struct ol_planned){
		.list = announced.changes.list,
		.count = announced.changes.count,
		.skipped = announced.changes.skipped,
		.registered_us = read_time(announced.registered),
		.due_us = read_time(announced.due),
		.note = announced.note,
		.contact = announced.contact,
	};
	leave_out_rest(out);
	return 0;
}
