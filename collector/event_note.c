/* SPDX-License-Identifier: Apache-2.0 */

#include "collector/event_note.h"

/* A note that is being read. */
struct draft {
	struct ol_note note;
	const char *names_at; /* NULL: there are none */
	size_t bytes;	      /* of the names */
	bool has_content;
};

/* One too many is counted, and not kept: the names are refused then. */
static int read_name(struct reader *reader, struct draft *draft)
{
	struct ol_note *note = &draft->note;
	struct slice name;
	int r = reader_text(reader, &name);

	if (r)
		return r;
	if (note->name_count < NOTE_NAMES_MAX)
		note->names[note->name_count] = name;
	note->name_count++;
	draft->bytes += name.len;
	if (!name.ptr)
		draft->names_at = NULL;
	return 0;
}

static int read_names(struct reader *reader, void *out)
{
	struct draft *draft = out;
	char first = scan_peek(&reader->scan);
	int r;

	draft->note.name_count = 0;
	draft->bytes = 0;
	draft->names_at = first == '[' ? reader->scan.p : NULL;
	if (first != '[')
		return reader_skip(reader);
	for (r = reader_enter(reader); r == 0; r = reader_more(reader)) {
		r = read_name(reader, draft);
		if (r)
			return r;
	}
	return r < 0 ? r : 0;
}

/* null takes the note back. */
static int read_content(struct reader *reader, void *out)
{
	struct draft *draft = out;
	char first = scan_peek(&reader->scan);
	const char *at = reader->scan.p;
	int r = reader_skip(reader);

	if (r)
		return r;
	draft->has_content = true;
	draft->note.content = slice_of(NULL, 0);
	if (first != 'n')
		draft->note.content = slice_of(at, (size_t)(reader->scan.p - at));
	return 0;
}

static const struct member note_members[] = {
	MEMBER("kind", reader_text, struct draft, note.kind),
	{ SLICE("name"), read_names, 0 },
	{ SLICE("content"), read_content, 0 },
	MEMBERS_END,
};

static int read_note(struct reader *reader, void *out)
{
	return reader_members(reader, note_members, out);
}

static bool kind_holds(struct slice kind)
{
	for (size_t i = 0; i < kind.len; i++)
		if ((kind.ptr[i] < 'a' || kind.ptr[i] > 'z') && kind.ptr[i] != '_')
			return false;
	return kind.len > 0 && kind.len <= NOTE_KIND_MAX;
}

static int check(struct reader *reader, const char *at, const struct draft *draft)
{
	size_t names = draft->note.name_count;

	if (!kind_holds(draft->note.kind))
		return reader_refuse(reader, at, "/note/kind",
			"must be 1 to 32 of the letters a to z and _");
	if (!draft->names_at || !names || names > NOTE_NAMES_MAX)
		return reader_refuse(
			reader, at, "/note/name", "must be an array of 1 to 4 strings");
	if (draft->bytes > NOTE_NAMES_BYTES)
		return reader_refuse(reader, at, "/note/name",
			"has more than 4096 bytes in its strings");
	if (!draft->has_content)
		return reader_refuse(reader, at, "/note/content",
			"is missing; null takes a note back");
	return 0;
}

int event_note_read(struct reader *reader, const char *at, struct ol_event *event)
{
	struct draft draft = { .has_content = false };
	struct ol_note *note;
	int r;

	if (*at != '{')
		return reader_refuse(reader, at, "/note", "must be an object");
	r = reader_again(reader, at, read_note, &draft);
	if (!r)
		r = check(reader, at, &draft);
	if (r)
		return r;
	note = arena_array(reader->arena, 1, sizeof(*note));
	if (!note)
		return ERR_NOMEM;
	*note = draft.note;
	event->note = note;
	return 0;
}
