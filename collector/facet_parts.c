/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/facet_parts.h"

int facet_expect(struct reader *reader, char bracket)
{
	if (scan_peek(&reader->scan) == bracket)
		return 0;
	return reader_refuse(reader, reader->scan.p, NULL,
		bracket == '[' ? "must be an array" : "must be an object");
}

int facet_refuse_missing(struct fault *fault, const char *where)
{
	return fault_set(fault, where, "%s", "is missing or not what it must be");
}

int facet_read(struct reader *reader, const struct member *members, void *out)
{
	int r = facet_expect(reader, '{');

	if (!r)
		r = reader_members(reader, members, out);
	if (!r && scan_finish(&reader->scan))
		r = reader_refuse_text(reader);
	return r;
}

/* Where the next entry goes; it is there to stay when it is whole. */
static void *entry_at(const struct facet_entry *kind, const struct facet_list *list)
{
	return (char *)list->list + list->count * kind->size;
}

int facet_list_read(
	struct reader *reader, const struct facet_entry *kind, struct facet_list *out)
{
	size_t room = 0;
	int r = facet_expect(reader, '[');

	*out = (struct facet_list){ .count = 0 };
	if (r)
		return r;
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		if (out->count == room)
			r = list_double(reader->arena, &out->list, &room, kind->size);
		if (r)
			return r;
		memset(entry_at(kind, out), 0, kind->size);
		r = reader_object(reader, kind->members, entry_at(kind, out));
		if (r)
			return r;
		if (kind->whole(entry_at(kind, out)))
			out->count++;
		else
			out->skipped++;
	}
	return r < 0 ? r : 0;
}
