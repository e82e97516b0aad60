/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_read.c - a type's text into a type, with a stack of its own
 *
 * A type is read up to the bracket in which its parts are, or to its end.  At the
 * end it becomes a part of the one around it, which ends in turn when its bracket
 * closes.  Whatever is not known makes the part in which it is unknown, and only
 * brackets that do not fit make all of it so.
 */
#include "graph/types_impl.h"

#include "base/arena.h"

#include <string.h>

/* A type whose parts are being read. */
struct frame {
	struct column_type type;
	struct type_parts parts;
	enum type_form form;
	char closer;
	uint32_t height; /* of the parts, and one */
	size_t start;	 /* of its text */
};

struct reader {
	struct type_scan scan;
	struct arena *arena;
	struct column_type now; /* the type in work */
	uint32_t height;	/* of it */
	size_t start;		/* of its text */
	uint32_t depth;
	uint32_t depth_max;
	struct frame frames[COLUMN_TYPE_DEPTH_MAX];
};

enum step { STEP_DONE, STEP_PART, STEP_MALFORMED };

/* The type in work is not known: goes to its end. */
static void make_unknown(struct reader *reader)
{
	reader->now = (struct column_type){ .name = reader->now.name };
	reader->height = 0;
	reader->scan.at = reader->start;
	type_scan_skip(&reader->scan);
}

/* Takes a name with a colon behind it, if there is one. */
static bool take_colon_name(struct type_scan *scan, struct slice *out)
{
	size_t at = scan->at;

	while (at < scan->text.len && !strchr(":,<>()[]{}\"`'", scan->text.ptr[at]))
		at++;
	if (at == scan->at || at == scan->text.len || scan->text.ptr[at] != ':')
		return false;
	*out = type_scan_slice(scan, scan->at, at);
	scan->at = at + 1;
	return true;
}

/* "a int" has a name, "double precision" and "time with time zone" have none. */
static void take_blank_name(struct type_scan *scan, struct slice *out)
{
	struct type_scan known = *scan;
	struct type_scan ahead = *scan;
	bool is_type = type_scan_spelling(&known) != NULL;
	size_t end;

	while (!type_scan_ended(&ahead) && !type_is_blank(type_scan_char(&ahead)) &&
		!strchr(":,<>()[]{}\"`'", type_scan_char(&ahead)))
		ahead.at++;
	end = ahead.at;
	if (end == scan->at || !type_is_blank(type_scan_char(&ahead)) || known.at > end)
		return;
	type_scan_blanks(&ahead);
	known = ahead;
	if (type_scan_ended(&ahead) || strchr(",>)]}", type_scan_char(&ahead)) ||
		(is_type && !type_scan_spelling(&known)))
		return;
	*out = slice_of(scan->text.ptr + scan->at, end - scan->at);
	scan->at = ahead.at;
}

/* Takes the name of a part.  Returns 0, 1 when a quote does not end, or ERR_NOMEM. */
static int take_name(struct reader *reader, struct slice *out)
{
	const struct frame *frame = &reader->frames[reader->depth - 1];
	struct type_scan *scan = &reader->scan;
	struct slice ignored;
	char c = type_scan_char(scan);

	if (frame->form != FORM_STRUCT) {
		/* Arrow's "item: int32" and "values=string". */
		if (frame->form != FORM_DICTIONARY)
			(void)take_colon_name(scan, &ignored);
		else if (type_scan_words(scan, "values"))
			(void)type_scan_take(scan, '=');
	} else if (c == '"' || c == '`') {
		int r = type_scan_quoted(scan, reader->arena, out);

		if (r)
			return r;
		(void)type_scan_take(scan, ':');
	} else if (!take_colon_name(scan, out)) {
		take_blank_name(scan, out);
	}
	type_scan_blanks(scan);
	return 0;
}

