/* SPDX-License-Identifier: Apache-2.0 */

/*
 * note.c - notes by kind and names
 *
 * The names are the key, as long as LMDB takes it; of longer ones it is their
 * beginning and a hash.  Notes whose keys are the same share a row, sorted by
 * their names, which each of them has in full.
 */

#include "graph/note.h"

#include "base/hash.h"
#include "store_impl.h"

#define NOTE_VERSION   1
#define LONG_KEY_BYTES 400 /* of kind and names, when not all of them fit */
#define NAME_END_BYTES 2
#define NOTE_TEXTS_MAX (NOTE_NAMES_MAX + 1)
/* Three numbers and the lengths of six texts, at most, beside the hash. */
#define NOTE_FIXED_MAX ((size_t)9 * VARINT_MAX + sizeof(uint64_t))

/* The kind, then the names. */
static struct slice text_at(const struct note_key *what, size_t i)
{
	return i ? what->names[i - 1] : what->kind;
}

/* Returns false when only the first bytes of them went in. */
static bool put_texts(struct store_key *key, const struct note_key *what, size_t max)
{
	for (size_t i = 0; i <= what->count; i++) {
		if (!key_put_name(key, text_at(what, i), max - key->len))
			return false;
		if (max - key->len < NAME_END_BYTES)
			return false;
		key_put_name_end(key);
	}
	return true;
}

static uint64_t texts_hash(const struct note_key *what)
{
	struct slice texts[NOTE_TEXTS_MAX];

	for (size_t i = 0; i <= what->count; i++)
		texts[i] = text_at(what, i);
	return hash128_pieces(texts, what->count + 1).lo;
}

static void row_key(struct store_key *key, const struct note_key *what)
{
	/* In a whole key a zero has 255 behind it, or another zero. */
	static const uint8_t cut[NAME_END_BYTES] = { 0, 1 };

	key_start(key);
	if (put_texts(key, what, STORE_KEY_MAX))
		return;
	key_start(key);
	(void)put_texts(key, what, LONG_KEY_BYTES);
	key_put_bytes(key, slice_of(cut, sizeof(cut)));
	key_put_u64(key, texts_hash(what));
}

static void get_note(struct record_reader *reader, struct note *out)
{
	out->kind = record_get_bytes(reader);
	out->name_count = record_get_max(reader, NOTE_NAMES_MAX);
	for (size_t i = 0; i < out->name_count; i++)
		out->names[i] = record_get_bytes(reader);
	out->time_us = record_get_signed(reader);
	out->hash = record_get_u64(reader);
	out->content = record_get_bytes(reader);
}

static void put_note(struct record_writer *writer, const struct note *note)
{
	record_put_bytes(writer, note->kind);
	record_put_varint(writer, note->name_count);
	for (size_t i = 0; i < note->name_count; i++)
		record_put_bytes(writer, note->names[i]);
	record_put_signed(writer, note->time_us);
	record_put_u64(writer, note->hash);
	record_put_bytes(writer, note->content);
}

static int note_bytes(const struct note *note, size_t *out)
{
	size_t bytes = NOTE_FIXED_MAX;
	bool over = __builtin_add_overflow(bytes, note->kind.len, &bytes) ||
		    __builtin_add_overflow(bytes, note->content.len, &bytes);

	for (size_t i = 0; i < note->name_count; i++)
		over = over || __builtin_add_overflow(bytes, note->names[i].len, &bytes);
	if (over)
		return ERR_TOO_LARGE;
	*out = bytes;
	return 0;
}

/* In the order of a row. */
static int compare(const struct note *note, const struct note_key *what)
{
	int r = slice_compare(note->kind, what->kind);

	for (size_t i = 0; !r && i < note->name_count && i < what->count; i++)
		r = slice_compare(note->names[i], what->names[i]);
	if (r)
		return r;
	return (note->name_count > what->count) - (note->name_count < what->count);
}

/* A note in its row. */
struct place {
	struct slice before; /* the notes around it, as they are stored */
	struct slice after;
	struct note note;
};

/* Returns 0, or 1 when it is not there: the place is where it belongs. */
static int find_in(
	struct record_reader *reader, const struct note_key *what, struct place *out)
{
	const uint8_t *begin = reader->at;
	const uint8_t *at = begin;
	int order = -1;

	while (order < 0 && record_left(reader)) {
		at = reader->at;
		get_note(reader, &out->note);
		if (reader->bad)
			return ERR_CORRUPT;
		order = compare(&out->note, what);
	}
	if (order < 0)
		at = reader->at;
	out->before = slice_of(begin, (size_t)(at - begin));
	if (order == 0)
		at = reader->at;
	out->after = slice_of(at, (size_t)(reader->end - at));
	return order ? 1 : 0;
}

