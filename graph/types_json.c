/* SPDX-License-Identifier: Apache-2.0 */

/*
 * types_json.c - types that are written as JSON: Avro's schemas, and Spark's
 *
 * This is a reader of a notation for types, not of JSON: it takes what it needs,
 * and what does not fit makes the type unknown.  What a key says goes into a slot
 * of its object; the object becomes a type when it closes, whatever the order of
 * its keys.
 */
#include "graph/types_impl.h"

#include "base/arena.h"

enum slot {
	SLOT_TYPE,    /* a word, or a type */
	SLOT_ITEMS,   /* a type */
	SLOT_KEYS,    /* a type */
	SLOT_VALUES,  /* a type */
	SLOT_FIELDS,  /* members */
	SLOT_SYMBOLS, /* strings */
	SLOT_NAME,    /* a word, this and the following */
	SLOT_LOGICAL,
	SLOT_PRECISION,
	SLOT_SCALE,
	SLOT_SIZE,
	SLOT_NONE, /* passed over */
};
#define TYPE_SLOTS (SLOT_SYMBOLS + 1)
#define SLOTS	   SLOT_NONE

struct key {
	const char *name;
	enum slot slot;
};

static const struct key keys[] = {
	{ "type", SLOT_TYPE },
	{ "items", SLOT_ITEMS },
	{ "elementType", SLOT_ITEMS },
	{ "keyType", SLOT_KEYS },
	{ "values", SLOT_VALUES },
	{ "valueType", SLOT_VALUES },
	{ "fields", SLOT_FIELDS },
	{ "symbols", SLOT_SYMBOLS },
	{ "name", SLOT_NAME },
	{ "logicalType", SLOT_LOGICAL },
	{ "precision", SLOT_PRECISION },
	{ "scale", SLOT_SCALE },
	{ "size", SLOT_SIZE },
};

/* An object or an array, open. */
struct frame {
	bool is_object;
	enum slot role; /* in the object around it; SLOT_NONE: in an array */
	struct column_type types[TYPE_SLOTS];
	bool has[TYPE_SLOTS];
	struct slice words[SLOTS];
	struct type_parts parts; /* of an array */
};

struct reader {
	struct type_scan scan;
	struct arena *arena;
	struct column_type result;
	uint32_t depth;
	struct frame *frames[COLUMN_TYPE_DEPTH_MAX]; /* NULL: it was not so deep yet */
};

enum step { STEP_ON, STEP_MALFORMED };

static enum slot slot_of(struct slice key)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (slice_equal(key, slice_from(keys[i].name)))
			return keys[i].slot;
	}
	return SLOT_NONE;
}

/* Takes a string, escapes as they are; false: it does not end. */
static bool take_string(struct type_scan *scan, struct slice *out)
{
	size_t start = scan->at + 1;

	for (scan->at = start; !type_scan_ended(scan); scan->at++) {
		if (type_scan_char(scan) == '\\')
			scan->at++;
		else if (type_scan_char(scan) == '"')
			break;
	}
	if (type_scan_ended(scan))
		return false;
	*out = slice_of(scan->text.ptr + start, scan->at - start);
	scan->at++;
	return true;
}

/* Takes a number, or a name such as null. */
static struct slice take_bare(struct type_scan *scan)
{
	size_t start = scan->at;

	while (!type_scan_ended(scan) && !strchr(",:[]{}\" \t\r\n", type_scan_char(scan)))
		scan->at++;
	return slice_of(scan->text.ptr + start, scan->at - start);
}

/* Takes a value that says nothing about the type. */
static bool skip_value(struct type_scan *scan)
{
	struct slice ignored;
	size_t depth = 0;

	do {
		char c;

		type_scan_blanks(scan);
		c = type_scan_char(scan);
		if (type_scan_take(scan, '{') || type_scan_take(scan, '[')) {
			depth++;
		} else if (depth && (c == '}' || c == ']')) {
			scan->at++;
			depth--;
		} else if (depth && (c == ',' || c == ':')) {
			scan->at++;
		} else if (c == '"' ? !take_string(scan, &ignored)
				    : !take_bare(scan).len) {
			return false;
		}
	} while (depth);
	return true;
}

/* What a word stands for that is no name of parts. */
static int read_word(struct reader *reader, struct slice word, struct column_type *out)
{
	return type_read_words(
		word, COLUMN_TYPE_DEPTH_MAX - reader->depth, reader->arena, out);
}