/* A type with parts ends: it is the one in work now. */
static int close_frame(struct reader *reader)
{
	struct frame *frame = &reader->frames[--reader->depth];
	int r;

	reader->now = frame->type;
	reader->height = frame->height;
	reader->start = frame->start;
	if (frame->form == FORM_DICTIONARY) {
		if (frame->parts.count)
			reader->now = frame->parts.list[0];
		reader->now.name = frame->type.name;
		return 0;
	}
	r = type_make_nested(&frame->parts, reader->arena, &reader->now);
	if (!r && reader->now.kind == KIND_UNKNOWN)
		reader->height = 0;
	if (frame->form == FORM_ARRAY_FIXED)
		(void)type_scan_brackets(&reader->scan);
	return r;
}

/* The type in work has parts, or would have: returns STEP_PART when they follow. */
static int open_frame(struct reader *reader, const struct spelling *spelling)
{
	struct slice name = reader->now.name;
	struct frame *frame;
	char closer = 0;

	if (type_scan_take(&reader->scan, '<'))
		closer = '>';
	else if (type_scan_take(&reader->scan, '('))
		closer = ')';
	if (reader->depth >= reader->depth_max) {
		make_unknown(reader);
		return STEP_DONE;
	}
	frame = &reader->frames[reader->depth++];
	*frame = (struct frame){ .type = spelling->means,
		.form = spelling->form,
		.closer = closer,
		.height = 1,
		.start = reader->start };
	frame->type.name = name;
	if (closer && spelling->form == FORM_STRUCT)
		frame->type.kind = KIND_STRUCT;
	if (closer && !type_scan_take(&reader->scan, closer))
		return STEP_PART;
	if (frame->type.kind != KIND_JSON)
		return close_frame(reader);
	reader->now = frame->type;
	reader->height = 0;
	reader->depth--;
	return STEP_DONE;
}

static bool has_parts(enum type_form form)
{
	return form == FORM_ARRAY || form == FORM_ARRAY_FIXED || form == FORM_MAP ||
	       form == FORM_STRUCT || form == FORM_DICTIONARY;
}

/* Makes the type in work the part of an array. */
static int wrap_array(struct reader *reader)
{
	struct column_type array = { .kind = KIND_ARRAY, .name = reader->now.name };
	struct type_parts parts = { 0 };
	int r;

	reader->now.name = slice_of(NULL, 0);
	r = type_parts_add(&parts, reader->arena, &reader->now);
	if (r)
		return r;
	array.parts = parts.list;
	array.part_count = parts.count;
	reader->now = array;
	reader->height++;
	return 0;
}

/* Reads a type without parts; one that is not known is unknown. */
static int read_scalar(struct reader *reader, const struct spelling *spelling)
{
	struct slice name = reader->now.name;
	int r = 1;

	if (spelling && !has_parts(spelling->form))
		r = type_read_params(
			&reader->scan, spelling, reader->arena, &reader->now);
	if (r < 0)
		return r;
	reader->now.name = name;
	if (r)
		make_unknown(reader);
	return STEP_DONE;
}

/* Returns STEP_PART when a part follows, STEP_DONE when the type was read. */
static int begin_type(struct reader *reader)
{
	const struct spelling *spelling;
	struct slice name = { 0 };
	bool is_array;
	int r = 0;

	type_scan_blanks(&reader->scan);
	if (reader->depth)
		r = take_name(reader, &name);
	if (r)
		return r < 0 ? r : STEP_MALFORMED;
	reader->now = (struct column_type){ .name = name };
	reader->height = 0;
	reader->start = reader->scan.at;
	/* The catalog of Postgres calls integer[] "_int4". */
	is_array = type_scan_char(&reader->scan) == '_';
	reader->scan.at += is_array;
	spelling = type_scan_spelling(&reader->scan);
	if (spelling && has_parts(spelling->form) && !is_array)
		return open_frame(reader, spelling);
	r = read_scalar(reader, spelling);
	if (r == STEP_DONE && is_array && reader->now.kind != KIND_UNKNOWN)
		r = wrap_array(reader);
	return r;
}