/* As find_in(), in a row that may not be there. */
static int find(struct store_txn *txn, const struct store_key *key,
	const struct note_key *what, struct place *out)
{
	struct record_reader reader;
	int r = db_get_record(txn, DB_NOTE, key, NOTE_VERSION, &reader);

	*out = (struct place){ .note = { .time_us = 0 } };
	return r ? r : txn_check(txn, find_in(&reader, what, out));
}

static int save(struct store_txn *txn, const struct store_key *key,
	const struct place *place, const struct note *note)
{
	struct record_writer writer;
	size_t bytes;
	int r = note_bytes(note, &bytes);

	if (r)
		return r;
	if (__builtin_add_overflow(bytes, place->before.len, &bytes) ||
		__builtin_add_overflow(bytes, place->after.len, &bytes))
		return ERR_TOO_LARGE;
	r = txn_record(txn, &writer, NOTE_VERSION, bytes);
	if (r)
		return r;
	record_put_raw(&writer, place->before);
	put_note(&writer, note);
	record_put_raw(&writer, place->after);
	r = db_put_record(txn, DB_NOTE, key, &writer);
	return r < 0 ? r : 0;
}

static bool stands(const struct note *there, const struct note *told)
{
	if (there->time_us != told->time_us)
		return there->time_us > told->time_us;
	if (there->hash != told->hash)
		return there->hash > told->hash;
	return slice_compare(there->content, told->content) >= 0;
}

static uint64_t content_hash(struct slice content)
{
	uint64_t hash;

	if (!content.ptr)
		return 0;
	hash = hash64(content);
	return hash ? hash : 1;
}

int note_tell(struct store_txn *txn, const struct note_key *what, int64_t time_us,
	struct slice content)
{
	struct note note = {
		.kind = what->kind,
		.name_count = what->count,
		.time_us = time_us,
		.hash = content_hash(content),
		.content = content.ptr ? content : SLICE(""),
	};
	struct store_key key;
	struct place place;
	int r;

	if (!what->count || what->count > NOTE_NAMES_MAX)
		return ERR_INVALID;
	memcpy(note.names, what->names, what->count * sizeof(*note.names));
	row_key(&key, what);
	r = find(txn, &key, what, &place);
	if (r < 0)
		return r;
	if (r == 0 && stands(&place.note, &note))
		return 1;
	return save(txn, &key, &place, &note);
}

int note_get(struct store_txn *txn, const struct note_key *what, struct note *out)
{
	struct store_key key;
	struct place place;
	int r;

	if (what->count > NOTE_NAMES_MAX)
		return 1;
	row_key(&key, what);
	r = find(txn, &key, what, &place);
	if (r)
		return r;
	if (!place.note.hash)
		return 1;
	*out = place.note;
	return 0;
}

struct visitor {
	const struct note_key *what; /* NULL: all, also what was taken back */
	note_visit *visit;
	void *ctx;
};

static bool wanted(const struct visitor *visitor, const struct note *note)
{
	const struct note_key *what = visitor->what;

	if (!what)
		return true;
	if (!note->hash || note->name_count < what->count ||
		!slice_equal(note->kind, what->kind))
		return false;
	for (size_t i = 0; i < what->count; i++)
		if (!slice_equal(note->names[i], what->names[i]))
			return false;
	return true;
}

static int visit_row(struct store_txn *txn, const struct row *row, void *ctx)
{
	const struct visitor *visitor = ctx;
	struct record_reader reader;
	struct note note;
	int r = record_open(&reader, row->value, NOTE_VERSION);

	(void)txn;
	while (!r && record_left(&reader)) {
		get_note(&reader, &note);
		if (reader.bad)
			return ERR_CORRUPT;
		if (wanted(visitor, &note))
			r = visitor->visit(visitor->ctx, &note);
	}
	return r;
}

int note_each(
	struct store_txn *txn, const struct note_key *what, note_visit *visit, void *ctx)
{
	struct visitor visitor = { what, visit, ctx };
	struct store_key from;

	if (what->count > NOTE_NAMES_MAX)
		return 0;
	key_start(&from);
	(void)put_texts(&from, what, LONG_KEY_BYTES);
	return db_each(txn, DB_NOTE, &from, from.len, visit_row, &visitor);
}

int note_all(struct store_txn *txn, note_visit *visit, void *ctx)
{
	struct visitor visitor = { NULL, visit, ctx };

	return db_each(txn, DB_NOTE, NULL, 0, visit_row, &visitor);
}