/* A type is complete: it goes where the key, or the array, wants it. */
static int deliver(struct reader *reader, enum slot slot, const struct column_type *type)
{
	struct frame *frame;

	if (!reader->depth) {
		reader->result = *type;
		return 0;
	}
	frame = reader->frames[reader->depth - 1];
	if (!frame->is_object)
		return type_parts_add(&frame->parts, reader->arena, type);
	if (slot < TYPE_SLOTS) {
		frame->types[slot] = *type;
		frame->has[slot] = true;
	}
	return 0;
}

static int32_t read_count(struct slice word)
{
	int32_t value = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] < '0' || word.ptr[i] > '9' || value > 100000)
			return -1;
		value = value * 10 + (word.ptr[i] - '0');
	}
	return value;
}

/* {"type":"bytes","logicalType":"decimal","precision":10,"scale":2} */
static void make_decimal(const struct frame *frame, struct column_type *out)
{
	int32_t precision = read_count(frame->words[SLOT_PRECISION]);
	int32_t scale = read_count(frame->words[SLOT_SCALE]);

	if (precision > 0 && scale >= 0)
		*out = (struct column_type){
			.kind = KIND_DECIMAL, .precision = precision, .scale = scale
		};
}

static int make_logical(
	struct reader *reader, const struct frame *frame, struct column_type *out)
{
	struct slice word = frame->words[SLOT_LOGICAL];

	if (!slice_equal(word, SLICE("decimal")))
		return read_word(reader, word, out);
	make_decimal(frame, out);
	return 0;
}

static int make_array(
	struct reader *reader, const struct frame *frame, struct column_type *out)
{
	struct type_parts parts = { 0 };

	*out = (struct column_type){ .kind = KIND_ARRAY };
	if (frame->has[SLOT_ITEMS] &&
		type_parts_add(&parts, reader->arena, &frame->types[SLOT_ITEMS]))
		return ERR_NOMEM;
	return type_make_nested(&parts, reader->arena, out);
}

/* Avro's maps are of strings. */
static int make_map(
	struct reader *reader, const struct frame *frame, struct column_type *out)
{
	struct column_type key = { .kind = KIND_STRING };
	struct type_parts parts = { 0 };

	*out = (struct column_type){ .kind = KIND_MAP };
	if (frame->has[SLOT_KEYS])
		key = frame->types[SLOT_KEYS];
	if (type_parts_add(&parts, reader->arena, &key) ||
		type_parts_add(&parts, reader->arena, &frame->types[SLOT_VALUES]))
		return ERR_NOMEM;
	return type_make_nested(&parts, reader->arena, out);
}

/* An object that was read, into a type. */
static int make_type(
	struct reader *reader, const struct frame *frame, struct column_type *out)
{
	struct slice word = frame->words[SLOT_TYPE];

	*out = (struct column_type){ 0 };
	if (frame->words[SLOT_LOGICAL].ptr)
		return make_logical(reader, frame, out);
	if (slice_equal(word, SLICE("array")))
		return make_array(reader, frame, out);
	if (slice_equal(word, SLICE("map")))
		return make_map(reader, frame, out);
	if (slice_equal(word, SLICE("enum"))) {
		if (frame->types[SLOT_SYMBOLS].kind == KIND_STRING &&
			frame->types[SLOT_SYMBOLS].part_count)
			*out = frame->types[SLOT_SYMBOLS];
	} else if (slice_equal(word, SLICE("fixed"))) {
		int32_t size = read_count(frame->words[SLOT_SIZE]);

		if (size > 0)
			*out = (struct column_type){ .kind = KIND_BINARY,
				.length = (uint64_t)size };
	} else if (frame->has[SLOT_FIELDS]) {
		if (frame->types[SLOT_FIELDS].kind == KIND_STRUCT)
			*out = frame->types[SLOT_FIELDS];
	} else {
		*out = frame->types[SLOT_TYPE];
	}
	return 0;
}

/* The one type that values of a union have, null aside. */
static void make_union(const struct type_parts *branches, struct column_type *out)
{
	const struct column_type *only = NULL;

	*out = (struct column_type){ 0 };
	for (size_t i = 0; i < branches->count; i++) {
		if (slice_equal(branches->list[i].text, SLICE("null")))
			continue;
		if (only)
			return;
		only = &branches->list[i];
	}
	if (only)
		*out = *only;
}