/* Takes "[]", "array" or "array[3]". */
static bool take_array(struct type_scan *scan)
{
	bool word;

	type_scan_blanks(scan);
	word = type_scan_words(scan, "array");
	return type_scan_brackets(scan) || word;
}

/* Takes what stands behind the type in work: "[]", "unsigned", "not null". */
static int take_suffixes(struct reader *reader)
{
	int r = 0;

	/* What is too deep already need not grow. */
	while (!r && reader->height <= reader->depth_max) {
		if (type_read_suffix(&reader->scan, &reader->now))
			continue;
		if (!take_array(&reader->scan))
			return 0;
		r = wrap_array(reader);
	}
	return r;
}

/* Whether a type may end here. */
static bool at_end_of_type(const struct reader *reader)
{
	if (type_scan_ended(&reader->scan))
		return true;
	return reader->depth && (type_scan_char(&reader->scan) == ',' ||
					type_scan_char(&reader->scan) ==
						reader->frames[reader->depth - 1].closer);
}

/* The type in work has ended: it becomes a part of the one around it. */
static int add_part(struct reader *reader)
{
	struct frame *frame = &reader->frames[reader->depth - 1];

	if (reader->height >= frame->height)
		frame->height = reader->height + 1;
	return type_parts_add(&frame->parts, reader->arena, &reader->now);
}

static int end_one(struct reader *reader)
{
	int r = take_suffixes(reader);

	if (r)
		return r;
	type_scan_blanks(&reader->scan);
	if (!at_end_of_type(reader) || reader->height > reader->depth_max - reader->depth)
		make_unknown(reader);
	reader->now.text = type_scan_slice(&reader->scan, reader->start, reader->scan.at);
	return reader->depth ? add_part(reader) : 0;
}

/* Ends the type in work, and those around it that end with it. */
static int end_types(struct reader *reader)
{
	for (;;) {
		bool outermost = reader->depth == 0;
		int r = end_one(reader);

		if (r)
			return r;
		if (outermost)
			return type_scan_ended(&reader->scan) ? STEP_DONE
							      : STEP_MALFORMED;
		/* Behind the values of a dictionary comes how they are stored. */
		while (type_scan_take(&reader->scan, ',')) {
			if (reader->frames[reader->depth - 1].form != FORM_DICTIONARY)
				return STEP_PART;
			type_scan_skip(&reader->scan);
		}
		if (!type_scan_take(
			    &reader->scan, reader->frames[reader->depth - 1].closer))
			return STEP_MALFORMED;
		r = close_frame(reader);
		if (r)
			return r;
	}
}

int type_read_words(struct slice text, uint32_t depth_max, struct arena *arena,
	struct column_type *out)
{
	struct reader reader = {
		.scan = { .text = text }, .arena = arena, .depth_max = depth_max
	};
	int r;

	do {
		r = begin_type(&reader);
		if (r == STEP_DONE)
			r = end_types(&reader);
	} while (r == STEP_PART);
	if (r < 0)
		return r;
	*out = r == STEP_DONE ? reader.now : (struct column_type){ 0 };
	out->text = text;
	return 0;
}

int column_type_read(struct slice text, struct arena *arena, struct column_type *out)
{
	struct type_scan scan = { .text = text };
	struct column_type type = { 0 };
	int r;

	if (text.len)
		text = type_scan_slice(&scan, 0, text.len);
	if (!text.len || text.len > COLUMN_TYPE_BYTES_MAX)
		r = 0;
	else if (text.ptr[0] == '{' || text.ptr[0] == '[' || text.ptr[0] == '"')
		r = type_read_json(text, arena, &type);
	else
		r = type_read_words(text, COLUMN_TYPE_DEPTH_MAX, arena, &type);
	if (r)
		return r;
	type.text = text;
	*out = type;
	return 0;
}