static int close_object(struct reader *reader)
{
	const struct frame *frame = reader->frames[--reader->depth];
	struct column_type type;
	int r = make_type(reader, frame, &type);

	if (r)
		return r;
	type.name = slice_of(NULL, 0);
	if (reader->depth && reader->frames[reader->depth - 1]->role == SLOT_FIELDS)
		type.name = frame->words[SLOT_NAME];
	return deliver(reader, frame->role, &type);
}

static int close_array(struct reader *reader)
{
	const struct frame *frame = reader->frames[--reader->depth];
	struct column_type type = { .kind = KIND_STRUCT };

	if (frame->role == SLOT_SYMBOLS) {
		type_make_enum(&frame->parts, &type);
	} else if (frame->role == SLOT_FIELDS) {
		type.parts = frame->parts.list;
		type.part_count = frame->parts.count;
	} else {
		make_union(&frame->parts, &type);
	}
	return deliver(reader, frame->role, &type);
}

static int open_frame(struct reader *reader, bool is_object, enum slot role)
{
	struct frame **frame;

	if (reader->depth == COLUMN_TYPE_DEPTH_MAX)
		return STEP_MALFORMED;
	frame = &reader->frames[reader->depth];
	if (!*frame)
		*frame = arena_alloc(reader->arena, sizeof(**frame));
	if (!*frame)
		return ERR_NOMEM;
	**frame = (struct frame){ .is_object = is_object, .role = role };
	reader->depth++;
	return STEP_ON;
}

/* A string where a type may be: a word of a slot, a value of an enum, a type. */
static int add_string(struct reader *reader, enum slot slot, struct slice text)
{
	struct frame *frame = reader->depth ? reader->frames[reader->depth - 1] : NULL;
	struct column_type type = { .kind = KIND_STRING, .name = text };
	int r;

	if (frame && slot < SLOTS)
		frame->words[slot] = text;
	if (slot < SLOTS && slot >= TYPE_SLOTS)
		return 0;
	if (!frame || frame->role != SLOT_SYMBOLS) {
		r = read_word(reader, text, &type);
		if (r)
			return r;
	}
	return deliver(reader, slot, &type);
}

/* A value for a slot of the object, or SLOT_NONE in an array. */
static int read_value(struct reader *reader, enum slot slot)
{
	struct slice text;

	type_scan_blanks(&reader->scan);
	switch (type_scan_char(&reader->scan)) {
	case '{':
		reader->scan.at++;
		return open_frame(reader, true, slot);
	case '[':
		reader->scan.at++;
		return open_frame(reader, false, slot);
	case '"':
		if (!take_string(&reader->scan, &text))
			return STEP_MALFORMED;
		return add_string(reader, slot, text);
	}
	text = take_bare(&reader->scan);
	if (!text.len || !reader->depth)
		return STEP_MALFORMED;
	if (slot < SLOTS)
		reader->frames[reader->depth - 1]->words[slot] = text;
	return STEP_ON;
}

/* One key of an object and its value, or the object's end. */
static int read_pair(struct reader *reader)
{
	struct type_scan *scan = &reader->scan;
	struct slice key;
	enum slot slot;

	if (type_scan_take(scan, '}'))
		return close_object(reader);
	type_scan_blanks(scan);
	if (type_scan_char(scan) != '"' || !take_string(scan, &key) ||
		!type_scan_take(scan, ':'))
		return STEP_MALFORMED;
	slot = slot_of(key);
	if (slot == SLOT_NONE)
		return skip_value(scan) ? STEP_ON : STEP_MALFORMED;
	return read_value(reader, slot);
}

/* One step inside an object or an array. */
static int read_on(struct reader *reader)
{
	(void)type_scan_take(&reader->scan, ',');
	if (reader->frames[reader->depth - 1]->is_object)
		return read_pair(reader);
	if (type_scan_take(&reader->scan, ']'))
		return close_array(reader);
	return read_value(reader, SLOT_NONE);
}

int type_read_json(struct slice text, struct arena *arena, struct column_type *out)
{
	struct reader reader = { .scan = { .text = text }, .arena = arena };
	int r = read_value(&reader, SLOT_NONE);

	while (r == STEP_ON && reader.depth)
		r = read_on(&reader);
	if (r < 0)
		return r;
	type_scan_blanks(&reader.scan);
	if (r == STEP_ON && type_scan_ended(&reader.scan))
		*out = reader.result;
	return 0;
}
